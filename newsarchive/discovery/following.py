"""Which of the further sources that a source names are read in this crawl: bounded in number, depth and direction."""

from collections import Counter
from collections.abc import Iterator, Mapping
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
        self, *, hosts: frozenset[str], steps: Mapping[SourceKind, int], sitemaps: int, trail: Trail | None = None
    ) -> None:
        """`hosts` are without `www.`; `steps`: how many sources of a kind may lead on in a row; `trail`: the pages."""
        self._hosts = hosts
        self._steps = steps
        self._sitemaps = sitemaps
        self._trail = trail
        self._asked: set[str] = set()

    def begin(self, lead: Lead) -> Lead:
        """A source of the outlet's own, with the steps that its kind has."""
        self._asked.add(lead.url)
        return lead if lead.steps else replace(lead, steps=self._steps.get(lead.kind, 0))

    def choose(self, found: Findings, *, kind: SourceKind, steps: int) -> tuple[list[Lead], Refused]:
        """What is followed of all that a source of this kind named, sitemaps that changed last first."""
        chosen: list[Lead] = []
        refused: Counter[str] = Counter()
        for lead in (*newest_first(found.leads), *self._pages(found, kind, steps)):
            room = steps if lead.kind == kind else self._steps.get(lead.kind, 0)
            if reason := self._refusal(lead, room):
                refused[reason] += 1
            else:
                self._asked.add(lead.url)
                chosen.append(replace(lead, steps=room - 1))
        refused.pop("again", None)
        return chosen, Refused(refused)

    def _refusal(self, lead: Lead, room: int) -> str | None:
        if lead.url in self._asked:
            return "again"
        if urls.host(lead.url) not in self._hosts:
            return "host not named in the outlet's YAML"
        if room < 1:
            return "depth"
        if lead.kind == "sitemap":
            self._sitemaps -= 1
            return "SITEMAPS_PER_CRAWL" if self._sitemaps < 0 else None
        return None

    def _pages(self, found: Findings, kind: SourceKind, steps: int) -> Iterator[Lead]:
        """Pages that are followed for their own links; of a page that is not, nobody need hear."""
        if kind == "follow" and steps > 0 and self._trail:
            for link in found.links:
                if link.url not in self._asked and self._trail.admit(link.url) is None:
                    yield Lead(urls.to_fetch(link.url), "follow")


def newest_first(leads: tuple[Lead, ...]) -> list[Lead]:
    """By `lastmod`, else by the day in the address, those without either last; what is equal stays in its order."""
    return sorted(leads, key=_moment, reverse=True)


def _moment(lead: Lead) -> str:
    said = dates.parse(lead.modified_raw) if lead.modified_raw else dates.from_url(lead.url)
    return said.instant().isoformat() if said else ""
