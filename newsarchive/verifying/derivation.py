"""Lines read again from their captures by the rules of their time, one by one beside what is there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import rfc8785

from newsarchive import deriving
from newsarchive.deriving import Origin, Problem, Unread
from newsarchive.errors import RecordError
from newsarchive.items import Article, ErasedArticle, Rejection, is_erased
from newsarchive.judging import arrival
from newsarchive.judging.unread import UNREAD
from newsarchive.outlets import Outlet
from newsarchive.verifying import lines
from newsarchive.verifying.families import REJECTED, ROWS, Family
from newsarchive.verifying.lines import Line
from newsarchive.verifying.rows import LineError, Row, article, rejection
from newsarchive.verifying.versions import Versions
from newsarchive.warc.reader import StoredRecord, read_records
from newsarchive.warc.verdict import Finding, Verdict

_SHOWN = 8
Told = tuple[Line, Row]


def judge(family: Family) -> Verdict:
    """Compare the lines beside a WARC file with those that its captures give."""
    verdict = Verdict()
    warc = family.parts.get("warc") or family.source
    if warc is None or "rows" not in family.parts:
        verdict.unchecked("derivation", "files without their WARC file or their lines")
        return verdict
    _Comparison(family, verdict).run(warc)
    return verdict


class _Comparison:
    """One file while it is compared."""

    def __init__(self, family: Family, verdict: Verdict) -> None:
        self._family = family
        self._verdict = verdict
        self._versions = Versions(family.stem.parent)
        self._rows = _Side(family.parts.get("rows"), is_article=True)
        self._rejections = _Side(family.parts.get("rejected"), is_article=False)
        for _, row in _sound(family.parts["rows"], is_article=True):
            if not is_erased(row):
                self._versions.know(row)

    def run(self, warc: Path) -> None:
        records = read_records(warc)
        try:
            for found in deriving.find(
                records, filename=warc.name, outlet_of=self._outlet_of, resolve=self._unresolved
            ):
                if isinstance(found, Problem):
                    self._pass_over(found.offset)
                elif isinstance(found, ErasedArticle):
                    self._compare_erased(found)
                else:
                    self._compare(found)
        except RecordError:
            # The level of the records tells it.
            self._verdict.unchecked("derivation", "files that cannot be read to their end")
            return
        self._judge_before(None)

    def _outlet_of(self, url: str, origin: Origin | None) -> Outlet | None:
        """By whose rules a page is read that has no line of its own."""
        if origin:
            return self._versions.outlet_of_file(origin)
        return next((one for one in self._versions.outlets() if arrival.is_told(url, one)), None)

    def _compare(self, found: Unread | Rejection) -> None:
        offset = found.page.capture.offset if isinstance(found, Unread) else found.offset
        self._judge_before(offset)
        row, refused = self._rows.take(offset), self._rejections.take(offset)
        if row:
            self._compare_row(found, *row)
        elif refused:
            self._compare_rejection(found, *refused)
        else:
            self._judge_missing(found, offset)

    def _compare_erased(self, found: ErasedArticle) -> None:
        """Of what was erased the line says what its record says, whatever version reads it."""
        self._judge_before(found.offset)
        row = self._rows.take(found.offset)
        if row is None:
            self._judge(None, f"lacks the line of the erased capture at {found.offset} of its WARC file", ROWS, None)
            return
        is_equal = rfc8785.dumps(found.to_record()) == row[0].octets
        self._judge(None, None if is_equal else "is not what the record of the erasure gives", ROWS, row[0])

    def _unresolved(self, revisit: StoredRecord) -> None:
        """What a revisit refers to is not looked for."""
        self._pass_over(revisit.offset)

    def _pass_over(self, offset: int) -> None:
        """What is there of a record that cannot be read by itself, such as a revisit of one in another file."""
        self._judge_before(offset)
        for told in (self._rows.take(offset), self._rejections.take(offset)):
            if told:
                self._verdict.unchecked("derivation", "lines of records that need those of other files")

    def _judge_before(self, offset: int | None) -> None:
        """Lines that point before this offset point at no capture of an article."""
        for side, ending in ((self._rows, ROWS), (self._rejections, REJECTED)):
            while told := side.take_before(offset):
                line, row = told
                reason = self._versions.why_not_all() if side is self._rejections else self._why_not(row)
                what = "there is no capture that gives a line or a rejection"
                self._judge(reason, what, ending, line)

    def _why_not(self, row: Row) -> str | None:
        return None if is_erased(row) else self._versions.why_not(row)

    def _compare_row(self, found: Unread | Rejection, line: Line, row: Row) -> None:
        reason = self._why_not(row)
        if is_erased(row):
            self._judge(None, "says that its capture was erased, which is there", ROWS, line)
            return
        if reason or isinstance(found, Rejection):
            self._judge(reason, f"its capture gives a rejection, {getattr(found, 'reason', '')}", ROWS, line)
            return
        made = deriving.read(Unread(found.page, self._versions.outlet(row)))
        if isinstance(made, Rejection):
            self._judge(UNREAD.get(made.reason), f"its capture gives a rejection, {made.reason}", ROWS, line)
        else:
            record = made.to_record()
            is_equal = rfc8785.dumps(record) == line.octets
            self._judge(None, None if is_equal else f"is otherwise read: {_differences(row, record)}", ROWS, line)

    def _compare_rejection(self, found: Unread | Rejection, line: Line, row: Row) -> None:
        reason = self._versions.why_not_all()
        reason = UNREAD.get(row["reason"], reason)
        made = found if reason or isinstance(found, Rejection) else deriving.read(found)
        if isinstance(made, Rejection):
            reason = reason or UNREAD.get(made.reason)
            is_equal = rfc8785.dumps(made.to_record()) == line.octets
            reason = None if is_equal else reason
            self._judge(reason, None if is_equal else f"its capture gives {made.reason}", REJECTED, line)
        else:
            self._judge(reason, "its capture gives an article", REJECTED, line)

    def _judge_missing(self, found: Unread | Rejection, offset: int) -> None:
        reason = self._versions.why_not_all()
        reason = self._family.why_partial or reason
        made = found if reason or isinstance(found, Rejection) else deriving.read(found)
        reason = reason or (UNREAD.get(made.reason) if isinstance(made, Rejection) else None)
        ending = ROWS if isinstance(made, Article) else REJECTED
        kind = "line" if isinstance(made, Article) else f"rejection, {getattr(made, 'reason', '')},"
        self._judge(reason, f"lacks the {kind} of the capture at {offset} of its WARC file", ending, None)

    def _judge(self, reason: str | None, wrong: str | None, ending: str, line: Line | None) -> None:
        """Count one line: as not checked for a reason, as wrong, or as right."""
        if reason:
            self._verdict.unchecked("derivation", reason)
        elif wrong:
            said = f"line {line.number} {wrong}" if line else wrong
            start = line.start if line else None
            self._verdict.wrong(Finding(self._family.named(ending), start, "derivation", None, said))
        else:
            self._verdict.right("derivation")


class _Side:
    """The sound lines of one file, taken by the offsets of their captures."""

    def __init__(self, path: Path | None, *, is_article: bool) -> None:
        self._left = _sound(path, is_article=is_article) if path else iter(())
        self._offset_of = _article_offset if is_article else _rejection_offset
        self._next = next(self._left, None)

    def take(self, offset: int) -> Told | None:
        """The line of the capture at this offset."""
        found = self._next
        if found is None or self._offset_of(found[1]) != offset:
            return None
        self._next = next(self._left, None)
        return found

    def take_before(self, offset: int | None) -> Told | None:
        """The next line, if its capture lies before this offset; None stands for the end of the file."""
        found = self._next
        if found is None or (offset is not None and self._offset_of(found[1]) >= offset):
            return None
        self._next = next(self._left, None)
        return found


def _sound(path: Path, *, is_article: bool) -> Iterator[Told]:
    """Lines that are right by themselves; of the others the levels `rows` and `rejected` tell."""
    try:
        for line in lines.read(path):
            try:
                row = article(line.octets) if is_article else rejection(line.octets)
            except LineError:
                continue
            yield line, row
    except RecordError:
        return


def _article_offset(row: Row) -> int:
    return int(row["provenance"]["warc"]["offset"])


def _rejection_offset(row: Row) -> int:
    return int(row["warc"]["offset"])


def _differences(row: Row, made: Row) -> str:
    names = sorted(_differing(row, made))
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")


def _differing(one: Any, other: Any, name: str = "") -> Iterator[str]:
    """Names of the fields in which two records differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {*one, *other}:
            if one.get(key) != other.get(key):
                yield from _differing(one.get(key), other.get(key), f"{name}.{key}" if name else key)
    else:
        yield name
