"""Taking down: what would go, the decision, and carrying it out; a kill at any step leaves something to go on from."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from newsarchive import clock, dates
from newsarchive.archiving import recovery
from newsarchive.archiving.relearning import Lines
from newsarchive.errors import ArchiveError, HeldError, SettingError
from newsarchive.keeping import access, holds, placing, rewriting, superseding, takedowns
from newsarchive.keeping.forgetting import forget
from newsarchive.keeping.holds import Hold, Holds
from newsarchive.keeping.locks import outlet_alone
from newsarchive.keeping.mentions import Needles, learned_with, mentions
from newsarchive.keeping.selecting import Selected, Wanted, select
from newsarchive.keeping.takedowns import Level, Takedown, Taken, Why
from newsarchive.outlets import Outlet
from newsarchive.parameters import ORDINARY, Selection
from newsarchive.sealing import custody
from newsarchive.sealing.chain import Chain
from newsarchive.sealing.folder import alone
from newsarchive.sealing.names import ARCHIVE
from newsarchive.store.chain import ACTS
from newsarchive.store.database import Database
from newsarchive.store.ledger import Ledger
from newsarchive.store.state import State
from newsarchive.warc.writer import OPEN

STATE = "state.sqlite"
_DAYS, _REPEATED = 7, 3


@dataclass(frozen=True, slots=True)
class Keeper:
    """Where, by whom, and what is known of the outlets."""

    archive: Path
    folder: Path
    actor: str | None
    outlets: Mapping[str, Outlet]

    @property
    def selections(self) -> dict[str, Selection]:
        """The parameters that tell articles apart."""
        return {name: outlet.selection for name, outlet in self.outlets.items()}


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked for, by whom, by what right."""

    level: Level
    wanted: Wanted
    code: str
    authority: str
    reason: str
    keeps_digests: bool = True
    mentions: frozenset[Why] = frozenset()
    """Other captures go, too: those in which the `text` stands, or no more than a `headline`."""


@dataclass(slots=True)
class Plan:
    """What would go."""

    selected: Selected
    files: list[Path] = field(default_factory=list)
    """Those that would be written anew."""
    snapshots: list[int] = field(default_factory=list)
    """Sealed ones that hold something of it."""
    mentions: list[Taken] = field(default_factory=list)
    """Other captures in which the text stands; among those that are selected where they were asked for."""
    learned: list[Path] = field(default_factory=list)
    held: list[tuple[Taken, Hold]] = field(default_factory=list)


def plan(keeper: Keeper, demand: Demand) -> Plan:
    """What would go by now; raises `HeldError` where it is not known what is held, and `ArchiveError`."""
    return _plan(keeper, demand, holds.of(keeper.folder))


def take_down(keeper: Keeper, demand: Demand) -> Takedown:
    """Decide and carry out. Raises `HeldError` where a hold stands in the way, `SettingError` where nothing is found,
    `ArchiveError` while a crawl is running that may hold some of it.
    """
    keeper.folder.mkdir(parents=True, exist_ok=True)
    with placing.standing(keeper.folder) as known, alone(keeper.folder), ExitStack() as locks:
        _resume(keeper)
        locked = _closed(keeper, demand, locks) if demand.level == "erase" else frozenset()
        planned = _plan(keeper, demand, known)
        if planned.held:
            _refuse(keeper, demand, planned)
        if demand.level == "erase" and not planned.selected.records:
            raise SettingError("takedown erase", "nothing", "something that is in the archive")
        act = _act(keeper, demand, planned)
        takedowns.decide(keeper.folder, act)
        _carry_out(keeper, act, locked)
    return act


def lift(keeper: Keeper, name: str, *, authority: str, reason: str) -> Takedown:
    """End an act that hides or withholds; raises `SettingError` for one that does not stand, or has erased."""
    with alone(keeper.folder):
        _resume(keeper)
        standing = {act.id: act for act in takedowns.standing(takedowns.read_all(keeper.folder))}
        ended = standing.get(name)
        if ended is None or ended.level == "erase":
            raise SettingError(
                "takedown lift", name, "an act that stands, and hides or withholds; no erasure is undone"
            )
        at = dates.utc(clock.moment())
        act = Takedown(
            id=takedowns.next_id(keeper.folder, at[:4]),
            level="lift",
            at=at,
            actor=keeper.actor or custody.whoever(),
            code=ended.code,
            authority=authority,
            reason=reason,
            scope=ended.scope,
            lifts=ended.id,
        )
        takedowns.decide(keeper.folder, act)
        _carry_out(keeper, act)
    return act


def resume(keeper: Keeper) -> list[Takedown]:
    """Go on with acts that were killed on their way; those. Raises `ArchiveError` as `take_down`."""
    if not (keeper.folder / takedowns.FOLDER).is_dir():
        return []
    with alone(keeper.folder):
        return _resume(keeper)


def resume_in(collection: Path, outlet: Outlet | None) -> None:
    """Go on with what was killed in one collection, whose lock the caller holds. Raises `ArchiveError`, `OSError`."""
    for name in superseding.unended(collection):
        if name.startswith("T-"):
            _erase_in(collection, takedowns.read(collection / ACTS / f"{name}.json"), outlet)


def _resume(keeper: Keeper) -> list[Takedown]:
    waiting = takedowns.unended(keeper.folder)
    for act in waiting:
        _carry_out(keeper, act)
    return waiting


def _plan(keeper: Keeper, demand: Demand, known: Holds) -> Plan:
    selected = select(keeper.archive, demand.wanted, selections=keeper.selections)
    planned = Plan(selected)
    if demand.level == "erase":
        needles = Needles(headlines=selected.headlines, paragraphs=selected.paragraphs)
        for name in sorted({one.collection for one in selected.records}):
            planned.mentions += mentions(keeper.archive / name, needles, selected.ids)
            planned.learned += learned_with(keeper.archive / name, needles)
        selected.records += [one for one in planned.mentions if one.why in demand.mentions]
        planned.held = list(_held(selected, known))
        warcs = (keeper.archive / name / file for name, file in sorted(selected.warcs))
        planned.files = [path for warc in warcs for path in rewriting.files_of(warc)]
    planned.snapshots = list(_snapshots(keeper.folder, selected))
    return planned


def _held(selected: Selected, known: Holds) -> Iterator[tuple[Taken, Hold]]:
    for one in selected.records:
        url = one.url.removeprefix("urn:dom:")
        hold = known.on(outlet=one.collection, url=url, captured_at=_moment(one.captured_at))
        if hold:
            yield one, hold


def _moment(printed: str) -> datetime | None:
    try:
        return datetime.fromisoformat(printed)
    except ValueError:
        return None


def _refuse(keeper: Keeper, demand: Demand, planned: Plan) -> None:
    """Say who stands in the way, to the person and to the custody log."""
    one, hold = planned.held[0]
    more = f", and {len(planned.held) - 1:,} more records are held" if len(planned.held) > 1 else ""
    custody.append(
        keeper.folder,
        demand.level,
        one.url,
        actor=keeper.actor,
        reason=f"{demand.code}; {demand.authority}",
        outcome=f"refused: {hold}",
    )
    raise HeldError(one.url, f"is under the hold {hold}{more}; nothing was erased")


def _snapshots(folder: Path, selected: Selected) -> Iterator[int]:
    """Seals of files in which something that is selected lay, and was not erased by then."""
    names: dict[str, set[str]] = {}
    for one in selected.records:
        names.setdefault(ARCHIVE + one.file.rpartition("/")[2], set()).add(one.record_id)
    chain = Chain(folder)
    for seal in chain.seals() if chain.is_there and names else ():
        erased = {str(one["erased"]) for one in seal.facts.get("tombstones", ())}
        held = {record for fact in seal.files for record in names.get(fact.path, ())}
        if held - erased:
            yield seal.sequence


def _act(keeper: Keeper, demand: Demand, planned: Plan) -> Takedown:
    at, selected = dates.utc(clock.moment()), planned.selected
    return Takedown(
        id=takedowns.next_id(keeper.folder, at[:4]),
        level=demand.level,
        at=at,
        actor=keeper.actor or custody.whoever(),
        code=demand.code,
        authority=demand.authority,
        reason=demand.reason,
        scope=demand.wanted.scope.model_copy(update={"pages": tuple(sorted(selected.pages))}),
        keys=tuple(sorted(selected.keys)),
        is_lasting=not demand.wanted.records,
        records=tuple(selected.records),
        keeps_digests=demand.keeps_digests,
        snapshots=tuple(planned.snapshots),
    )


def _closed(keeper: Keeper, demand: Demand, locks: ExitStack) -> frozenset[str]:
    """Hold the locks of all that may have some of it, and finish what dead crawls left there; their names."""
    outlets, locked = demand.wanted.scope.outlets, set()
    for collection in sorted(path for path in keeper.archive.iterdir() if path.is_dir()):
        if outlets and collection.name not in outlets:
            continue
        if any(collection.glob("[0-9]*/[0-9]*/[0-9]*/*")):
            locks.enter_context(outlet_alone(collection))
            locked.add(collection.name)
            resume_in(collection, keeper.outlets.get(collection.name))
            _finish_open(collection, keeper.outlets.get(collection.name))
    return frozenset(locked)


def _finish_open(collection: Path, outlet: Outlet | None) -> None:
    left = [path for path in collection.rglob(f"*{OPEN}") if path.parent.name != ACTS]
    if not left:
        return
    if outlet is None:
        raise ArchiveError(
            left[0], "was left open by a crawl of which there is no YAML; crawl once more, then take down"
        )
    database = Database(collection.parent / STATE)
    try:
        ledger = Ledger(State(database), outlet)
        recovery.recover(collection, lines=Lines(ledger, database, outlet=outlet, days=_DAYS, repeated=_REPEATED))
    finally:
        database.close()


def _carry_out(keeper: Keeper, act: Takedown, locked: frozenset[str] = frozenset()) -> None:
    """`locked`: collections whose locks are held already."""
    for name in act.collections if act.level == "erase" else ():
        collection = keeper.archive / name
        if superseding.has_ended(collection, act.id):
            continue
        with nullcontext() if name in locked else outlet_alone(collection):
            _erase_in(collection, act, keeper.outlets.get(name))
    access.write(keeper.folder)
    takedowns.end(keeper.folder, act)


def _erase_in(collection: Path, act: Takedown, outlet: Outlet | None) -> None:
    """Every step can be done again; the manifest comes last."""
    chosen = act.in_collection(collection.name)
    files = [path for file in chosen for path in rewriting.files_of(collection / file)]
    superseding.begin(collection, act.act, files)
    for part in collection.rglob("*.part"):
        part.unlink(missing_ok=True)
    for file, ids in sorted(chosen.items()):
        rewriting.rewrite(collection / file, ids, act.erasure)
    addresses = {*act.scope.pages, *(one.url for one in act.records if one.collection == collection.name)}
    forget(
        collection.parent / STATE,
        collection.name,
        addresses,
        selection=outlet.selection if outlet else ORDINARY,
        is_lasting=act.is_lasting and not (act.scope.first_day or act.scope.last_day),
    )
    superseding.finish(collection, act.act)
