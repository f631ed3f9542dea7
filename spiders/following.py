"""How far the sources of an outlet are followed: by its YAML, by the settings, and by what is followed already."""

from scrapy.settings import BaseSettings

from newsarchive.discovery.following import Following
from newsarchive.discovery.scope import Bounds, Trail
from newsarchive.items import SourceKind
from newsarchive.outlets import Outlet
from newsarchive.store.sources import Sources

_DEPTH = 2
"""Of a `follow` that names no depth of its own."""


class Reach:
    """How far one crawl of an outlet goes beyond the sources of its YAML."""

    def __init__(self, outlet: Outlet, settings: BaseSettings, sources: Sources) -> None:
        self._outlet = outlet
        self._sources = sources
        self._steps: dict[SourceKind, int] = {
            "feed": outlet.crawl.feed_pages - 1,
            "section": outlet.crawl.section_pages - 1,
            "sitemap": settings.getint("SITEMAP_DEPTH"),
            "follow": max((source.depth or _DEPTH for source in outlet.sources if source.follow), default=0),
        }
        bounds = Bounds(settings.getint("FOLLOW_PAGES"), settings.getint("FOLLOW_PAGES_OF_A_SHAPE"))
        self.following = Following(
            hosts=outlet.hosts | outlet.source_hosts,
            steps=self._steps,
            sitemaps=settings.getint("SITEMAPS_PER_CRAWL"),
            trail=self._trail(bounds),
            is_known=lambda url: sources.source(outlet.id, url) is not None,
        )

    def steps(self, url: str, kind: SourceKind) -> int:
        """How many more sources of its kind a polled one may lead to in a row."""
        return self._steps.get(kind, 0) - self._sources.depth(self._outlet.id, url)

    def _trail(self, bounds: Bounds) -> Trail:
        followed = [source.within for source in self._outlet.sources if source.follow]
        # Where one of them is unbounded, all are.
        within = tuple(pattern for patterns in followed for pattern in patterns) if all(followed) else ()
        trail = Trail(bounds, hosts=self._outlet.hosts, within=within, is_article=self._outlet.is_article)
        for source in self._sources.of_outlet(self._outlet.id) if followed else ():
            if source.kind == "follow":
                trail.admit(source.url)
        return trail
