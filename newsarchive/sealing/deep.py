"""Judging what lies inside the files of a snapshot: records, index, pages and rows, each made again and compared."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from newsarchive.errors import SnapshotError
from newsarchive.sealing import names
from newsarchive.sealing.indexing import Line, Meter, Span, lines_within, merged, write_lines
from newsarchive.sealing.judgement import Judgement
from newsarchive.sealing.opening import Opened
from newsarchive.sealing.pages import header, page, rows_of
from newsarchive.sealing.pairs import ROWS, stem_of
from newsarchive.sealing.seal import Seal
from newsarchive.warc import verifying

_STEP = 1 << 20


def judge(judgement: Judgement, opened: Opened, seal: Seal) -> None:
    """Each WARC file is copied out, one at a time, to be read as any other."""
    with tempfile.TemporaryDirectory() as folder:
        _Depth(judgement, opened, seal, Path(folder)).run()


class _Depth:
    """One snapshot."""

    def __init__(self, judgement: Judgement, opened: Opened, seal: Seal, work: Path) -> None:
        self._judgement = judgement
        self._opened = opened
        self._seal = seal
        self._work = work
        self._span = Span()
        self._parts: list[Path] = []
        self._rows = 0
        self._unreadable = False

    def run(self) -> None:
        """All three levels."""
        pages = self._work / "pages"
        with pages.open("wb") as file:
            file.write(header())
            verdict = verifying.verify(self._copies(file.write))
        # Of the levels of a WARC file, pairs and index are judged by what a snapshot keeps instead.
        self._judgement.told("records", (f"{one.file.name}: {one.level}: {one.what}" for one in verdict.findings))
        for level, tally in verdict.levels.items():
            if level != "index" and (tally.right or tally.not_checked):
                self._judgement.ok("records", f"{level}: {tally}")
        if self._unreadable:
            return
        self._compare_index()
        self._compare(names.PAGES, pages, "pages", f"{self._rows:,} rows, each of a capture that is there")

    def _copies(self, write_page: object) -> Iterator[Path]:
        """Every WARC file in turn, gone when the next is asked for."""
        for number, name in enumerate(sorted(name for name in self._opened.members if name.startswith(names.ARCHIVE))):
            copy = self._work / name.removeprefix(names.ARCHIVE)
            with copy.open("wb") as file:
                file.writelines(self._opened.pieces(self._opened.members[name]))
            self._look_into(copy, number, write_page)
            yield copy
            copy.unlink()

    def _look_into(self, warc: Path, number: int, write_page: object) -> None:
        assert callable(write_page)
        try:
            meter = Meter(warc, lines_within(warc), self._span)
            for _ in meter.pieces():
                pass
            lines = list(meter.indexed())
        except SnapshotError as error:
            self._judgement.wrong("index", f"{warc.name}: {error.what}")
            self._judgement.unchecked("pages", f"{warc.name} cannot be read")
            self._unreadable = True
            return
        self._parts.append(write_lines(self._work / f"part-{number}", lines))
        try:
            for line in self._pages(warc, {line.offset: line for line in lines}):
                write_page(line)
        except SnapshotError as error:
            self._judgement.wrong("pages", str(error))

    def _pages(self, warc: Path, captures: dict[int, Line]) -> Iterator[bytes]:
        name = f"{names.COMPLIANCE}{stem_of(warc.name)}{ROWS}"
        member = self._opened.members.get(name)
        if member is None:
            raise SnapshotError(name, "is missing: the rows of a WARC file are sealed with it")
        copy = self._work / "rows"
        with copy.open("wb") as file:
            file.writelines(self._opened.pieces(member))
        with copy.open("rb") as stream:
            for row in rows_of(stream, name):
                yield page(row, name)
                self._rows += 1
                _refuse_astray(row, captures, name)

    def _compare_index(self) -> None:
        said = (self._seal.facts["first_captured_at"], self._seal.facts["last_captured_at"])
        if said != (self._span.first, self._span.last):
            self._judgement.wrong("seal", f"it says that captures are from {said[0]} to {said[1]}, which they are not")
        if self._parts:
            self._compare(names.INDEX, merged(self._parts, self._work), "index", f"{self._span.captures:,} captures")

    def _compare(self, name: str, made: Path, level: str, note: str) -> None:
        """The file is byte for byte what was made anew."""
        assert level in ("index", "pages")
        member = self._opened.members.get(name)
        pieces = self._opened.pieces(member) if member else iter(())
        with made.open("rb") as file:
            same = all(piece == file.read(len(piece)) for piece in pieces) and not file.read(1)
        mistakes = [] if same and member else [f"{name} is not what follows from the files that it is made of"]
        self._judgement.told("index" if level == "index" else "pages", mistakes, note)


def _refuse_astray(row: dict[str, object], captures: dict[int, Line], name: str) -> None:
    """Raises `SnapshotError` for a row that was not read from a capture of this file."""
    provenance = row.get("provenance")
    told = provenance.get("warc") if isinstance(provenance, dict) else None
    line = captures.get(told.get("offset", -1)) if isinstance(told, dict) else None
    fits = line and (line.url, line.length, line.facts.get("digest")) == (
        row.get("url"),
        told["length"] if isinstance(told, dict) else None,
        told.get("payload_digest") if isinstance(told, dict) else None,
    )
    if not fits:
        raise SnapshotError(name, f"has a row of {row.get('url')} that was read from no capture of its WARC file")
