"""`scrapy snapshot bag FILE [--out DIR]`: a snapshot as a bag, to be handed over."""

import argparse
import json
import sys
from pathlib import Path

from scrapy.settings import BaseSettings

from newsarchive.errors import SnapshotError
from newsarchive.plurals import counted
from newsarchive.sealing import bagging, names
from newsarchive.sealing.opening import Opened
from newsarchive.sealing.seal import read_seal


def run(args: list[str], opts: argparse.Namespace, settings: BaseSettings) -> int:
    """0 when the bag is there."""
    if len(args) != 1:
        raise SnapshotError("snapshot bag", "say which file: snapshot bag FILE --out DIR")
    snapshot = Path(args[0])
    if not snapshot.is_file():
        raise SnapshotError(snapshot, "there is no such file")
    name = snapshot.name.removesuffix(names.SUFFIX) + bagging.SUFFIX
    into = Path(opts.out or snapshot.with_name(name))
    _refuse_taken_down(snapshot)
    made = bagging.bag(snapshot, into, organization=settings["OPERATOR"] or "", actor=opts.actor, reason=opts.reason)
    if opts.json:
        told = {"bag": str(made.path), "files": made.files, "bytes": made.bytes}
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
    else:
        sys.stdout.write(f"{made.path}\n  {counted(made.bytes, 'byte')} in {counted(made.files, 'file')}\n")
    return 0


def _refuse_taken_down(snapshot: Path) -> None:
    """What was sealed before it was withheld or erased is still in the file."""
    # With it comes what reads YAML; whoever lists or checks snapshots need not load that.
    from newsarchive.keeping import takedowns  # noqa: PLC0415

    with Opened(snapshot) as opened:
        sequence = read_seal(opened.small(names.SEAL) or b"", snapshot).sequence
    for act in takedowns.standing(takedowns.read_all(snapshot.absolute().parent)):
        if act.level in ("withhold", "erase") and sequence in act.snapshots:
            raise SnapshotError(
                snapshot, f"holds what {act.id} takes down; hand over one made with create --supersedes {sequence}"
            )
