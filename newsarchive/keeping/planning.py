"""What retention would remove, and what it keeps though its time is over: held, or referred to by what is kept."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from newsarchive import outlets
from newsarchive.errors import ArchiveError, NewsArchiveError, OutletError, RecordError, SnapshotError
from newsarchive.keeping import inventory
from newsarchive.keeping.holds import Hold, Holds
from newsarchive.keeping.inventory import PAIRS, Item, moment
from newsarchive.keeping.references import Originals, referred
from newsarchive.keeping.widening import widened
from newsarchive.outlets import Retention
from newsarchive.sealing.indexing import Line, lines_beside
from newsarchive.sealing.pairs import Pair, all_pairs

_UNREADABLE = (ArchiveError, RecordError, SnapshotError, OSError)


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that is past its time, and why it stays nevertheless, if it does."""

    item: Item
    holds: tuple[Hold, ...] = ()
    referred_by: str | None = None
    """The stem of a pair that is kept."""

    @property
    def goes(self) -> bool:
        return not self.holds and self.referred_by is None


@dataclass(slots=True)
class Plan:
    """All that is past its time."""

    decisions: list[Decision] = field(default_factory=list)
    originals: Originals = field(default_factory=Originals)
    problems: list[str] = field(default_factory=list)
    """What could not be judged and therefore stays: a line for each."""

    def outlets_losing(self) -> list[str]:
        """Those of which something goes."""
        return sorted({one.item.outlet for one in self.decisions if one.goes and one.item.outlet})

    def of(self, outlet: str) -> list[Decision]:
        """What is decided of one outlet; of the snapshots for an empty name."""
        return [one for one in self.decisions if one.item.outlet == outlet]


def policies(config: Path, names: Iterable[str]) -> tuple[dict[str, Retention], list[str]]:
    """The policies of outlets, and a line for each mistake in a YAML: that outlet has none then, and keeps all."""
    found: dict[str, Retention] = {}
    problems: list[str] = []
    for name in names:
        try:
            found[name] = outlets.untaught(config, name).retention
        except KeyError:
            continue
        except OutletError as error:
            problems += error.lines()
    return found, problems


def names_in(archive: Path) -> list[str]:
    """The outlets of an archive: folders that may be called so."""
    return sorted(path.name for path in archive.iterdir() if path.is_dir()) if archive.is_dir() else []


def plan(
    archive: Path,
    folder: Path,
    held: Holds,
    known: Mapping[str, Retention],
    *,
    outlets: Collection[str],
    now: datetime,
    snapshots: bool = True,
) -> Plan:
    """Nothing is changed. `folder` is the keepers'; `known`: the policies of all outlets; `outlets`: whose files are
    asked about; `snapshots`: these, too.
    """
    made = Plan()
    asked = [name for name in outlets if name in known]
    items = [item for name in asked for item in _items(archive, name, known[name], made, now=now)]
    if snapshots:
        try:
            items += inventory.snapshots_past(folder, known, now=now)
        except SnapshotError as error:
            made.problems.append(str(error))
    # What the pages of holds are called is asked of the archive only where something may go.
    held = widened(held, archive) if items else held
    decided = [Decision(item, tuple(holds_on(item, held))) for item in items]
    by_reference = _referred(archive, decided, made)
    for one in decided:
        if one.item.kind not in PAIRS or one.holds:
            made.decisions.append(one)
        elif one.item.name in made.originals.addresses:
            made.decisions.append(Decision(one.item, referred_by=by_reference.get(one.item.name)))
    return made


def _items(archive: Path, outlet: str, policy: Retention, made: Plan, *, now: datetime) -> Iterator[Item]:
    for pair in inventory.pairs_of(archive, outlet):
        try:
            item = inventory.pair_past(pair, archive, policy, now=now)
        except _UNREADABLE as error:
            made.problems.append(f"{error}; it is kept")
            continue
        if item:
            yield item
    yield from inventory.reports_past(archive, outlet, policy, now=now)


def holds_on(item: Item, held: Holds) -> list[Hold]:
    """Those under which something of it is; where that cannot be known, all that may be."""
    if not any(held.active):
        return []
    try:
        return _by_captures(item, held)
    except _UNREADABLE:
        return list(held.all_on(outlet=item.outlet, url=None, captured_at=None, snapshot=item.snapshot))


def _by_captures(item: Item, held: Holds) -> list[Hold]:
    found: dict[str, Hold] = {}
    for outlet, line in _captures(item):
        url, at = (line.url, moment(line.digits)) if line else (None, item.last)
        for hold in held.all_on(outlet=outlet, url=url, captured_at=at, snapshot=item.snapshot):
            found[hold.id] = hold
    return sorted(found.values(), key=lambda hold: hold.id)


def _captures(item: Item) -> Iterator[tuple[str, Line | None]]:
    """Outlet and index line of each; None where it is not known what it is."""
    if item.kind in PAIRS:
        pair = inventory.pair_of(item.warc)
        lines = list(lines_beside(pair))
        yield from ((item.outlet, line) for line in lines) if lines else [(item.outlet, None)]
    elif item.kind == "snapshots":
        yield from inventory.captures_in(item.files[-1])
    else:
        yield item.outlet, None


def _referred(archive: Path, decided: list[Decision], made: Plan) -> dict[str, str]:
    """By name of an item, the stem of a pair that stays and refers to it."""
    candidates: dict[str, Path] = {}
    for one in decided:
        if one.item.kind in PAIRS and not one.holds:
            try:
                made.originals.add(one.item.name, one.item.warc)
                candidates[one.item.name] = one.item.warc
            except RecordError as error:
                made.problems.append(f"{error}; it is kept")
    if not candidates:
        return {}
    going = set(candidates.values())
    kept: list[Pair] = [pair for pair in all_pairs(archive) if pair.warc not in going]
    try:
        return referred(made.originals, kept, candidates)
    except NewsArchiveError as error:
        made.problems.append(f"{error}; it may refer to anything, so no pair goes")
        return dict.fromkeys(candidates, "a pair that cannot be read")
