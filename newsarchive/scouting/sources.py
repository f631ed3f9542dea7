"""Which addresses are worth asking for articles, and which of those that answered are worth keeping."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from newsarchive import dates, urls
from newsarchive.discovery import Lead, conventions, formats, read_source
from newsarchive.items import Link
from newsarchive.scouting.sites import SitePage

MAX_SITEMAPS = 6
MAX_CHILDREN = 2
_MOST_KEPT = {"feed": 5, "sitemap": 3}
# A feed that names hardly anything new is one of the others under another address, or a part of it.
_LEAST_NEW = 0.2
# Children of an index by their names: the first that fit are asked; the last are of no articles.
_LIKELY = (re.compile(r"news", re.IGNORECASE), re.compile(r"post|article|stor(?:y|ies)|content|entry", re.IGNORECASE))
_UNLIKELY = re.compile(r"tag|categor|author|page|image|video|topic|section|misc", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Probe:
    """What an address answered."""

    lead: Lead
    links: tuple[Link, ...]
    """Those to pages of the site."""
    children: tuple[Lead, ...]

    @property
    def is_dated(self) -> bool:
        """It tells of its links when they were published, as feeds and news sitemaps do, so they are articles."""
        return self.lead.kind == "feed" or any(link.published_raw for link in self.links)

    @property
    def newest(self) -> str | None:
        """The day of its newest article."""
        raw = (link.published_raw or link.modified_raw for link in self.links)
        moments = filter(None, (dates.parse(one) for one in raw if one))
        return max((moment.instant().date().isoformat() for moment in moments), default=None)


def probe(lead: Lead, payload: bytes, *, content_type: str | None, home: str) -> Probe:
    """What the answer names; nothing where a page stands in the place of a feed or sitemap."""
    found = read_source(payload, content_type=content_type, url=lead.url, kind=lead.kind)
    if set(formats.surprise(lead.kind, "page")) & set(found.problems):
        return Probe(lead, (), ())
    links = tuple(link for link in found.links if is_own(link.url, home))
    return Probe(lead, links, tuple(one for one in found.leads if one.kind == "sitemap"))


def is_answer(one: Probe) -> bool:
    """It names pages of the site."""
    return bool(one.links)


def is_own(url: str, home: str) -> bool:
    """A page, but not the home page, of the outlet's host, of one beneath it or of one above it."""
    there, here = urls.host(url), urls.host(home)
    related = there == here or there.endswith(f".{here}") or here.endswith(f".{there}")
    return related and bool(there) and urlsplit(url).path.strip("/") != ""


def sitemaps_of_robots(payload: bytes, home: str) -> tuple[Lead, ...]:
    """The sitemaps that robots.txt names (RFC 9309, 2.2.4), those of news first, and no more than a few."""
    lines = payload.decode("utf-8", "replace").splitlines()
    named = (line.partition(":")[2].strip() for line in lines if line.strip().lower().startswith("sitemap:"))
    found = {url: Lead(url, "sitemap") for url in (urls.absolute(home, one) for one in named) if url}
    return tuple(sorted(found.values(), key=lambda lead: _rank(lead.url))[:MAX_SITEMAPS])


def named(page: SitePage, in_robots: Iterable[Lead]) -> tuple[Lead, ...]:
    """What the site itself names."""
    return tuple(dict.fromkeys((*page.feeds, *in_robots)))


def conventional(platform: str | None, home: str, tried: Sequence[Probe]) -> tuple[Lead, ...]:
    """What sites of its platform have; of a kind that has answered only the feeds of a platform that is known."""
    answered = {one.lead.kind for one in tried if is_answer(one)}
    asked = {one.lead.url for one in tried}
    found = conventions.candidates(platform, home)
    wanted = {"feed", "sitemap"} - answered | ({"feed"} if platform else set())
    return tuple(lead for lead in found if lead.kind in wanted and lead.url not in asked)


def with_children(index: Probe, read: Iterable[Probe]) -> Probe:
    """The index, with what those of its children name that were read: they come and go, and it stays."""
    links = {link.url: link for one in (index, *read) for link in one.links}
    return Probe(index.lead, tuple(links.values()), index.children)


def children(one: Probe) -> tuple[Lead, ...]:
    """Those sitemaps of an index that tell most likely what its articles look like."""
    return likeliest(one.children)[:MAX_CHILDREN]


def likeliest(leads: Iterable[Lead]) -> tuple[Lead, ...]:
    """Sitemaps by what their names promise: news, then posts, and last those of tags and the like."""
    return tuple(sorted(leads, key=lambda lead: _rank(lead.url)))


def _rank(url: str) -> int:
    path = urlsplit(url).path
    likely = next((place for place, pattern in enumerate(_LIKELY) if pattern.search(path)), len(_LIKELY))
    return len(_LIKELY) + 1 if likely == len(_LIKELY) and _UNLIKELY.search(path) else likely


def kept(probes: Iterable[Probe]) -> tuple[Probe, ...]:
    """The sources of an outlet: feeds and sitemaps with articles, each with something that those before it lack."""
    found = [one for one in probes if is_answer(one)]
    return (*_of_kind("feed", found), *_of_kind("sitemap", found))


def _of_kind(kind: str, probes: Sequence[Probe]) -> Iterator[Probe]:
    seen: set[str] = set()
    count = 0
    # The richest first; of equals the one that was named first.
    for one in sorted((one for one in probes if one.lead.kind == kind), key=lambda one: -len(one.links)):
        keys = {urls.key(link.url) for link in one.links}
        # A news sitemap names what another names too, but is read in a moment.
        is_other = len(keys - seen) >= _LEAST_NEW * len(keys) or (kind == "sitemap" and one.is_dated)
        if is_other and count < _MOST_KEPT[kind]:
            count += 1
            yield one
        seen |= keys
