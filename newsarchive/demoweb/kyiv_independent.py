"""The Kyiv Independent as a site: Ghost's feed and sitemaps, and the outlet's own archive page."""

import re

from newsarchive.demoweb.answers import Answer, Headers, failure, page, redirect
from newsarchive.demoweb.articles import HOMES, DemoArticle
from newsarchive.demoweb.pages import PICTURES, render
from newsarchive.demoweb.sites import Site, dated

HOME = HOMES["kyiv_independent"]
_FEED_ITEMS = 16
_CARDS = 10
_RSS = "application/rss+xml; charset=utf-8"
_XML = "text/xml; charset=utf-8"
_ODD: Headers = (("x-powered-by", "Express"), ("Vary", "Cookie"), ("CACHE-control", "public, max-age=0"))
_ROBOTS = f"""User-agent: *
Sitemap: {HOME}/sitemap.xml
Disallow: /ghost/
Disallow: /email/
Disallow: /r/
"""
_CHILDREN = ("pages", "posts", "authors", "tags")
_STATIC = {
    "/about/": ("About", "The Kyiv Independent is played here by a demo server; nothing on this host is real news."),
    "/membership/": ("Membership", "There is nothing to join: this is a demo server."),
    "/privacy-policy/": ("Privacy policy", "The demo server keeps a log of every request until it stops."),
}
_NO_ARTICLES = {
    "/lost-ferry-timetable/": failure(404),
    "/embargoed-budget-draft/": failure(410),
    "/grid-monitor-live/": failure(500),
}
_ARCHIVE = re.compile(r"^/news-archive/(?:page/(\d+)/)?$")
_NAMED = re.compile(r"^/(tag|author)/([a-z0-9-]+)/$")


class KyivIndependent(Site):
    """The lists of the site around its articles."""

    def listing(self, path: str, query: str) -> Answer | None:  # noqa: ARG002 - nothing here goes by the query
        if path == "/robots.txt":
            return page(_ROBOTS.encode(), content_type="text/plain")
        # /rss/ and /feed/ are not served: many lists of feeds carry them, and both answer 404.
        return (
            _NO_ARTICLES.get(path)
            or self._feed(path)
            or self._sitemap(path)
            or self._archive(path)
            or self._people_and_tags(path)
            or self._rest(path)
        )

    def _feed(self, path: str) -> Answer | None:
        if path != "/news-archive/rss/":
            return None
        listed = self.newest_first[:_FEED_ITEMS]
        touched_at = max(one.touched_at for one in listed)
        return dated(render("ki_feed.xml.j2", articles=listed, touched_at=touched_at).encode(), touched_at, _RSS)

    def _sitemap(self, path: str) -> Answer | None:
        touched_at = max(one.touched_at for one in self.articles)
        if path == "/sitemap.xml":
            children = [(f"{HOME}/sitemap-{name}.xml", touched_at) for name in _CHILDREN]
            return dated(render("sitemap_index.xml.j2", children=children).encode(), touched_at, _XML)
        if path == "/sitemap-posts.xml":
            return _urlset(self.newest_first, list(_NO_ARTICLES))
        others = {"pages": [*_STATIC, "/news-archive/"], "authors": self._named("author"), "tags": self._named("tag")}
        name = path.removeprefix("/sitemap-").removesuffix(".xml")
        return _urlset([], others[name]) if path == f"/sitemap-{name}.xml" and name in others else None

    def _archive(self, path: str) -> Answer | None:
        found = _ARCHIVE.match(path)
        if not found:
            return None
        number = int(found[1] or 1)
        listed = self.newest_first[(number - 1) * _CARDS : number * _CARDS]
        if not listed:
            return failure(404)
        more = len(self.newest_first) > number * _CARDS
        following = f"/news-archive/page/{number + 1}/" if more else None
        text = render("ki_archive.html.j2", articles=listed, path=path, next_page=following)
        return page(text.encode(), *_ODD)

    def _people_and_tags(self, path: str) -> Answer | None:
        """`/tag/<slug>/` and `/author/<slug>/`."""
        found = _NAMED.match(path)
        if not found or path not in self._named(found[1]):
            return None
        listed = [one for one in self.newest_first if path in _names(one, found[1])]
        return _list(found[2].replace("-", " ").capitalize(), path, listed)

    def _named(self, kind: str) -> list[str]:
        return sorted({path for one in self.articles for path in _names(one, kind)})

    def _rest(self, path: str) -> Answer | None:
        if path == "/":
            return _list("The Kyiv Independent", path, self.newest_first[:_CARDS])
        if path == "/podcasts/":
            return redirect("/news-archive/", 302)
        title, text = _STATIC.get(path, ("", ""))
        return _list(title, path, [], text) if title else None


def _names(article: DemoArticle, kind: str) -> set[str]:
    if kind == "tag":
        return {f"/tag/{tag.lower().replace(' ', '-')}/" for tag in article.tags}
    return {author.url or f"/author/{author.name.lower().replace(' ', '-')}/" for author in article.authors}


def _list(title: str, path: str, listed: list[DemoArticle], text: str = "") -> Answer:
    body = render("ki_listing.html.j2", title=title, path=path, articles=listed, text=text)
    return page(body.encode(), *_ODD)


def _urlset(listed: list[DemoArticle], others: list[str]) -> Answer:
    text = render(
        "sitemap.xml.j2",
        articles=listed,
        others=[HOME + path for path in others],
        pictures=PICTURES["kyiv_independent"],
        is_news=False,
        name="The Kyiv Independent",
    )
    return page(text.encode(), content_type=_XML)
