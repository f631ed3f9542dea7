"""Checking that every word of a scope matches something that is archived: a mistyped one would hold nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from newsarchive import urls
from newsarchive.errors import SettingError
from newsarchive.keeping import inventory
from newsarchive.keeping.covering import outlets_in, snapshots_in
from newsarchive.keeping.scope import Scope
from newsarchive.keeping.selecting import addresses
from newsarchive.parameters import Selection
from newsarchive.sealing.choosing import close
from newsarchive.sealing.indexing import lines_beside
from newsarchive.sealing.pairs import all_pairs
from newsarchive.warc.writer import OPEN

_MOST_ADDRESSES = 2_000
"""Of so many addresses the closest ones are suggested."""


@dataclass(slots=True)
class _Seen:
    """What there is, for suggestions."""

    hosts: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    days: set[date] = field(default_factory=set)


def require(
    scope: Scope,
    archive: Path | None,
    folder: Path,
    *,
    subject: str = "--scope",
    selections: Mapping[str, Selection] | None = None,
    is_open_searched: bool = False,
) -> None:
    """Raise `SettingError` where a word, or all together, match neither a capture nor what is in a snapshot.

    `archive` is None where there is none; `folder` is the keepers'. `is_open_searched`: the caller searches files
    that a crawl left open, so they may match.
    """
    waiting = dict(_parts(scope))
    if archive and archive.is_dir():
        for word, one in waiting.items():
            if one.pages:
                pages = tuple(sorted(addresses(archive, one, selections=selections or {})))
                waiting[word] = one.model_copy(update={"pages": pages})
    seen = _Seen()
    for outlet, url, digits, number in _captures(archive, folder):
        if not waiting:
            return
        at = inventory.moment(digits) if digits else None
        seen.hosts.add(urls.host(url or "") or "")
        if url and len(seen.addresses) < _MOST_ADDRESSES:
            seen.addresses.add(url)
        seen.days |= {at.date()} if at else set()
        for word, one in list(waiting.items()):
            # Of a file that is being written nothing but the outlet is known.
            is_unknown = url is None and (one.urls or one.pages or one.first_day or one.last_day)
            may_match = is_open_searched or not is_unknown
            if may_match and one.covers(outlet=outlet, url=url, captured_at=at, snapshot=number):
                del waiting[word]
    if waiting:
        word = next(iter(waiting))
        expected = f"something that is archived{_hint(word, waiting[word], scope, archive, folder, seen)}"
        raise SettingError(subject, word, f"{expected}, or --future if it means what is captured later")


def _parts(scope: Scope) -> Iterator[tuple[str, Scope]]:
    """Each word by itself, then all together."""
    parts = [Scope(outlets=(name,)) for name in scope.outlets]
    parts += [Scope(urls=(prefix,)) for prefix in scope.urls]
    parts += [Scope(pages=(page,)) for page in scope.pages]
    parts += [Scope(snapshots=(number,)) for number in scope.snapshots]
    if scope.first_day or scope.last_day:
        parts.append(Scope(first_day=scope.first_day, last_day=scope.last_day))
    # No words mean everything, also where there is nothing yet.
    yield from ((str(one), one) for one in [*parts, *([scope] if len(parts) > 1 else [])])


def _captures(archive: Path | None, folder: Path) -> Iterator[tuple[str, str | None, str | None, int | None]]:
    """Outlet, address, time and number of the snapshot; no address and time for a file that is being written."""
    for outlet in outlets_in(archive, ()) if archive else ():
        for pair in all_pairs(archive / outlet) if archive else ():
            if pair.warc.name.endswith(OPEN):
                yield outlet, None, None, None
                continue
            yield from ((outlet, line.url, line.digits, None) for line in lines_beside(pair))
    for number, path in snapshots_in(folder).items():
        yield from ((outlet, line.url, line.digits, number) for outlet, line in inventory.captures_in(path))


def _hint(word: str, part: Scope, scope: Scope, archive: Path | None, folder: Path, seen: _Seen) -> str:
    if part == scope and len(dict(_parts(scope))) > 1:
        return " (each word matches something, all together nothing)"
    if part.outlets:
        found = close(part.outlets[0], outlets_in(archive, ()) if archive else ())
        return f" (did you mean outlet={found}?)" if found else ""
    if part.snapshots:
        numbers = sorted(snapshots_in(folder))
        return f" (snapshots here: {numbers[0]} to {numbers[-1]})" if numbers else ""
    if part.urls or part.pages:
        return _hint_of_address(word, seen)
    return f" (captures here: {min(seen.days)} to {max(seen.days)})" if seen.days else ""


def _hint_of_address(word: str, seen: _Seen) -> str:
    key, _, address = word.partition("=")
    host = urls.host(address) or ""
    if host not in seen.hosts:
        found = close(host, seen.hosts - {""})
        return f" (did you mean the host {found}?)" if found else ""
    near = {url[: len(address)] if key == "url" else url for url in seen.addresses if urls.host(url) == host}
    found = close(address, near)
    return f" (did you mean {key}={found}?)" if found else ""
