"""`scrapy snapshot create --scope …` and `scrapy snapshot keygen FILE`."""

import argparse
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy.settings import BaseSettings
from tqdm import tqdm

from newsarchive import clock
from newsarchive.commands import keepers, snapshot_stamp
from newsarchive.errors import SnapshotError
from newsarchive.keeping.redacting import Redactor
from newsarchive.sealing import rotation, stamps
from newsarchive.sealing.chain import Chain
from newsarchive.sealing.creating import Made, Order, create, created_now
from newsarchive.sealing.keys import SigningKey, read_signing_key
from newsarchive.sealing.scope import Scope, read_scope, scope_of
from newsarchive.warc.verdict import act_phrase

_PASSPHRASE = "NEWSARCHIVE_KEY_PASSPHRASE"  # noqa: S105 - the name of a variable


def add_options(parser: argparse.ArgumentParser) -> None:
    """Those of create and keygen."""
    group = parser.add_argument_group(
        "snapshot create", "exits with 2 while a pair is open; nothing is left behind then"
    )
    group.add_argument(
        "--scope",
        metavar="WORDS",
        action="append",
        default=[],
        help="outlet=NAME run=ID date=FROM..TO url=PREFIX; all must fit, of several of one kind one. Pairs are whole",
    )
    group.add_argument(
        "--created", metavar="TIME", help="what the seal says, such as 2026-11-22T04:00:00Z (default: now)"
    )
    group.add_argument(
        "--supersedes",
        metavar="NUMBER",
        type=int,
        help="the snapshot in whose place it stands since something was taken down; its --scope is that one's",
    )
    group.add_argument("--title", metavar="TEXT", help="how viewers call it", default="")
    group.add_argument("--key", metavar="FILE", help="the key that signs (SNAPSHOT_KEY); none: unsigned, and said so")
    key = parser.add_argument_group(
        "snapshot keygen", f"the passphrase is taken from {_PASSPHRASE}; none if it is not set"
    )
    key.add_argument("--previous", metavar="FILE", help="the key until now: it signs that the new one follows")


def run(args: list[str], opts: argparse.Namespace, settings: BaseSettings) -> int:
    """0 when the snapshot is there."""
    if args:
        raise SnapshotError(f"snapshot create {args[0]}", "expected --scope outlet=NAME and the like")
    if not opts.scope and not opts.supersedes:
        raise SnapshotError(
            "snapshot create", "say what to seal: --scope outlet=NAME, run=ID, date=FROM..TO, url=PREFIX"
        )
    key_file = Path(opts.key or settings["SNAPSHOT_KEY"] or "")
    key = read_signing_key(key_file, passphrase=os.environ.get(_PASSPHRASE)) if key_file.name else None
    where = keepers.folder(opts, settings)
    bar: tqdm[Any]
    with tqdm(unit="file", leave=False, disable=not sys.stderr.isatty()) as bar:
        order = Order(
            archive=Path(settings["ARCHIVE_DIR"]),
            scope=read_scope(opts.scope) if opts.scope else _scope_of(where, opts.supersedes),
            created=_created(opts.created),
            config=Path(settings["CONFIG_DIR"]),
            key=key,
            rotations=rotation.beside(key_file) if key else (),
            title=opts.title,
            actor=opts.actor,
            reason=opts.reason,
            supersedes=opts.supersedes,
            redacted=Redactor(where),
            seen=lambda _: _step(bar),
        )
        made = create(order, keepers.folder(opts, settings))
    asked = snapshot_stamp.ask_all(made.path, made.digest, opts.tsa or settings.getlist("SNAPSHOT_TSA"))
    snapshot_stamp.send(made.path, opts)
    _tell(made, asked=asked, as_json=opts.json)
    return 0


def keygen(args: list[str], opts: argparse.Namespace, settings: BaseSettings) -> int:  # noqa: ARG001 - one form for all
    """0 when the key is there."""
    if len(args) != 1:
        raise SnapshotError("snapshot keygen", "say where to write the key: snapshot keygen FILE.pem")
    path, new, passphrase = Path(args[0]), SigningKey.new(), os.environ.get(_PASSPHRASE)
    changes: tuple[rotation.Rotation, ...] = ()
    if opts.previous:
        old_file = Path(opts.previous)
        old = read_signing_key(old_file, passphrase=passphrase)
        created = f"{created_now(clock.moment()):%Y-%m-%dT%H:%M:%SZ}"
        changes = (*rotation.beside(old_file), rotation.rotate(old, new.public, created=created))
    public = new.write(path, passphrase=passphrase)
    kept = rotation.folder_of(path)
    for number, change in enumerate(changes, start=1):
        kept.mkdir(exist_ok=True)
        for name, octets in change.files(number).items():
            (kept / name).write_bytes(octets)
    lines = [
        f"{path}: the key, for you alone",
        f"{public}: give this to whoever is to check; its id is {new.public.id}",
    ]
    lines += [f"{kept}: goes into every snapshot that the key signs"] if changes else []
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _scope_of(where: Path, number: int) -> Scope:
    """That of an earlier snapshot."""
    seal = next((seal for seal in Chain(where).seals() if seal.sequence == number), None)
    if seal is None:
        raise SnapshotError(f"--supersedes {number}", "there is no such seal in the chain")
    return scope_of(seal.facts["scope"])


def _step(bar: "tqdm[Any]") -> None:
    bar.update()


def _created(text: str | None) -> datetime:
    if text is None:
        return created_now(clock.moment())
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise SnapshotError(f"--created {text}", "expected a time such as 2026-11-22T04:00:00Z") from error
    return created_now(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _tell(made: Made, *, asked: int, as_json: bool) -> None:
    facts, missing = made.seal.facts, list(stamps.waiting(made.path))
    if as_json:
        told = {name: value for name, value in facts.items() if name != "files"}
        sys.stdout.write(json.dumps({"file": str(made.path), "head": made.seal.head, **told}, indent=2) + "\n")
        return
    counts = facts["counts"]
    lines = [
        str(made.path),
        "  " + ", ".join(f"{counts[name]:,} {name}" for name in ("pairs", "captures", "articles", "bytes")),
        *(f"  {act_phrase(act)}: {count:,} records" for act, count in sorted(made.seal.tombstones.items())),
        *([f"  in the place of {facts['supersedes']['number']}"] if "supersedes" in facts else []),
        f"  {'signed by ' + made.seal.key_id if made.seal.key_id else 'unsigned: anybody could have made it'}",
        f"  time stamps: {f'{asked - len(missing)} of {asked}' if asked else 'none asked for'}"
        + ("; ask again with scrapy snapshot stamp" if missing else ""),
        f"  head: {made.seal.head}   publish it where nobody who holds the archive can change it",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
