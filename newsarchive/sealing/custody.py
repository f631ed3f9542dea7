"""The custody log of a folder of snapshots: who did what when, each line naming the digest of the one before it."""

import fcntl
import getpass
import hashlib
import json
import os
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, get_args

import rfc8785

from newsarchive import clock, dates, durable
from newsarchive.errors import SnapshotError

FILE = "custody.jsonl"
Action = Literal[
    "capture",
    "seal",
    "stamp",
    "verify",
    "export",
    "access",
    "hold",
    "release",
    "hide",
    "withhold",
    "erase",
    "restore",
    "dispose",
    "mend",
    "begin",
    "move",
]
_KEYS = {"sequence", "at", "actor", "action", "object", "reason", "outcome", "prev"}
LONGEST = 64 * 1024
"""Of a line."""
ACTIONS: tuple[str, ...] = get_args(Action)


@dataclass(frozen=True, slots=True)
class Act:
    """What is to stand in a line, beside who and when."""

    action: Action
    thing: str
    reason: str | None = None
    outcome: str = "ok"


def append(
    folder: Path,
    action: Action,
    thing: str,
    *,
    actor: str | None = None,
    reason: str | None = None,
    outcome: str = "ok",
) -> None:
    """Write a line, on the disk when this returns; raises `SnapshotError` where the last line is torn or is none."""
    append_all(folder, [Act(action, thing, reason, outcome)], actor=actor)


def append_all(folder: Path, acts: Iterable[Act], *, actor: str | None = None) -> None:
    """As `append`, several lines at once."""
    path = folder / FILE
    try:
        with path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            last, added = _last(file, path), []
            for act in acts:
                last = _line(act, last, actor or whoever(), path)
                added.append(last)
            # In one call, so that a kill leaves all or nothing.
            file.write(b"".join(added))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise SnapshotError(path, f"cannot be written ({error.strerror})") from error


def mend(folder: Path, *, actor: str | None, reason: str | None) -> Path | None:
    """Put aside what a loss of power left of a line that nobody was told is written; where to. None: nothing is torn.

    Raises `SnapshotError`.
    """
    path = folder / FILE
    try:
        with path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            whole = _end_of_lines(file)
            file.seek(whole)
            torn = file.read()
            if not torn:
                return None
            aside = _aside(folder, torn)
            file.truncate(whole)
            os.fsync(file.fileno())
    except OSError as error:
        raise SnapshotError(path, f"cannot be mended ({error.strerror})") from error
    append(folder, "mend", FILE, actor=actor, reason=reason, outcome=f"{len(torn)} torn bytes are in {aside.name}")
    return aside


def _end_of_lines(file: BinaryIO) -> int:
    """Where the last whole line ends."""
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - LONGEST)
        file.seek(start)
        found = file.read(end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def _aside(folder: Path, torn: bytes) -> Path:
    aside = folder / f"custody.torn-{hashlib.sha256(torn).hexdigest()[:16]}"
    durable.write(aside, torn)
    return aside


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a log that is there, as `lines`; raises `OSError`, too."""
    with path.open("rb") as file:
        yield from checked(file, path)


def head(path: Path) -> str | None:
    """`SEQUENCE:SHA256` of the last line, to be published elsewhere; None for an empty log. Raises as `append`."""
    try:
        with path.open("rb") as file:
            last = _last(file, path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SnapshotError(path, f"cannot be read ({error.strerror})") from error
    return head_of(json.loads(last)["sequence"], last) if last else None


def head_of(sequence: int, line: bytes) -> str:
    """As `head`, of this line."""
    return f"{sequence}:{_digest(line).removeprefix('sha256:')}"


def lines(octets: bytes, subject: object) -> Iterator[dict[str, Any]]:
    """The lines of a log, checked one after the other; raises `SnapshotError` at the first that does not follow."""
    return checked(octets.splitlines(keepends=True), subject)


def lines_in(pieces: Iterable[bytes], subject: object) -> Iterator[dict[str, Any]]:
    """As `lines`, of a log that comes piece by piece and is never held whole."""
    return checked(_split(pieces, subject), subject)


def _split(pieces: Iterable[bytes], subject: object) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from (line + b"\n" for line in whole)
        if len(rest) > LONGEST:
            raise SnapshotError(subject, f"has a line of more than {LONGEST:,} bytes, which is none of a custody log")
    if rest:
        yield rest


def checked(octets: Iterable[bytes], subject: object) -> Iterator[dict[str, Any]]:
    """As `lines`, of lines that are read one by one."""
    prev = None
    for number, line in enumerate(octets, start=1):
        try:
            told = json.loads(line)
            is_line = line == rfc8785.dumps(told) + b"\n" and _is_whole(told)
        except (ValueError, TypeError, KeyError, RecursionError, rfc8785.CanonicalizationError):
            is_line = False
        if not is_line:
            raise SnapshotError(subject, f"line {number} is no line of a custody log")
        if told["sequence"] != number or told["prev"] != prev:
            raise SnapshotError(subject, f"line {number} does not follow from the line before it")
        yield told
        prev = _digest(line)


def _is_whole(told: dict[str, Any]) -> bool:
    texts = [told[name] for name in ("at", "actor", "action", "object", "outcome")]
    maybe = [one for one in (told["reason"], told["prev"]) if one is not None]
    return set(told) == _KEYS and type(told["sequence"]) is int and all(isinstance(one, str) for one in texts + maybe)


def _line(act: Act, last: bytes, actor: str, path: Path) -> bytes:
    told = {
        "sequence": json.loads(last)["sequence"] + 1 if last else 1,
        "at": dates.utc(clock.moment()),
        "actor": actor,
        "action": act.action,
        "object": act.thing,
        "reason": act.reason,
        "outcome": act.outcome,
        "prev": _digest(last) if last else None,
    }
    try:
        line = rfc8785.dumps(told) + b"\n"
    except (ValueError, rfc8785.CanonicalizationError) as error:
        raise SnapshotError(path, f"a line of {act.action} cannot be written: its words are no text") from error
    if len(line) > LONGEST:
        raise SnapshotError(path, f"a line of {act.action} cannot be written: it has {len(line):,} bytes")
    return line


def _last(file: BinaryIO, path: Path) -> bytes:
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - LONGEST))
    tail = file.read()
    if tail and not tail.endswith(b"\n"):
        raise SnapshotError(path, "its last line is torn, and nothing is written behind it; see scrapy custody mend")
    last = tail[:-1].rpartition(b"\n")[2] + b"\n" if tail else b""
    if last:
        try:
            json.loads(last)["sequence"] + 1
        except (ValueError, TypeError, KeyError) as error:
            raise SnapshotError(
                path, "its last line is no line of a custody log; nothing is written behind it"
            ) from error
    return last


def _digest(line: bytes) -> str:
    return "sha256:" + hashlib.sha256(line).hexdigest()


def whoever() -> str:
    """Who runs this process, as user@host."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        name = f"uid {os.getuid()}"
    return f"{name}@{socket.gethostname()}"
