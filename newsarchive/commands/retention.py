"""`scrapy retention show|plan|dispose …`: how long what is archived is kept, and what is past its time."""

import argparse
import json
import sys
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from newsarchive import clock
from newsarchive.commands import keepers
from newsarchive.commands.actions import Action, ActionsCommand
from newsarchive.controls import without_controls
from newsarchive.errors import SettingError
from newsarchive.facts import FOR_EVER
from newsarchive.keeping import disposing, holds, orders, planning
from newsarchive.keeping.certifying import Keeper
from newsarchive.keeping.disposing import Outcome
from newsarchive.keeping.planning import Decision, Plan
from newsarchive.outlets import Retention
from newsarchive.sealing import custody
from newsarchive.sealing.choosing import close

_REASON = "past its retention"


class Command(ActionsCommand):
    requires_project = True

    def syntax(self) -> str:
        return "show | plan [--outlet NAME] | dispose --yes [--outlet NAME]"

    def short_desc(self) -> str:
        return "How long what is archived is kept; list what is past its time, and dispose of it"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        keepers.add_options(parser)
        parser.add_argument(
            "--outlet",
            metavar="NAME",
            action="append",
            default=[],
            help="only of this outlet, given once for each; snapshots are left alone then",
        )
        parser.add_argument("--yes", action="store_true", help="dispose: remove the files; without it nothing is done")

    def actions(self) -> Collection[str]:
        return _ACTIONS

    def perform(self, action: str, args: list[str], opts: argparse.Namespace, settings: Settings) -> int:
        if args:
            raise UsageError(f"retention {action} takes options only")
        return _ACTIONS[action](args, opts, settings)


def _show(_: list[str], opts: argparse.Namespace, settings: Settings) -> int:
    """0 when all policies can be read."""
    known, problems = planning.policies(Path(settings["CONFIG_DIR"]), _names(opts, settings))
    if opts.json:
        told = {name: policy.model_dump(mode="json") for name, policy in known.items()}
        sys.stdout.write(json.dumps({"days": told, "problems": problems}, indent=2) + "\n")
    else:
        for name, policy in known.items():
            days = {kind: policy.of(kind) for kind in Retention.model_fields}
            words = ", ".join(f"{kind} {f'{kept}d' if kept else FOR_EVER}" for kind, kept in days.items())
            sys.stdout.write(f"{name}: {words}\n")
    return _tell_problems(problems)


def _plan(_: list[str], opts: argparse.Namespace, settings: Settings) -> int:
    """0 when everything could be judged."""
    archive, folder = keepers.archive(settings), keepers.own_folder(opts, settings)
    known, problems = planning.policies(Path(settings["CONFIG_DIR"]), planning.names_in(archive))
    made = planning.plan(
        archive, folder, holds.of(folder), known,
        outlets=_names(opts, settings), now=clock.moment(), snapshots=not opts.outlet,
    )  # fmt: skip
    _tell_plan(made, as_json=opts.json)
    keepers.warn_without_log(folder)
    return _tell_problems([*_asked(problems, opts), *made.problems])


def _dispose(_: list[str], opts: argparse.Namespace, settings: Settings) -> int:
    """0 when all that is past its time and not held is gone."""
    if not opts.yes:
        raise SettingError("retention dispose", "no --yes", "--yes: it removes files; see scrapy retention plan first")
    archive, folder = keepers.archive(settings), keepers.own_folder(opts, settings)
    known, problems = planning.policies(Path(settings["CONFIG_DIR"]), planning.names_in(archive))
    keeper = Keeper(archive, folder, opts.actor or custody.whoever(), " ".join((opts.reason or _REASON).split()))
    outcome = disposing.dispose(
        keeper, known, outlets=_names(opts, settings), now=clock.moment(), snapshots=not opts.outlet
    )
    _tell_outcome(outcome, as_json=opts.json)
    return _tell_problems([*_asked(problems, opts), *outcome.problems])


def _names(opts: argparse.Namespace, settings: Settings) -> list[str]:
    """The outlets that are asked about; raises `SettingError` for one that is not in the archive."""
    there = planning.names_in(keepers.archive(settings))
    for name in opts.outlet:
        if name not in there:
            found = close(name, there)
            hint = f" (did you mean {found}?)" if found else ""
            raise SettingError("--outlet", name, f"an outlet in {settings['ARCHIVE_DIR']}{hint}")
    return sorted(set(opts.outlet)) or there


def _asked(problems: list[str], opts: argparse.Namespace) -> list[str]:
    """A YAML that nobody asked about is no problem here."""
    files = tuple(f"/{name}.yaml:" for name in opts.outlet)
    return [what for what in problems if not files or any(file in what for file in files)]


def _tell_plan(made: Plan, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(_as_json(made), indent=2) + "\n")
        return
    sys.stdout.writelines(without_controls(_line(one)) for one in made.decisions)
    sys.stdout.write(_sum(made) + "\n")


def _as_json(made: Plan) -> dict[str, Any]:
    going = [one for one in made.decisions if one.goes]
    return {
        "due": [
            {"outlet": one.item.outlet, "name": one.item.name, "rule": one.item.rule, "bytes": _size([one])}
            for one in going
        ],
        "held_back": orders.held_back(made.decisions),
    }


def _line(one: Decision) -> str:
    item = one.item
    why = f"held by {', '.join(map(str, one.holds))}" if one.holds else ""
    why = why or (f"referred to by {one.referred_by}" if one.referred_by else "due")
    span = f"{item.first:%Y-%m-%d}..{item.last:%Y-%m-%d}"
    return f"{why}: {item.name}  {item.rule}, {span}, {item.captures} captures, {_size([one]):,} bytes\n"


def _sum(made: Plan) -> str:
    going = [one for one in made.decisions if one.goes]
    held = sum(1 for one in made.decisions if one.holds)
    referred = sum(1 for one in made.decisions if one.referred_by)
    return (
        f"{len(made.decisions)} past their time: {len(going)} to go ({_size(going):,} bytes), "
        f"{held} held, {referred} referred to"
    )


def _size(decided: Iterable[Decision]) -> int:
    return sum(path.stat().st_size for one in decided for path in one.item.files if path.exists())


def _tell_outcome(outcome: Outcome, *, as_json: bool) -> None:
    if as_json:
        told = [
            {"id": one.id, "outlet": one.outlet, "items": one.items, "files": one.files, "bytes": one.bytes}
            for one in outcome.disposals
        ]
        held_back = orders.held_back(outcome.plan.decisions)
        sys.stdout.write(json.dumps({"disposals": told, "held_back": held_back}, indent=2) + "\n")
        return
    for one in outcome.disposals:
        kept = f", {one.kept} kept by holds" if one.kept else ""
        sys.stdout.write(
            f"{one.id}  {one.outlet or 'snapshots'}: {one.items} items, {one.files} files, {one.bytes:,} bytes{kept}\n"
        )
    sys.stdout.writelines(without_controls(_line(one)) for one in outcome.plan.decisions if not one.goes)
    if not outcome.disposals:
        sys.stdout.write("nothing was disposed of\n")


def _tell_problems(problems: Iterable[str]) -> int:
    listed = list(dict.fromkeys(problems))
    sys.stderr.writelines(f"scrapy: {without_controls(what)}\n" for what in listed)
    return 1 if listed else 0


_ACTIONS: dict[str, Action] = {"show": _show, "plan": _plan, "dispose": _dispose}
