"""How far the sources of an outlet are followed: by its YAML and by the settings."""

from scrapy.settings import BaseSettings

from newsarchive.discovery.following import Following
from newsarchive.discovery.scope import Bounds, Trail
from newsarchive.outlets import Outlet


def following_of(outlet: Outlet, settings: BaseSettings) -> Following:
    """The bounds of one crawl of the outlet."""
    followed = [source.within for source in outlet.sources if source.follow]
    # Where one of them is unbounded, all are.
    within = tuple(pattern for patterns in followed for pattern in patterns) if all(followed) else ()
    bounds = Bounds(settings.getint("FOLLOW_PAGES"), settings.getint("FOLLOW_PAGES_OF_A_SHAPE"))
    return Following(
        hosts=outlet.hosts | outlet.source_hosts,
        steps={
            "feed": outlet.crawl.feed_pages - 1,
            "section": outlet.crawl.section_pages - 1,
            "sitemap": settings.getint("SITEMAP_DEPTH"),
            "follow": _DEPTH,
        },
        sitemaps=settings.getint("SITEMAPS_PER_CRAWL"),
        trail=Trail(bounds, hosts=outlet.hosts, within=within, is_article=outlet.is_article),
    )


_DEPTH = 2
"""Of a `follow` that names no depth of its own."""
