"""Removing what a plan lets go, outlet by outlet: the order first, then the files, then manifest and certificate.

A process that is killed on the way leaves its order behind; the next one goes on with it. A hold that was placed
meanwhile counts: what it covers and is still there stays.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import newsarchive
from newsarchive import clock, dates, durable
from newsarchive.archiving.manifest import file_of
from newsarchive.errors import ArchiveError, RecordError, SnapshotError
from newsarchive.keeping import certificates, holds, inventory, orders, placing, planning, superseding, whereabouts
from newsarchive.keeping.certifying import Disposal, Keeper, certify
from newsarchive.keeping.holds import Hold, Holds
from newsarchive.keeping.inventory import PAIRS, Item
from newsarchive.keeping.locks import outlet_alone
from newsarchive.keeping.planning import Decision, Plan
from newsarchive.keeping.references import Originals, referred
from newsarchive.keeping.superseding import Act
from newsarchive.keeping.widening import widened
from newsarchive.outlets import Retention
from newsarchive.sealing import custody
from newsarchive.store import manifests
from newsarchive.store.chain import ACTS
from newsarchive.store.database import Database
from newsarchive.store.state import State

STATE = "state.sqlite"


@dataclass(slots=True)
class Outcome:
    """Of one command."""

    disposals: list[Disposal] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    plan: Plan = field(default_factory=Plan)


def resume(keeper: Keeper) -> Outcome:
    """End all disposals that were killed on their way."""
    outcome = Outcome()
    with certificates.alone(keeper.folder):
        _resume_all(keeper, outcome)
    return outcome


def dispose(
    keeper: Keeper,
    known: Mapping[str, Retention],
    *,
    outlets: Collection[str],
    now: datetime,
    snapshots: bool = True,
) -> Outcome:
    """Remove all that is past its time, neither held nor referred to; what cannot be judged is told, and stays.

    `known`: the policies of all outlets; `outlets`: those that are asked about. Raises `HeldError` where it is not
    known what is held.
    """
    whereabouts.require_log(keeper.folder)
    whereabouts.remember(keeper.archive, keeper.folder)
    outcome = Outcome()
    with certificates.alone(keeper.folder), ExitStack() as locks:
        _resume_all(keeper, outcome)
        outcome.plan = _plan(keeper, known, outlets, now=now, snapshots=snapshots)
        outcome.problems += outcome.plan.problems
        free = [name for name in outcome.plan.outlets_losing() if _is_closed(keeper, name, locks, outcome)]
        _forget(keeper, outcome.plan, free)
        # From here on nothing new can refer to what is to go: so it is looked again what does.
        last = _plan(keeper, known, free, now=now, snapshots=snapshots)
        for name in [*free, *([""] if snapshots else [])]:
            with _guarded(outcome):
                _dispose(keeper, last.of(name), name, outcome)
        _log_held(keeper, outcome.plan)
    return outcome


def _plan(
    keeper: Keeper, known: Mapping[str, Retention], outlets: Collection[str], *, now: datetime, snapshots: bool
) -> Plan:
    held = holds.of(keeper.folder)
    return planning.plan(keeper.archive, keeper.folder, held, known, outlets=outlets, now=now, snapshots=snapshots)


def _resume_all(keeper: Keeper, outcome: Outcome) -> None:
    for name, octets in certificates.unended(keeper.folder).items():
        with _guarded(outcome):
            _resume(keeper, name, octets, outcome)


def _resume(keeper: Keeper, name: str, octets: bytes, outcome: Outcome) -> None:
    order = orders.read(octets, name)
    outlet = str(order["outlet"])
    with ExitStack() as locks:
        if outlet:
            locks.enter_context(outlet_alone(keeper.collection(outlet)))
        collection = keeper.collection(outlet)
        has_begun = superseding.journal_of(collection, name).exists() or superseding.has_ended(collection, name)
        if _has_pairs(order) and not has_begun:
            superseding.cancel(collection, name)
            certificates.drop(keeper.folder, name)
        else:
            outcome.disposals.append(_carry_out(keeper, name, octets))


def _is_closed(keeper: Keeper, outlet: str, locks: ExitStack, outcome: Outcome) -> bool:
    """Nobody else writes to the outlet's folder, and nothing in it waits to be finished."""
    with _guarded(outcome):
        locks.enter_context(outlet_alone(keeper.collection(outlet)))
        inventory.refuse_unfinished(keeper.collection(outlet))
        return True
    return False


def _forget(keeper: Keeper, plan: Plan, outlets: Collection[str]) -> None:
    """No crawl is to refer to what goes; that its pages are known stays, so that they are not fetched again."""
    path = keeper.archive / STATE
    going = [one.item.name for one in plan.decisions if one.goes and one.item.outlet in outlets]
    captures = [pair for name in going for pair in plan.originals.addresses.get(name, [])]
    if not captures or not path.exists():
        return
    database = Database(path)
    try:
        State(database).forget_records(captures)
    finally:
        database.close()


def _dispose(keeper: Keeper, decided: list[Decision], outlet: str, outcome: Outcome) -> None:
    """One outlet, or the snapshots."""
    if not any(one.goes for one in decided):
        return
    top = keeper.archive if outlet else keeper.folder
    # Of pairs it is the manifest that has them.
    facts = {
        path: file_of(path, folder=top)
        for one in decided
        if one.goes and one.item.kind not in PAIRS
        for path in one.item.files
    }
    order = {
        "outlet": outlet,
        "decided_at": dates.utc(clock.moment()),
        "actor": keeper.actor,
        "reason": keeper.reason,
        "software": f"newsarchive/{newsarchive.__version__}",
        "items": orders.items(decided, top, facts),
        "held_back": orders.held_back(decided),
    }
    taken = superseding.known(keeper.collection(outlet)) if outlet else ()
    name, octets = certificates.begin(keeper.folder, clock.moment().year, order, taken=taken)
    outcome.disposals.append(_carry_out(keeper, name, octets))


def _carry_out(keeper: Keeper, name: str, octets: bytes) -> Disposal:
    """Do what an order says, as far as it has not been done."""
    order = orders.read(octets, name)
    outlet = str(order["outlet"])
    top, collection = keeper.archive if outlet else keeper.folder, keeper.collection(outlet)
    items = [orders.item(told, outlet, top) for told in order["items"]]
    manifest = None
    if _has_pairs(order) and superseding.has_ended(collection, name):
        manifest = collection / ACTS / (name + manifests.SUFFIX)
        kept = {one.name: list[Hold]() for one in items if any(path.exists() for path in one.files)}
    else:
        act = Act(name, "disposal", octets)
        if _has_pairs(order):
            superseding.begin(collection, act, [path for one in items if one.kind in PAIRS for path in one.files])
        kept = _remove_all(keeper, items)
        if _has_pairs(order):
            manifest = _told(collection, act)
    return certify(keeper, name, octets, items, kept, manifest)


def _remove_all(keeper: Keeper, items: list[Item]) -> dict[str, list[Hold]]:
    """Remove what no hold forbids; by name of an item, those that do."""
    with placing.standing(keeper.folder) as standing:
        held = widened(standing, keeper.archive)
        kept = _kept(items, held)
        for one in items:
            if one.name not in kept:
                _remove(one)
        return kept


def _kept(items: list[Item], held: Holds) -> dict[str, list[Hold]]:
    """What is still there and held, with what it refers to; by name of an item, the holds that forbid it."""
    there = [one for one in items if any(path.exists() for path in one.files)]
    kept = {one.name: by for one in there if (by := planning.holds_on(one, held))}
    free = {one.name: one.warc for one in there if one.kind in PAIRS and one.name not in kept and one.warc.exists()}
    if not kept or not free:
        return kept
    originals = Originals()
    for name, warc in free.items():
        originals.add(name, warc)
    pairs = [inventory.pair_of(one.warc) for one in there if one.name in kept and one.kind in PAIRS]
    everything = sorted({hold.id: hold for by in kept.values() for hold in by}.items())
    return kept | {name: [hold for _, hold in everything] for name in referred(originals, pairs, free)}


def _remove(one: Item) -> None:
    there = [path for path in one.files if path.exists()]
    for path in there:
        path.unlink(missing_ok=True)
    for parent in sorted({path.parent for path in there}):
        durable.sync_folder(parent)


def _told(collection: Path, act: Act) -> Path | None:
    """The manifest of what went; None where every file has stayed."""
    if all(path.exists() for path in superseding.before(collection, act.id)):
        superseding.cancel(collection, act.id)
        return None
    return superseding.finish(collection, act)


def _log_held(keeper: Keeper, plan: Plan) -> None:
    """That holds have kept something is an act, too."""
    held = [one for one in plan.decisions if one.holds]
    if held:
        names = sorted({hold.id for one in held for hold in one.holds})
        outcome = f"held back: {len(held)} items, by {', '.join(names)}"
        custody.append(
            keeper.folder, "dispose", "retention", actor=keeper.actor, reason=keeper.reason, outcome=outcome[:1000]
        )


def _has_pairs(order: Mapping[str, Any]) -> bool:
    return any(one["class"] in PAIRS for one in order["items"])


@contextmanager
def _guarded(outcome: Outcome) -> Iterator[None]:
    """What goes wrong with one outlet is told, and does not stop the others."""
    try:
        yield
    except (ArchiveError, RecordError, SnapshotError) as error:
        outcome.problems.append(str(error))
    except OSError as error:
        outcome.problems.append(f"{error.filename}: cannot be read or written ({error.strerror})")
