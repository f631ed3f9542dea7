"""Answers and failures of articles: a page for the pipelines, or the reason for which there is none."""

from typing import Any

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from newsarchive import counting as names
from newsarchive.capture.extension import ArchiveExtension
from newsarchive.capture.handler import error_name
from newsarchive.errors import CaptureError, NotNow, RightsReserved
from newsarchive.guards import Unfollowed, refusal
from newsarchive.judging import arrival
from newsarchive.outlets import Outlet
from newsarchive.pipelines import neighbours
from newsarchive.pipelines.dropping import PageItem, refuse


class Outcomes:
    """What becomes of each article's request; its lease ends here, or when its line is written."""

    def __init__(self, crawler: Crawler, archive: ArchiveExtension, outlet: Outlet) -> None:
        self._crawler = crawler
        self._ledger = archive.ledger
        self._outlet = outlet

    def arrived(self, response: Response, address: str) -> PageItem | None:
        """The page to read; None for one that is unchanged, or is none, which is noted."""
        stats = self._crawler.stats
        stats.inc_value(names.FETCHED)
        capture, page = response.meta.get("capture"), response.meta.get("page")
        redirects = tuple(response.meta.get("redirect_reasons", ()))
        astray = arrival.astray(response.url, self._outlet)
        if astray:
            refuse(self._crawler, address, astray, capture)
        elif response.status == 304 or (capture and capture.record_type == "revisit"):
            stats.inc_value(names.UNCHANGED)
            neighbours.unchanged(self._crawler, address, landed=response.url, redirects=redirects)
        elif page is None:
            refuse(self._crawler, address, refusal(response)[0] or "not_captured", capture)
        else:
            return PageItem(page, address, response.meta.get("listed_headline"), redirects)
        return None

    def failed(self, failure: Failure) -> bool:
        """Note why there is no page; False when its host was not even asked for it."""
        error = failure.value
        if isinstance(error, CaptureError):
            return True
        reason, _ = reason_of(failure)
        request: Any = failure.request  # type: ignore[attr-defined]
        address = request.cb_kwargs["address"]
        if isinstance(error, NotNow):
            self._ledger.postponed(address, error.until, reason)
            return False
        if isinstance(error, RightsReserved):
            self._crawler.stats.inc_value(f"{names.DROPPED}/{reason}")
        if isinstance(error, RightsReserved) or reason == "robots":
            self._ledger.refused(address, reason)
            return False
        refuse(self._crawler, address, reason, request.meta.get("capture"))
        return True


def reason_of(failure: Failure) -> tuple[str, int | None]:
    """(slug, HTTP status) of why there is no page."""
    error = failure.value
    if isinstance(error, HttpError):
        return refusal(error.response)[0] or f"http_{error.response.status}", error.response.status
    if isinstance(error, NotNow | Unfollowed):
        return error.reason, None
    if isinstance(error, RightsReserved):
        return error.what, None
    if isinstance(error, IgnoreRequest):
        return ("robots" if "robots.txt" in str(error) else "ignored"), None
    return error_name(error) if error else "unknown", None
