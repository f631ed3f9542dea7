"""Judging an archive: each WARC file with what lies beside it in one reading, then folders by their manifests."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from newsarchive.verifying import alone, collections, keepers, packages, reextractions
from newsarchive.verifying.families import Family, gather
from newsarchive.verifying.reextractions import Reextraction
from newsarchive.warc import verifying
from newsarchive.warc.files import wacz_files
from newsarchive.warc.verdict import Verdict
from newsarchive.warc.verifying import Witness

OPEN = "in files that are being written, or wait for the next crawl to finish them"
_T = TypeVar("_T")


class Shown(Protocol):
    """Goes through things and shows how far it has come."""

    def __call__(self, things: Iterable[_T], *, total: int) -> Iterable[_T]: ...


def _unshown(things: Iterable[_T], *, total: int) -> Iterable[_T]:  # noqa: ARG001 - as it is called
    return things


def verify(
    paths: Iterable[Path],
    *,
    workers: int = 0,
    memory_mb: int | None = None,
    shown: Shown = _unshown,
    spool: Path | None = None,
) -> Verdict:
    """Judge files, and all in folders; memory does not grow with their number.

    `workers`: so many processes read all lines again, each with so much memory; with none they are not. `spool`: the
    folder for long blocks.
    """
    given = list(paths)
    verdict = Verdict()
    families = gather(given)
    known: dict[Path, Reextraction | None] = {}
    for family in families:
        if "warc" not in family.parts and (run := reextractions.around(family.stem, known)):
            run.claim(family)
    is_whole = collections.Whole(given, [one.stem.parent for one in families if one.is_open])
    _judge_families(shown(families, total=len(families)), families, verdict, spool, is_whole)
    for wacz in wacz_files(given):
        packages.judge(wacz, verdict, spool=spool)
    _judge_derivation([one for one in families if "rows" in one.parts], verdict, workers, memory_mb, shown)
    for path in given:
        if path.is_dir():
            collections.judge(path, verdict)
            keepers.judge(path, verdict)
        else:
            alone.judge(path, verdict)
    return verdict


def _judge_families(
    shown: Iterable[Family],
    families: Sequence[Family],
    verdict: Verdict,
    spool: Path | None,
    is_whole: Callable[[Path], bool],
) -> None:
    of_warc = {family.parts["warc"]: family for family in families if "warc" in family.parts}

    def witness_of(warc: Path) -> Witness | None:
        return _beside(of_warc[warc], verdict)

    def warcs() -> Iterator[Path]:
        for family in shown:
            if family.is_open:
                verdict.unchecked("rows" if "warc" in family.parts else "members", OPEN)
            if "warc" in family.parts:
                yield family.parts["warc"]
            elif family.parts:
                _judge_lines_alone(family, verdict)

    verifying.verify(warcs(), verdict=verdict, spool=spool, witness_of=witness_of, is_whole=is_whole)


def _beside(family: Family, verdict: Verdict) -> Witness | None:
    if "rows" not in family.parts and "rejected" not in family.parts:
        if not family.is_open:
            verdict.unchecked("rows", "WARC files without lines")
        return None
    # A project that only archives need not load what reads articles.
    from newsarchive.verifying import pointers  # noqa: PLC0415

    return pointers.Beside(family, verdict)


def _judge_lines_alone(family: Family, verdict: Verdict) -> None:
    from newsarchive.verifying import pointers  # noqa: PLC0415 - see above

    verdict.files += 1
    if family.source:
        pointers.judge_elsewhere(family, family.source, verdict)
    else:
        pointers.judge_alone(family, verdict)


def _judge_derivation(
    families: Sequence[Family], verdict: Verdict, workers: int, memory_mb: int | None, shown: Shown
) -> None:
    if not workers:
        verdict.unchecked("derivation", "files, without --deep", len(families))
        return
    from newsarchive.verifying import processes  # noqa: PLC0415 - see above

    for _, found in shown(processes.derived(families, workers=workers, memory_mb=memory_mb), total=len(families)):
        verdict.add(found)
