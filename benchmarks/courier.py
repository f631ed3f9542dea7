"""An invented newspaper with the ways in and the pitfalls of real ones, for benchmarks.crawlers.

No list names all of it: special reports stand in the sitemap alone, agency stories in no sitemap, and the feed holds
the newest entries only. Feed links carry tracking parameters, every article has a print copy, the sitemap names old
addresses of articles, tag pages and pages that are no article at an article's address. Addresses end without a slash:
news-please names its files by the last part of a path, and without one they would overwrite each other.
"""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from newsarchive.demoweb.answers import HTML, Answer, failure, page, redirect
from newsarchive.demoweb.pages import render
from newsarchive.demoweb.trap_walls import walls
from newsarchive.demoweb.world import prose
from newsarchive.demoweb.world.newsroom import Newsroom
from newsarchive.demoweb.world.schedule import Habit, Story
from newsarchive.demoweb.world.site import InventedSite

Place = Literal["feed+map", "feed", "map+pages", "map", "pages"]
PLACES: dict[Place, str] = {
    "feed+map": "in the feed and the sitemap",
    "feed": "in the feed, not in the sitemap",
    "map+pages": "in the sitemap and on archive pages, no more in the feed",
    "map": "in the sitemap, linked nowhere",
    "pages": "on archive pages alone",
}

START = 1_790_812_800
"""1 October 2026, 00:00 UTC, before any real day on which this runs, for no crawler meets a day that has not been."""
DAYS = 36
ARTICLES = r"^/\d{4}/\d{2}/\d{2}/[^/]+$"
"""Paths of articles: what whoever sets up a crawler for this site would write down."""

_PER_DAY = 5.0
_WINDOW = 30
_CARDS = 20
_MONTHS = "/sitemap-{}.xml"
_PAGES_MAP = "/sitemap-pages.xml"
_TAGS = ("harbour", "council", "school", "railway", "museum", "water")
_STATIC = ("/about/", "/contact/", "/imprint/")
_PRIVATE = "/private/press-list/"
_MOVED = (4, 14, 33, 47, 62)
"""Numbers of stories whose old addresses the sitemap still names."""
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XML = "application/xml; charset=utf-8"
_RELATED = 3


def room() -> Newsroom:
    """All stories of the paper: two weeks before `START`, and `DAYS` after it."""
    return Newsroom(
        id="harbour_courier", seed="courier", name="Harbour Courier", language="en", zone="Europe/London",
        platform="ghost", habit=Habit(_PER_DAY, "office", edited=0.4), window=_WINDOW, feed="/rss/",
        sitemap="/sitemap.xml", section="/news/", lastmod="honest", tags="honest", start=START, days=DAYS,
    )  # fmt: skip


class CourierSite(InventedSite):
    """The paper as it stands at the moment `now`, until another one is set."""

    def __init__(self, now: int) -> None:
        super().__init__(room())
        self.now = now
        # Those that are no article although they answer 200 at an article's address.
        pages = (trap for trap in walls() if trap.outcome == "dropped" and trap.answer.status == 200)
        self._traps = {f"/2026/09/25/{trap.path.rpartition('/')[2]}": trap.answer for trap in pages}
        self._moved = {f"/2026/09/24/moved-{number}": number for number in _MOVED}

    def path(self, story: Story) -> str:
        return super().path(story).rstrip("/")

    def stories(self, now: int) -> list[Story]:
        """What is published by a moment, oldest first."""
        return [story for story in self.room.stories if story.published <= now]

    def place(self, story: Story, now: int) -> Place:
        """By which lists a story can be found at a moment."""
        if _is_special(story):
            return "map"
        if story in self._listed(now)[-_WINDOW:]:
            return "feed" if _is_agency(story) else "feed+map"
        return "pages" if _is_agency(story) else "map+pages"

    def headline(self, story: Story) -> str:
        """It stays as it is when the story is edited."""
        return prose.headline(self.room.language, f"{self.room.seed}/{story.number}")

    def versions(self, story: Story) -> Iterator[prose.Prose]:
        """The story as first published, and after each edit."""
        seed = f"{self.room.seed}/{story.number}"
        return (prose.written(self.room.language, seed, version) for version in range(len(story.edits) + 1))

    def answer(self, target: str) -> Answer:
        parts, now = urlsplit(target), self.now
        path = parts.path
        if path in self._traps:
            return self._traps[path]
        if path in self._moved:
            return redirect(self.path(self.room.stories[self._moved[path]]))
        story = next((one for one in self.stories(now) if self.path(one) == path), None)
        if story is not None:
            return self._article(story, now, is_print=bool(parse_qs(parts.query).get("print")))
        return self._list(path, now) or failure(404)

    def kind(self, target: str) -> str:
        """Of a request: robots, list, article, copy (an article's address with parameters), forbidden or other."""
        parts = urlsplit(target)
        is_story = any(self.path(one) == parts.path for one in self.room.stories)
        if parts.path == "/robots.txt":
            return "robots"
        if is_story and parts.query:
            return "copy"
        if is_story or parts.path in self._traps or parts.path in self._moved:
            return "article"
        if parts.path.startswith("/private/"):
            return "forbidden"
        lists = ("/rss/", "/news/", "/sitemap", "/tag/")
        return "list" if parts.path == "/" or parts.path.startswith(lists) else "other"

    def _list(self, path: str, now: int) -> Answer | None:
        made = {
            "/robots.txt": lambda: self._robots(path, now),
            "/": lambda: self._cards(path, self._listed(now)[-_CARDS:], now),
            "/rss/": lambda: self._rss(now),
            "/sitemap.xml": lambda: self._maps(now),
            _PAGES_MAP: self._pages_map,
        }.get(path)
        if made:
            return made()
        if path.startswith("/sitemap-"):
            return self._month(path, now)
        if path.startswith("/news/"):
            return self._archive_page(path, now)
        if path.startswith("/tag/"):
            tagged = [story for story in self._listed(now) if f"/tag/{_tag(story)}/" == path]
            return self._cards(path, tagged[-_CARDS:], now) if tagged else None
        return self._plain(path) if path in (*_STATIC, _PRIVATE) else None

    def _listed(self, now: int) -> list[Story]:
        """What feed and archive pages show."""
        return [story for story in self.stories(now) if not _is_special(story)]

    def _mapped(self, now: int) -> list[Story]:
        return [story for story in self.stories(now) if not _is_agency(story)]

    def _article(self, story: Story, now: int, *, is_print: bool) -> Answer:
        entry = self._entry(story, now)
        html = render(
            "world_article.html.j2",
            room=self.room, prose=list(self.versions(story))[story.version(now)], url=entry.url,
            published=entry.published.isoformat(), touched=entry.touched.isoformat(), is_live=False,
        )  # fmt: skip
        tools = f'<p class="tools"><a href="/tag/{_tag(story)}/">{_tag(story)}</a> <a href="?print=1">Print</a></p>'
        older = [one for one in self._listed(now) if one.number < story.number][-_RELATED:]
        related = f'<aside class="related"><ul>{self._links(older, now)}</ul></aside>'
        furniture = "" if is_print else f"{tools}\n{related}\n"
        return self._dated(html.replace("<footer>", f"{furniture}<footer>").encode(), entry.touched, HTML)

    def _rss(self, now: int) -> Answer:
        shown = [self._entry(one, now) for one in reversed(self._listed(now)[-_WINDOW:])]
        body = render("world_rss.xml.j2", room=self.room, entries=shown, start=None)
        body = body.replace("</link><guid>", "?utm_source=rss&amp;utm_medium=feed</link><guid>")
        newest = max(one.touched for one in shown)
        return self._dated(body.encode(), newest, "application/rss+xml; charset=utf-8")

    def _maps(self, now: int) -> Answer:
        months = dict.fromkeys(self._month_of(one, now) for one in self._mapped(now))
        names = [*(_MONTHS.format(month) for month in reversed(months)), _PAGES_MAP]
        lines = "".join(f"<sitemap><loc>{self.room.home}{name}</loc></sitemap>\n" for name in names)
        return page(f'<sitemapindex xmlns="{_SITEMAP}">\n{lines}</sitemapindex>\n'.encode(), content_type=_XML)

    def _month(self, path: str, now: int) -> Answer | None:
        shown = [one for one in self._mapped(now) if _MONTHS.format(self._month_of(one, now)) == path]
        if not shown:
            return None
        lines = (self._url_line(one, now) for one in shown)
        newest = max((self._entry(one, now).touched for one in shown), default=None)
        body = _urlset(lines)
        return self._dated(body, newest, _XML) if newest else None

    def _pages_map(self) -> Answer:
        tags = (f"/tag/{tag}/" for tag in _TAGS)
        paths = ("/", "/news/", *_STATIC, *tags, *self._traps, *self._moved)
        return page(_urlset(f"<url><loc>{self.room.home}{path}</loc></url>\n" for path in paths), content_type=_XML)

    def _month_of(self, story: Story, now: int) -> str:
        return f"{self._entry(story, now).published:%Y-%m}"

    def _archive_page(self, path: str, now: int) -> Answer | None:
        """`/news/`, `/news/page/2/` and so on to the first story."""
        number = 1 if path == "/news/" else int(path.removeprefix("/news/page/").strip("/") or 0)
        newest_first = self._listed(now)[::-1]
        shown = newest_first[(number - 1) * _CARDS : number * _CARDS]
        if number < 1 or not shown:
            return None
        following = f"/news/page/{number + 1}/" if number * _CARDS < len(newest_first) else None
        return self._cards(path, shown[::-1], now, following=following)

    def _cards(self, path: str, shown: list[Story], now: int, *, following: str | None = None) -> Answer:
        more = f'<nav><a rel="next" href="{following}">Older stories</a></nav>' if following else ""
        feed = f'<link rel="alternate" type="application/rss+xml" href="{self.room.home}/rss/">'
        return self._html(path, f'<ul class="list">{self._links(shown[::-1], now)}</ul>\n{more}', head=feed)

    def _links(self, stories: Iterable[Story], now: int) -> str:
        shown = (self._entry(one, now) for one in stories)
        return "".join(f'<li><h3><a href="{one.path}">{escape(one.headline)}</a></h3></li>\n' for one in shown)

    def _plain(self, path: str) -> Answer:
        return self._html(path, "<p>The Harbour Courier is printed by nobody and read by machines.</p>")

    def _html(self, path: str, main: str, *, head: str = "") -> Answer:
        places = ("/", "/news/", *(f"/tag/{tag}/" for tag in _TAGS), *_STATIC, _PRIVATE)
        menu = "".join(f'<a href="{one}">{one.strip("/") or "Home"}</a> ' for one in places)
        name = self.room.name
        body = (
            f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{path} - {name}</title>\n'
            f'<meta property="og:type" content="website">{head}</head>\n'
            f"<body><header><nav>{menu}</nav></header>\n<main><h1>{name}</h1>\n{main}</main></body></html>\n"
        )
        return page(body.encode())


def _is_special(story: Story) -> bool:
    return story.number % 8 == 5


def _is_agency(story: Story) -> bool:
    return story.number % 8 == 3


def _tag(story: Story) -> str:
    return _TAGS[story.number % len(_TAGS)]


def _urlset(lines: Iterable[str]) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<urlset xmlns="{_SITEMAP}">\n{"".join(lines)}</urlset>\n'.encode()
