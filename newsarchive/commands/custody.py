"""`scrapy custody show|verify|head|note|mend …`: the log of who did what with the archive, when and why."""

import argparse
import json
import sys
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

from scrapy.settings import Settings

from newsarchive.commands import keepers
from newsarchive.commands.actions import Action, ActionsCommand
from newsarchive.commands.saying import say
from newsarchive.controls import without_controls
from newsarchive.errors import SettingError, SnapshotError
from newsarchive.keeping import custody_levels, moving, noting, whereabouts
from newsarchive.sealing import custody
from newsarchive.sealing.chain import read_head

_NO_LOG = "there is no custody log yet"


class Command(ActionsCommand):
    def syntax(self) -> str:
        return (
            "show | verify [--expected-head SEQ:SHA] | head | note access|export|capture --object NAME | mend | "
            "begin | move --out DIR"
        )

    def short_desc(self) -> str:
        return "The custody log: who did what with the archive, when and why; check it, add to it"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        keepers.add_options(parser)
        parser.add_argument(
            "--object",
            metavar="NAME",
            action="append",
            default=[],
            help="note: what it was; show: only lines that name it",
        )
        parser.add_argument("--action", metavar="NAME", choices=custody.ACTIONS, help="show: only such lines")
        parser.add_argument("--since", metavar="DAY", help="show: only lines from this day on, such as 2026-11-22")
        parser.add_argument("--expected-head", metavar="SEQ:SHA", help="verify: a head that you know from elsewhere")

    def actions(self) -> Collection[str]:
        return _ACTIONS

    def perform(self, action: str, args: list[str], opts: argparse.Namespace, settings: Settings) -> int:
        keepers.require_folder(opts, settings)
        return _ACTIONS[action](args, opts, settings)


def _show(args: list[str], opts: argparse.Namespace, settings: Settings) -> int:
    """0 when all lines follow; 1, with a line that says which, when one does not."""
    _refuse(args, "custody show")
    path = _log(opts, settings)
    try:
        if opts.since:
            date.fromisoformat(opts.since[:10])
    except ValueError as error:
        raise SettingError("--since", opts.since, "a day such as 2026-11-22") from error
    try:
        for line in _chosen(path, opts):
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n" if opts.json else _as_text(line))
    except SnapshotError as error:
        say(error)
        return 1
    return 0


def _chosen(path: Path, opts: argparse.Namespace) -> Iterator[dict[str, Any]]:
    for line in custody.read(path):
        if (
            (not opts.object or any(name in line["object"] for name in opts.object))
            and opts.action in (None, line["action"])
            and opts.actor in (None, line["actor"])
            and (opts.since is None or line["at"] >= opts.since)
        ):
            yield line


def _as_text(line: dict[str, Any]) -> str:
    outcome = "" if line["outcome"] == "ok" else f"  {line['outcome']}"
    reason = f"  ({line['reason']})" if line["reason"] else ""
    began = f"{line['sequence']:6}  {line['at'][:19]}Z  {line['actor']}  {line['action']}"
    told = f"{began}  {line['object']}{outcome}{reason}"
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in told) + "\n"


def _verify(args: list[str], opts: argparse.Namespace, settings: Settings) -> int:
    """0 when nothing is wrong; where nothing is, nothing is verified: the folder may be mistyped, or not mounted."""
    _refuse(args, "custody verify")
    folder = keepers.folder(opts, settings)
    report = custody_levels.judge(
        folder,
        archive=Path(settings["ARCHIVE_DIR"]) if settings["ARCHIVE_DIR"] else None,
        expected_head=read_head(opts.expected_head, of="custody") if opts.expected_head else None,
    )
    if report.levels["lines"].unchecked:
        raise SnapshotError(folder / custody.FILE, _NO_LOG)
    if opts.json:
        levels = {
            name: {"ok": level.right, "wrong": level.wrong, "not_checked": level.unchecked}
            for name, level in report.levels.items()
        }
        sys.stdout.write(json.dumps({"head": report.head, "levels": levels}, indent=2) + "\n")
        return 0 if report.is_clean else 1
    for name, level in report.levels.items():
        sys.stdout.writelines(f"{name}: {without_controls(what)}\n" for what in level.wrong)
    sys.stdout.writelines(f"  {name:10} {level}\n" for name, level in report.levels.items())
    # That of a log whose lines do not follow is for nobody.
    if report.head and not report.levels["lines"].wrong:
        sys.stdout.write(f"head: {report.head}   publish it where nobody who holds the log can change it\n")
    return 0 if report.is_clean else 1


def _head(args: list[str], opts: argparse.Namespace, settings: Settings) -> int:
    """Print what to publish elsewhere: `SEQUENCE:SHA256`."""
    _refuse(args, "custody head")
    head = custody.head(_log(opts, settings))
    sys.stdout.write((json.dumps({"head": head}) if opts.json else str(head)) + "\n")
    return 0


def _note(args: list[str], opts: argparse.Namespace, settings: Settings) -> int:
    """0 when the lines are on the disk."""
    folder = keepers.own_folder(opts, settings)
    if args == ["capture"]:
        noted = noting.note_captures(folder, keepers.archive(settings), actor=opts.actor, reason=opts.reason)
        sys.stdout.write(f"{len(noted)} outlet{'' if len(noted) == 1 else 's'} noted\n")
        return 0
    if args not in (["access"], ["export"]):
        raise SettingError("custody note", " ".join(args) or "nothing", "access, export or capture")
    if not opts.object:
        raise SettingError("custody note", "no object", "--object NAME: what was looked at or taken")
    reason = keepers.reason(opts, "custody note")
    noting.note(folder, cast("Literal['access', 'export']", args[0]), opts.object, actor=opts.actor, reason=reason)
    return 0


def _begin(args: list[str], opts: argparse.Namespace, settings: Settings) -> int:
    """0 when there is a log, which the archive remembers."""
    _refuse(args, "custody begin")
    reason, folder = keepers.reason(opts, "custody begin"), keepers.own_folder(opts, settings)
    moving.begin(keepers.archive(settings), folder, actor=opts.actor, reason=reason)
    sys.stdout.write(f"{folder / custody.FILE}: begun\n")
    return 0


def _move(args: list[str], opts: argparse.Namespace, settings: Settings) -> int:
    """0 when the archive remembers the new place."""
    _refuse(args, "custody move")
    reason, archive = keepers.reason(opts, "custody move"), keepers.archive(settings)
    folder = keepers.named(opts, settings) or whereabouts.beside(archive)
    moving.move(archive, folder, actor=opts.actor, reason=reason)
    sys.stdout.write(f"{folder}: the keepers' folder of {archive} from now on\n")
    return 0


def _mend(args: list[str], opts: argparse.Namespace, settings: Settings) -> int:
    """0 when the last line is whole."""
    _refuse(args, "custody mend")
    reason = keepers.reason(opts, "custody mend")
    aside = custody.mend(_log(opts, settings).parent, actor=opts.actor, reason=reason)
    sys.stdout.write(f"{aside}: what was left of the last line\n" if aside else "no line is torn\n")
    return 0


def _log(opts: argparse.Namespace, settings: Settings) -> Path:
    path = keepers.folder(opts, settings) / custody.FILE
    if not path.is_file():
        raise SnapshotError(path, _NO_LOG)
    return path


def _refuse(args: list[str], what: str) -> None:
    if args:
        raise SettingError(what, " ".join(args), "options only")


_ACTIONS: dict[str, Action] = {
    "show": _show,
    "verify": _verify,
    "head": _head,
    "note": _note,
    "mend": _mend,
    "begin": _begin,
    "move": _move,
}
