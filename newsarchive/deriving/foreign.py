"""Records of other programs: which hold a page, and what there is to be read of it.

Common Crawl, Browsertrix, Heritrix, wget and warcio keep messages in different states, with their codings and without,
whatever the header fields say: what the bytes are decides.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from newsarchive import dates, urls
from newsarchive.items import Capture, Page, Rejection
from newsarchive.pages import page_of
from newsarchive.warc.exchange import Purpose
from newsarchive.warc.fields import digest
from newsarchive.warc.frame import Answer, read_answer
from newsarchive.warc.payload import MAX_BYTES, decoded, front
from newsarchive.warc.problem import Problem
from newsarchive.warc.reader import StoredRecord

Resolve = Callable[[StoredRecord], StoredRecord | None]
"""The record whose payload that of a revisit is; None when it is not at hand."""

TRUNCATED = "truncated"
"""The reason of a page of which only a part was kept."""
TOO_LARGE = "too_large"
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_TYPE = "text/html"
_SAYS_NOTHING = frozenset({"", "application/octet-stream", "application/unknown", "unknown/unknown"})
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,400}?-->\s*){0,9}<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[!?a-z]", re.IGNORECASE)
_CHUNK = re.compile(rb"[0-9A-Fa-f]{1,16}[ \t]*(?:;[^\r\n]*)?\r?\n")
_LOOKED_AT = 4096
# A field that was sent twice is joined by a comma.
_TYPE_END = re.compile(r"[;,]")
_OTHER = re.compile(r"[<\s]*(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_SAME = "/server-not-modified"


@dataclass(frozen=True, slots=True)
class _Seen:
    """A page as a record holds it."""

    page: Page
    is_cut: bool


def page_in(record: StoredRecord, *, filename: str, file: Path, resolve: Resolve) -> Page | Rejection | Problem | None:
    """What a record gives; None for all that holds no page, or none that was not captured before at its address."""
    if record.kind not in _READERS:
        return None
    if url_of(record) is None:
        return _without_address(record, file)
    captured_at = _moment(record.field("WARC-Date") or "")
    if captured_at is None or not record.field("WARC-Record-ID"):
        return Problem(file, record.offset, f"a {record.kind} record without WARC-Date or WARC-Record-ID")
    seen = _READERS[record.kind](record, _capture(record, captured_at, filename), resolve)
    if not isinstance(seen, _Seen):
        return Problem(file, record.offset, seen) if seen else None
    if seen.is_cut:
        return Rejection.of(seen.page.capture, TRUNCATED)
    return Rejection.of(seen.page.capture, TOO_LARGE) if len(seen.page.payload) > MAX_BYTES else seen.page


def url_of(record: StoredRecord, name: str = "WARC-Target-URI") -> str | None:
    """The address in a field; None where it is none of the web. The grammar of WARC 1.0 puts it in angle brackets."""
    printed = (record.field(name) or "").strip("<> ")
    return printed if printed.startswith(("http://", "https://")) and urls.host(printed) else None


def _without_address(record: StoredRecord, file: Path) -> Problem | None:
    """What has a scheme of its own, as `dns:` and `urn:`, is no page."""
    if _OTHER.match(record.field("WARC-Target-URI") or ""):
        return None
    return Problem(file, record.offset, f"a {record.kind} record whose WARC-Target-URI is none")


def _response(record: StoredRecord, capture: Capture, _: Resolve) -> _Seen | str | None:
    answer = read_answer(record.octets, method="GET")
    if answer is None:
        return "the block of a response record is no HTTP answer"
    if answer.status != 200 or not _is_page(record, answer):
        return None
    return _seen(record, capture, answer, answer)


def _revisit(record: StoredRecord, capture: Capture, resolve: Resolve) -> _Seen | str | None:
    """An unchanged page has no line; one that another address had has, with its payload from there."""
    answer = read_answer(record.octets, method="GET") if len(record.octets) else None
    if (answer and answer.status != 200) or (record.field("WARC-Profile") or "").endswith(_SAME):
        return None
    refers_to = url_of(record, "WARC-Refers-To-Target-URI")
    if refers_to == capture.url or not (refers_to or record.field("WARC-Refers-To")):
        return None
    if answer and _declared(answer) not in _HTML | _SAYS_NOTHING:
        return None
    referred = resolve(record)
    first = read_answer(referred.octets, method="GET") if referred else None
    if referred is None or first is None:
        return f"a revisit of {refers_to or record.field('WARC-Refers-To')}, which is not in the files given"
    if url_of(referred) == capture.url or first.status != 200 or not _is_page(referred, first):
        return None
    return _seen(referred, capture, answer or first, first)


def _resource(record: StoredRecord, capture: Capture, _: Resolve) -> _Seen | None:
    content_type = record.field("Content-Type") or ""
    if _main_type(content_type) not in _HTML:
        return None
    payload = record.block
    capture = replace(capture, payload_digest=digest(payload))
    page = Page(capture, payload, None, None, content_type, None, None, None, None, None)
    return _Seen(page, is_cut=bool(record.field("WARC-Truncated")))


_READERS: dict[str, Callable[[StoredRecord, Capture, Resolve], _Seen | str | None]] = {
    "response": _response,
    "revisit": _revisit,
    "resource": _resource,
}


def _seen(record: StoredRecord, capture: Capture, answer: Answer, first: Answer) -> _Seen:
    """The page whose payload lies in `record`, whose message is `first`; `answer` is what was said this time."""
    entity = _entity(first)
    page = page_of(replace(capture, payload_digest=digest(entity)), answer, Purpose("article"))
    coding = _real_coding(entity, first.header("content-encoding"))
    # Of a page that was known by its looks the header says nothing.
    content_type = next((one for one in (page.content_type, first.header("content-type")) if _names_html(one)), _TYPE)
    page = replace(page, payload=entity, content_encoding=coding, content_type=content_type)
    return _Seen(page, is_cut=bool(record.field("WARC-Truncated")))


def _entity(answer: Answer) -> bytes:
    """All that the block holds behind its head, its chunks put together where there are any."""
    octets, start = answer.body.octets, answer.body.start
    if answer.framing == "chunked" and _CHUNK.match(octets[start : start + _LOOKED_AT]):
        return answer.entity
    return octets[start : len(octets)]


def _real_coding(entity: bytes, stated: str | None) -> str | None:
    """The content coding that the bytes have: many programs undo it and leave the header field."""
    if not stated or not _MARKUP.match(entity):
        return stated
    try:
        decoded(entity, stated)
    except ValueError:
        return None
    return stated


def _is_page(record: StoredRecord, answer: Answer) -> bool:
    declared = _declared(answer)
    if declared in _HTML:
        return True
    if declared not in _SAYS_NOTHING:
        return False
    if _main_type(record.field("WARC-Identified-Payload-Type") or "") in _HTML:
        return True
    start = answer.body.octets[answer.body.start : answer.body.start + _LOOKED_AT]
    pieces = answer.entity_pieces() if _CHUNK.match(start) else iter((start,))
    coding = None if _MARKUP.match(start) else answer.header("content-encoding")
    return bool(_PAGE.match(front(pieces, coding, most=_LOOKED_AT)))


def _names_html(content_type: str | None) -> bool:
    return _main_type(content_type or "") in _HTML


def _declared(answer: Answer) -> str:
    return _main_type(answer.header("content-type") or "")


def _main_type(content_type: str) -> str:
    return _TYPE_END.split(content_type, maxsplit=1)[0].strip().lower()


def _moment(printed: str) -> str | None:
    """WARC-Date as our own records print it; it is UTC by the standard, whether it says so or not."""
    try:
        moment = datetime.fromisoformat(printed.strip())
        return dates.utc(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def _capture(record: StoredRecord, captured_at: str, filename: str) -> Capture:
    return Capture(
        url=url_of(record) or "",
        captured_at=captured_at,
        filename=filename,
        offset=record.offset,
        length=record.length,
        record_id=record.field("WARC-Record-ID") or "",
        record_type=record.kind,  # type: ignore[arg-type]
        payload_digest="",
    )
