"""Records of other programs: which hold a page, and what there is to be read of it.

Common Crawl, Browsertrix, Heritrix, wget and warcio keep messages in different states, with their codings and without,
whatever the header fields say: what the bytes are decides.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from newsarchive import dates, urls
from newsarchive.items import PAGES, Capture, Page, Rejection
from newsarchive.pages import page_of
from newsarchive.warc.exchange import Purpose
from newsarchive.warc.fields import digest
from newsarchive.warc.frame import Answer, read_answer
from newsarchive.warc.octets import Piece, pieces
from newsarchive.warc.payload import MAX_PAGE_BYTES, TOO_LARGE, front
from newsarchive.warc.problem import Problem
from newsarchive.warc.reader import StoredRecord

Resolve = Callable[[StoredRecord], StoredRecord | None]
"""The record whose payload that of a revisit is; None when it is not at hand."""

TRUNCATED = "truncated"
"""The reason of a page of which only a part was kept."""
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_TYPE = "text/html"
_SAYS_NOTHING = frozenset({"", "application/octet-stream", "application/unknown", "unknown/unknown"})
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,400}?-->\s*){0,9}<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_CHUNK = re.compile(rb"[0-9A-Fa-f]{1,16}[ \t]*(?:;[^\r\n]*)?\r?\n")
_LOOKED_AT = 4096
# A field that was sent twice is joined by a comma.
_TYPE_END = re.compile(r"[;,]")
_WEB = re.compile(r"https?://", re.IGNORECASE)
_OTHER = re.compile(r"[<\s]*(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_SAME = "/server-not-modified"


_Seen = Page | Rejection | None
"""What a record gives; in words why nothing can be said of it."""


def page_in(record: StoredRecord, *, filename: str, file: Path, resolve: Resolve) -> Page | Rejection | Problem | None:
    """What a record gives; None for all that holds no page, or none that was not captured before at its address."""
    if record.kind not in _READERS:
        return None
    if url_of(record) is None:
        return _without_address(record, file)
    printed = record.field("WARC-Date") or ""
    captured_at = moment(printed)
    if captured_at is None or not record.field("WARC-Record-ID"):
        lacks = "without WARC-Record-ID" if captured_at else f"whose WARC-Date is no time: {printed!r}"
        return Problem(file, record.offset, f"a {record.kind} record {lacks if printed else 'without WARC-Date'}")
    seen = _READERS[record.kind](record, _capture(record, captured_at, filename), resolve)
    return Problem(file, record.offset, seen) if isinstance(seen, str) else seen


def url_of(record: StoredRecord, name: str = "WARC-Target-URI") -> str | None:
    """The address in a field; None where it is none of the web. The grammar of WARC 1.0 puts it in angle brackets."""
    printed = (record.field(name) or "").strip("<> ")
    return printed if _WEB.match(printed) and urls.host(printed) and urls.absolute(printed, printed) else None


def _without_address(record: StoredRecord, file: Path) -> Problem | None:
    """What has a scheme of its own, as `dns:` and `urn:`, is no page."""
    if _OTHER.match(record.field("WARC-Target-URI") or ""):
        return None
    return Problem(file, record.offset, f"a {record.kind} record whose WARC-Target-URI is none")


def _response(record: StoredRecord, capture: Capture, _: Resolve) -> _Seen | str:
    answer = read_answer(record.octets, method="GET")
    if answer is None:
        return "the block of a response record is no HTTP answer"
    if answer.status not in PAGES or not _is_page(record, answer):
        return None
    return _seen(record, capture, answer, answer)


def _revisit(record: StoredRecord, capture: Capture, resolve: Resolve) -> _Seen | str:
    """An unchanged page has no line; one that another address had has, with its payload from there."""
    answer = read_answer(record.octets, method="GET") if len(record.octets) else None
    if (answer and answer.status not in PAGES) or (record.field("WARC-Profile") or "").endswith(_SAME):
        return None
    refers_to = url_of(record, "WARC-Refers-To-Target-URI")
    named = refers_to or record.field("WARC-Refers-To")
    if refers_to == capture.url or not (named or record.field("WARC-Payload-Digest")):
        return None
    if answer and _declared(answer) not in _HTML | _SAYS_NOTHING:
        return None
    referred = resolve(record)
    first = read_answer(referred.octets, method="GET") if referred else None
    if referred is None or first is None:
        # Where only a digest is told, it is mostly that of an earlier capture at this address.
        return f"a revisit of {named}, which is not in the files given" if named else None
    if url_of(referred) == capture.url or first.status not in PAGES or not _is_page(referred, first):
        return None
    return _seen(referred, capture, answer or first, first)


def _resource(record: StoredRecord, capture: Capture, _: Resolve) -> _Seen:
    content_type = record.field("Content-Type") or ""
    if _main_type(content_type) not in _HTML:
        return None
    if refused := _refused(record, capture, len(record.octets)):
        return refused
    payload = record.block
    capture = replace(capture, payload_digest=digest(payload))
    return Page(capture, payload, None, None, content_type, None, None, None, None, None)


_READERS: dict[str, Callable[[StoredRecord, Capture, Resolve], _Seen | str]] = {
    "response": _response,
    "revisit": _revisit,
    "resource": _resource,
}


def _seen(record: StoredRecord, capture: Capture, answer: Answer, first: Answer) -> Page | Rejection:
    """The page whose payload lies in `record`, whose message is `first`; `answer` is what was said this time."""
    if refused := _refused(record, capture, sum(map(len, _entity_pieces(first)))):
        return refused
    entity = b"".join(_entity_pieces(first))
    page = page_of(replace(capture, payload_digest=digest(entity)), answer, Purpose("article"))
    # Of a page that was known by its looks the header says nothing.
    content_type = next((one for one in (page.content_type, first.header("content-type")) if _names_html(one)), _TYPE)
    return replace(page, payload=entity, content_encoding=first.content_coding, content_type=content_type)


def _refused(record: StoredRecord, capture: Capture, size: int) -> Rejection | None:
    """The reason where only a part was kept, or more than is read; `size` is that of the payload, as it is encoded."""
    # A first segment says so by its number, the others are no responses (WARC 1.1, 7).
    if record.field("WARC-Truncated") or record.field("WARC-Segment-Number"):
        return Rejection.of(capture, TRUNCATED)
    return Rejection.of(capture, TOO_LARGE) if size > MAX_PAGE_BYTES or not record.is_whole else None


def _entity_pieces(answer: Answer) -> Iterator[Piece]:
    """All that the block holds behind its head, its chunks put together where there are any."""
    octets, start = answer.body.octets, answer.body.start
    if answer.framing == "chunked" and _CHUNK.match(octets[start : start + _LOOKED_AT]):
        return answer.entity_pieces()
    return pieces(octets, start, len(octets))


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
    return bool(_PAGE.match(front(pieces, answer.content_coding, most=_LOOKED_AT)))


def _names_html(content_type: str | None) -> bool:
    return _main_type(content_type or "") in _HTML


def _declared(answer: Answer) -> str:
    return _main_type(answer.header("content-type") or "")


def _main_type(content_type: str) -> str:
    return _TYPE_END.split(content_type, maxsplit=1)[0].strip().lower()


def moment(printed: str) -> str | None:
    """WARC-Date as our own records print it; None where it is no time."""
    try:
        return dates.utc(dates.recorded(printed))
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
