"""What an answer means that came where an article was asked for. Pure.

Depends on its exchange and the outlet alone, so that an archive tells later what the crawl made of it.
"""

import logging
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urljoin

from w3lib.html import get_base_url, get_meta_refresh
from w3lib.url import safe_url_string

from newsarchive.counting import UNREQUESTED_304
from newsarchive.errors import READER_FAILED, PageError, parsing
from newsarchive.extract import decode
from newsarchive.items import RecordType
from newsarchive.judging import arrival, refusals
from newsarchive.outlets import Outlet
from newsarchive.warc.frame import Answer
from newsarchive.warc.payload import front

logger = logging.getLogger(__name__)

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PAGES = frozenset({200, 203})
"""Statuses of an article; 203 is a page that a proxy changed (RFC 9110, 15.3.4)."""
_REFRESH_LETTERS = 4096
_HTML = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of the request for an article."""

    meaning: Literal["page", "unchanged", "onward", "refused"]
    reason: str = ""
    """Of what is refused, a slug."""
    target: str = ""
    """Where an answer led, whether that is followed or refused."""


CUT = Outcome("refused", "cut")
"""Of an answer that did not come whole: it is asked for again."""


def outcome(answer: Answer, *, url: str, record_type: RecordType, outlet: Outlet | None) -> Outcome:
    """Return the meaning of a whole answer from `url`; without an outlet no address is astray.

    An answer on which a parser fails is refused as `reader_failed`, by a crawl and by each later reading alike.
    """
    try:
        with parsing(url):
            return _outcome(answer, url=url, record_type=record_type, outlet=outlet)
    except PageError as error:
        logger.error("%s", error)
        return Outcome("refused", error.what)


def _outcome(answer: Answer, *, url: str, record_type: RecordType, outlet: Outlet | None) -> Outcome:
    target = _location(answer, url) or (_onward(answer, url) if record_type == "response" else None)
    if target:
        reason = arrival.unfollowed(target, outlet) if outlet else None
        return Outcome("refused", reason, target) if reason else Outcome("onward", target=target)
    if not 200 <= answer.status < 300 and answer.status != 304:
        return Outcome("refused", _refusal(answer))
    astray = arrival.astray(url, outlet) if outlet else None
    if astray:
        return Outcome("refused", astray)
    if record_type == "revisit":
        return Outcome("unchanged")
    if answer.status == 304:
        return Outcome("refused", UNREQUESTED_304)
    return Outcome("page") if answer.status in PAGES else Outcome("refused", _refusal(answer))


def policy(reason: str) -> refusals.Policy | Literal["astray"]:
    """What is done after an answer that gave no page for this reason."""
    return "astray" if reason in arrival.ASTRAY or reason == READER_FAILED else refusals.policy(reason)


def is_told(reason: str) -> bool:
    """The reason stands in the file of rejections; what is asked for again in a moment has none there."""
    return policy(reason) != "retry"


def _refusal(answer: Answer) -> str:
    if answer.status in refusals.MEANT:
        return f"http_{answer.status}"
    fields = {name.lower(): value for name, value in answer.headers}
    body = front(answer.entity_pieces(), answer.content_coding, most=refusals.LOOKED_AT)
    return refusals.reason(answer.status, fields, body)


def _location(answer: Answer, url: str) -> str | None:
    """Where a redirect leads; of several fields the last counts, as for who follows it."""
    printed = [value for name, value in answer.headers if name.lower() == "location"]
    if answer.status not in REDIRECTS or not printed:
        return None
    return _joined(url, printed[-1])


def _onward(answer: Answer, url: str) -> str | None:
    if answer.status not in PAGES:
        return None
    return _refresh_field(answer.header("refresh"), url) or _refresh(answer, url)


def _refresh(answer: Answer, url: str) -> str | None:
    """Where a page leads that sends its reader elsewhere at once; one that loads itself anew is a page."""
    content_type = answer.header("content-type")
    if not (content_type or _HTML[0]).lower().startswith(_HTML):
        return None
    # No charset of the web has more bytes for a letter.
    start = front(answer.entity_pieces(), answer.content_coding, most=4 * _REFRESH_LETTERS)
    if b"refresh" not in start.replace(b"\0", b"").lower():
        return None
    decoded = decode.decode(start, content_type)
    text = decoded.text[:_REFRESH_LETTERS]
    try:
        base = get_base_url(text, url)
        seconds, target = get_meta_refresh(text, base)
    except ValueError:
        return None
    if not target or seconds or target.partition("#")[0] == url:
        return None
    return target


def _refresh_field(printed: str | None, url: str) -> str | None:
    """Return where a `Refresh: 0; url=/there` leads at once, which browsers obey as they do the element."""
    seconds, mark, rest = (printed or "").replace(",", ";", 1).partition(";")
    if not mark or seconds.strip().rstrip("0.") or not seconds.strip():
        return None
    rest = rest.strip()
    if rest[:3].lower() == "url" and rest[3:].lstrip().startswith("="):
        rest = rest[3:].lstrip()[1:].strip()
    target = _joined(url, rest.strip("\"'")) if rest else None
    return None if target is None or target.partition("#")[0] == url else target


def _joined(url: str, printed: str) -> str | None:
    try:
        return urljoin(url, safe_url_string(printed))
    except ValueError:
        return None
