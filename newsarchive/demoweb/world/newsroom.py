"""Invented outlets: what each is called, how it publishes, and which sources it offers."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any, Literal

import yaml

from newsarchive.demoweb.world import prose
from newsarchive.demoweb.world.schedule import DAY, Habit, Shape, Story, stories

Platform = Literal["ghost", "wordpress", "plain", "rebelmouse"]
Lastmod = Literal["honest", "lying", "none"]
Tags = Literal["honest", "frozen", "none"]

_SECONDARY = 0.6
_ZONES = {
    "en": ("Europe/London", 0), "de": ("Europe/Berlin", 1), "fr": ("Europe/Paris", 1),
    "es": ("America/Bogota", -5), "uk": ("Europe/Kyiv", 2),
}  # fmt: skip
_FEEDS = {"ghost": "/rss/", "wordpress": "/feed/", "plain": "/news.atom", "rebelmouse": "/feeds/feed.rss"}
_SITEMAPS = {"ghost": "/sitemap-posts.xml", "wordpress": "/wp-sitemap.xml", "plain": "/sitemap.txt.xml"}
_WINDOWS = (10, 15, 20, 30)
_SHAPES: tuple[Shape, ...] = ("office", "mornings", "all_day", "evenings")


@dataclass(frozen=True)
class Newsroom:
    """One invented outlet, wholly told by its number and the seed of its world."""

    id: str
    seed: str
    name: str
    language: str
    zone: str
    platform: Platform
    habit: Habit
    window: int
    """Entries of its feed."""
    feed: str | None
    sitemap: str | None
    section: str | None
    lastmod: Lastmod
    tags: Tags
    start: int
    days: int

    @property
    def host(self) -> str:
        return f"{self.id.replace('_', '-')}.example"

    @property
    def home(self) -> str:
        return f"http://{self.host}"

    @cached_property
    def stories(self) -> tuple[Story, ...]:
        """All of them, of two weeks before the world begins and until it ends, oldest first."""
        return stories(self.habit, start=self.start - 14 * DAY, days=self.days + 14, seed=self.seed)

    def facts(self, crawl: dict[str, Any]) -> dict[str, Any]:
        """The outlet's YAML."""
        sources = {"feed": self.feed, "sitemap": self.sitemap, "section": self.section}
        return {
            "name": self.name,
            "home": f"{self.home}/",
            "language": self.language,
            "timezone": self.zone,
            "sources": [{kind: self.home + path} for kind, path in sources.items() if path],
            "articles": {"allow": [r"^/\d{4}/\d{2}/\d{2}/[^/]+/?$"]},
            "crawl": crawl,
        }


def newsrooms(seed: str, count: int, *, start: int, days: int, share: float = 1.0) -> list[Newsroom]:
    """The outlets of a world that begins at a midnight UTC; `share` makes all of them busier or slower."""
    return [_newsroom(f"{seed}/{number}", number, start, days, share) for number in range(count)]


def write_config(folder: Path, rooms: list[Newsroom], *, defaults: str, crawl: dict[str, Any]) -> None:
    """A config folder with all these outlets; `defaults` is the text of defaults.yaml."""
    (folder / "outlets").mkdir(parents=True)
    (folder / "defaults.yaml").write_text(defaults, encoding="utf-8")
    for room in rooms:
        text = yaml.safe_dump(room.facts(crawl), allow_unicode=True, sort_keys=False)
        (folder / "outlets" / f"{room.id}.yaml").write_text(text, encoding="utf-8")


def _newsroom(seed: str, number: int, start: int, days: int, share: float) -> Newsroom:
    random = Random(seed)  # noqa: S311 - a world is played, nothing is kept secret
    language = random.choice(tuple(_ZONES))
    zone, hours = _ZONES[language]
    platform: Platform = random.choice(("ghost", "wordpress", "plain", "rebelmouse"))
    habit = _habit(random, hours, share)
    feed, sitemap = _FEEDS[platform], _SITEMAPS.get(platform, "/sitemap.xml")
    has_map = random.random() < _SECONDARY
    # A tag that never changes hides what is new for a day: such an outlet has a sitemap that tells it.
    tags: Tags = "frozen" if has_map and number % 10 == 7 else random.choice(("honest", "honest", "honest", "none"))
    return Newsroom(
        id=f"outlet_{number:03d}", seed=seed, name=prose.masthead(language, random), language=language, zone=zone,
        platform=platform, habit=habit, window=_window(habit, random),
        feed=None if has_map and random.random() < 0.2 and tags != "frozen" else feed,
        sitemap=sitemap if has_map else None,
        section="/news/" if random.random() < 0.3 else None,
        lastmod=random.choice(("honest", "honest", "lying", "none")), tags=tags, start=start, days=days,
    )  # fmt: skip


def _habit(random: Random, zone: int, share: float) -> Habit:
    """A third are weeklies; the others bring from one to twenty stories on a day."""
    if random.random() < 0.3:
        days = tuple(sorted(random.sample(range(5), random.choice((1, 1, 2)))))
        shape: Shape = random.choice(("edition", "mornings", "office"))
        return Habit(share * random.uniform(1, 6), shape, days, zone, edited=0.2)
    days = random.choice(((0, 1, 2, 3, 4), tuple(range(7)), tuple(range(7))))
    bursts = random.choice((0, 0.02, 0.05))
    return Habit(share * 20 ** random.random(), random.choice(_SHAPES), days, zone, bursts=bursts, live=0.01)


def _window(habit: Habit, random: Random) -> int:
    """As newsrooms set it: at least what a day brings, and a burst."""
    return random.choice([size for size in (*_WINDOWS, 60) if size >= min(60, habit.per_day + 6)])
