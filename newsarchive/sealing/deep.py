"""Judging what lies inside the files of a snapshot: it is unpacked as an archive, and what follows is made again."""

import json
import re
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from newsarchive.errors import SnapshotError
from newsarchive.plurals import counted
from newsarchive.sealing import names, terms
from newsarchive.sealing.indexing import Meter, Span, lines_within, merged, write_lines
from newsarchive.sealing.judgement import Judgement, Level
from newsarchive.sealing.opening import Opened
from newsarchive.sealing.pages import header, pages_of
from newsarchive.sealing.pairs import REJECTED, ROWS, STEM, stem_of
from newsarchive.sealing.seal import Seal
from newsarchive.verifying import archive
from newsarchive.warc import verdict
from newsarchive.warc.verdict import Verdict

# Which levels of an archive's verification each level of ours takes in. The index is judged by itself, and manifests
# need the runs before.
_TAKEN: dict[Level, tuple[verdict.Level, ...]] = {
    "records": ("members", "syntax", "blocks", "payloads", "revisits", "pairs"),
    "rows": ("rows", "pointers", "rejected"),
    "derivation": ("derivation",),
}
# That some rejections follow says nothing of the articles.
_WHOLE = frozenset({"derivation"})
_LONGEST = 16 * 1024 * 1024
_RULES = names.COMPLIANCE + "rules-"


def judge(judgement: Judgement, opened: Opened, seal: Seal, *, readers: int) -> None:
    """Needs as much space for temporary files as the snapshot has.

    `readers`: so many processes read the articles again from their captures; with none they are not.
    """
    with tempfile.TemporaryDirectory() as work:
        tree, parts = Path(work) / "archive", Path(work) / "parts"
        parts.mkdir()
        unpacked = _unpack(opened, tree)
        if _RULES in opened.members:
            judgement.wrong("rows", f"{_RULES} stands for no digest")
        if not readers:
            judgement.unchecked("derivation", "the articles were not read again")
        found = archive.verify([tree], workers=readers)
        _tell(judgement, found, readers=readers)
        _judge_tombstones(judgement, seal, found)
        warcs = sorted(tree.rglob("*.warc*"))
        _judge_index(judgement, opened, seal, warcs, parts)
        _judge_pages(judgement, opened, unpacked, parts / "pages")


def _unpack(opened: Opened, tree: Path) -> list[Path]:
    """The WARC files with their rows and rules in the folders of an archive; the files of rows in order."""
    rows: list[Path] = []
    for name in sorted(name for name in opened.members if name.startswith(names.ARCHIVE)):
        stem = stem_of(name.removeprefix(names.ARCHIVE)) if ".warc" in name else ""
        folder = tree / _folder(stem)
        _copy(opened, name, folder / name.removeprefix(names.ARCHIVE))
        for ending in (ROWS, REJECTED):
            if (member := f"{names.COMPLIANCE}{stem}{ending}") in opened.members:
                _copy(opened, member, folder / f"{stem}{ending}")
        rows.append(folder / f"{stem}{ROWS}")
        for rules in (name for name in opened.members if name.startswith(_RULES) and name != _RULES):
            if not (kept := folder.parents[2] / "rules" / rules.removeprefix(_RULES)).exists():
                _copy(opened, rules, kept)
    return rows


def _folder(stem: str) -> str:
    """`<outlet>/YYYY/MM/DD`, as the name of a file of a crawl says it."""
    found = STEM.fullmatch(stem)
    if not found or found["outlet"].startswith("."):
        return "others/0/0/0"
    return re.sub(r"^(.+)-(\d{4})(\d\d)(\d\d)$", r"\1/\2/\3/\4", f"{found['outlet']}-{found['run'][:8]}")


def _copy(opened: Opened, name: str, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    with to.open("wb") as file:
        file.writelines(opened.pieces(opened.members[name]))


def _tell(judgement: Judgement, found: Verdict, *, readers: int) -> None:
    for level, kinds in _TAKEN.items():
        if level == "derivation" and not readers:
            continue
        mistakes = [f"{one.file.name}: {one.level}: {one.what}" for one in found.findings if one.level in kinds]
        tallied = [f"{kind}: {tally}" for kind in kinds if str(tally := found.levels[kind]) != "0 ok"]
        tallies = [found.levels[kind] for kind in kinds]
        if any(tally.wrong for tally in tallies):
            # Of very many findings only the first are kept, which may be of other levels.
            judgement.wrong(level, *mistakes, *([] if mistakes else tallied))
        elif any(tally.not_checked for tally in tallies) and (
            level in _WHOLE or not any(tally.right for tally in tallies)
        ):
            judgement.unchecked(level, "; ".join(tallied))
        else:
            judgement.ok(level)
            judgement.levels[level].notes += tallied or ["there are none"]


def _judge_tombstones(judgement: Judgement, seal: Seal, found: Verdict) -> None:
    """The seal names all records that were erased, and no others."""
    there = {act: kinds["records"] for act, kinds in found.acts.items()}
    for act in sorted({*there, *seal.tombstones}):
        if there.get(act, 0) != seal.tombstones[act]:
            named = counted(seal.tombstones[act], "record")
            judgement.wrong("seal", f"it names {named} erased under {act}, but there are {there.get(act, 0)}")


def _judge_index(judgement: Judgement, opened: Opened, seal: Seal, warcs: list[Path], work: Path) -> None:
    span, parts = Span(), []
    answered: set[bytes] = set()
    for number, warc in enumerate(warcs):
        try:
            meter = Meter(warc, lines_within(warc), span)
            for _ in meter.pieces():
                pass
            lines = list(meter.indexed())
            answered |= {sha256(one.line).digest() for one in terms.answers(warc, lines)}
            parts.append(write_lines(work / f"part-{number}", lines))
        except SnapshotError as error:
            judgement.wrong("index", f"{warc.name}: {error.what}")
            return
    said = (seal.facts["first_captured_at"], seal.facts["last_captured_at"])
    if said != (span.first, span.last):
        judgement.wrong("seal", f"it says that captures are from {said[0]} to {said[1]}, which they are not")
    outside = _judge_terms(judgement, opened, answered, {warc.name for warc in warcs})
    if parts:
        _compare(judgement, "index", opened, names.INDEX, merged(parts, work), counted(span.captures, "capture"))
    if outside and judgement.levels["index"].state == "ok":
        judgement.ok(
            "index", f"not checked: {counted(outside, 'answer')} of robots.txt and tdmrep.json of earlier files"
        )


def _judge_terms(judgement: Judgement, opened: Opened, answered: set[bytes], warcs: set[str]) -> int:
    """How many are told of files that are not in the snapshot."""
    told: set[bytes] = set()
    outside = 0
    try:
        for line in _lines_of(opened, names.TERMS):
            if _is_of(line, warcs):
                told.add(sha256(line).digest())
            else:
                outside += 1
    except SnapshotError as error:
        judgement.wrong("index", str(error))
    if told != answered:
        judgement.wrong("index", f"{names.TERMS} does not tell what the captures of robots.txt and tdmrep.json hold")
    return outside


def _is_of(line: bytes, warcs: set[str]) -> bool:
    """The line is of one of these files, or of none that can be told."""
    try:
        return json.loads(line)["warc"]["filename"] in (*warcs, None)
    except (ValueError, KeyError, TypeError, RecursionError):
        return True


def _judge_pages(judgement: Judgement, opened: Opened, rows: list[Path], pages: Path) -> None:
    count = 0
    try:
        with pages.open("wb") as file:
            file.write(header())
            for line in _pages(rows):
                count += file.write(line) and 1
    except SnapshotError as error:
        judgement.wrong("pages", str(error))
        return
    _compare(judgement, "pages", opened, names.PAGES, pages, counted(count, "article"))


def _pages(rows: list[Path]) -> Iterator[bytes]:
    for file in rows:
        if not file.exists():
            raise SnapshotError(file.name, "is missing: the rows of a WARC file are sealed with it")
        yield from (line for _, line in pages_of(file))


def _lines_of(opened: Opened, name: str) -> Iterator[bytes]:
    """With their ends; of a file that may be of any length."""
    member, rest = opened.members.get(name), b""
    for piece in opened.pieces(member) if member else ():
        *whole, rest = (rest + piece).split(b"\n")
        yield from (line + b"\n" for line in whole)
        if len(rest) > _LONGEST:
            raise SnapshotError(name, "has a line that is too long for an answer")
    if rest:
        yield rest


def _compare(judgement: Judgement, level: Level, opened: Opened, name: str, made: Path, note: str) -> None:
    """The file is byte for byte what was made anew."""
    member = opened.members.get(name)
    pieces = opened.pieces(member) if member else iter(())
    with made.open("rb") as file:
        same = member and all(piece == file.read(len(piece)) for piece in pieces) and not file.read(1)
    judgement.told(level, [] if same else [f"{name} is not what follows from the files that it is made of"], note)
