"""What lines and rejections say of their captures, beside the records themselves: both are read once, side by side."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from newsarchive import dates
from newsarchive.deriving.crawled import Exchanges, given
from newsarchive.deriving.erased import erased
from newsarchive.deriving.foreign import page_in
from newsarchive.deriving.origin import Origin, origin_of
from newsarchive.errors import RecordError
from newsarchive.items import Page, Rejection, is_erased
from newsarchive.verifying import lines, rows
from newsarchive.verifying.families import REJECTED, Family
from newsarchive.verifying.lines import Line
from newsarchive.verifying.rows import LineError, Row
from newsarchive.warc import digests
from newsarchive.warc.frame import read_answer
from newsarchive.warc.reader import StoredRecord, read_records
from newsarchive.warc.verdict import Finding, Level, Verdict

# Fields of a warcinfo or metadata record are never longer than that in files of ours.
_LONGEST_FIELDS = 1 << 22
_ANSWERS = frozenset({"response", "revisit", "resource"})
_EXPECTED: dict[bool, frozenset[Level]] = {False: frozenset({"rows", "rejected"}), True: frozenset({"rejected"})}
"""By whether an answer was refused: what must point at it."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """What one line says of its capture; None where its kind of line does not say it."""

    line: Line
    url: str
    captured_at: str
    filename: str
    offset: int
    record_id: str
    length: int | None = None
    record_type: str | None = None
    payload_digest: str | None = None
    status: int | None = None
    erased: Row | None = None
    """The whole line, where it stands for what was erased."""


class Beside:
    """Judges the lines and rejections of a WARC file while its records go by: `newsarchive.warc.verifying.Witness`."""

    def __init__(self, family: Family, verdict: Verdict, *, filename: str | None = None) -> None:
        """`filename` is that of the WARC file, where it is not the family's own."""
        self._family = family
        self._verdict = verdict
        self._name_now = filename or family.file.name
        self._filename = self._name_now
        self._articles = Pointers(family.parts.get("rows"), "rows", verdict)
        self._rejections = Pointers(family.parts.get("rejected"), "rejected", verdict)
        self._origin: Origin | None = None
        self._exchanges = Exchanges()
        self._told: dict[int, frozenset[Level]] = {}

    def saw(self, record: StoredRecord, method: str) -> None:
        """Judge what points at this record, and whatever points before it."""
        if record.kind == "warcinfo" and len(record.octets) <= _LONGEST_FIELDS:
            self._origin, self._exchanges = origin_of(record), Exchanges()
            self._filename = (self._origin and self._origin.filename) or self._name_now
        told = [self._judge(pointers, record, method) for pointers in (self._articles, self._rejections)]
        if all(told):
            self._wrong(self._rejections, told[-1], f"the capture at {record.offset} has a line, too", level="rejected")
        if method:
            levels: tuple[Level, Level] = ("rows", "rejected")
            said = zip(levels, told, strict=True)
            self._told = {record.offset: frozenset(level for level, pointer in said if pointer)}
        if not told[0]:
            self._judge_erased(record)
        self._judge_end(record)

    def ended(self, *, whole: bool) -> None:
        """Judge the lines that are left: they point at nothing, or at what cannot be read."""
        for pointers in (self._articles, self._rejections):
            while pointer := pointers.take(None):
                if whole:
                    self._wrong(pointers, pointer, f"no record begins at {pointer.offset}")
                else:
                    self._verdict.unchecked("pointers", "behind a place that cannot be read")

    def _judge(self, pointers: "Pointers", record: StoredRecord, method: str) -> Pointer | None:
        """What points at this record."""
        while (pointer := pointers.take(record.offset)) and pointer.offset < record.offset:
            self._wrong(pointers, pointer, f"no record begins at {pointer.offset}")
        if pointer:
            wrong = next(self._mistakes(pointer, record, method), None)
            if wrong:
                self._wrong(pointers, pointer, f"the record at {pointer.offset} {wrong}")
            else:
                self._verdict.right("pointers")
        return pointer

    def _mistakes(self, pointer: Pointer, record: StoredRecord, method: str) -> Iterator[str]:
        """What the record says otherwise than the line."""
        if pointer.filename != self._filename:
            yield f"is in {self._filename}, not in {pointer.filename}"
        yield from _mistakes(pointer, record)
        if pointer.erased:
            made = erased(record, origin=self._origin, filename=self._name_now)
            if made is None or made.to_record() != pointer.erased:
                yield "says of what was erased something else than the line"
        elif self._origin is None:
            yield from _otherwise_read(pointer, record)
        elif pointer.payload_digest:
            yield from _other_payload(pointer, pointer.payload_digest, record, method)

    def _judge_erased(self, record: StoredRecord) -> None:
        """A record without a line: where it stands for an article, there must be one."""
        if "rows" in self._family.parts and erased(record, origin=self._origin, filename=self._name_now):
            self._lacks(record, "rows")

    def _judge_end(self, record: StoredRecord) -> None:
        """At the end of an exchange for an article it is known whether its answer has a line or a reason."""
        answered = self._exchanges.ended_by(record) if self._origin and len(record.octets) <= _LONGEST_FIELDS else None
        if answered is None or "rows" not in self._family.parts:
            return
        # Without the outlet it is not known whether an address led astray; what is, has a reason, too.
        found = given(answered, record.block_fields(), filename=self._filename, outlet=None)
        expected = next((_EXPECTED[type(one) is Rejection] for one in found), None)
        told = self._told.get(answered.offset, frozenset())
        if expected and not told & expected:
            self._lacks(answered, "rejected" if "rows" not in expected else "rows")

    def _lacks(self, answered: StoredRecord, level: Level) -> None:
        if self._family.why_partial:
            self._verdict.unchecked(level, self._family.why_partial)
        elif self._articles.is_sound and self._rejections.is_sound:
            pointers = self._articles if level == "rows" else self._rejections
            kind = "neither a line nor a rejection" if level == "rows" else "no rejection"
            what = f"{kind} for the capture at {answered.offset} of {self._name_now}"
            file = pointers.path or self._family.named(REJECTED)
            self._verdict.wrong(Finding(file, pointers.position, level, answered.field("WARC-Record-ID"), what))

    def _wrong(self, pointers: "Pointers", pointer: Pointer | None, what: str, *, level: Level = "pointers") -> None:
        assert pointer
        assert pointers.path
        said = f"line {pointer.line.number}: {what}"
        self._verdict.wrong(Finding(pointers.path, pointer.line.start, level, pointer.record_id, said))


def judge_elsewhere(family: Family, warc: Path, verdict: Verdict) -> None:
    """Judge lines whose WARC file lies elsewhere, and is judged there."""
    beside, whole = Beside(family, verdict, filename=warc.name), False
    try:
        for record in read_records(warc):
            beside.saw(record, "GET" if record.kind in _ANSWERS else "")
        whole = True
    except (RecordError, OSError):
        verdict.unchecked("pointers", "files whose WARC file cannot be read to its end")
    beside.ended(whole=whole)


def judge_alone(family: Family, verdict: Verdict) -> None:
    """Judge lines whose WARC file is not there."""
    for pointers in (
        Pointers(family.parts.get("rows"), "rows", verdict),
        Pointers(family.parts.get("rejected"), "rejected", verdict),
    ):
        while pointers.take(None):
            verdict.unchecked("pointers", "without the WARC file")


class Pointers:
    """What the lines of one file point at, in order; each line is judged by itself on the way."""

    def __init__(self, path: Path | None, level: Level, verdict: Verdict) -> None:
        self.path = path
        self._level = level
        self._verdict = verdict
        self._form, self._point = _KINDS[level]
        self.is_sound = True
        """No line was wrong so far."""
        self.position = 0
        """Where the next line begins."""
        self._left = self._all()
        self._next = next(self._left, None)

    def take(self, until: int | None) -> Pointer | None:
        """The next one, if it points at or before this offset; None asks for any."""
        found = self._next
        if found is None or (until is not None and found.offset > until):
            self.position = found.line.start if found else self.position
            return None
        self.position = found.line.start + len(found.line.octets) + 1
        self._next = next(self._left, None)
        return found

    def _all(self) -> Iterator[Pointer]:
        if self.path is None:
            return
        try:
            yield from self._sound(self.path)
        except RecordError as error:
            self.is_sound = False
            self._verdict.wrong(Finding(self.path, error.offset, self._level, None, error.what))

    def _sound(self, path: Path) -> Iterator[Pointer]:
        """Those of lines that are right by themselves."""
        before: Pointer | None = None
        for line in lines.read(path):
            try:
                row = self._form(line.octets)
                pointer = _behind(before, self._point(line, row))
            except LineError as error:
                self.is_sound = False
                self._verdict.wrong(Finding(path, line.start, self._level, None, f"line {line.number} {error}"))
                continue
            self._verdict.right(self._level)
            if self._level == "rows" and not rows.is_counted_here(row):
                self._verdict.unchecked("rows", "word counts and simhashes of other versions")
            before = pointer
            yield pointer


def _behind(before: Pointer | None, pointer: Pointer) -> Pointer:
    """The pointer, if it follows the one before; raises `LineError`.

    Others' records that share a compressed member have its offset, and no length.
    """
    is_shared = before and pointer.offset == before.offset and not pointer.length
    if before and pointer.offset <= before.offset and not (is_shared and pointer.record_id != before.record_id):
        raise LineError(f"points at {pointer.offset}, which is not behind the line before it")
    return pointer


def _of_article(line: Line, row: Row) -> Pointer:
    provenance = row["provenance"]
    warc = provenance["warc"]
    if is_erased(row):
        url, filename = row["url"] or "", warc["filename"]
        return Pointer(
            line,
            url,
            provenance["captured_at"],
            filename,
            warc["offset"],
            warc["record_id"],
            warc["length"],
            warc["record_type"],
            erased=row,
        )
    return Pointer(
        line,
        row["url"],
        provenance["captured_at"],
        warc["filename"],
        warc["offset"],
        warc["record_id"],
        warc["length"],
        warc["record_type"],
        warc["payload_digest"],
        provenance["http"]["status"],
    )


def _of_rejection(line: Line, row: Row) -> Pointer:
    warc = row["warc"]
    return Pointer(line, row["url"], row["captured_at"], warc["filename"], warc["offset"], warc["record_id"])


_KINDS: dict[Level, tuple[Callable[[bytes], Row], Callable[[Line, Row], Pointer]]] = {
    "rows": (rows.article, _of_article),
    "rejected": (rows.rejection, _of_rejection),
}


def _mistakes(pointer: Pointer, record: StoredRecord) -> Iterator[str]:
    said = (
        ("length", pointer.length, record.length),
        ("record id", pointer.record_id, record.field("WARC-Record-ID")),
        ("record type", pointer.record_type, record.kind),
        ("target URI", pointer.url, (record.field("WARC-Target-URI") or "").strip("<> ")),
    )
    for name, told, found in said:
        if told is not None and told != found:
            yield f"has the {name} {found}, not {told}"
    if not _is_same_time(pointer.captured_at, record.field("WARC-Date") or ""):
        yield f"was captured at {record.field('WARC-Date')}, not {pointer.captured_at}"


def _is_same_time(one: str, other: str) -> bool:
    try:
        return one == other or dates.recorded(one) == dates.recorded(other)
    except ValueError:
        return False


def _other_payload(pointer: Pointer, digest: str, record: StoredRecord, method: str) -> Iterator[str]:
    """Of a record of ours."""
    answer = read_answer(record.octets, method=method or "GET")
    if answer and answer.status != pointer.status:
        yield f"has the status {answer.status}, not {pointer.status}"
    if record.kind == "revisit":
        found = digests.are_equal(record.field("WARC-Payload-Digest") or "", digest)
    else:
        found = bool(answer and digests.is_of(digest, answer.entity_pieces()))
    if not found:
        yield f"has another payload than {digest}"


def _otherwise_read(pointer: Pointer, record: StoredRecord) -> Iterator[str]:
    """Of a record of another program, whose payload is what its bytes are; that of a revisit lies elsewhere."""
    if record.kind == "revisit" or pointer.payload_digest is None:
        return
    page = page_in(record, filename=pointer.filename, file=Path(pointer.filename), resolve=lambda _: None)
    if not isinstance(page, Page):
        yield "holds no page"
    elif page.capture.payload_digest != pointer.payload_digest:
        yield f"has another payload than {pointer.payload_digest}"
    elif page.status != pointer.status:
        yield f"has the status {page.status}, not {pointer.status}"
