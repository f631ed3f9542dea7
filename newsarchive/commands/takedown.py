"""`scrapy takedown hide|withhold|erase|list|lift …`: what may not be shown, exported or kept any more."""

import argparse
import json
import sys
from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path

from scrapy.settings import BaseSettings, Settings

from newsarchive import outlets, urls
from newsarchive.commands import keepers, takedown_lines
from newsarchive.commands.actions import ActionsCommand
from newsarchive.controls import without_controls
from newsarchive.errors import ArchiveError, OutletError, SettingError
from newsarchive.keeping import matching, takedown, takedowns
from newsarchive.keeping.demands import Demand, Keeper, Plan
from newsarchive.keeping.scope import Scope
from newsarchive.keeping.selecting import Wanted
from newsarchive.keeping.takedowns import LEVELS, REASONS, Why
from newsarchive.outlets import Outlet
from newsarchive.plurals import counted

_MENTIONS: dict[str | None, frozenset[Why]] = {
    None: frozenset(),
    "text": frozenset({"text"}),
    "all": frozenset({"text", "headline", "address"}),
}
# (arguments, options, keeper) to exit code.
_Action = Callable[[list[str], argparse.Namespace, Keeper], int]


class Command(ActionsCommand):
    def syntax(self) -> str:
        return "hide|withhold|erase --url URL --code CODE --authority TEXT --reason TEXT [--yes] | list | lift ACT"

    def short_desc(self) -> str:
        return "Take down what may not be shown (hide), exported (withhold) or kept (erase) any more"

    def long_desc(self) -> str:
        return (
            f"{self.short_desc()}. Without --yes it only says what would go. What is hidden or withheld can be lifted, "
            "an erasure cannot. Exit code: 1 where a hold stands in the way, or list finds something wrong."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        keepers.add_options(parser)
        group = parser.add_argument_group("what")
        group.add_argument(
            "--url", action="append", default=[], help="an article: all its captures, under all its addresses"
        )
        group.add_argument("--exact", action="store_true", help="--url means that address alone")
        group.add_argument("--prefix", action="append", default=[], help="all addresses that begin so")
        group.add_argument("--record", action="append", default=[], help="one record, by its WARC-Record-ID")
        group.add_argument("--outlet", action="append", default=[], help="only in the archives of these outlets")
        group.add_argument("--since", metavar="DAY", help="only captures from this day on, UTC")
        group.add_argument("--until", metavar="DAY", help="only captures up to this day, UTC")
        why = parser.add_argument_group("why")
        why.add_argument("--code", choices=REASONS, help="the reason, as tombstones state it")
        why.add_argument("--authority", metavar="TEXT", help="who demands it, by what right; tombstones state it")
        erase = parser.add_argument_group("erase")
        erase.add_argument(
            "--mentions",
            choices=("text", "all"),
            help="erase captures of other addresses, too, in which the text stands (text), or only the headline (all)",
        )
        erase.add_argument(
            "--drop-digests", action="store_true", help="keep no digests of what was there: short texts can be guessed"
        )
        erase.add_argument(
            "--with-address",
            action="store_true",
            help="keep no address either, nor digests; other captures in which it stands go with --mentions all",
        )
        parser.add_argument(
            "--future",
            action="store_true",
            help="hide, withhold: accept words that match nothing yet, because they mean what is captured later",
        )
        parser.add_argument("--yes", action="store_true", help="do it")

    def actions(self) -> Collection[str]:
        return _ACTIONS

    def perform(self, action: str, args: list[str], opts: argparse.Namespace, settings: Settings) -> int:
        try:
            return _ACTIONS[action]([action, *args], opts, _keeper(opts, settings))
        except OSError as error:
            what = f"cannot be read or written ({error.strerror}); scrapy takedown list goes on with what was begun"
            raise ArchiveError(Path(error.filename or settings["ARCHIVE_DIR"]), what) from error


def _take(args: list[str], opts: argparse.Namespace, keeper: Keeper) -> int:
    """0 when it is done, or when it was said what would be."""
    demand = _demand(args, opts)
    if opts.yes:
        _go_on(keeper)
    if not opts.future and not takedown.earlier(keeper, demand):
        _require_matches(demand, keeper)
    planned = takedown.plan(keeper, demand) if not opts.yes else None
    if planned:
        _show(planned, demand, opts)
        if demand.level == "erase":
            keepers.warn_without_log(keeper.folder)
        return 1 if planned.held else 0
    act, found = takedown.take_down(keeper, demand)
    if opts.json:
        sys.stdout.write(json.dumps(takedowns.as_json(act), indent=2) + "\n")
    else:
        sys.stdout.writelines(
            f"{without_controls(line)}\n" for line in takedown_lines.done_lines(act, demand, keeper, found)
        )
    return 0


def _require_matches(demand: Demand, keeper: Keeper) -> None:
    """Raises `SettingError` for an address, an outlet, a day or a record that is not in the archive."""
    what, scope = f"takedown {demand.level}", demand.wanted.scope
    matching.require(
        scope, keeper.archive, keeper.folder,
        subject=what, selections=keeper.selections, is_open_searched=demand.level == "erase",
    )  # fmt: skip
    if records := demand.wanted.records:
        missing = sorted(records - takedown.plan(keeper, demand).selected.ids)
        if missing:
            raise SettingError(what, f"--record {missing[0]}", "the WARC-Record-ID of a record in the archive")


def _lift(args: list[str], opts: argparse.Namespace, keeper: Keeper) -> int:
    """0 when the act does not stand any more."""
    if len(args) != 2:
        raise SettingError("takedown lift", " ".join(args[1:]) or "nothing", "one act, such as T-2026-004")
    act = takedown.lift(
        keeper, args[1], authority=_told(opts.authority, "--authority"), reason=keepers.reason(opts, "takedown lift")
    )
    sys.stdout.write(f"{act.id}: {act.lifts} is lifted\n")
    return 0


def _list(args: list[str], opts: argparse.Namespace, keeper: Keeper) -> int:
    """1 where files and custody log disagree."""
    if args[1:]:
        raise SettingError("takedown list", " ".join(args[1:]), "no arguments")
    _go_on(keeper)
    acts = takedowns.read_all(keeper.folder)
    wrong = list(takedowns.contradictions(keeper.folder, acts))
    if opts.json:
        sys.stdout.write(json.dumps([takedowns.as_json(act) for act in acts], indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{without_controls(line)}\n" for line in takedown_lines.listed_lines(acts))
    sys.stderr.writelines(f"scrapy: {without_controls(line)}\n" for line in wrong)
    return 1 if wrong else 0


def _go_on(keeper: Keeper) -> None:
    """Complete the acts that were killed on their way, and report them."""
    for act in takedown.resume(keeper):
        sys.stderr.write(f"scrapy: {act.id} had not ended; it is carried out now\n")
        if left := takedown.held_back(keeper, act):
            what = f"{counted(len(left), 'record')} held back, for a hold was placed meanwhile"
            sys.stderr.write(f"scrapy: {act.id}: {what}\n")


_ACTIONS: dict[str, _Action] = {"hide": _take, "withhold": _take, "erase": _take, "list": _list, "lift": _lift}


def _keeper(opts: argparse.Namespace, settings: BaseSettings) -> Keeper:
    config = Path(settings["CONFIG_DIR"])
    return Keeper(Path(settings["ARCHIVE_DIR"]), keepers.own_folder(opts, settings), opts.actor, _outlets(config))


def _outlets(config: Path) -> dict[str, Outlet]:
    """Those whose YAML can be read."""
    found = {}
    for name in outlets.names(config):
        try:
            found[name] = outlets.load(config, name)
        except OutletError as error:
            sys.stderr.writelines(f"scrapy: {without_controls(line)}\n" for line in error.lines())
    return found


def _demand(args: list[str], opts: argparse.Namespace) -> Demand:
    level = next(level for level in LEVELS if level == args[0])
    what = f"takedown {level}"
    if args[1:]:
        raise SettingError(what, " ".join(args[1:]), "--url URL, --prefix PREFIX or --record ID")
    if sum(map(bool, (opts.url, opts.prefix, opts.record))) != 1:
        raise SettingError(what, "nothing, or several kinds", "one kind of --url, --prefix or --record, once or more")
    for address in (*opts.url, *opts.prefix):
        if not address.startswith(("http://", "https://")) or not urls.host(address):
            raise SettingError(what, address, "an address that begins with http:// or https://")
    if opts.with_address and (level != "erase" or opts.prefix):
        raise SettingError("--with-address", f"{level} {' '.join(opts.prefix)}".strip(), "erase, and --url or --record")
    if opts.code is None:
        raise SettingError(what, "no --code", f"--code, one of {', '.join(REASONS)}")
    first, last = _day("--since", opts.since), _day("--until", opts.until)
    if first and last and first > last:
        raise SettingError("--until", opts.until, f"a day that is not before {opts.since}")
    scope = Scope(
        outlets=tuple(sorted(set(opts.outlet))),
        urls=tuple(sorted(set(opts.prefix))),
        pages=tuple(sorted(set(opts.url))),
        first_day=first,
        last_day=last,
    )
    records = frozenset(f"<{record.strip('<>')}>" for record in opts.record)
    return Demand(
        level,
        Wanted(scope, records, is_exact=opts.exact, takes_exchanges=opts.with_address),
        code=opts.code,
        authority=_told(opts.authority, "--authority"),
        reason=keepers.reason(opts, what),
        keeps_digests=not opts.drop_digests,
        keeps_address=not opts.with_address,
        mentions=_MENTIONS[opts.mentions],
    )


def _told(text: str | None, option: str) -> str:
    told = " ".join((text or "").split())
    if not told:
        raise SettingError(option, "nothing", "who demands it, by what right")
    return told


def _day(option: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise SettingError(option, text, "a day such as 2026-11-22") from error


def _show(planned: Plan, demand: Demand, opts: argparse.Namespace) -> None:
    if opts.json:
        sys.stdout.write(json.dumps(takedown_lines.as_json(planned), indent=2) + "\n")
        return
    sys.stdout.writelines(f"{without_controls(line)}\n" for line in takedown_lines.planned_lines(planned, demand))
