"""An invented outlet on the wire: every page and list as it stands at the moment of the clock, made on demand."""

import bisect
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cached_property
from hashlib import sha256
from html import escape
from urllib.parse import urlsplit

from newsarchive import clock
from newsarchive.demoweb.answers import HTML, Answer, failure, page
from newsarchive.demoweb.pages import render
from newsarchive.demoweb.sites import Site
from newsarchive.demoweb.world import prose
from newsarchive.demoweb.world.newsroom import Newsroom
from newsarchive.demoweb.world.schedule import Story

_RSS = "application/rss+xml; charset=utf-8"
_ATOM = "application/atom+xml; charset=utf-8"
_XML = "application/xml; charset=utf-8"
_NUMBER = re.compile(r"-(\d+)/$")
_MONTH = re.compile(r"/sitemap-(\d{4}-\d{2})\.xml")
_POSTS = "/wp-sitemap-posts-post-1.xml"
_CARDS = 20
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


@dataclass(frozen=True, slots=True)
class Entry:
    """A story as lists show it."""

    headline: str
    url: str
    path: str
    published: datetime
    touched: datetime


class InventedSite(Site):
    """Plain http, no word of a story before its time; `articles`, `edit` and `publish` are not for it."""

    is_secure = False

    def __init__(self, room: Newsroom) -> None:
        super().__init__(room.id, (), host=room.host)
        self.room = room
        self._lists: dict[str, tuple[object, Answer]] = {}
        self._paths: dict[int, str] = {}

    def path(self, story: Story) -> str:
        """The address of a story on its site."""
        if story.number not in self._paths:
            day = datetime.fromtimestamp(story.published, UTC)
            words = re.sub(r"\W+", "-", prose.headline(self.room.language, self._seed(story)).lower()).strip("-")
            self._paths[story.number] = f"/{day:%Y/%m/%d}/{_ascii(words)}-{story.number}/"
        return self._paths[story.number]

    def url(self, story: Story) -> str:
        return self.room.home + self.path(story)

    def answer(self, target: str) -> Answer:
        """The answer at this moment of the clock."""
        now, path = clock.now(), urlsplit(target).path
        story = self._story(path, now)
        if story is not None:
            return self._page(story, now)
        made = self._listing(path)
        return made(path, now) if made else failure(404)

    def _story(self, path: str, now: int) -> Story | None:
        found = _NUMBER.search(path)
        number = int(found[1]) if found else -1
        if not 0 <= number < len(self.room.stories):
            return None
        story = self.room.stories[number]
        return story if story.published <= now and self.path(story) == path else None

    def _page(self, story: Story, now: int) -> Answer:
        room, entry = self.room, self._entry(story, now)
        body = render(
            "world_article.html.j2",
            room=room, prose=prose.written(room.language, self._seed(story), story.version(now)), url=entry.url,
            published=entry.published.isoformat(), touched=entry.touched.isoformat(), is_live=story.is_live,
        )  # fmt: skip
        return self._dated(body.encode(), entry.touched, HTML)

    def _listing(self, path: str) -> Callable[[str, int], Answer] | None:
        room = self.room
        if _MONTH.fullmatch(path) or path == _POSTS:
            return self._urlset
        indexed = {"wordpress", "rebelmouse"}
        return {
            "/robots.txt": self._robots,
            "/": self._section,
            room.feed: self._feed,
            room.sitemap: self._index if room.platform in indexed else self._urlset,
            room.section: self._section,
        }.get(path)

    def _robots(self, path: str, now: int) -> Answer:  # noqa: ARG002 - as all lists
        sitemap = f"\nSitemap: {self.room.home}{self.room.sitemap}\n" if self.room.sitemap else ""
        return page(f"User-agent: *\nDisallow: /private/\n{sitemap}".encode(), content_type="text/plain")

    def _feed(self, path: str, now: int) -> Answer:
        shown = self._told(now)[-self.room.window :]
        atom = self.room.platform == "plain"

        def made() -> Answer:
            start = datetime.fromtimestamp(self.room.start, UTC)
            entries = [self._entry(one, now) for one in reversed(shown)]
            body = render(
                "world_atom.xml.j2" if atom else "world_rss.xml.j2", room=self.room, entries=entries, start=start
            )
            newest = max((one.touched if atom else one.published for one in entries), default=start)
            answer = self._dated(body.encode(), newest, _ATOM if atom else _RSS)
            return _frozen(answer) if self.room.tags == "frozen" else answer

        return self._kept_list(path, self._state(now), made)

    def _section(self, path: str, now: int) -> Answer:
        shown = self._told(now)[-_CARDS:]

        def made() -> Answer:
            entries = [self._entry(one, now) for one in reversed(shown)]
            return page(render("world_listing.html.j2", room=self.room, entries=entries).encode())

        return self._kept_list(path, len(self._told(now)), made)

    def _index(self, path: str, now: int) -> Answer:  # noqa: ARG002 - as all lists
        told = self._told(now)
        if self.room.platform == "wordpress":
            names = [_POSTS] if told else []
        else:
            names = [f"/sitemap-{month}.xml" for month in dict.fromkeys(_month(one) for one in told)]
        lines = "".join(f"<sitemap><loc>{self.room.home}{name}</loc></sitemap>\n" for name in names)
        return page(f'<sitemapindex xmlns="{_SITEMAP}">\n{lines}</sitemapindex>\n'.encode(), content_type=_XML)

    def _urlset(self, path: str, now: int) -> Answer:
        month = _MONTH.fullmatch(path)
        shown = [one for one in self._told(now) if month is None or _month(one) == month[1]]
        if month and not shown:
            return failure(404)
        lying = self.room.lastmod == "lying"

        def made() -> Answer:
            lines = "".join(self._url_line(one, now) for one in shown)
            body = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_SITEMAP}">\n{lines}</urlset>\n'
            newest = now if lying else max((one.touched(now) for one in shown), default=self.room.start)
            return self._dated(body.encode(), datetime.fromtimestamp(newest, UTC), _XML)

        return self._kept_list(path, now if lying else self._state(now), made)

    def _url_line(self, story: Story, now: int) -> str:
        moment = {"honest": story.touched(now), "lying": now, "none": None}[self.room.lastmod]
        said = f"<lastmod>{datetime.fromtimestamp(moment, UTC).isoformat()}</lastmod>" if moment else ""
        return f"<url><loc>{escape(self.url(story))}</loc>{said}</url>\n"

    def _kept_list(self, path: str, state: object, made: Callable[[], Answer]) -> Answer:
        """A list is made anew only when what it shows has changed."""
        kept = self._lists.get(path)
        if kept is None or kept[0] != state:
            kept = self._lists[path] = (state, made())
        return kept[1]

    def _dated(self, body: bytes, touched: datetime, content_type: str) -> Answer:
        headers = [("Content-Type", content_type)]
        if self.room.tags != "none":
            headers.append(("ETag", f'W/"{sha256(body).hexdigest()[:20]}"'))
            headers.append(("Last-Modified", format_datetime(touched, usegmt=True)))
        return Answer(headers=tuple(headers), body=body)

    def _told(self, now: int) -> tuple[Story, ...]:
        return self.room.stories[: bisect.bisect_right(self._moments, now)]

    def _state(self, now: int) -> tuple[int, int]:
        """What a list with dates of changes depends on."""
        return len(self._told(now)), bisect.bisect_right(self._edits, now)

    @cached_property
    def _edits(self) -> list[int]:
        return sorted(edit for one in self.room.stories for edit in one.edits)

    @cached_property
    def _moments(self) -> list[int]:
        return [one.published for one in self.room.stories]

    def _entry(self, story: Story, now: int) -> Entry:
        path = self.path(story)
        return Entry(
            prose.headline(self.room.language, self._seed(story)), self.room.home + path, path,
            datetime.fromtimestamp(story.published, UTC), datetime.fromtimestamp(story.touched(now), UTC),
        )  # fmt: skip

    def _seed(self, story: Story) -> str:
        return f"{self.room.seed}/{story.number}"


def _month(story: Story) -> str:
    return f"{datetime.fromtimestamp(story.published, UTC):%Y-%m}"


def _frozen(answer: Answer) -> Answer:
    """With a tag that says for ever that nothing has changed."""
    return Answer(headers=(answer.headers[0], ("ETag", '"v1"')), body=answer.body)


def _ascii(words: str) -> str:
    """An address as content systems make it: other scripts become a hash."""
    return words if words.isascii() else f"news-{sha256(words.encode()).hexdigest()[:10]}"
