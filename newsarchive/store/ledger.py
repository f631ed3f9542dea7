"""What became of each page of an outlet, and when it is due again: written behind the archive, never before it."""

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from newsarchive import clock
from newsarchive.items import Article, Capture
from newsarchive.store.state import Seen, State

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

    def __init__(self, state: State, outlet: "Outlet") -> None:
        self.state = state
        self._outlet = outlet

    def read(self, address: str, article: Article, capture: Capture) -> Change:
        """The line of an article is written; says what the reader of the line will find."""
        page = self.state.page(self._outlet.id, address)
        earlier = page.text_sha256 if page else None
        self._settle(address, "read", text_sha256=article.text_sha256)
        self.remember(capture)
        if earlier is None:
            return "new"
        return "unchanged" if earlier == article.text_sha256 else "changed"

    def rejected(self, address: str, reason: str, capture: Capture | None = None) -> None:
        """What came was no article; without a capture there is nothing that a later answer could be equal to."""
        self._settle(address, "rejected", reason=reason)
        if capture:
            self.remember(capture)

    def unchanged(self, address: str) -> None:
        """The server has nothing newer than what we hold."""
        page = self.state.page(self._outlet.id, address)
        self._settle(address, page.standing if page else "read")

    def gone(self, address: str, reason: str) -> None:
        """The publisher withdrew the page; it is left in peace."""
        self.state.settle(self._outlet.id, address, standing="gone", now=clock.now(), due=None, reason=reason)

    def elsewhere(self, address: str, reason: str) -> None:
        """The article is captured at another address, and at this one no more."""
        self.state.settle(self._outlet.id, address, standing="read", now=clock.now(), due=None, reason=reason)

    def failed(self, address: str, reason: str) -> None:
        """The page could not be had now: it is tried again in an hour, a few times."""
        page = self.state.page(self._outlet.id, address)
        tries = page.tries + 1 if page else 1
        due = None if tries >= _MAX_TRIES else clock.now() + int(_RETRY.total_seconds()) * tries
        self.state.fail(self._outlet.id, address, reason=reason, due=due)

    def refused(self, address: str) -> None:
        """robots.txt says no; it is asked again in a week."""
        self.state.fail(self._outlet.id, address, reason="robots", due=clock.now() + int(_ROBOTS.total_seconds()))

    def blocked(self, address: str, reason: str) -> None:
        """The server refuses us, not the page: it is asked again in a day, and never given up for that."""
        self.state.fail(self._outlet.id, address, reason=reason, due=clock.now() + int(_BLOCKED.total_seconds()))

    def remember(self, capture: Capture) -> None:
        """The answer is archived and read: from now on the same payload is a revisit."""
        if seen := seen_of(capture):
            self.state.remember_all({capture.url: seen})

    def _settle(
        self,
        address: str,
        standing: Literal["pending", "read", "rejected", "gone", "failed"],
        *,
        reason: str | None = None,
        text_sha256: str | None = None,
    ) -> None:
        now = clock.now()
        page = self.state.page(self._outlet.id, address)
        first = page.first_captured if page and page.first_captured is not None else now
        age = self._outlet.due_after(timedelta(seconds=now - first))
        due = first + int(age.total_seconds()) if age else None
        self.state.settle(
            self._outlet.id, address, standing=standing, now=now, due=due, reason=reason, text_sha256=text_sha256
        )


def seen_of(capture: Capture) -> Seen | None:
    """What the state keeps of a whole answer, so that the same payload under its URI is a revisit of it."""
    if capture.record_type != "response" or not capture.payload_digest:
        return None
    return Seen(capture.record_id, capture.captured_at, capture.payload_digest, capture.etag, capture.last_modified)
