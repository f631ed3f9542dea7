"""Records of a crawl of ours: which belongs to the request for an article, and what it gave."""

from collections.abc import Iterator
from typing import Any

from newsarchive.deriving.findings import Unread
from newsarchive.items import Capture, RecordType, Rejection
from newsarchive.judging import answers
from newsarchive.outlets import Outlet
from newsarchive.pages import page_of
from newsarchive.warc import terms
from newsarchive.warc.exchange import Purpose
from newsarchive.warc.fields import digest_of
from newsarchive.warc.frame import Answer, read_answer
from newsarchive.warc.payload import MAX_PAGE_BYTES, TOO_LARGE
from newsarchive.warc.reader import StoredRecord
from newsarchive.warc.tombstones import is_tombstone


class Exchanges:
    """Joins each answer with the metadata record that ends its bundle."""

    def __init__(self) -> None:
        self._answered: StoredRecord | None = None

    def ended_by(self, record: StoredRecord) -> StoredRecord | None:
        """The answer of an exchange for an article that this record ends; None for every other record."""
        if record.kind in ("response", "revisit"):
            self._answered = record
        if record.kind != "metadata" or is_tombstone(record):
            return None
        answered, self._answered = self._answered, None
        is_its = answered and answered.field("WARC-Record-ID") == record.field("WARC-Concurrent-To")
        return answered if is_its else None


def given(
    answered: StoredRecord, about: dict[str, str], *, filename: str, outlet: Outlet | None
) -> Iterator[Unread | Rejection]:
    """What the answer to a request for an article gives: a page, a reason, or nothing."""
    answer = _whole(answered, about)
    if answer is None:
        return
    capture = captured(answered, answer, filename)
    outcome = answers.outcome(answer, url=capture.url, record_type=capture.record_type, outlet=outlet)
    if outcome.meaning == "page":
        if sum(map(len, answer.entity_pieces())) > MAX_PAGE_BYTES:
            yield Rejection.of(capture, TOO_LARGE)
            return
        source: Any = about.get("discoveredBy")
        purpose = Purpose("article", about.get("via"), source, about.get("robots"), terms.read(about))
        yield Unread(page_of(capture, answer, purpose), outlet)
    elif outcome.meaning == "refused" and answers.is_told(outcome.reason):
        yield Rejection.of(capture, outcome.reason)


def settles(answered: StoredRecord, about: dict[str, str], *, outlet: Outlet) -> bool:
    """The answer to a request for an article told the crawl what it is: a page, none, gone, or what it was."""
    answer = _whole(answered, about)
    if answer is None:
        return False
    url = answered.field("WARC-Target-URI") or ""
    outcome = answers.outcome(answer, url=url, record_type=_record_type(answered), outlet=outlet)
    return outcome.meaning != "onward" and (outcome.meaning != "refused" or answers.is_told(outcome.reason))


def _whole(answered: StoredRecord, about: dict[str, str]) -> Answer | None:
    """The answer, where an article was asked for and all of it came."""
    if about.get("role") != "article" or "fetchError" in about or not answered.is_whole:
        return None
    # Our revisits of a page are marked as cut, too: of them the head says all.
    if answered.field("WARC-Truncated") and answered.kind != "revisit":
        return None
    return read_answer(answered.octets, method="GET")


def _record_type(record: StoredRecord) -> RecordType:
    return "revisit" if record.kind == "revisit" else "response"


def captured(record: StoredRecord, answer: Answer, filename: str) -> Capture:
    """A record as the crawl knew it."""
    digest = record.field("WARC-Payload-Digest")
    return Capture(
        url=record.field("WARC-Target-URI") or "",
        captured_at=record.field("WARC-Date") or "",
        filename=filename,
        offset=record.offset,
        length=record.length,
        record_id=record.field("WARC-Record-ID") or "",
        record_type=_record_type(record),
        payload_digest=digest if digest and record.kind == "revisit" else digest_of(answer.entity_pieces()),
        etag=answer.header("etag"),
        last_modified=answer.header("last-modified"),
    )
