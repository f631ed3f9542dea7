"""Judging an archive: each WARC file with what lies beside it in one reading, then folders by their manifests."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from newsarchive.verifying import collections, manifests, pointers
from newsarchive.verifying.families import Family, gather
from newsarchive.warc import verifying
from newsarchive.warc.verdict import Verdict

OPEN = "in files that are being written, or wait for the next crawl to finish them"
Counted = Callable[[Sequence[Family]], Iterable[Family]]
"""Goes through families and shows how far it has come."""


def verify(paths: Iterable[Path], *, counted: Counted = iter, spool: Path | None = None) -> Verdict:
    """Judge files, and all in folders; `spool` is the folder for long blocks. Memory does not grow with the files."""
    given = list(paths)
    verdict = Verdict()
    _judge_families(gather(given), verdict, counted, spool)
    for path in given:
        if path.is_dir():
            collections.judge(path, verdict)
        else:
            manifests.judge_alone(path, verdict)
    return verdict


def _judge_families(families: Sequence[Family], verdict: Verdict, counted: Counted, spool: Path | None) -> None:
    of_warc = {family.parts["warc"]: family for family in families if "warc" in family.parts}

    def witness(warc: Path) -> pointers.Beside:
        return pointers.Beside(of_warc[warc], verdict)

    def warcs() -> Iterator[Path]:
        for family in counted(families):
            if family.is_open:
                verdict.unchecked("rows" if "warc" in family.parts else "members", OPEN)
            if "rows" in family.parts:
                verdict.unchecked("derivation", "files: say --deep")
            if "warc" in family.parts:
                yield family.parts["warc"]
            elif family.parts:
                verdict.files += 1
                pointers.judge_alone(family, verdict)

    verifying.verify(warcs(), verdict=verdict, spool=spool, witness_of=witness)
