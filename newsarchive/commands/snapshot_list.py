"""`scrapy snapshot list` and `scrapy snapshot head`."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from scrapy.settings import BaseSettings

from newsarchive.commands.keepers import folder
from newsarchive.controls import without_controls
from newsarchive.errors import SnapshotError
from newsarchive.keeping import certificates
from newsarchive.plurals import counted
from newsarchive.sealing import names, stamps
from newsarchive.sealing.chain import Chain
from newsarchive.sealing.chain_level import successor
from newsarchive.sealing.seal import Seal
from newsarchive.warc.verdict import act_phrase


def head(args: list[str], opts: argparse.Namespace, settings: BaseSettings) -> int:
    """Print what to publish elsewhere: `SEQUENCE:SHA256`."""
    if args:
        raise SnapshotError(f"snapshot head {args[0]}", "takes no arguments but --out")
    where = folder(opts, settings)
    last = Chain(where).head()
    if last is None:
        raise SnapshotError(where, "holds no snapshot yet")
    told = {"head": last.head, "created": last.facts["created"]}
    sys.stdout.write((json.dumps(told) if opts.json else last.head) + "\n")
    return 0


def run(args: list[str], opts: argparse.Namespace, settings: BaseSettings) -> int:
    """A line for each seal; 1 where the file of one is not there, was not disposed of, and none stands in its place."""
    if args:
        raise SnapshotError(f"snapshot list {args[0]}", "takes no arguments but --out")
    where = folder(opts, settings)
    gone, seals = certificates.of_snapshots(where), list(Chain(where).seals())
    told = [{**_told(where, seal, seals), "disposed": gone.get(seal.sequence)} for seal in seals]
    if opts.json:
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
    else:
        sys.stdout.writelines(without_controls(_line(one)) for one in told)
        sys.stdout.write("" if told else f"no snapshot in {where}\n")
    return 0 if all(one["file"] or one["disposed"] or one["superseded_by"] for one in told) else 1


def _told(where: Path, seal: Seal, seals: list[Seal]) -> dict[str, Any]:
    path = next(iter(sorted(where.glob(f"{seal.sequence:06d}-*{names.SUFFIX}"))), None)
    return {
        "sequence": seal.sequence,
        "created": seal.facts["created"],
        "file": path.name if path else None,
        "articles": seal.facts["counts"]["articles"],
        "bytes": seal.facts["counts"]["bytes"],
        "outlets": seal.facts["outlets"],
        "key": seal.key_id,
        "stamps": len(stamps.answers(path)) if path else 0,
        "waiting": len(list(stamps.waiting(path))) if path else 0,
        "seal": seal.digest,
        "superseded_by": successor(seal, seals),
        "erased": dict(sorted(seal.tombstones.items())),
    }


def _line(one: dict[str, Any]) -> str:
    signed = "signed" if one["key"] else "unsigned"
    instead = f"superseded by {one['superseded_by']}" if one["superseded_by"] else ""
    erased = "".join(f"  {act_phrase(act)}: {counted(count, 'record')}" for act, count in one["erased"].items())
    disposed = f"disposed under {one['disposed']}" if one["disposed"] else ""
    place = ", ".join(filter(None, (one["file"], instead, disposed))) or "its file is not here"
    waiting = f" ({one['waiting']} waiting)" if one["waiting"] else ""
    return (
        f"{one['sequence']:6}  {one['created']}  {one['articles']:7,} articles  {one['bytes']:14,} bytes  {signed:8}  "
        f"{counted(one['stamps'], 'stamp')}{waiting}  {place}{erased}\n"
    )
