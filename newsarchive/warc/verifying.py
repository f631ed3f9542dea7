"""Judging WARC files, ours and other people's: by the standard, without the false alarms that others raise.

The payload of a chunked answer is taken without its framing, an answer to HEAD has none, a truncated one need not be
whole, and a revisit is judged by the record that it refers to.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol

from newsarchive import dates
from newsarchive.errors import RecordError
from newsarchive.warc import cdxj, digests, segments
from newsarchive.warc.files import WarcFile, said
from newsarchive.warc.frame import Answer, read_answer
from newsarchive.warc.ids import Ids
from newsarchive.warc.indexed import Indexed
from newsarchive.warc.octets import pieces
from newsarchive.warc.reader import StoredRecord, read_stream
from newsarchive.warc.segments import Segments, Whole
from newsarchive.warc.tombstones import act_key, read_tombstone
from newsarchive.warc.verdict import Finding, Level, Verdict

_MANDATORY = ("WARC-Type", "WARC-Record-ID", "WARC-Date", "Content-Length")
_TARGETED = frozenset({"request", "response", "revisit", "resource", "conversion"})
_NOT_REPEATED = frozenset(
    {
        "warc-type", "warc-record-id", "warc-date", "content-length", "content-type", "warc-block-digest",
        "warc-payload-digest", "warc-ip-address", "warc-refers-to", "warc-refers-to-target-uri",
        "warc-refers-to-date", "warc-target-uri", "warc-truncated", "warc-warcinfo-id", "warc-filename",
        "warc-profile", "warc-identified-payload-type", "warc-segment-number", "warc-segment-origin-id",
        "warc-segment-total-length",
    }
)  # fmt: skip
"""The named fields of WARC 1.1 but WARC-Concurrent-To, in lower case."""
_ID = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:[^\s<>]+>")
# A head of a request is shorter.
_LONGEST_HEAD = 1 << 20
_HTTP = "application/http"


class Witness(Protocol):
    """Sees all records of a file while they are judged: who judges what lies beside the file need not read it again."""

    def saw(self, record: StoredRecord, method: str) -> None:
        """The next record; `method` is that of the request of an answer."""

    def ended(self, *, whole: bool) -> None:
        """There are no more records, or none that can be read."""


def verify(
    warcs: Iterable[Path | WarcFile],
    *,
    verdict: Verdict | None = None,
    spool: Path | None = None,
    witness_of: Callable[[Path], Witness | None] | None = None,
    is_whole: Callable[[Path], bool] = lambda _: False,
) -> Verdict:
    """Judge all files together: a revisit may refer to a record in another one.

    `spool` is the folder for long blocks. `is_whole`: whether the files include all that may hold the original of a
    revisit in this one. Memory does not grow with the files: record ids are kept on disk.
    """
    verdict, ids, segmented = verdict or Verdict(), Ids(), Segments(spool)
    for warc in warcs:
        verdict.files += 1
        if isinstance(warc, WarcFile):
            _File(warc, verdict, ids, segmented, None).verify(spool)
        else:
            witness = witness_of(warc) if witness_of else None
            _File(WarcFile(warc, None), verdict, ids, segmented, witness).verify(spool)
    verdict.unchecked("payloads", "in segments, of which not all were found", len(segmented))
    ids.judge_revisits(verdict, is_whole=is_whole)
    return verdict


class _File:
    """One file while it is judged."""

    def __init__(
        self, warc: WarcFile, verdict: Verdict, ids: Ids, segmented: Segments, witness: Witness | None
    ) -> None:
        self._warc = warc
        self._path = warc.shown
        self._verdict = verdict
        self._ids = ids
        self._segmented = segmented
        self._witness = witness
        self._lines = Indexed()
        self._requests: dict[str, str] = {}
        # The offset, and whether newsarchive wrote the answer; not the records, whose blocks would be held.
        self._unpaired: dict[str, tuple[int, bool]] = {}
        self._has_requests = False
        self._is_ours = False
        self._waiting: StoredRecord | None = None

    def verify(self, spool: Path | None) -> None:
        """Judge every record up to the first that cannot be read, then what they are together."""
        whole, read = False, 0
        try:
            with self._warc.open() as (stream, _):
                for record in read_stream(stream, self._path, spool=spool):
                    self._verdict.right("members")
                    self._judge(record)
                    read = record.offset + record.length
            whole = True
            if not read:
                self._wrong("members", "the file is empty", offset=0)
        except RecordError as error:
            self._wrong("members", error.what, offset=error.offset)
        except OSError as error:
            self._wrong("members", f"cannot be read ({said(error)})", offset=read)
        self._settle(None)
        if self._witness:
            self._witness.ended(whole=whole)
        self._judge_pairs()
        self._judge_index(whole=whole)

    def _judge(self, record: StoredRecord) -> None:
        self._judge_syntax(record)
        self._judge_block(record)
        self._settle(record)
        if record.kind == "warcinfo":
            self._is_ours = record.is_of_newsarchive
        elif record.kind == "request":
            self._take_request(record)
        if told := read_tombstone(record):
            self._verdict.under(act_key(told), "records")
            named = self._verdict.tombstones.setdefault(self._path.parent, {})
            named.setdefault(told.act, set()).add(told.erased_id)
        if record.kind in ("response", "revisit", "resource"):
            self._waiting = record
            return
        if record.kind == "continuation":
            self._judge_whole(self._segmented.add(record))
        elif segments.is_first(record):
            self._segmented.begin(record, self._path, "")
        elif stated := record.field("WARC-Payload-Digest"):
            self._judge_payload_of_block(record, stated, start=_body_at(record) if record.kind == "request" else 0)
        if self._witness:
            self._witness.saw(record, "")

    def _take_request(self, record: StoredRecord) -> None:
        """A request names its answer, or comes before an answer that names it."""
        self._has_requests = True
        answer_id = record.field("WARC-Concurrent-To")
        if answer_id in self._unpaired:
            del self._unpaired[answer_id]
            self._verdict.right("pairs")
        elif answer_id is None:
            self._requests[record.field("WARC-Record-ID") or ""] = _method(record)

    def _judge_syntax(self, record: StoredRecord) -> None:
        wrong = next(_syntax_mistakes(record), None) or (
            None if self._ids.add(record) else "another record has the same WARC-Record-ID"
        )
        self._told("syntax", wrong, record)

    def _judge_block(self, record: StoredRecord) -> None:
        stated = record.field("WARC-Block-Digest")
        if stated is None:
            self._verdict.unchecked("blocks", "without a block digest")
            return
        found = digests.is_of(stated, pieces(record.octets, 0, len(record.octets)))
        self._told_of_digest("blocks", found, f"the block is not that of {stated}", record)

    def _settle(self, following: StoredRecord | None) -> None:
        """Judge the answer before this record: now it is known whether a request told its method."""
        record, self._waiting = self._waiting, None
        if record is None:
            return
        record_id = record.field("WARC-Record-ID") or ""
        asked = self._requests.pop(record.field("WARC-Concurrent-To") or "", None)
        if following and following.kind == "request" and following.field("WARC-Concurrent-To") == record_id:
            asked = _method(following)
        elif asked is None and record.kind != "resource" and _is_http(record):
            self._unpaired[record_id] = (record.offset, self._is_ours)
        if asked is not None:
            self._verdict.right("pairs")
        self._lines.add(cdxj.stored_line(record, self._path.name, asked or "GET"), record.offset)
        self._judge_payload(record, asked or "GET")
        if self._witness:
            self._witness.saw(record, asked or "GET")

    def _judge_payload(self, record: StoredRecord, method: str) -> None:
        stated = record.field("WARC-Payload-Digest")
        if record.kind == "revisit":
            self._ids.refer(record, self._path)
        elif segments.is_first(record):
            self._segmented.begin(record, self._path, method)
        elif record.kind == "resource" or not _is_http(record):
            self._judge_payload_of_block(record, stated)
        else:
            self._judge_answer(record, stated, read_answer(record.octets, method=method))

    def _judge_whole(self, whole: Whole | None) -> None:
        """Check the payload of a segmented record; what is wrong is reported at its first segment."""
        if whole is None:
            return
        record, file, stated = whole.record, whole.file, whole.record.field("WARC-Payload-Digest")
        if whole.mistake:
            self._wrong("payloads", whole.mistake, record=record, file=file)
        elif record.kind == "response" and _is_http(record):
            self._judge_answer(record, stated, read_answer(record.octets, method=whole.method), file=file)
        else:
            start = _body_at(record) if record.kind == "request" else 0
            self._judge_payload_of_block(record, stated, start=start, file=file)

    def _judge_payload_of_block(
        self, record: StoredRecord, stated: str | None, *, start: int = 0, file: Path | None = None
    ) -> None:
        if stated is None:
            self._verdict.unchecked("payloads", "without a payload digest")
            return
        found = digests.is_of(stated, pieces(record.octets, start, len(record.octets)))
        self._told_of_digest("payloads", found, f"the payload is not that of {stated}", record, file=file)

    def _judge_answer(
        self, record: StoredRecord, stated: str | None, answer: Answer | None, *, file: Path | None = None
    ) -> None:
        truncated = record.field("WARC-Truncated")
        if (answer is None or not answer.complete) and not truncated:
            self._wrong(
                "payloads", "the answer is not whole, and not marked with WARC-Truncated", record=record, file=file
            )
        elif answer and answer.surplus:
            self._wrong("payloads", f"{answer.surplus} bytes follow the end of the answer", record=record, file=file)
        elif stated is None:
            self._verdict.unchecked("payloads", "truncated" if truncated else "without a payload digest")
        elif answer:
            found = digests.is_of(stated, answer.entity_pieces())
            mistake = "" if found else _payload_mistake(answer, stated)
            self._told_of_digest("payloads", found, mistake, record, file=file)

    def _judge_pairs(self) -> None:
        for record_id, (offset, is_ours) in self._unpaired.items():
            if not self._has_requests:
                self._verdict.unchecked("pairs", "in files that keep no requests")
            elif is_ours:
                what = "no request belongs to this answer"
                self._verdict.wrong(Finding(self._path, offset, "pairs", record_id or None, what))
            else:
                # WARC requires no request records.
                self._verdict.unchecked("pairs", "without a request, in files of other programs")

    def _judge_index(self, *, whole: bool) -> None:
        index = cdxj.index_path(self._path) if ".warc" in self._path.name else None
        if index is None or not index.exists():
            self._verdict.unchecked("index", "without an index")
        elif whole:
            self._compare_index(index)
        else:
            self._verdict.unchecked("index", "of files that cannot be read to their end")

    def _compare_index(self, path: Path) -> None:
        try:
            for offset, wrong in self._lines.compare(path):
                if wrong:
                    self._wrong("index", wrong, offset=offset, file=path)
                else:
                    self._verdict.right("index")
        except OSError as error:
            self._wrong("index", f"cannot be read ({said(error)})", file=path)

    def _told_of_digest(
        self, level: Level, is_right: bool | None, mistake: str, record: StoredRecord, *, file: Path | None = None
    ) -> None:
        if is_right is None:
            self._verdict.unchecked(level, "with a digest of an unknown kind")
        else:
            self._told(level, None if is_right else mistake, record, file=file)

    def _told(self, level: Level, wrong: str | None, record: StoredRecord, *, file: Path | None = None) -> None:
        if wrong:
            self._wrong(level, wrong, record=record, file=file)
        else:
            self._verdict.right(level)

    def _wrong(
        self,
        level: Level,
        what: str,
        *,
        record: StoredRecord | None = None,
        offset: int | None = None,
        file: Path | None = None,
    ) -> None:
        record_id = record.field("WARC-Record-ID") if record else None
        self._verdict.wrong(Finding(file or self._path, record.offset if record else offset, level, record_id, what))


def _syntax_mistakes(record: StoredRecord) -> Iterator[str]:
    """What the standard demands of any record (WARC 1.1, 4 and 5)."""
    missing = [name for name in _MANDATORY if not record.field(name)]
    if record.kind in _TARGETED and not record.field("WARC-Target-URI"):
        missing.append("WARC-Target-URI")
    if missing:
        yield f"lacks {', '.join(missing)}"
        return
    if not _ID.fullmatch(record.field("WARC-Record-ID") or ""):
        yield "WARC-Record-ID is no URI"
    try:
        dates.recorded(record.field("WARC-Date") or "")
    except ValueError:
        yield f"WARC-Date is no time: {record.field('WARC-Date')}"
    if record.kind == "revisit" and not record.field("WARC-Profile"):
        yield "a revisit lacks WARC-Profile"
    yield from segments.mistakes(record)
    counts = Counter(name.lower() for name, _ in record.fields)
    # Only WARC-Concurrent-To, and fields that the standard does not know, may be repeated (WARC 1.1, 5.1 and 5.7).
    if repeated := sorted(name for name in _NOT_REPEATED if counts[name] > 1):
        yield f"has more than one {', '.join(repeated)} (WARC 1.1, 5.1)"


def _payload_mistake(answer: Answer, stated: str) -> str:
    if answer.framing == "chunked" and digests.is_of(stated, answer.body.pieces()):
        return f"{stated} is the digest of the body with its chunk framing, not of the payload (WARC 1.1, 6.3.2)"
    return f"the payload is not that of {stated}"


def _body_at(record: StoredRecord) -> int:
    """Where the body of a request begins: it is the payload, and mostly empty (WARC 1.1, 6.4)."""
    end = record.octets[:_LONGEST_HEAD].find(b"\r\n\r\n") if _is_http(record) else -1
    return end + 4 if end >= 0 else 0


def _is_http(record: StoredRecord) -> bool:
    return (record.field("Content-Type") or "").replace(" ", "").lower().startswith(_HTTP)


def _method(record: StoredRecord) -> str:
    return record.octets[:32].split(b" ", 1)[0].decode("latin-1")
