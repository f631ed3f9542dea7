"""`scrapy hold add|release|list|check …`: legal holds, which nothing that takes away gets past."""

import argparse
import json
import sys
from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import UTC, datetime, time
from pathlib import Path

from scrapy.settings import Settings

from newsarchive.commands import keepers
from newsarchive.commands.actions import Action, ActionsCommand
from newsarchive.controls import without_controls
from newsarchive.errors import SettingError
from newsarchive.keeping import holds, matching, placing
from newsarchive.keeping.covering import covered
from newsarchive.keeping.holds import Hold, Holds
from newsarchive.keeping.scope import Scope, read_scope
from newsarchive.keeping.widening import widened
from newsarchive.plurals import counted


class Command(ActionsCommand):
    def syntax(self) -> str:
        return "add MATTER --scope outlet=NAME --reason TEXT | release HOLD --reason TEXT | list | check [URL|HOLD]"

    def short_desc(self) -> str:
        return "Legal holds: what neither retention nor a takedown may take away"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        keepers.add_options(parser)
        parser.add_argument(
            "--scope",
            metavar="WORDS",
            action="append",
            default=[],
            help="add: outlet=NAME url=PREFIX page=URL date=FROM..TO snapshot=NUMBER; all must fit, of several of one "
            "kind one. Or: everything",
        )
        parser.add_argument(
            "--future",
            action="store_true",
            help="add, check: accept words that match nothing yet, because they mean what is captured later",
        )
        parser.add_argument("--all", action="store_true", help="list: those that were released, too")
        parser.add_argument("--outlet", metavar="NAME", help="check: whose archive it lies in")
        parser.add_argument("--day", metavar="DAY", help="check: the day of the capture, UTC, such as 2026-11-22")
        parser.add_argument("--snapshot", metavar="NUMBER", type=int, help="check: the snapshot in which it lies")

    def actions(self) -> Collection[str]:
        return _ACTIONS

    def perform(self, action: str, args: list[str], opts: argparse.Namespace, settings: Settings) -> int:
        keepers.require_folder(opts, settings)
        return _ACTIONS[action](args, opts, settings)


def _add(args: list[str], opts: argparse.Namespace, settings: Settings) -> int:
    """0 when the hold is in force."""
    if len(args) != 1:
        raise SettingError("hold add", " ".join(args) or "nothing", "one matter: hold add MATTER --scope … --reason …")
    reason = keepers.reason(opts, "hold add")
    folder = keepers.own_folder(opts, settings)
    placing.require_matter(args[0])
    scope = read_scope(opts.scope)
    if not opts.future:
        matching.require(scope, Path(settings["ARCHIVE_DIR"]) if settings["ARCHIVE_DIR"] else None, folder)
    placed = placing.add(folder, args[0], scope, actor=opts.actor, reason=reason)
    keepers.remember(settings, folder)
    told = _tell([placed], as_json=opts.json)
    if not opts.json:
        sys.stdout.write(f"    what it covers: scrapy hold check {placed.id}\n")
    return told


def _release(args: list[str], opts: argparse.Namespace, settings: Settings) -> int:
    """0 when nothing of that name is in force any more."""
    if len(args) != 1:
        raise SettingError("hold release", " ".join(args) or "nothing", "one hold, or one matter")
    reason = keepers.reason(opts, "hold release")
    folder = keepers.own_folder(opts, settings)
    released = placing.release(folder, args[0], actor=opts.actor, reason=reason)
    keepers.remember(settings, folder)
    return _tell(released, as_json=opts.json)


def _list(args: list[str], opts: argparse.Namespace, settings: Settings) -> int:
    """0 when the holds could be read."""
    if args:
        raise SettingError("hold list", " ".join(args), "no arguments but --all")
    known = holds.of(keepers.own_folder(opts, settings))
    return _tell(known.all if opts.all else known.active, as_json=opts.json)


def _check(args: list[str], opts: argparse.Namespace, settings: Settings) -> int:
    """Return 1 if the capture is held, or if a hold covers nothing; without arguments 0 if file and log agree.

    Raises `SettingError` for an outlet or a snapshot that is not archived, unless a hold covers it or --future is set.
    """
    folder = keepers.own_folder(opts, settings)
    known = holds.of(folder)
    if len(args) == 1 and (named := known.named(args[0])):
        return _tell_covered(named, keepers.archive(settings), folder, as_json=opts.json)
    if len(args) > 1 or (args and not opts.outlet):
        raise SettingError("hold check", " ".join(args), "a hold; or an address, and --outlet NAME of its archive")
    _require_outlet_beside(opts)
    if not opts.outlet:
        count = len(list(known.active))
        sys.stdout.write(f"{counted(count, 'hold')} in force; holds and custody log agree\n")
        return 0
    asked = widened(known, keepers.archive(settings)).all_on(
        outlet=opts.outlet, url=args[0] if args else None, captured_at=_day(opts.day), snapshot=opts.snapshot
    )
    found = {hold.id for hold in asked}
    if not found and not opts.future:
        # Of a mistyped outlet nothing is held, which would be the wrong answer.
        scope = Scope(outlets=(opts.outlet,), snapshots=() if opts.snapshot is None else (opts.snapshot,))
        matching.require(scope, keepers.archive(settings), folder, subject="hold check")
    _tell((hold for hold in known.all if hold.id in found), as_json=opts.json)
    return 1 if found else 0


def _require_outlet_beside(opts: argparse.Namespace) -> None:
    """Raise `SettingError` for a snapshot or a day without an outlet, and for a number of no snapshot."""
    if opts.snapshot is not None and opts.snapshot < 1:
        raise SettingError("--snapshot", opts.snapshot, "a number from 1 on, as scrapy snapshot list prints it")
    alone = [
        f"--{name} {value}"
        for name, value in (("outlet", opts.outlet), ("snapshot", opts.snapshot), ("day", opts.day))
        if value is not None
    ]
    if alone and not opts.outlet:
        raise SettingError("hold check", " ".join(alone), "--outlet NAME of the archive, too")


def _tell_covered(named: tuple[Hold, ...], archive: Path, folder: Path, *, as_json: bool) -> int:
    """1 when one that is in force covers nothing: somebody may have mistyped a word."""
    told = {hold.id: covered(hold, archive, folder) for hold in widened(Holds(named), archive).all}
    if as_json:
        sys.stdout.write(json.dumps({name: asdict(one) for name, one in told.items()}, indent=2) + "\n")
    else:
        for hold in named:
            one = told[hold.id]
            there = f"{counted(one.captures, 'capture')} in {counted(one.pairs, 'pair')}"
            what = f"{there}, and something in {counted(one.snapshots, 'snapshot')}"
            sys.stdout.write(without_controls(f"{hold}: {hold.scope}: {what}\n"))
    return 1 if any(not any(asdict(told[hold.id]).values()) for hold in named if not hold.released) else 0


def _day(text: str | None) -> datetime | None:
    try:
        return datetime.combine(datetime.fromisoformat(text).date(), time(), UTC) if text else None
    except ValueError as error:
        raise SettingError("--day", text, "a day such as 2026-11-22") from error


def _tell(told: Iterable[Hold], *, as_json: bool) -> int:
    listed = list(told)
    if as_json:
        sys.stdout.write(json.dumps([hold.model_dump(mode="json") for hold in listed], indent=2) + "\n")
        return 0
    for hold in listed:
        sys.stdout.write(without_controls(f"{hold.id}  {hold.matter}  {hold.scope}\n"))
        sys.stdout.write(
            without_controls(f"    placed {hold.placed.at} by {hold.placed.actor}: {hold.placed.reason}\n")
        )
        if end := hold.released:
            sys.stdout.write(without_controls(f"    released {end.at} by {end.actor}: {end.reason}\n"))
    if not listed:
        sys.stdout.write("no hold\n")
    return 0


_ACTIONS: dict[str, Action] = {"add": _add, "release": _release, "list": _list, "check": _check}
