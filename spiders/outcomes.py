"""Answers and failures of articles: a page for the pipelines, or the reason for which there is none."""

from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from newsarchive import counting as names
from newsarchive.archiving.neighbours import Redirects
from newsarchive.capture.extension import ArchiveExtension
from newsarchive.capture.handler import error_name
from newsarchive.errors import CaptureError, NewsArchiveError, NotNow, RightsReserved, TakenDown
from newsarchive.guards import Undecodable, Unfollowed, outcome_of
from newsarchive.items import Capture, Page
from newsarchive.judging import refusals
from newsarchive.judging.unread import (
    CALLBACK_ERROR,
    DROPPED_BY_MIDDLEWARE,
    DROPPED_BY_PIPELINE,
    MIDDLEWARE_ERROR,
    PIPELINE_ERROR,
)
from newsarchive.pipelines import neighbours
from newsarchive.pipelines.dropping import PageItem, fail, refuse, reject, report_outcome, settle_rejection


class Outcomes:
    """What becomes of each article's request; its lease ends here, or when its line is written."""

    def __init__(self, crawler: Crawler, archive: ArchiveExtension) -> None:
        self._crawler = crawler
        self._archive = archive.archive
        self._ledger = archive.ledger
        crawler.signals.connect(self._item_dropped, signal=signals.item_dropped)
        crawler.signals.connect(self._item_failed, signal=signals.item_error)
        crawler.signals.connect(self._callback_failed, signal=signals.spider_error)

    def arrived(self, response: Response, address: str) -> PageItem | None:
        """Return the page to read; None if there is none, whose outcome is then counted here."""
        stats = self._crawler.stats
        stats.inc_value(names.FETCHED)
        # The page that remains in `meta` is one that no callback has read.
        capture, page = response.meta.get("capture"), response.meta.pop("page", None)
        redirects = tuple(response.meta.get("redirect_reasons", ()))
        outcome = outcome_of(response.request) if response.request else None
        if page:
            return PageItem(page, address, response.meta.get("listed_headline"), redirects)
        if capture and outcome and outcome.meaning == "unchanged":
            self._revisited(address, capture, landed=response.url, redirects=redirects)
        else:
            refuse(self._crawler, address, (outcome and outcome.reason) or "not_captured", capture)
        return None

    def _revisited(self, address: str, revisit: Capture, *, landed: str, redirects: Redirects) -> None:
        """Repeat the outcome of the original: an unchanged article, or a rejection."""
        if reason := self._ledger.reason_of_original(revisit):
            settle_rejection(self._crawler, address, revisit, reason)
            return
        self._crawler.stats.inc_value(names.UNCHANGED)
        neighbours.unchanged(self._crawler, address, landed=landed, redirects=redirects)

    def failed(self, failure: Failure) -> bool:
        """Note why there is no page; False when its host was not even asked for it."""
        error = failure.value
        if isinstance(error, CaptureError):
            return True
        reason, _ = reason_of(failure)
        request: Any = failure.request  # type: ignore[attr-defined]
        address = request.cb_kwargs["address"]
        if page := request.meta.pop("page", None):
            self._lose(page, address, error)
            return True
        if isinstance(error, NotNow):
            self._ledger.postponed(address, error.until, reason)
            report_outcome(self._crawler, "postponed", address, reason)
            return False
        if isinstance(error, RightsReserved | TakenDown):
            self._crawler.stats.inc_value(f"{names.DROPPED}/{reason}")
        if isinstance(error, RightsReserved) or reason == "robots":
            report_outcome(self._crawler, "postponed", address, reason)
        if isinstance(error, RightsReserved | TakenDown) or reason == "robots":
            self._ledger.refused(address, reason)
            return False
        refuse(self._crawler, address, reason, request.meta.get("capture"))
        return True

    def _lose(self, page: Page, address: str, error: Any) -> None:
        """A page came whole, and a middleware of the operator did not let it pass."""
        if isinstance(error, IgnoreRequest):
            reject(self._crawler, address, page.capture, DROPPED_BY_MIDDLEWARE, error=error)
        else:
            fail(self._crawler, address, page.capture, MIDDLEWARE_ERROR, error)

    def _item_dropped(self, item: Any, exception: Exception) -> None:
        """An item pipeline dropped a page before its row or rejection was written."""
        if isinstance(item, PageItem) and self._archive.is_owed(item.page.capture):
            reject(self._crawler, item.address, item.page.capture, DROPPED_BY_PIPELINE, error=exception)

    def _item_failed(self, item: Any, failure: Failure) -> None:
        """An item pipeline raised an exception; errors of ours end the crawl."""
        error: Any = failure.value
        if not isinstance(item, PageItem) or isinstance(error, NewsArchiveError):
            return
        if self._archive.is_owed(item.page.capture):
            fail(self._crawler, item.address, item.page.capture, PIPELINE_ERROR, error)
        else:
            self._crawler.stats.inc_value(names.LATE_ERRORS)

    def _callback_failed(self, failure: Failure, response: Any) -> None:
        """A callback or spider middleware raised an exception; a page that it had yielded has its outcome elsewhere."""
        error: Any = failure.value
        request: Any = getattr(response, "request", None)
        page: Page | None = request.meta.get("page") if request else None
        if page and not isinstance(error, NewsArchiveError) and self._archive.is_owed(page.capture):
            fail(self._crawler, request.cb_kwargs.get("address", request.url), page.capture, CALLBACK_ERROR, error)


def reason_of(failure: Failure) -> tuple[str, int | None]:
    """(slug, HTTP status) of why there is no page."""
    error = failure.value
    if isinstance(error, HttpError):
        outcome = outcome_of(failure.request)  # type: ignore[attr-defined]
        return outcome.reason if outcome and outcome.reason else _refusal(error.response), error.response.status
    if isinstance(error, NotNow | Unfollowed):
        return error.reason, None
    if isinstance(error, Undecodable):
        return error.slug, None
    if isinstance(error, RightsReserved | TakenDown):
        return error.what, None
    if isinstance(error, IgnoreRequest):
        return ("robots" if "robots.txt" in str(error) else "ignored"), None
    return error_name(error) if error else "unknown", None


def _refusal(response: Response) -> str:
    """Why what is no article was refused."""
    if response.status in refusals.MEANT:
        return refusals.without_target(response.status, has_location="Location" in response.headers)
    fields = {name.decode("latin-1").lower(): values[-1].decode("latin-1") for name, values in response.headers.items()}
    return refusals.reason(response.status, fields, response.body)
