"""Who may see what was taken down: nobody. For readers, servers, exports and crawls, from the acts that stand."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from newsarchive import durable, urls
from newsarchive.keeping import takedowns
from newsarchive.keeping.scope import Scope
from newsarchive.keeping.takedowns import LEVELS, Level, Takedown
from newsarchive.parameters import ORDINARY, Selection
from newsarchive.warc.surt import surt

FILE = "access.aclj"
"""In the keepers' folder: what pywb takes as `acl_paths`, and answers with 451."""


@dataclass(slots=True)
class _Rule:
    """One act that stands."""

    act: Takedown
    pages: frozenset[str]
    keys: frozenset[str]
    prefixes: Scope | None
    moments: frozenset[tuple[str, str]]
    """Addresses and times of captures, where records were named."""

    def covers(self, url: str, captured_at: datetime | None, keys: frozenset[str], outlet: str) -> bool:
        if not self.act.is_lasting:
            return captured_at is not None and (url, captured_at.astimezone(UTC).isoformat()) in self.moments
        days = self.act.scope
        if captured_at is not None:
            day = captured_at.astimezone(UTC).date()
            if not (days.first_day or day) <= day <= (days.last_day or day):
                return False
        return self.means(url, keys, outlet)

    def means(self, url: str, keys: frozenset[str], outlet: str) -> bool:
        """Whatever the time."""
        outlets = self.act.scope.outlets
        if outlets and outlet and outlet not in outlets:
            return False
        if url in self.pages or keys & self.keys or any(url == one for one, _ in self.moments):
            return True
        return bool(self.prefixes and self.prefixes.covers(outlet=outlet, url=url, captured_at=None, snapshot=None))


@dataclass(slots=True)
class Access:
    """What stands, in memory: ask it as often as you like."""

    _rules: list[_Rule] = field(default_factory=list)

    @classmethod
    def of(cls, folder: Path) -> "Access":
        """As the acts in a keepers' folder say; raises `SnapshotError` where one of them is damaged."""
        return cls([_rule(act) for act in takedowns.standing(takedowns.read_all(folder))])

    def __bool__(self) -> bool:
        return bool(self._rules)

    def act(
        self, url: str, captured_at: datetime | None, *, outlet: str = "", selection: Selection = ORDINARY
    ) -> Takedown | None:
        """The strongest act under which a capture is; None where anybody may see it.

        `captured_at` is None for all captures of the address at once; `selection`: the outlet's parameters.
        """
        if not self._rules:
            return None
        keys = frozenset(_keys(url, selection))
        found = (one.act for one in self._rules if one.covers(url, captured_at, keys, outlet))
        return max(found, key=lambda act: _rank(act.level), default=None)

    def may_be_meant(self, url: str, *, outlet: str = "", selection: Selection = ORDINARY) -> bool:
        """Some capture of this address is under an act."""
        keys = frozenset(_keys(url, selection)) if self._rules else frozenset()
        return any(one.means(url, keys, outlet) for one in self._rules)

    def level(self, url: str, captured_at: datetime | None, *, outlet: str = "") -> Level | None:
        """`hide`, `withhold` or `erase`; None where anybody may see it."""
        act = self.act(url, captured_at, outlet=outlet)
        return next((level for level in LEVELS if act and level == act.level), None)


def write(folder: Path) -> Path:
    """Make the access list anew from the acts that stand; raises `SnapshotError`, `OSError`."""
    path = folder / FILE
    durable.write(path, listed(takedowns.standing(takedowns.read_all(folder))))
    return path


def listed(acts: Iterable[Takedown]) -> bytes:
    """The access list: keys in falling order, as pywb searches it. Of an address that several acts mean, the widest.

    pywb cannot tell captures by both ends of a time, nor one by itself: then the whole address is blocked.
    """
    told: dict[str, dict[str, str]] = {}
    for act in acts:
        bounds = _bounds(act)
        for key, url in _entries(act):
            entry = {"access": "block", "url": url, **bounds}
            known = told.get(key)
            told[key] = entry if known is None or known == entry else {"access": "block", "url": url}
    # What follows a key in its line is a blank.
    lines = sorted((f"{key} - {json.dumps(entry)}\n" for key, entry in told.items()), reverse=True)
    return "".join(lines).encode()


def _entries(act: Takedown) -> Iterable[tuple[str, str]]:
    # `###` ends a key that means one address alone.
    pages = {*act.scope.pages, *(one.url for one in act.records if one.why == "selected" and one.kind != "metadata")}
    yield from ((f"{surt(url)}###", url) for url in sorted(pages) if url.startswith("http"))
    yield from ((surt(url), url) for url in act.scope.urls)


def _bounds(act: Takedown) -> dict[str, str]:
    first, last = act.scope.first_day, act.scope.last_day
    if not act.is_lasting or (first and last):
        return {}
    if first:
        return {"after": _digits(first - timedelta(days=1), time(23, 59, 59))}
    return {"before": _digits(last + timedelta(days=1), time())} if last else {}


def _digits(day: date, at: time) -> str:
    return datetime.combine(day, at).strftime("%Y%m%d%H%M%S")


def _rule(act: Takedown) -> _Rule:
    scope = act.scope
    return _Rule(
        act,
        frozenset(scope.pages),
        frozenset(act.keys),
        scope.model_copy(update={"pages": ()}) if scope.urls else None,
        frozenset() if act.is_lasting else frozenset(_moments(act)),
    )


def _moments(act: Takedown) -> Iterator[tuple[str, str]]:
    for one in act.records:
        # What says no time is asked for by none.
        with suppress(ValueError):
            yield one.url, datetime.fromisoformat(one.captured_at).astimezone(UTC).isoformat()


def _rank(level: str) -> int:
    return next((number for number, one in enumerate(LEVELS) if one == level), -1)


def _keys(url: str, selection: Selection) -> Iterable[str]:
    try:
        return {urls.key(url), urls.key(url, selection)}
    except ValueError:
        return ()
