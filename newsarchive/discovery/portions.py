"""What a source names, in portions: who takes it over need not take all of it at once."""

from collections.abc import Iterator
from dataclasses import dataclass

from newsarchive.discovery import lastmod
from newsarchive.discovery.findings import Findings, Unreadable
from newsarchive.discovery.following import newest_first

PORTION = 100
"""Links, and as many leads: taken over in about ten milliseconds."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What is said of a source as a whole."""

    links: int
    is_lie: bool
    """Its dates of modification are such as no newsroom makes."""
    problems: tuple[str, ...]
    failures: tuple[str, ...] = ()
    """As in `Findings`."""
    unreadable: Unreadable | None = None


def outline(found: Findings, *, now: int) -> Outline:
    """Judged by as many links as tell as much as all."""
    claims = lastmod.claims(found.links[: lastmod.ENOUGH_PAGES])
    is_lie = lastmod.is_lie(claims, now=now)
    return Outline(len(found.links), is_lie, found.problems, found.failures, found.unreadable)


def portions(found: Findings) -> Iterator[Findings]:
    """All links in their order and all leads, the newest first; each portion holds some of both."""
    leads = newest_first(found.leads)
    for start in range(0, max(len(found.links), len(leads)), PORTION):
        end = start + PORTION
        yield Findings(found.links[start:end], tuple(leads[start:end]), ())
