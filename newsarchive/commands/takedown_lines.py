"""What `scrapy takedown` prints: what would go, what is done, and which acts there are."""

from collections import Counter
from collections.abc import Iterable

from newsarchive.keeping import access, holds, takedowns
from newsarchive.keeping.covering import holding_snapshots
from newsarchive.keeping.demands import Demand, Keeper, Plan
from newsarchive.keeping.takedowns import Takedown, Taken
from newsarchive.plurals import counted

_SHOWN = 20
_SHOWING = frozenset({"response", "revisit", "resource"})
"""Kinds of records that show something."""


def as_json(planned: Plan) -> dict[str, object]:
    """What would go, as plain values."""
    return {
        "records": [one.model_dump(mode="json") for one in planned.selected.records],
        "addresses": sorted(planned.selected.pages),
        "rows": planned.selected.rows,
        "files": [str(path) for path in planned.files],
        "snapshots": planned.snapshots,
        "mentions": [one.model_dump(mode="json") for one in planned.mentions],
        "learned": [str(path) for path in planned.learned],
        "held": [{"url": one.url, "hold": str(hold)} for one, hold in planned.held],
    }


def planned_lines(planned: Plan, demand: Demand) -> Iterable[str]:
    """What would go, for a person."""
    selected = planned.selected
    kinds = Counter(one.kind for one in selected.records)
    told = ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items()))
    records, rows = counted(len(selected.records), "record"), counted(selected.rows, "row")
    count = f"{records} ({told or 'none is there yet'}), {rows}"
    yield f"would {demand.level} {count}"
    yield from _some("address", sorted({one.url for one in selected.records} | selected.pages))
    yield from _some("capture", _captures(selected.records))
    yield from _some("file", [str(path) for path in planned.files])
    yield from (f"  snapshot {number} holds some of it" for number in planned.snapshots)
    for why in ("text", "headline", "address"):
        others = [one for one in planned.mentions if one.why == why]
        goes = "goes, too" if why in demand.mentions else f"stays without --mentions {_ASKED[why]}"
        yield from _some(f"its {why} stands, and {goes}, in", _captures(others))
    yield from (f"  {path} is a learned table with some of it: it stood on many pages" for path in planned.learned)
    yield from (f"  held: {one.url} by {hold}" for one, hold in planned.held[:_SHOWN])
    yield "nothing is done; --yes does it" if not planned.held else "a hold stands in the way"


_ASKED = {"text": "text", "headline": "all", "address": "all"}


def _captures(records: Iterable[Taken]) -> list[str]:
    return [f"{one.captured_at} {one.url}" for one in records if one.kind in _SHOWING]


def _some(what: str, things: list[str]) -> Iterable[str]:
    yield from (f"  {what} {thing}" for thing in things[:_SHOWN])
    if len(things) > _SHOWN:
        yield f"  … and {len(things) - _SHOWN:,} more; --json has them all"


def done_lines(act: Takedown, demand: Demand, keeper: Keeper, found: Plan) -> Iterable[str]:
    """What was done, and what is left to be done."""
    what = ", ".join((act.scope.pages or act.scope.urls or sorted(demand.wanted.records))[:3])
    yield f"{act.id}: {_PAST[act.level]} {counted(len(act.records), 'record')}: {what or 'no address of it is kept'}"
    yield f"  in the custody log as {act.digest}"
    yield from _snapshot_lines(act, keeper)
    # With the text goes all by which they could be found once more.
    left = [one for one in found.mentions if one.why not in demand.mentions and one.kind in _SHOWING]
    for why in ("text", "headline", "address"):
        others = [
            f"--record {one.record_id.strip('<>')} ({one.captured_at} {one.url})" for one in left if one.why == why
        ]
        yield from (f"  its {why} was left, and cannot be searched for any more, in {other}" for other in others)
    yield f"  {keeper.folder / access.FILE} is what pywb is to obey (acl_paths)"


def _snapshot_lines(act: Takedown, keeper: Keeper) -> Iterable[str]:
    if act.level == "hide":
        yield from (f"  snapshot {number} has it, and shows it to whoever opens it" for number in act.snapshots)
        return
    held = holding_snapshots(holds.of(keeper.folder), keeper.archive, keeper.folder, act.snapshots)
    for number in act.snapshots:
        kept = f"; its file is under the hold {held[number]}, so keep it" if number in held else ""
        then = kept or ", then delete the file"
        yield f"  snapshot {number} still has it: scrapy snapshot create --supersedes {number}{then}"


_PAST = {"hide": "hid", "withhold": "withheld", "erase": "erased", "lift": "lifted"}


def listed_lines(acts: Iterable[Takedown]) -> Iterable[str]:
    """All acts, and whether they stand."""
    known = list(acts)
    stands = {act.id for act in takedowns.standing(known)}
    for act in known:
        state = f"lifts {act.lifts}" if act.lifts else "stands" if act.id in stands else "lifted"
        yield f"{act.id}  {act.level:8}  {state}  {counted(len(act.records), 'record')}  {act.code}  {act.authority}"
        yield f"    {act.at} by {act.actor}: {act.reason}"
        yield from (f"    {address}" for address in (*act.scope.urls, *act.scope.pages)[:_SHOWN])
    if not known:
        yield "no takedown"
