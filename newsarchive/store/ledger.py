"""What became of each page of an outlet, and when it is due again: written behind the archive, never before it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from newsarchive import clock, dates
from newsarchive.freshness import ladder
from newsarchive.freshness.ladder import Visits
from newsarchive.items import Article, Capture
from newsarchive.store.captures import Captures, Seen
from newsarchive.store.state import Standing, State

if TYPE_CHECKING:
    # With it comes what reads YAML; a project that only archives need not load that.
    from newsarchive.outlets import Outlet

_RETRY = timedelta(hours=1)
_ROBOTS = timedelta(days=7)
_BLOCKED = timedelta(days=1)
_MAX_TRIES = 5

Change = Literal["new", "changed", "unchanged"]


class Ledger:
    """The pages of one outlet in the state of the archive."""

    def __init__(self, state: State, captures: Captures, outlet: "Outlet") -> None:
        self.state = state
        self.captures = captures
        self._outlet = outlet
        state.select_by(outlet.id, outlet.selection)

    def read(self, address: str, article: Article, capture: Capture) -> Change:
        """The line of an article is written; says what the reader of the line will find."""
        page = self.state.page(self._outlet.id, address)
        change = _change(page.text_sha256 if page else None, article.text_sha256)
        self._weigh(address, changed=change != "unchanged")
        visits = self._visits(address, changed=change == "changed")
        published = _published(article) if visits.published is None else visits.published
        visits = replace(visits, live_blog="live_blog" in article.quality.flags, published=published)
        self._settle(address, "read", visits, text_sha256=article.text_sha256)
        self.remember(capture, address=address)
        return change

    def rejected(self, address: str, reason: str, capture: Capture | None = None) -> None:
        """What came was no article; without a capture there is nothing that a later answer could be equal to."""
        rungs = ladder.after_rejection(self._outlet.crawl.recapture, again=self._is_rejected_again(address, capture))
        self._settle(address, "rejected", self._visits(address), rungs=rungs, reason=reason)
        if capture:
            self.remember(capture, address=address, reason=reason)

    def reason_of_original(self, revisit: Capture) -> str | None:
        """Return why the capture that a revisit repeats was rejected; None if it was not."""
        seen = self.captures.seen(revisit.url)
        return seen.reason if seen else None

    def unchanged(self, address: str) -> None:
        """The server has nothing newer than what we hold."""
        page = self.state.page(self._outlet.id, address)
        # What a dead crawl held of a page that had moved was read at the next start, under the address it moved to.
        is_known = page is not None and page.standing != "pending"
        self._weigh(address, changed=False)
        self._settle(address, page.standing if page and is_known else "read", self._visits(address))

    def gone(self, address: str, reason: str) -> None:
        """The publisher withdrew the page; it is left in peace."""
        visits = self._visits(address)
        self.state.settle(self._outlet.id, address, standing="gone", visits=visits, due=None, reason=reason)

    def elsewhere(self, address: str, reason: str) -> None:
        """The article is captured at another address, and at this one no more."""
        visits = self._visits(address)
        self.state.settle(self._outlet.id, address, standing="read", visits=visits, due=None, reason=reason)

    def failed(self, address: str, reason: str) -> None:
        """The page could not be had now: it is tried again in an hour, a few times."""
        page = self.state.page(self._outlet.id, address)
        tries = page.tries + 1 if page else 1
        due = None if tries >= _MAX_TRIES else clock.now() + int(_RETRY.total_seconds()) * tries
        self.state.fail(self._outlet.id, address, reason=reason, due=due)

    def refused(self, address: str, reason: str) -> None:
        """robots.txt says no, or rights are reserved; it is asked again in a week."""
        self.state.fail(self._outlet.id, address, reason=reason, due=clock.now() + int(_ROBOTS.total_seconds()))

    def postponed(self, address: str, until: float, reason: str) -> None:
        """The host was not asked: the page is due when it may be, and no try is counted."""
        self.state.postpone(self._outlet.id, address, reason=reason, due=int(until) + 1)

    def blocked(self, address: str, reason: str) -> None:
        """The server refuses us, not the page: it is asked again in a day, and never given up for that."""
        self.state.fail(self._outlet.id, address, reason=reason, due=clock.now() + int(_BLOCKED.total_seconds()))

    def remember(self, capture: Capture, *, address: str | None = None, reason: str | None = None) -> None:
        """Store an answer that is archived and read: from now on the same payload is a revisit.

        `address`: of the article page, where it is not the target URI. `reason`: of its rejection.
        """
        if seen := seen_of(capture, address=address, reason=reason):
            self.captures.remember_all({capture.url: seen})

    def _weigh(self, address: str, *, changed: bool) -> None:
        self.state.weigh(self._outlet.id, address, changed=changed, now=clock.now())

    def _is_rejected_again(self, address: str, capture: Capture | None) -> bool:
        """The page was no article before, and the same payload came again."""
        page = self.state.page(self._outlet.id, address)
        seen = self.captures.seen(capture.url) if capture else None
        if page is None or seen is None or capture is None or page.standing != "rejected":
            return False
        # What a dead crawl had settled already may be settled once more.
        return seen.payload_digest == capture.payload_digest and seen.record_id != capture.record_id

    def _settle(
        self,
        address: str,
        standing: Standing,
        visits: Visits,
        *,
        rungs: Sequence[int] | None = None,
        **known: str | None,
    ) -> None:
        crawl = self._outlet.crawl
        due = ladder.next_visit(crawl.recapture if rungs is None else rungs, visits, live_every=crawl.live)
        self.state.settle(self._outlet.id, address, standing=standing, visits=visits, due=due, **known)

    def _visits(self, address: str, *, changed: bool = False) -> Visits:
        return self.state.visits(self._outlet.id, address, now=clock.now(), changed=changed)


def _published(article: Article) -> int | None:
    """What the page prints, for sources that print no day; few sitemaps do."""
    said = article.published_at
    moment = dates.Moment(said.value, said.precision) if said else None
    return int(moment.instant().timestamp()) if moment else None


def _change(earlier: str | None, text_sha256: str) -> Change:
    if earlier is None:
        return "new"
    return "unchanged" if earlier == text_sha256 else "changed"


def seen_of(capture: Capture, *, address: str | None = None, reason: str | None = None) -> Seen | None:
    """Return what the state stores of a whole answer, so that the same payload under its URI is a revisit of it."""
    if capture.record_type != "response" or not capture.payload_digest:
        return None
    return Seen(
        capture.record_id,
        capture.captured_at,
        capture.payload_digest,
        capture.etag,
        capture.last_modified,
        capture.filename,
        address if address != capture.url else None,
        capture.offset,
        reason,
    )
