"""What may be said with `-a` to the spider of an outlet."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Self

from newsarchive import dates
from newsarchive.errors import SettingError

_SHOWN = ("seeds", "limit", "since")
_KNOWN = (*_SHOWN, "due")
# By which scrapyd tells every spider the id of its job.
_OF_SCRAPYD = ("_job",)


@dataclass(frozen=True, slots=True)
class Arguments:
    """How much of an outlet is crawled."""

    seeds: Path | None = None
    """A file of URLs in place of the sources."""
    limit: int | None = None
    """Articles at most."""
    since: str | None = None
    """The day, as `2026-11-01`, before which articles are left out that their source dates."""
    due: bool = False
    """Only sources that are due are polled, as `scrapy harvest` does it; else all."""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        """Raises `SettingError` for an argument that is unknown or makes no sense."""
        unknown = sorted(set(given) - {*_KNOWN, *_OF_SCRAPYD})
        if unknown:
            like = get_close_matches(unknown[0], _SHOWN, n=1)
            hint = f"; did you mean {like[0]}?" if like else ""
            expected = f"one of the arguments {', '.join(_SHOWN)}{hint}"
            raise SettingError(f"-a {unknown[0]}", given[unknown[0]], expected)
        return cls(
            seeds=Path(given["seeds"]) if given.get("seeds") else None,
            limit=_whole_number(given.get("limit")),
            since=_day(given.get("since")),
            due=bool(given.get("due")),
        )


def _whole_number(limit: str | None) -> int | None:
    if limit is None:
        return None
    if not limit.isdecimal() or int(limit) < 1:
        raise SettingError("-a limit", limit, "a whole number of at least 1")
    return int(limit)


def _day(since: str | None) -> str | None:
    moment = dates.parse(since) if since else None
    if since and not moment:
        raise SettingError("-a since", since, "a day such as 2026-11-01")
    return moment.value[:10] if moment else None
