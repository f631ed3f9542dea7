"""Taking down: what would go, the decision, and carrying it out; a kill at any step leaves something to go on from."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, nullcontext, suppress

from newsarchive import clock, dates, urls
from newsarchive.errors import HeldError, SettingError
from newsarchive.keeping import access, demands, erasing, holds, inventory, placing, superseding, takedowns, whereabouts
from newsarchive.keeping.demands import Demand, Keeper, Plan
from newsarchive.keeping.holds import Holds
from newsarchive.keeping.locks import outlet_alone
from newsarchive.keeping.takedowns import FORM, OWN, Takedown, Taken
from newsarchive.parameters import ORDINARY
from newsarchive.plurals import counted
from newsarchive.sealing import custody
from newsarchive.sealing.folder import alone


def plan(keeper: Keeper, demand: Demand) -> Plan:
    """What would go by now; raises `HeldError` where it is not known what is held, and `ArchiveError`."""
    return demands.plan(keeper, demand, holds.of(keeper.folder))


def take_down(keeper: Keeper, demand: Demand) -> tuple[Takedown, Plan]:
    """Decide and carry out; the act, and what was found for it.

    Raises `HeldError` where a hold stands in the way, `SettingError` where nothing is found, `ArchiveError` while a
    crawl is running that may hold some of it.
    """
    if demand.level == "erase":
        whereabouts.require_log(keeper.folder)
    keeper.folder.mkdir(parents=True, exist_ok=True)
    with placing.standing(keeper.folder) as known, alone(keeper.folder), ExitStack() as locks:
        _resume(keeper, known)
        locked = _closed(keeper, demand, known, locks) if demand.level == "erase" else frozenset()
        planned = demands.plan(keeper, demand, known)
        if planned.held:
            _refuse(keeper, demand, planned)
        if not planned.selected.records and (act := earlier(keeper, demand)):
            return act, planned
        if demand.level == "erase" and not planned.selected.records:
            raise SettingError("takedown erase", "nothing", "something that is in the archive")
        act = _act(keeper, demand, planned)
        whereabouts.remember(keeper.archive, keeper.folder)
        takedowns.decide(keeper.folder, act)
        _carry_out(keeper, act, locked)
    # The first line of a log may be that of this act.
    whereabouts.remember(keeper.archive, keeper.folder)
    return act, planned


def earlier(keeper: Keeper, demand: Demand) -> Takedown | None:
    """The erasure that has already done what is demanded; None where there is none, or for another level."""
    acts = takedowns.read_all(keeper.folder) if demand.level == "erase" else []
    return next((act for act in reversed(acts) if act.level == "erase" and _answers(act, demand, keeper)), None)


def _answers(act: Takedown, demand: Demand, keeper: Keeper) -> bool:
    """Whether an erasure was of everything that is demanded."""
    wanted, did = demand.wanted, act.scope
    keeps = demand.keeps_address
    if (act.keeps_address, act.keeps_digests) != (keeps, keeps and demand.keeps_digests):
        return False
    span = (did.outlets, did.first_day, did.last_day)
    if span != (wanted.scope.outlets, wanted.scope.first_day, wanted.scope.last_day):
        return False
    if wanted.records:
        return wanted.records <= {one.record_id for one in act.records}
    selections = (ORDINARY, *keeper.selections.values())
    by_key = {page: {urls.key(page, one) for one in selections} for page in wanted.scope.pages}
    are_pages = all(page in did.pages or by_key[page] & set(act.keys) for page in wanted.scope.pages)
    return act.is_lasting and are_pages and set(wanted.scope.urls) <= set(did.urls)


def lift(keeper: Keeper, name: str, *, authority: str, reason: str) -> Takedown:
    """End an act that hides or withholds; raises `SettingError` for one that does not stand, or has erased."""
    with placing.standing(keeper.folder) as known, alone(keeper.folder):
        _resume(keeper, known)
        standing = {act.id: act for act in takedowns.standing(takedowns.read_all(keeper.folder))}
        ended = standing.get(name)
        if ended is None or ended.level == "erase":
            raise SettingError(
                "takedown lift", name, "an act that stands, and hides or withholds; no erasure is undone"
            )
        at = dates.utc(clock.moment())
        act = Takedown(
            form=FORM,
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
    whereabouts.remember(keeper.archive, keeper.folder)
    return act


def resume(keeper: Keeper) -> list[Takedown]:
    """Go on with acts that were killed on their way; those. Raises `ArchiveError` as `take_down`."""
    if not takedowns.is_any_unended(keeper.folder):
        return []
    with placing.standing(keeper.folder) as known, alone(keeper.folder):
        return _resume(keeper, known)


def _resume(keeper: Keeper, known: Holds) -> list[Takedown]:
    waiting = takedowns.unended(keeper.folder)
    for act in waiting:
        _carry_out(keeper, act, known=known)
        if left := held_back(keeper, act):
            outcome = f"held back: {len(left):,} records that were held when it went on"
            custody.append(keeper.folder, "erase", act.id, actor=act.actor, reason=act.told, outcome=outcome)
    return waiting


def held_back(keeper: Keeper, act: Takedown) -> list[Taken]:
    """What an erasure has left, as it was held when a process went on with it."""
    collections = act.collections if act.level == "erase" else []
    return [one for name in collections for one in erasing.left_in(keeper.archive / name, act)]


def _refuse(keeper: Keeper, demand: Demand, planned: Plan) -> None:
    """Say who stands in the way, to the person and to the custody log."""
    one, hold = planned.held[0]
    more = f", and {counted(len(planned.held) - 1, 'further record')} too" if len(planned.held) > 1 else ""
    custody.append(
        keeper.folder,
        demand.level,
        one.url if demand.keeps_address else one.record_id,
        actor=keeper.actor,
        reason=f"{demand.code}; {demand.authority}",
        outcome=f"refused: {hold}",
    )
    raise HeldError(one.url, f"is under the hold {hold}{more}; nothing was erased")


def _act(keeper: Keeper, demand: Demand, planned: Plan) -> Takedown:
    at, selected, keeps = dates.utc(clock.moment()), planned.selected, demand.keeps_address
    records = selected.records
    return Takedown(
        form=FORM,
        id=takedowns.next_id(keeper.folder, at[:4]),
        level=demand.level,
        at=at,
        actor=keeper.actor or custody.whoever(),
        code=demand.code,
        authority=demand.authority,
        reason=demand.reason,
        scope=demand.wanted.scope.model_copy(update={"pages": tuple(sorted(selected.pages)) if keeps else ()}),
        keys=tuple(sorted(selected.keys if keeps else selected.keys | set(_keys(keeper, records)))),
        is_lasting=not demand.wanted.records,
        records=tuple(one if keeps or one.why not in OWN else one.model_copy(update={"url": ""}) for one in records),
        keeps_digests=demand.keeps_digests and keeps,
        keeps_address=keeps,
        snapshots=tuple(planned.snapshots),
    )


def _keys(keeper: Keeper, records: Iterable[Taken]) -> Iterator[str]:
    """Hashes of the addresses: where these themselves are not kept, no more is left by which the state knows them."""
    for url in {one.url.removeprefix("urn:dom:") for one in records if one.why in OWN}:
        for selection in (ORDINARY, *keeper.selections.values()):
            with suppress(ValueError):
                yield urls.key(url, selection)


def _closed(keeper: Keeper, demand: Demand, known: Holds, locks: ExitStack) -> frozenset[str]:
    """Hold the locks of all that may have some of it, and finish what dead crawls left there; their names."""
    outlets, locked = demand.wanted.scope.outlets, set()
    for collection in sorted(path for path in keeper.archive.iterdir() if path.is_dir()):
        if outlets and collection.name not in outlets:
            continue
        if any(collection.glob("[0-9]*/[0-9]*/[0-9]*/*")):
            locks.enter_context(outlet_alone(collection))
            locked.add(collection.name)
            if demand.level == "erase":
                inventory.refuse_links(collection)
            erasing.resume_in(collection, keeper.outlets.get(collection.name), known)
            erasing.finish_open(collection, keeper.outlets.get(collection.name))
    return frozenset(locked)


def _carry_out(
    keeper: Keeper, act: Takedown, locked: frozenset[str] = frozenset(), *, known: Holds | None = None
) -> None:
    """`locked`: collections whose locks are held already; `known`: the holds, where it was decided earlier."""
    for name in act.collections if act.level == "erase" else ():
        collection = keeper.archive / name
        if superseding.has_ended(collection, act.id):
            continue
        with nullcontext() if name in locked else outlet_alone(collection):
            erasing.erase_in(collection, act, keeper.outlets.get(name), known)
    access.write(keeper.folder)
    takedowns.end(keeper.folder, act)
