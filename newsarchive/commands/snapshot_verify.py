"""`scrapy snapshot verify FILE…`: each level on its own line; 0 only if all that was demanded holds."""

import argparse
import json
import os
import re
import sys
from datetime import timedelta
from pathlib import Path

from scrapy.settings import BaseSettings

from newsarchive import clock
from newsarchive.errors import SnapshotError
from newsarchive.sealing import certificate, custody, stamps
from newsarchive.sealing.chain import read_head
from newsarchive.sealing.judgement import LEVELS, Judgement
from newsarchive.sealing.keys import read_public_key
from newsarchive.sealing.verifying import Demands, verify

_MOST_MINUTES = 100_000_000


def add_options(parser: argparse.ArgumentParser) -> None:
    """Those of verify."""
    levels = "; ".join(f"{name}: {meaning}" for name, meaning in LEVELS.items())
    group = parser.add_argument_group("snapshot verify", f"exits with 1 unless all that was demanded holds. {levels}")
    group.add_argument("--require-signature", action="store_true", help="an unsigned snapshot does not do")
    group.add_argument(
        "--require-timestamp", action="store_true", help="one without a time stamp by a --tsa-root does not do"
    )
    group.add_argument(
        "--trusted-key",
        metavar="PEM",
        action="append",
        default=[],
        help="it must be signed by this key, or one that follows",
    )
    group.add_argument(
        "--tsa-root",
        metavar="PEM",
        action="append",
        default=[],
        help="the root certificate of an authority that you trust",
    )
    group.add_argument(
        "--stamped-within",
        metavar="MINUTES",
        help="an authority must have stamped it so soon after the seal, and the seals of the chain in their order",
    )
    group.add_argument("--expected-head", metavar="SEQ:SHA", help="the head of the chain that you know from elsewhere")
    group.add_argument(
        "--deep",
        action="store_true",
        help="look into the files, too, and read all articles again; takes as much temporary space as the snapshot",
    )
    group.add_argument("--html", metavar="FILE", help="write a page to be printed")
    group.add_argument("--log", action="store_true", help="write a line into the custody log beside the snapshot")


def run(args: list[str], opts: argparse.Namespace, settings: BaseSettings) -> int:  # noqa: ARG001 - one form for all
    """0 when everything that was demanded holds of all files, 1 when not."""
    if not args:
        raise SnapshotError("snapshot verify", "say which file")
    if opts.html and len(args) > 1:
        raise SnapshotError("--html", "is of one file")
    demands = _demands(opts)
    judgements = [_judged(Path(name), demands, opts) for name in args]
    if opts.json:
        told = [one.as_json() for one in judgements]
        sys.stdout.write(json.dumps(told[0] if len(told) == 1 else told, indent=2) + "\n")
    else:
        sys.stdout.write("\n".join(one.as_text() for one in judgements))
    if opts.html:
        try:
            page = certificate.as_html(judgements[0], demands, checked_at=clock.moment())
            # The name of a file need not be text.
            Path(opts.html).write_text(page, encoding="utf-8", errors="replace")
        except OSError as error:
            raise SnapshotError(opts.html, f"cannot be written ({error.strerror})") from error
    return 0 if all(one.holds for one in judgements) else 1


def _judged(path: Path, demands: Demands, opts: argparse.Namespace) -> Judgement:
    if not path.is_file():
        what = f"is a folder: name the files, as {path}/*.wacz does" if path.is_dir() else "there is no such file"
        raise SnapshotError(path, what)
    try:
        judgement = verify(path, demands)
    except OSError as error:
        raise SnapshotError(path, f"cannot be read ({error.strerror})") from error
    if opts.log:
        outcome = "holds" if judgement.holds else "does not hold"
        custody.append(
            path.absolute().parent, "verify", path.name, actor=opts.actor, reason=opts.reason, outcome=outcome
        )
    return judgement


def _demands(opts: argparse.Namespace) -> Demands:
    return Demands(
        signature=opts.require_signature,
        timestamp=opts.require_timestamp,
        trusted=tuple(read_public_key(_octets(Path(name)), name) for name in opts.trusted_key),
        roots=tuple(stamps.read_roots([Path(name) for name in opts.tsa_root])),
        head=read_head(opts.expected_head) if opts.expected_head else None,
        stamped_within=_within(opts.stamped_within),
        deep=opts.deep,
        readers=(os.cpu_count() or 1) if opts.deep else 0,
    )


def _within(minutes: str | None) -> timedelta | None:
    if minutes is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", minutes) or int(minutes) > _MOST_MINUTES:
        raise SnapshotError(f"--stamped-within {minutes}", "expected a number of minutes, such as 10")
    return timedelta(minutes=int(minutes))


def _octets(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SnapshotError(path, f"cannot be read ({error.strerror})") from error
