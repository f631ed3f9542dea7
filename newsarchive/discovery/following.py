"""Which of the further sources that a source names are read: bounded in number, depth and direction."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from newsarchive import dates, urls
from newsarchive.discovery.findings import Findings, Lead
from newsarchive.discovery.scope import Trail
from newsarchive.items import SourceKind


@dataclass(frozen=True, slots=True)
class Refused:
    """Why leads are not followed, and how many for each reason."""

    reasons: Mapping[str, int]

    def __str__(self) -> str:
        return "; ".join(f"not followed ({reason}): {count}" for reason, count in sorted(self.reasons.items()))


class Following:
    """Chooses among leads, each once in a crawl; what it takes note of is bounded by its own limits."""

    def __init__(
        self,
        *,
        hosts: frozenset[str],
        steps: Mapping[SourceKind, int],
        sitemaps: int,
        trail: Trail,
        is_known: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """`hosts` are without `www.`; `steps`: how many sources of a kind may lead on in a row; `sitemaps`: how many
        that nobody knew; `trail`: the pages that are followed for their links.
        """
        self._hosts = hosts
        self._steps = steps
        self._sitemaps = sitemaps
        self._trail = trail
        self._is_known = is_known
        self._chosen: set[str] = set()

    def choose(self, found: Findings, *, kind: SourceKind, steps: int) -> tuple[list[Lead], Refused]:
        """What is followed of all that a source of this kind named, sitemaps that changed last first.

        `steps`: how many more sources of its kind it may lead to in a row.
        """
        chosen: list[Lead] = []
        refused: Counter[str] = Counter()
        for lead in (*newest_first(found.leads), *self._pages(found, kind, steps)):
            room = steps if lead.kind == kind else self._steps.get(lead.kind, 0)
            if lead.url in self._chosen:
                continue
            if reason := self._refusal(lead, room):
                refused[reason] += 1
            else:
                self._chosen.add(lead.url)
                chosen.append(replace(lead, steps=room - 1))
        return chosen, Refused(refused)

    def _refusal(self, lead: Lead, room: int) -> str | None:
        if urls.host(lead.url) not in self._hosts:
            return "on a host that the outlet's YAML does not name"
        if room < 1:
            # That a list goes on is no news; that an index is too deep is.
            return "SITEMAP_DEPTH" if lead.kind == "sitemap" else "further pages"
        if lead.kind == "sitemap" and not self._is_known(lead.url):
            self._sitemaps -= 1
            return "SITEMAPS_PER_CRAWL" if self._sitemaps < 0 else None
        return None

    def _pages(self, found: Findings, kind: SourceKind, steps: int) -> Iterator[Lead]:
        """Pages that are followed for their own links; why one is not, nobody need hear: most links are no lists."""
        if kind == "follow" and steps > 0:
            yield from (Lead(urls.to_fetch(one.url), kind) for one in found.links if self._trail.admit(one.url) is None)


def newest_first(leads: tuple[Lead, ...]) -> list[Lead]:
    """By `lastmod`, else by the day in the address, those without either last; what is equal stays in its order."""
    return sorted(leads, key=_moment, reverse=True)


def _moment(lead: Lead) -> str:
    said = dates.parse(lead.modified_raw) if lead.modified_raw else dates.from_url(lead.url)
    return said.instant().isoformat() if said else ""
