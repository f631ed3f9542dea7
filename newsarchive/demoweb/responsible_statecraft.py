"""Responsible Statecraft as a site: RebelMouse's feeds, sitemaps and sections."""

import gzip
from dataclasses import replace
from urllib.parse import parse_qs

from newsarchive.demoweb.answers import Answer, Headers, failure, page, redirect
from newsarchive.demoweb.articles import HOMES, DemoArticle
from newsarchive.demoweb.pages import PICTURES, render
from newsarchive.demoweb.sites import Site, dated

HOME = HOMES["responsible_statecraft"]
_FEED_ITEMS = 30
_CARDS = 12
_NEWS_ITEMS = 3
_RSS = "application/rss+xml; charset=utf-8"
_XML = "text/xml; charset=utf-8"
# Header names in odd case, and one that stands there twice.
_ODD: Headers = (
    ("x-RM-Cache-Server", "demo-1"),
    ("SERVER", "nginx"),
    ("X-Frame-Options", "SAMEORIGIN"),
    ("Link", "</a.css>; rel=preload"),
    ("Link", "</b.js>; rel=preload"),
)
_ROBOTS = f"""User-agent: *
Disallow: /private-briefing-
Disallow: /search
Crawl-delay: 0

Sitemap: {HOME}/sitemap.xml
Sitemap: {HOME}/sitemap_news.xml
"""
_SECTIONS = {
    "/analysis/": "Analysis",
    "/qiosk/": "QiOSK",
    "/military-industrial-complex/": "Military Industrial Complex",
    "/washington-politics/": "Washington Politics",
    "/global-crises/": "Global Crises",
    "/europe/": "Europe",
    "/africa/": "Africa",
    "/asia-pacific/": "Asia-Pacific",
    "/latin-america/": "Latin America",
    "/middle-east/": "Middle East",
    "/north-america/": "North America",
}
# Sent with brotli to everybody. No article is sent so: a client without brotli could not read it.
_BROTLI_UNASKED = "/editorial-and-submission-policy/"
_STATIC = {
    _BROTLI_UNASKED: ("Editorial and submission policy", "Submissions to a demo server are read by nobody."),
    "/about/": ("About", "Responsible Statecraft is played here by a demo server; nothing on this host is real news."),
    "/contact/": ("Contact", "Write to nobody: this is a demo server."),
    "/privacy-policy/": ("Privacy Policy", "The demo server keeps a log of every request until it stops."),
}
# Addresses that look like articles and give none; the sitemap names them all the same.
_NO_ARTICLES = {
    "/lorengau-depot-inventory/": failure(500),
    "/never-filed-dispatch/": failure(404),
    "/retracted-embassy-memo/": failure(410),
}


class ResponsibleStatecraft(Site):
    """The lists of the site around its articles."""

    def listing(self, path: str, query: str) -> Answer | None:
        if path == "/robots.txt":
            return page(_ROBOTS.encode(), content_type="text/plain")
        return (
            _NO_ARTICLES.get(path)
            or self._feed(path, query)
            or self._sitemap(path)
            or self._section(path)
            or self._people_and_tags(path)
            or _static(path)
        )

    def _feed(self, path: str, query: str) -> Answer | None:
        """`/feeds/feed.rss`, its old alias, and one feed for each section; `?page=` counts from 1."""
        section = {"/feeds/feed.rss": "", "/feed/": "", "/feeds/analysis.rss": "Analysis"}.get(path)
        if section is None:
            return None
        number = int(parse_qs(query).get("page", ["1"])[0])
        listed = self._of(section)[(number - 1) * _FEED_ITEMS : number * _FEED_ITEMS]
        return self._xml("rs_feed.xml.j2", listed, _RSS, title=f"Responsible Statecraft {section}".strip(), path=path)

    def _sitemap(self, path: str) -> Answer | None:
        listed = self.newest_first
        half = len(listed) // 2
        if path == "/sitemap.xml":
            children = [
                (f"{HOME}/feeds/sitemaps/sitemap_1.xml", listed[0].touched_at),
                (f"{HOME}/feeds/sitemaps/sitemap_2.xml.gz", listed[half].touched_at),
            ]
            return self._xml("sitemap_index.xml.j2", listed, _XML, children=children)
        if path == "/feeds/sitemaps/sitemap_1.xml":
            return self._urlset(listed[:half], ["/analysis/", "/military-industrial-complex/"])
        if path == "/feeds/sitemaps/sitemap_2.xml.gz":
            return _zipped(self._urlset(listed[half:], list(_NO_ARTICLES)))
        if path == "/sitemap_news.xml":
            return self._urlset(listed[:_NEWS_ITEMS], [], is_news=True)
        return None

    def _urlset(self, listed: list[DemoArticle], others: list[str], *, is_news: bool = False) -> Answer:
        return self._xml(
            "sitemap.xml.j2",
            listed,
            _XML,
            others=[HOME + path for path in others],
            pictures=PICTURES[self.outlet],
            is_news=is_news,
            name="Responsible Statecraft",
        )

    def _section(self, path: str) -> Answer | None:
        title = "Responsible Statecraft" if path == "/" else _SECTIONS.get(path)
        if title is None:
            return None
        return self._list(title, path, self._of("" if path == "/" else title)[:_CARDS])

    def _people_and_tags(self, path: str) -> Answer | None:
        """`/author/<handle>/` and `/tag/<slug>/`."""
        by = [one for one in self.newest_first if any(author.url == path for author in one.authors)]
        tagged = [one for one in self.newest_first if path in {f"/tag/{_slug(tag)}/" for tag in one.tags}]
        found = by or tagged
        return self._list(path.strip("/").replace("/", ": "), path, found) if found else None

    def _of(self, section: str) -> list[DemoArticle]:
        """Newest first; all of them for no section."""
        return [one for one in self.newest_first if section in (one.kicker or "").split(" | ") or not section]

    def _list(self, title: str, path: str, listed: list[DemoArticle]) -> Answer:
        text = render("rs_listing.html.j2", title=title, path=path, articles=listed, next_page=None)
        return page(text.encode(), *_ODD)

    def _xml(self, template: str, listed: list[DemoArticle], content_type: str, **values: object) -> Answer:
        touched_at = max((one.touched_at for one in listed), default=self.newest_first[0].touched_at)
        return dated(render(template, articles=listed, **values).encode(), touched_at, content_type)


def _zipped(answer: Answer) -> Answer:
    """A file that is compressed in itself, not by a content coding."""
    headers = tuple((n, "application/x-gzip" if n == "Content-Type" else v) for n, v in answer.headers)
    return Answer(headers=headers, body=gzip.compress(answer.body, mtime=0))


def _slug(tag: str) -> str:
    return tag.lower().replace(" ", "-")


def _static(path: str) -> Answer | None:
    if path == "/latest/":
        return redirect("/analysis/", 302)
    if path not in _STATIC:
        return None
    title, text = _STATIC[path]
    answer = page(render("rs_static.html.j2", title=title, text=text).encode(), *_ODD)
    return replace(answer, coding="br") if path == _BROTLI_UNASKED else answer
