"""Carrying out an erasure in one collection: every step can be done again, and the manifest comes last."""

from pathlib import Path

from newsarchive import durable, walking
from newsarchive.archiving import recovery
from newsarchive.archiving.relearning import Lines
from newsarchive.errors import ArchiveError
from newsarchive.keeping import reports, rewriting, superseding, takedowns
from newsarchive.keeping.forgetting import forget
from newsarchive.keeping.holds import Hold, Holds
from newsarchive.keeping.inventory import REPORTS
from newsarchive.keeping.takedowns import OWN, Takedown, Taken
from newsarchive.keeping.widening import widened
from newsarchive.outlets import Outlet
from newsarchive.parameters import ORDINARY
from newsarchive.store.captures import Captures
from newsarchive.store.chain import ACTS
from newsarchive.store.database import Database
from newsarchive.store.ledger import Ledger
from newsarchive.store.state import State
from newsarchive.warc.reader import read_records
from newsarchive.warc.writer import OPEN

STATE = "state.sqlite"
_DAYS, _REPEATED = 7, 3


def resume_in(collection: Path, outlet: Outlet | None, known: Holds) -> None:
    """Go on with what was killed in one collection, whose lock the caller holds; `known`: the holds by now.

    Raises `ArchiveError`, `OSError`.
    """
    for name in superseding.unended(collection):
        if name.startswith("T-"):
            erase_in(collection, takedowns.read(collection / ACTS / f"{name}.json"), outlet, known)


def finish_open(collection: Path, outlet: Outlet | None) -> None:
    """Finish what dead crawls left open, by who holds the collection's lock; raises `ArchiveError`."""
    left = [path for path in walking.all_files(collection) if path.name.endswith(OPEN) and path.parent.name != ACTS]
    if not left:
        return
    if outlet is None:
        raise ArchiveError(
            left[0], "was left open by a crawl of which there is no YAML; crawl once more, then take down"
        )
    database = Database(collection.parent / STATE)
    try:
        ledger = Ledger(State(database), Captures(database, collection.name), outlet)
        recovery.recover(collection, lines=Lines(ledger, database, outlet=outlet, days=_DAYS, repeated=_REPEATED))
    finally:
        database.close()


def left_in(collection: Path, act: Takedown) -> list[Taken]:
    """What an act names here, and is still there; raises `RecordError`."""
    there = {
        record.field("WARC-Record-ID")
        for file in act.in_collection(collection.name)
        for record in read_records(collection / file)
    }
    return [one for one in act.records if one.collection == collection.name and one.record_id in there]


def erase_in(collection: Path, act: Takedown, outlet: Outlet | None, known: Holds | None = None) -> None:
    """Put tombstones in the place of what an act names here, by who holds the collection's lock.

    `known`: the holds by now, where the act was decided earlier. One that was placed meanwhile keeps all that is still
    there: a capture that is held may repeat one that is not.
    Raises `ArchiveError`, `RecordError` and `OSError`; then the act is still under way.
    """
    chosen = act.in_collection(collection.name)
    files = [path for file in chosen for path in rewriting.files_of(collection / file)]
    superseding.begin(collection, act.act, files)
    for path in walking.all_files(collection):
        if path.name.endswith(durable.PART):
            path.unlink(missing_ok=True)
    left = left_in(collection, act) if known and any(known.active) else []
    kept = {one.file for one in left} if known and _hold_on(left, known, collection, outlet) else set()
    for file, erasures in sorted(chosen.items()):
        if file not in kept:
            rewriting.rewrite(collection / file, erasures)
    records = [one for one in act.records if one.collection == collection.name]
    addresses = {*act.scope.pages, *(one.url for one in records if one.url and one.why in OWN)}
    forget(
        collection.parent / STATE,
        collection.name,
        addresses,
        selection=outlet.selection if outlet else ORDINARY,
        keys=() if act.keeps_address else act.keys,
        # Where not even the address is to be known, the page is not known either, though another capture of it is kept.
        is_lasting=not act.keeps_address or (act.is_lasting and not (act.scope.first_day or act.scope.last_day)),
        keeps_address=act.keeps_address,
        mentioning={one.url for one in records if one.url} - addresses,
        rewritten={Path(file).name for file in chosen if file not in kept},
    )
    if not act.keeps_address:
        selection = outlet.selection if outlet else ORDINARY
        reports.remove_addresses(collection / REPORTS, addresses, keys=act.keys, selection=selection)
    if kept and superseding.is_untouched(collection, act.id):
        superseding.cancel(collection, act.id)
    else:
        superseding.finish(collection, act.act)


def _hold_on(left: list[Taken], known: Holds, collection: Path, outlet: Outlet | None) -> Hold | None:
    known = widened(known, collection.parent, {collection.name: outlet.selection} if outlet else {})
    # Where the act does not say the address, it may be one that is held.
    urls = ((one, one.url.removeprefix("urn:dom:") or None) for one in left)
    found = (known.on(outlet=collection.name, url=url, captured_at=takedowns.moment(one)) for one, url in urls)
    return next((hold for hold in found if hold), None)
