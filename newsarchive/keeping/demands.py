"""What is asked to be taken down, and what that would be by now: nothing here changes anything."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from newsarchive.keeping import rewriting
from newsarchive.keeping.holds import Hold, Holds
from newsarchive.keeping.mentions import Needles, learned_with, mentions
from newsarchive.keeping.selecting import Selected, Wanted, select
from newsarchive.keeping.takedowns import Level, Taken, Why, moment
from newsarchive.keeping.widening import widened
from newsarchive.outlets import Outlet
from newsarchive.parameters import Selection
from newsarchive.sealing.chain import Chain
from newsarchive.sealing.names import ARCHIVE


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
    keeps_address: bool = True
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


def plan(keeper: Keeper, demand: Demand, known: Holds) -> Plan:
    """What would go by now, and which of the holds that are known stand in the way; raises `ArchiveError`."""
    selected = select(keeper.archive, demand.wanted, selections=keeper.selections)
    planned = Plan(selected)
    if demand.level == "erase":
        addresses = () if demand.keeps_address else (one.url for one in selected.records)
        needles = Needles(headlines=selected.headlines, paragraphs=selected.paragraphs, addresses=addresses)
        for name in sorted({one.collection for one in selected.records}):
            planned.mentions += mentions(keeper.archive / name, needles, selected.ids)
            planned.learned += learned_with(keeper.archive / name, needles)
        selected.records += [one for one in planned.mentions if one.why in demand.mentions]
        planned.held = list(_held(selected, widened(known, keeper.archive, keeper.selections)))
        warcs = [keeper.archive / name / file for name, file in sorted(selected.warcs)]
        planned.files = [path for warc in warcs for path in rewriting.files_of(warc)]
        ids = selected.ids
        selected.rows = sum(record in ids for warc in warcs for record in rewriting.rows_of(warc))
    planned.snapshots = list(_snapshots(keeper.folder, selected))
    return planned


def _held(selected: Selected, known: Holds) -> Iterator[tuple[Taken, Hold]]:
    for one in selected.records:
        url = one.url.removeprefix("urn:dom:")
        hold = known.on(outlet=one.collection, url=url, captured_at=moment(one))
        if hold:
            yield one, hold


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
