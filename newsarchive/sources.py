"""The places that name an outlet's articles, as its YAML says them."""

from collections.abc import Iterator
from datetime import date, timedelta

from pydantic import Field, model_validator

from newsarchive.facts import DailyUrl, Facts, FilePattern, Pattern, Url
from newsarchive.items import SourceKind

_SOURCE_KINDS: dict[str, SourceKind] = {
    "feed": "feed",
    "sitemap": "sitemap",
    "section": "section",
    "daily": "section",
    "robots": "robots",
    "follow": "follow",
    "cdx": "cdx",
    "warc": "warc",
}
# Yesterday's list goes on filling until midnight, which may be after the last look.
_DAYS = 2


class Source(Facts):
    """One place that names articles; exactly one of its kinds is given."""

    feed: Url | None = None
    sitemap: Url | None = None
    section: Url | None = None
    daily: DailyUrl | None = None
    """A section page for each day, with `{year}`, `{month}` and `{day}` in its address."""
    robots: Url | None = None
    """Its `Sitemap:` lines are read."""
    follow: Url | None = None
    """A page whose links are followed, and those of the pages behind them."""
    cdx: Url | None = None
    """A query to the index of a web archive."""
    warc: FilePattern | None = None
    """WARC files of another archive: a path or pattern, relative to the project, or a URL."""
    days: int | None = Field(default=None, ge=1, le=10_000)
    """`daily`: how many days back, today included."""
    depth: int | None = Field(default=None, ge=1, le=20)
    """`follow`: how many links away from its page."""
    within: tuple[Pattern, ...] = ()
    """`follow`: patterns of which one is found in path and query; none: all pages on the outlet's hosts."""

    @model_validator(mode="after")
    def _has_one_kind(self) -> "Source":
        if sum(getattr(self, name) is not None for name in _SOURCE_KINDS) != 1:
            raise ValueError(f"exactly one of {', '.join(_SOURCE_KINDS)}")
        if (self.days and not self.daily) or ((self.depth or self.within) and not self.follow):
            raise ValueError("days only with daily, depth and within only with follow")
        return self

    @property
    def kind(self) -> SourceKind:
        return _SOURCE_KINDS[self._key]

    @property
    def url(self) -> str:
        return str(getattr(self, self._key))

    def on(self, day: date) -> Iterator["Source"]:
        """The source as it is asked on a day: of a daily one a section for each of its days, today first."""
        if not self.daily:
            yield self
            return
        for back in range(self.days or _DAYS):
            that = day - timedelta(days=back)
            yield Source(section=self.daily.format(year=that.year, month=f"{that:%m}", day=f"{that:%d}"))

    @property
    def _key(self) -> str:
        return next(name for name in _SOURCE_KINDS if getattr(self, name) is not None)
