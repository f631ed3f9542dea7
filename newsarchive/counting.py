"""The names under which a crawl is counted in Scrapy's statistics: one place for those who count and those who tell."""

from collections.abc import Mapping
from typing import Any

FOUND = "discovery/found"
KNOWN = "discovery/known"
"""Links that were found but are not due."""
OUT_OF_SCOPE = "discovery/out_of_scope"

FETCHED = "article/fetched"
NEW = "article/new"
CHANGED = "article/changed"
UNCHANGED = "article/unchanged"

NOT_READ = "article/not_read"
"""Captured pages that a crawl had no time to read when it was told to stop; the next one fetches them again."""

RETURNED = "frontier/returned"
"""Pages that a dead crawl had on lease."""
COPY = "article/copy"
"""Readings of another address of an article: AMP, print, a session."""
SAME_STORY = "article/same_story"
"""Articles that are like an earlier one, in whichever outlet."""

BYTES_RECEIVED = "capture/bytes_received"
BYTES_WRITTEN = "capture/bytes_written"
REBUILT = "capture/rebuilt"
"""Exchanges whose messages were rebuilt from objects, because their bytes could not be heard."""

ROBOTS_FORBIDDEN = "robotstxt/forbidden"
"""Under the name of Scrapy's own middleware."""

ARTICLE_OUTCOME = object()
"""The Scrapy signal with `outcome`, `url` and `reason` of an article, as in `report.ArticleLine`."""

# Families: the key of a member is `f"{DROPPED}/{reason}"`.
DROPPED = "article/dropped"
"""Rejected articles: captured, but no row."""
TAKEN_DOWN = "taken_down"
"""The reason of what was taken down, and is not asked for."""
FAILED = "article/failed"
ALTERED = "article/altered"
"""Articles that an item pipeline of the operator changed before their row was written; the row is as derived."""
LATE_ERRORS = "article/late_errors"
"""Exceptions of item pipelines after the row was written."""
CODE_ERRORS = "spider_exceptions/count"
"""Exceptions of callbacks and spider middlewares, under Scrapy's own name."""
UNREQUESTED_304 = "unrequested_304"
"""The reason of a 304 to a request without validators, or about an answer that the collection does not hold."""
DOUBTFUL = "article/doubtful"
"""Told, though something speaks against it."""
SOURCE_FAILED = "source/failed"
ENTRY_FAILED = "source/entry_failed"
"""Entries of sources on which a parser raised an unexpected exception; not a family."""
NOT_NOW = "politeness/not_now"
"""Requests that were put off, by the reason."""
HOST_CLOSED = "politeness/closed"
"""How often a host was closed, by the reason."""
RECORDS = "capture/records"
"""By type of record: `response`, `revisit`, `request`, `metadata`, `warcinfo`."""


def count(stats: Mapping[str, Any], key: str) -> int:
    """What was counted under `key`; nothing counted is 0."""
    return int(stats.get(key, 0))


def family(stats: Mapping[str, Any], name: str) -> dict[str, int]:
    """What was counted for each member of a family, by the member's name, in alphabetical order."""
    prefix = f"{name}/"
    return {key.removeprefix(prefix): count(stats, key) for key in sorted(stats) if key.startswith(prefix)}
