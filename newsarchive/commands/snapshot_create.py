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
from newsarchive.keeping import whereabouts
from newsarchive.keeping.redacting import Redactor
from newsarchive.plurals import counted
from newsarchive.sealing import rotation, stamps
from newsarchive.sealing.chain import Chain
from newsarchive.sealing.choosing import Chosen, LeftOut, choose, require_words
from newsarchive.sealing.creating import Made, Order, create, created_now
from newsarchive.sealing.keys import SigningKey, read_signing_key
from newsarchive.sealing.pairs import Pair
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
        help="outlet=NAME run=ID date=FROM..TO url=PREFIX query=WORDS; all must fit, of several of one kind one. "
        "Pairs are whole",
    )
    group.add_argument(
        "--leave-out-reserved",
        action="store_true",
        help="no pair in which the text and data mining of an article is reserved: the others in it stay out, too",
    )
    group.add_argument("--plan", action="store_true", help="print what would go in, and make nothing")
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
            "snapshot create", "say what to seal: --scope outlet=NAME, run=ID, date=FROM..TO, url=PREFIX, query=WORDS"
        )
    where, archive = keepers.folder(opts, settings), keepers.archive(settings)
    if opts.scope:
        scope = read_scope(opts.scope, leaves_out_reserved=opts.leave_out_reserved)
        require_words(archive, scope)
    else:
        scope = _scope_of(where, opts.supersedes)
    if opts.plan:
        return _plan(choose(archive, scope), archive, as_json=opts.json)
    key_file = Path(opts.key or settings["SNAPSHOT_KEY"] or "")
    key = read_signing_key(key_file, passphrase=os.environ.get(_PASSPHRASE)) if key_file.name else None
    bar: tqdm[Any]
    with tqdm(unit="file", leave=False, disable=not sys.stderr.isatty()) as bar:
        order = Order(
            archive=archive,
            scope=scope,
            created=_created(opts.created),
            config=Path(settings["CONFIG_DIR"]) if settings["CONFIG_DIR"] else None,
            key=key,
            rotations=rotation.beside(key_file) if key else (),
            title=opts.title,
            actor=opts.actor,
            reason=opts.reason,
            supersedes=opts.supersedes,
            redacted=Redactor(whereabouts.acts_for(archive, where)),
            seen=lambda _: _step(bar),
        )
        made = create(order, where)
    asked = snapshot_stamp.ask_all(made.path, made.digest, opts.tsa or settings.getlist("SNAPSHOT_TSA"))
    snapshot_stamp.send(made.path, opts)
    _tell(made, archive, asked=asked, as_json=opts.json)
    return 0


def _plan(chosen: Chosen, archive: Path, *, as_json: bool) -> int:
    """Print the pairs in the order in which they would go in."""
    told = [(str(pair.warc.relative_to(archive)), _size(pair)) for pair in chosen.pairs]
    if as_json:
        whole = {
            "pairs": [{"file": file, "bytes": size} for file, size in told],
            "left_out": [_left_out(one, archive) for one in chosen.left_out],
        }
        sys.stdout.write(json.dumps(whole, indent=2) + "\n")
        return 0
    sys.stdout.writelines(f"{size:14,}  {file}\n" for file, size in told)
    sys.stdout.write(f"{sum(size for _, size in told):14,}  bytes in {counted(len(told), 'pair')}\n")
    sys.stdout.writelines(f"{'left out':>14}  {_why(one, archive)}\n" for one in chosen.left_out)
    return 0


def _size(pair: Pair) -> int:
    return pair.warc.stat().st_size + pair.rows.stat().st_size


def _left_out(one: LeftOut, archive: Path) -> dict[str, Any]:
    return {"file": str(one.pair.warc.relative_to(archive)), "reserved": one.reserved, "others": one.others}


def _why(one: LeftOut, archive: Path) -> str:
    told = _left_out(one, archive)
    return f"{told['file']}: {one.reserved:,} reserved, and with them {counted(one.others, 'article')} not reserved"


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


def _tell(made: Made, archive: Path, *, asked: int, as_json: bool) -> None:
    facts, missing = made.seal.facts, list(stamps.waiting(made.path))
    if as_json:
        told = {name: value for name, value in facts.items() if name != "files"}
        told["terms_elsewhere"] = made.terms_elsewhere
        told["left_out"] = [_left_out(one, archive) for one in made.left_out]
        sys.stdout.write(json.dumps({"file": str(made.path), "head": made.seal.head, **told}, indent=2) + "\n")
        return
    counts = facts["counts"]
    lines = [
        str(made.path),
        "  " + ", ".join(counted(counts[f"{name}s"], name) for name in ("pair", "capture", "article", "byte")),
        *(f"  {act_phrase(act)}: {counted(count, 'record')}" for act, count in sorted(made.seal.tombstones.items())),
        *([f"  in the place of {facts['supersedes']['number']}"] if "supersedes" in facts else []),
        f"  {'signed by ' + made.seal.key_id if made.seal.key_id else 'unsigned: anybody could have made it'}",
        f"  time stamps: {f'{asked - len(missing)} of {asked}' if asked else 'none asked for'}"
        + ("; ask again with scrapy snapshot stamp" if missing else ""),
        f"  head: {made.seal.head}   publish it where nobody who holds the archive can change it",
    ]
    if made.terms_elsewhere:
        lines.append(f"  terms: {counted(made.terms_elsewhere, 'record')} that its articles name could not be found")
    lines += [f"  left out: {_why(one, archive)}" for one in made.left_out]
    sys.stdout.write("\n".join(lines) + "\n")
