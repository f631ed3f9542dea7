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


def outcome(
    discoveries: Sequence[Discovery],
    *,
    capture: Capture | None,
    conditional: bool,
    is_first: bool,
    moved_to: str | None,
) -> Outcome:
    """What the polling of the source learns; `is_first`: nothing is known of it yet, so that all its dates count."""
    came = [one for one in discoveries if one.novelty in ("new", "changed")]
    dated = [one.named.published for one in discoveries if one.named.published is not None]
    fresh = dated if is_first else [one.named.published for one in came if one.named.published is not None]
    return polling.read(
        listed=len(discoveries),
        new=len(came),
        appeared=tuple(sorted(fresh)[-_DATED:]),
        newest=max(dated, default=None),
        digest=capture.payload_digest if capture else None,
        conditional=conditional,
        moved_to=moved_to,
    )


def _named(link: Link, outlet: Outlet, now: int) -> Named:
    published, modified = _seconds(link.published_raw, outlet), _seconds(link.modified_raw, outlet)
    # Sitemaps often print no more than when a page was changed: it is not younger than that, nor than a capture of it.
    archived = _seconds(link.archived_raw, outlet)
    is_past = backfill.is_past(published or modified or archived, now=now, older_than=outlet.crawl.backfill_older)
    return Named(link, published, modified, is_past=is_past)


def _seconds(raw: str | None, outlet: Outlet) -> int | None:
    moment = dates.parse(raw, local_zone=outlet.timezone) if raw else None
    return int(moment.instant().timestamp()) if moment else None
