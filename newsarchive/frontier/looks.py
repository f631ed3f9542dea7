"""What one look at a source tells the state: its links with their dates, and what its polling learns from them."""

from collections.abc import Iterable, Sequence

from newsarchive import dates
from newsarchive.freshness import backfill, polling
from newsarchive.freshness.polling import Outcome
from newsarchive.items import Capture, Link
from newsarchive.outlets import Outlet
from newsarchive.store.state import Discovery, Named

# The rhythm of a source is learned from its latest articles.
_DATED = 2_000


def named(links: Iterable[Link], outlet: Outlet, *, now: int) -> list[Named]:
    """The links with the moments that their source prints."""
    return [_named(link, outlet, now) for link in links]


class Tally:
    """Sums up what a source names, portion by portion: it may be more than should lie in memory."""

    def __init__(self, *, is_first: bool) -> None:
        """`is_first`: nothing is known of the source yet, so that all its dates count."""
        self.new = 0
        """Articles that nobody had named before."""
        self.last_seen = 0
        """When that of its articles was first named, by any source, which was named last; 0 if it names none."""
        self._is_first = is_first
        self._listed = 0
        self._came = 0
        self._appeared: list[int] = []
        self._newest: int | None = None

    def add(self, discoveries: Sequence[Discovery]) -> None:
        came = [one for one in discoveries if one.novelty in ("new", "changed")]
        dated = _dates(discoveries)
        self._listed += len(discoveries)
        self.last_seen = max((self.last_seen, *(one.first_seen for one in discoveries)))
        self._came += len(came)
        self.new += sum(one.novelty == "new" for one in came)
        self._appeared = sorted([*self._appeared, *(dated if self._is_first else _dates(came))])[-_DATED:]
        self._newest = max((*dated, *(() if self._newest is None else (self._newest,))), default=None)

    def outcome(self, *, capture: Capture | None, conditional: bool, moved_to: str | None) -> Outcome:
        """What the polling of the source learns."""
        return polling.read(
            listed=self._listed,
            new=self._came,
            appeared=tuple(self._appeared),
            newest=self._newest,
            digest=capture.payload_digest if capture else None,
            conditional=conditional,
            moved_to=moved_to,
        )


def _dates(discoveries: Iterable[Discovery]) -> list[int]:
    return [one.named.published for one in discoveries if one.named.published is not None]


def _named(link: Link, outlet: Outlet, now: int) -> Named:
    published, modified = _seconds(link.published_raw, outlet), _seconds(link.modified_raw, outlet)
    # Sitemaps often print no more than when a page was changed: it is not younger than that, nor than a capture of it.
    archived = _seconds(link.archived_raw, outlet)
    is_past = backfill.is_past(published or modified or archived, now=now, older_than=outlet.crawl.backfill_older)
    return Named(link, published, modified, is_past=is_past)


def _seconds(raw: str | None, outlet: Outlet) -> int | None:
    moment = dates.parse(raw, local_zone=outlet.timezone) if raw else None
    return int(moment.instant().timestamp()) if moment else None
