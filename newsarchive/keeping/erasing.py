"""Carrying out an erasure in one collection: every step can be done again, and the manifest comes last."""

from pathlib import Path

from newsarchive.archiving import recovery
from newsarchive.archiving.relearning import Lines
from newsarchive.errors import ArchiveError
from newsarchive.keeping import rewriting, superseding, takedowns
from newsarchive.keeping.forgetting import forget
from newsarchive.keeping.takedowns import Takedown
from newsarchive.outlets import Outlet
from newsarchive.parameters import ORDINARY
from newsarchive.store.chain import ACTS
from newsarchive.store.database import Database
from newsarchive.store.ledger import Ledger
from newsarchive.store.state import State
from newsarchive.warc.writer import OPEN

STATE = "state.sqlite"
_DAYS, _REPEATED = 7, 3


def resume_in(collection: Path, outlet: Outlet | None) -> None:
    """Go on with what was killed in one collection, whose lock the caller holds. Raises `ArchiveError`, `OSError`."""
    for name in superseding.unended(collection):
        if name.startswith("T-"):
            erase_in(collection, takedowns.read(collection / ACTS / f"{name}.json"), outlet)


def finish_open(collection: Path, outlet: Outlet | None) -> None:
    """Finish what dead crawls left open, by who holds the collection's lock; raises `ArchiveError`."""
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


def erase_in(collection: Path, act: Takedown, outlet: Outlet | None) -> None:
    """Put tombstones in the place of what an act names here, by who holds the collection's lock.

    Raises `ArchiveError`, `RecordError` and `OSError`; then the act is still under way.
    """
    chosen = act.in_collection(collection.name)
    files = [path for file in chosen for path in rewriting.files_of(collection / file)]
    superseding.begin(collection, act.act, files)
    for part in collection.rglob("*.part"):
        part.unlink(missing_ok=True)
    for file, erasures in sorted(chosen.items()):
        rewriting.rewrite(collection / file, erasures)
    records = (one for one in act.records if one.collection == collection.name)
    addresses = {*act.scope.pages, *(one.url for one in records if one.url)}
    forget(
        collection.parent / STATE,
        collection.name,
        addresses,
        selection=outlet.selection if outlet else ORDINARY,
        keys=() if act.keeps_address else act.keys,
        # Where not even the address is to be known, the page is not known either, though another capture of it is kept.
        is_lasting=not act.keeps_address or (act.is_lasting and not (act.scope.first_day or act.scope.last_day)),
        keeps_address=act.keeps_address,
    )
    superseding.finish(collection, act.act)
