"""The custody log of a folder of snapshots: who did what when, each line naming the digest of the one before it."""

import fcntl
import getpass
import hashlib
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Literal

import rfc8785

from newsarchive import clock, dates
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
]
_KEYS = {"sequence", "at", "actor", "action", "object", "reason", "outcome", "prev"}
_LONGEST = 64 * 1024


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
    path = folder / FILE
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last = _last(file, path)
        line = {
            "sequence": json.loads(last)["sequence"] + 1 if last else 1,
            "at": dates.utc(clock.moment()),
            "actor": actor or whoever(),
            "action": action,
            "object": thing,
            "reason": reason,
            "outcome": outcome,
            "prev": _digest(last) if last else None,
        }
        file.write(rfc8785.dumps(line) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def lines(octets: bytes, subject: object) -> Iterator[dict[str, Any]]:
    """The lines of a log, checked one after the other; raises `SnapshotError` at the first that does not follow."""
    prev = None
    for number, line in enumerate(octets.splitlines(keepends=True), start=1):
        try:
            told = json.loads(line)
            is_line = line == rfc8785.dumps(told) + b"\n" and set(told) == _KEYS
        except (ValueError, TypeError, RecursionError, rfc8785.CanonicalizationError):
            is_line = False
        if not is_line:
            raise SnapshotError(subject, f"line {number} is no line of a custody log")
        if told["sequence"] != number or told["prev"] != prev:
            raise SnapshotError(subject, f"line {number} does not follow from the line before it")
        yield told
        prev = _digest(line)


def _last(file: BinaryIO, path: Path) -> bytes:
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - _LONGEST))
    tail = file.read()
    if tail and not tail.endswith(b"\n"):
        raise SnapshotError(path, "its last line is torn; nothing is written behind it")
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
