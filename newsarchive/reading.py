"""From a captured page to its record: one path, in a crawl, in a worker process and over an old archive.

    capture → page_of → clean → complete → judge → line

`clean` reads what the page says, `complete` adds what its capture says, `judge` drops what is not worth a line.
"""

import hashlib
from datetime import datetime

import rfc8785

from newsarchive import dates, urls
from newsarchive.errors import NotAnArticle, parsing
from newsarchive.extract import extract
from newsarchive.items import Article, Discovery, Page, Publisher, Rights, Timestamp, WarcPointer, moment_of
from newsarchive.judging import addresses, living, walls
from newsarchive.outlets import Outlet
from newsarchive.parameters import ORDINARY
from newsarchive.politeness import reservations
from newsarchive.politeness.reservations import Signal
from newsarchive.warc.payload import MAX_PAGE_BYTES, TOO_LARGE, TooLarge, decoded


def read(page: Page, outlet: Outlet | None) -> Article:
    """Return the record of a page; raises `NotAnArticle` with the reason, `reader_failed` if a parser raises."""
    article = complete(clean(page, outlet), page, outlet)
    with parsing(page.capture.url, NotAnArticle):
        reason = judge(article, outlet)
    if reason:
        raise NotAnArticle(page.capture.url, reason)
    return article


def clean(page: Page, outlet: Outlet | None) -> Article:
    """Return the content of the page itself; raises `NotAnArticle` as `read` does."""
    with parsing(page.capture.url, NotAnArticle):
        return _clean(page, outlet)


def _clean(page: Page, outlet: Outlet | None) -> Article:
    capture = page.capture
    try:
        payload = decoded(page.payload, page.content_encoding, limit=MAX_PAGE_BYTES)
    except TooLarge as error:
        raise NotAnArticle(capture.url, TOO_LARGE) from error
    except ValueError as error:
        raise NotAnArticle(capture.url, "undecodable") from error
    try:
        article = extract(
            payload, content_type=page.content_type, url=capture.url, captured_at=moment_of(capture), outlet=outlet
        )
    except NotAnArticle as error:
        raise NotAnArticle(capture.url, _better(error.what, payload, page)) from None
    return _doubted(article, payload, page, outlet)


def _better(reason: str, payload: bytes, page: Page) -> str:
    """The reason that the page itself gives, where it holds no article."""
    if not walls.may_say_more(reason):
        return reason
    return walls.renamed(reason, walls.front(payload, page.content_type, page.capture.url))


def _doubted(article: Article, payload: bytes, page: Page, outlet: Outlet | None) -> Article:
    """The article with the marks of what is doubtful; raises `NotAnArticle` for one that is none."""
    marks = set(article.quality.flags)
    if walls.is_short(article):
        reason = walls.behind(article, walls.front(payload, page.content_type, page.capture.url))
        if reason:
            raise NotAnArticle(page.capture.url, reason)
        marks |= walls.doubts(article)
    if living.is_live(payload):
        marks.add(living.FLAG)
    marks |= _HOURS[_hour(article.published_at, outlet)]
    article.quality.flags = sorted(marks)
    return article


def _hour(stated: Timestamp | None, outlet: Outlet | None) -> dates.Hour:
    """How often the outlet's clock shows what was printed, where the zone is the outlet's."""
    is_placed = stated and stated.precision != "day" and datetime.fromisoformat(stated.value).tzinfo
    return dates.hour_told(stated.raw, local_zone=outlet.timezone) if outlet and stated and is_placed else "once"


# A clock without a zone, in the hour that is shown twice or never when clocks are set back or forward.
_HOURS: dict[dates.Hour, set[str]] = {"once": set(), "twice": {"ambiguous_hour"}, "never": {"missing_hour"}}


def complete(article: Article, page: Page, outlet: Outlet | None) -> Article:
    """Add pointer, rights, discovery and ids of the capture and the outlet; raises `NotAnArticle` as `read` does."""
    with parsing(page.capture.url, NotAnArticle):
        return _complete(article, page, outlet)


def _complete(article: Article, page: Page, outlet: Outlet | None) -> Article:
    capture, provenance = page.capture, article.provenance
    assert provenance
    provenance.warc = WarcPointer(
        capture.filename,
        capture.offset,
        capture.length,
        capture.record_id,
        capture.record_type,
        capture.payload_digest,
    )
    provenance.captured_at = capture.captured_at
    provenance.http.status = page.status
    provenance.discovery = Discovery(page.via, page.source)
    _complete_rights(article.rights, page)
    if outlet:
        article.outlet = outlet.id
        article.publisher = Publisher(outlet.publisher.name or outlet.name, outlet.publisher.url or outlet.home)
    selection = outlet.selection if outlet else ORDINARY
    article.article_key = urls.key(addresses.own(article, outlet), selection)
    article.id = _digest([article.url, capture.payload_digest, provenance.extraction.id])
    return article


def _complete_rights(rights: Rights, page: Page) -> None:
    """What was said beside the page: by its header fields, and by its site before it was asked for."""
    rights.robots = page.robots
    rights.robots_txt, rights.tdmrep = page.terms.robots_txt, page.terms.tdmrep
    rights.x_robots_tag = page.x_robots_tag
    rights.tdm_reservation = reservations.reservation_said(page.tdm_reservation, rights.tdm_reservation)
    rights.tdm_policy = page.tdm_policy or rights.tdm_policy
    site = [rights.robots_txt and rights.robots_txt.reserves]
    site += [reservations.tdmrep_reserves(rights.tdmrep.location, rights.tdmrep.reservation)] if rights.tdmrep else []
    rights.reserved_by = [one for one in site if one] + [f"{one.name}:{one.value}" for one in _reserving(rights)]


def judge(article: Article, outlet: Outlet | None = None) -> str | None:
    """Why an article is not told; None when it is."""
    if outlet and outlet.crawl.reserved == "skip" and _reserving(article.rights):
        return "rights_reserved"
    if not article.text:
        return "no_body"
    return None if article.headline else "no_headline"


def _reserving(rights: Rights) -> list[Signal]:
    """What the page itself says against text and data mining."""
    said = reservations.on_page(
        x_robots_tag=rights.x_robots_tag, meta_robots=rights.meta_robots, tdm_reservation=rights.tdm_reservation
    )
    return [one for one in said if one.reserves]


def _digest(value: list[str]) -> str:
    return "sha256:" + hashlib.sha256(rfc8785.dumps(value)).hexdigest()
