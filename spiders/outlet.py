"""The spider of every outlet: sources become requests, answers become items."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from newsarchive import clock, dates, discovery, urls
from newsarchive import counting as names
from newsarchive.capture.extension import ArchiveExtension
from newsarchive.capture.handler import error_name
from newsarchive.discovery import Lead
from newsarchive.errors import CaptureError, SettingError
from newsarchive.guards import Unfollowed, refusal
from newsarchive.items import Link, SourceKind
from newsarchive.judging import arrival
from newsarchive.outlets import Outlet
from newsarchive.pipelines import neighbours
from newsarchive.pipelines.dropping import PageItem, refuse
from newsarchive.report import SourceLine
from newsarchive.store.ledger import Ledger
from newsarchive.warc.exchange import Purpose

_MAX_LEADS = {"feed": "feed_pages", "section": "section_pages"}
_MAX_SITEMAPS = 50


class OutletSpider(Spider):
    """Crawls one outlet; the loader makes a subclass for each YAML file."""

    outlet: Outlet

    def __init__(self, *, seeds: str | None = None, limit: str | None = None, since: str | None = None) -> None:
        """`seeds`: a file of URLs in place of the sources; `limit`: articles at most; `since`: a day.

        Raises `SettingError`.
        """
        super().__init__()
        self._seeds = Path(seeds) if seeds else None
        self._left = _whole_number(limit)
        self._since = _day(since)
        self._seed_links: tuple[Link, ...] = ()
        self._asked: set[str] = set()
        self._pages_of: dict[str, int] = {}
        self.source_lines: list[SourceLine] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        unknown = sorted(set(kwargs) - {"seeds", "limit", "since"})
        if unknown:
            raise SettingError(f"-a {unknown[0]}", kwargs[unknown[0]], "one of the arguments seeds, limit, since")
        spider = cls(*args, **kwargs)
        spider._set_crawler(crawler)
        spider._seed_links = spider._read_seeds(Path(crawler.settings["SEEDS_DIR"]))
        return spider

    async def start(self) -> AsyncIterator[Any]:
        for request in self._from_seeds():
            yield request
        if self._seeds:
            return
        for source in self.outlet.sources:
            yield self._source_request(Lead(source.feed or source.sitemap or source.section or "", source.kind), None)
        for page in self._ledger().state.waiting(self.outlet.id, now=clock.now()):
            for request in self._article_requests(Link(page.url, page.via or "", page.source or "seed")):
                yield request

    def parse_source(self, response: Response, kind: SourceKind) -> Iterator[Any]:
        """What a source names: articles that are new or due, and further sources."""
        if response.status == 304:
            self._tell_source(response.url, kind, 304, note="not modified")
            return
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1") or None
        found = discovery.read_source(response.body, content_type=content_type, url=response.url, kind=kind)
        requests, new = self._take(found.links)
        self._tell_source(
            response.url, kind, response.status, links=len(found.links), new=new, note="; ".join(found.problems)
        )
        yield from requests
        for lead in found.leads:
            if self._may_follow(lead):
                yield self._source_request(lead, response.url)
        # Everything that the source named is in the state now: it may answer "not modified" next time. Not so an
        # index of sitemaps, for its children change without it.
        capture = response.meta.get("capture")
        if capture and not (kind == "sitemap" and found.leads):
            self._ledger().remember(capture)

    def parse_article(self, response: Response, address: str) -> Iterator[Any]:
        """A captured page becomes an item; an unchanged one is only noted."""
        stats = self.crawler.stats
        stats.inc_value(names.FETCHED)
        capture, page = response.meta.get("capture"), response.meta.get("page")
        redirects = tuple(response.meta.get("redirect_reasons", ()))
        astray = arrival.astray(response.url, self.outlet)
        if astray:
            refuse(self.crawler, address, astray, capture)
        elif response.status == 304 or (capture and capture.record_type == "revisit"):
            stats.inc_value(names.UNCHANGED)
            neighbours.unchanged(self.crawler, address, landed=response.url, redirects=redirects)
        elif page is None:
            refuse(self.crawler, address, refusal(response)[0] or "not_captured", capture)
        else:
            yield PageItem(page, address, response.meta.get("listed_headline"), redirects)

    def follow(self, link: Link) -> None:
        """Ask for an article in this crawl, as if a source had named it."""
        requests, _ = self._take((link,))
        for request in requests:
            self.crawler.engine.crawl(request)

    def source_failed(self, failure: Failure) -> None:
        reason, status = _reason(failure)
        request: Any = failure.request  # type: ignore[attr-defined]
        self.crawler.stats.inc_value(f"{names.SOURCE_FAILED}/{reason}")
        self._tell_source(request.url, request.cb_kwargs["kind"], status, note=reason)

    def article_failed(self, failure: Failure) -> None:
        if isinstance(failure.value, CaptureError):
            return
        reason, _ = _reason(failure)
        request: Any = failure.request  # type: ignore[attr-defined]
        address = request.cb_kwargs["address"]
        if reason == "robots":
            self._ledger().refused(address)
        else:
            refuse(self.crawler, address, reason, request.meta.get("capture"))

    def _from_seeds(self) -> Iterator[Any]:
        if self._seed_links:
            requests, new = self._take(self._seed_links, always=self._seeds is not None)
            name = self._seed_links[0].via
            self.source_lines.append(SourceLine(name, "seed", None, len(self._seed_links), new, ""))
            yield from requests

    def _read_seeds(self, folder: Path) -> tuple[Link, ...]:
        """The links of `-a seeds=FILE`, or of `seeds/<outlet>.txt` where there is one."""
        path = self._seeds or folder / f"{self.name}.txt"
        try:
            return discovery.read_seeds(path.read_text(encoding="utf-8"), name=str(path.name))
        except (OSError, UnicodeDecodeError) as error:
            if self._seeds:
                raise SettingError("-a seeds", str(path), "a text file with one URL a line") from error
            return ()

    def _take(self, links: tuple[Link, ...], *, always: bool = False) -> tuple[list[Request], int]:
        """Requests for those links that are in scope and new or due, and how many were new.

        `always` is for URLs that a person named: they are fetched whether due or not.
        """
        stats = self.crawler.stats
        in_scope = [link for link in links if self.outlet.is_article(link.url) and not self._is_older(link)]
        stats.inc_value(names.OUT_OF_SCOPE, len(links) - len(in_scope))
        requests: list[Request] = []
        new = 0
        for link, novelty in self._ledger().state.discover(self.outlet.id, in_scope, now=clock.now()):
            first_time = urls.key(link.url) not in self._asked
            stats.inc_value(names.FOUND, int(first_time))
            new += novelty == "new"
            if novelty == "known" and not always:
                stats.inc_value(names.KNOWN, int(first_time))
                continue
            requests += self._article_requests(link, as_named=always)
        return requests, new

    def _article_requests(self, link: Link, *, as_named: bool = False) -> Iterator[Request]:
        """One request for an article, unless it was asked for in this crawl already or the limit is reached.

        It goes to the address under which the article was first found, or to the very one that was named.
        """
        key = urls.key(link.url)
        if key in self._asked or self._left == 0:
            return
        self._asked.add(key)
        if self._left is not None:
            self._left -= 1
        page = self._ledger().state.page(self.outlet.id, link.url)
        address = page.url if page and not as_named else urls.to_fetch(link.url)
        yield Request(
            address,
            callback=self.parse_article,
            errback=self.article_failed,
            headers=self._validators(address),
            cb_kwargs={"address": address},
            # Scrapy drops a redirect to what it has asked for already without a word; ours are told apart above.
            dont_filter=True,
            meta={
                "purpose": Purpose("article", link.via, link.kind),
                "handle_httpstatus_list": [304],
                "listed_headline": link.headline,
            },
        )

    def _source_request(self, lead: Lead, via: str | None) -> Request:
        return Request(
            lead.url,
            callback=self.parse_source,
            errback=self.source_failed,
            headers=self._validators(lead.url),
            priority=10,
            cb_kwargs={"kind": lead.kind},
            meta={"purpose": Purpose("source", via, lead.kind), "handle_httpstatus_list": [304]},
        )

    def _validators(self, url: str) -> dict[str, str]:
        """Ask for an answer only if it is another than the one we hold (RFC 9110, 13.1)."""
        seen = self._ledger().state.seen(url)
        fields = (("If-None-Match", seen.etag), ("If-Modified-Since", seen.last_modified)) if seen else ()
        return {name: value for name, value in fields if value}

    def _may_follow(self, lead: Lead) -> bool:
        """Paging ends where the outlet's YAML says; sitemaps end at a limit of ours."""
        if urls.host(lead.url) not in self.outlet.hosts:
            return False
        limit = getattr(self.outlet.crawl, _MAX_LEADS[lead.kind]) - 1 if lead.kind in _MAX_LEADS else _MAX_SITEMAPS
        followed = self._pages_of.get(lead.kind, 0)
        self._pages_of[lead.kind] = followed + 1
        return followed < limit

    def _is_older(self, link: Link) -> bool:
        raw = link.modified_raw or link.published_raw
        moment = dates.parse(raw) if raw and self._since else None
        return bool(self._since and moment and moment.value[:10] < self._since)

    def _tell_source(
        self, url: str, kind: str, status: int | None, *, links: int = 0, new: int = 0, note: str = ""
    ) -> None:
        self.source_lines.append(SourceLine(url, kind, status, links, new, note))

    def _ledger(self) -> Ledger:
        extension = self.crawler.get_extension(ArchiveExtension)
        if extension is None:
            raise SettingError("CAPTURE_ENABLED", "False", "True: an outlet is crawled into an archive")
        return extension.ledger


def _reason(failure: Failure) -> tuple[str, int | None]:
    """(slug, HTTP status) of why there is no page."""
    error = failure.value
    if isinstance(error, HttpError):
        return refusal(error.response)[0] or f"http_{error.response.status}", error.response.status
    if isinstance(error, Unfollowed):
        return error.reason, None
    if isinstance(error, IgnoreRequest):
        return ("robots" if "robots.txt" in str(error) else "ignored"), None
    return error_name(error) if error else "unknown", None


def _whole_number(limit: str | None) -> int | None:
    if limit is None:
        return None
    if not limit.isdecimal() or int(limit) < 1:
        raise SettingError("-a limit", limit, "a whole number of at least 1")
    return int(limit)


def _day(since: str | None) -> str | None:
    moment = dates.parse(since) if since else None
    if since and not moment:
        raise SettingError("-a since", since, "a day such as 2026-11-01")
    return moment.value[:10] if moment else None
