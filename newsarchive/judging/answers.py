"""What an answer means that came where an article was asked for. Pure.

Depends on its exchange and the outlet alone, so that an archive tells later what the crawl made of it.
"""

import logging
from dataclasses import dataclass
from typing import Literal

from newsarchive import urls
from newsarchive.counting import UNREQUESTED_304
from newsarchive.errors import READER_FAILED, PageError, parsing
from newsarchive.items import PAGES, RecordType
from newsarchive.judging import arrival, refresh, refusals
from newsarchive.outlets import Outlet
from newsarchive.warc.frame import Answer
from newsarchive.warc.payload import front

logger = logging.getLogger(__name__)

REDIRECTS = refusals.REDIRECTS
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
    fields = {name.lower(): value for name, value in answer.headers}
    if answer.status in refusals.MEANT:
        return refusals.without_target(answer.status, has_location="location" in fields)
    body = front(answer.entity_pieces(), answer.content_coding, most=refusals.LOOKED_AT)
    return refusals.reason(answer.status, fields, body)


def _location(answer: Answer, url: str) -> str | None:
    """Return where a redirect leads; the last of several fields counts, as for Scrapy."""
    printed = [value for name, value in answer.headers if name.lower() == "location"]
    if answer.status not in REDIRECTS or not printed:
        return None
    return urls.target(url, printed[-1].encode("latin-1"))


def _onward(answer: Answer, url: str) -> str | None:
    """Return where a page leads that sends its reader elsewhere at once; one that loads itself again is a page."""
    if answer.status not in PAGES:
        return None
    content_type = answer.header("content-type")
    is_html = (content_type or _HTML[0]).lower().startswith(_HTML)
    page = front(answer.entity_pieces(), answer.content_coding, most=refresh.MAX_BYTES) if is_html else b""
    found = refresh.read(answer.header("refresh"), page, content_type, url)
    if found is None or found.seconds or found.url == url.partition("#")[0]:
        return None
    return found.url
