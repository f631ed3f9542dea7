"""Placing and releasing legal holds: one command at a time, and whole whenever it is killed.

A hold stands in the file before it stands in the log, and a release in the log before it stands in the file. Between
the two everything is held that is held after the first or before the second; the next command writes what is lacking.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from newsarchive import clock, dates, durable
from newsarchive.errors import HeldError, SettingError
from newsarchive.keeping import holds
from newsarchive.keeping.holds import Act, Hold, Holds
from newsarchive.keeping.scope import Scope
from newsarchive.sealing import custody

_LOCK = ".holds.lock"
_PATIENCE = 60


@contextmanager
def standing(folder: Path) -> Iterator[Holds]:
    """The holds, none of which is placed or released while the block runs.

    To be held while something is taken away, and not for longer. Raises `HeldError` where everything is held.
    """
    with _alone(folder):
        yield holds.of(folder)


def add(folder: Path, matter: str, scope: Scope, *, actor: str | None, reason: str) -> Hold:
    """Place a hold; it is in force, and on the disk, when this returns.

    Raises `HeldError`, `SettingError`, and `SnapshotError` where the log cannot be written.
    """
    require_matter(matter)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        known = _mended(folder)
        act = Act(at=dates.utc(clock.moment()), actor=actor or custody.whoever(), reason=reason)
        hold = Hold(id=_next_id(known, act.at[:4]), matter=matter, scope=scope, placed=act)
        _write(folder, Holds((*known.all, hold)))
        _log_placed(folder, hold)
    return hold


def require_matter(matter: str) -> None:
    """Raises `SettingError` for a name that no matter has."""
    if not matter or len(matter) > 100 or not matter.isprintable() or " " in matter:
        raise SettingError("hold add", matter, "the name of a matter, without spaces, such as case-2026-17")


def release(folder: Path, name: str, *, actor: str | None, reason: str) -> tuple[Hold, ...]:
    """Release one hold, or all of a matter that are in force; those. Raises as `add`."""
    with _alone(folder):
        known = _mended(folder)
        named = known.named(name)
        if not named:
            raise SettingError("hold release", name, "a hold or a matter, as scrapy hold list prints them")
        ending = tuple(hold for hold in named if hold.released is None)
        for hold in ending:
            custody.append(folder, "release", hold.id, actor=actor, reason=reason, outcome=hold.told)
        after = _mended(folder)
    return tuple(hold for hold in after.all if hold.id in {one.id for one in ending})


def _mended(folder: Path) -> Holds:
    """The holds, when what a killed command left undone is done."""
    known, logged = holds.read(folder), holds.read_log(folder)
    for what in holds.contradictions(known, logged):
        raise HeldError(folder / holds.FILE, f"{what}; until that is put right everything is held")
    for hold in known.all:
        if hold.id not in logged.placed:
            _log_placed(folder, hold)
    mended = Holds(tuple(_as_logged(hold, logged) for hold in known.all))
    if mended != known:
        _write(folder, mended)
    return mended


def _as_logged(hold: Hold, logged: holds.Logged) -> Hold:
    line = logged.released.get(hold.id)
    if line is None or hold.released:
        return hold
    return hold.model_copy(update={"released": Act(at=line["at"], actor=line["actor"], reason=line["reason"] or "")})


def _log_placed(folder: Path, hold: Hold) -> None:
    custody.append(folder, "hold", hold.id, actor=hold.placed.actor, reason=hold.placed.reason, outcome=hold.told)


def _write(folder: Path, known: Holds) -> None:
    path = folder / holds.FILE
    try:
        durable.write(path, known.to_json())
    except OSError as error:
        raise HeldError(path, f"cannot be written ({error.strerror})") from error


def _next_id(known: Holds, year: str) -> str:
    numbers = [int(hold.id.rpartition("-")[2]) for hold in known.all if hold.id.startswith(f"H-{year}-")]
    return f"H-{year}-{max(numbers, default=0) + 1:03d}"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Waits for another command, and raises `HeldError` when that takes long."""
    if not folder.is_dir():
        # Nobody has ever written here, so there are no holds.
        yield
        return
    try:
        with FileLock(folder / _LOCK, timeout=_PATIENCE):
            yield
    except Timeout as error:
        raise HeldError(folder, "another process has been changing the holds for a minute") from error
    except OSError as error:
        raise HeldError(folder, f"cannot be written ({error.strerror})") from error
