"""A process that reads pages: batches of them come, and the finished lines of each go back together."""

import os
import signal
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from newsarchive import reading
from newsarchive.deriving import Unread
from newsarchive.errors import READER_FAILED, NotAnArticle, described, is_out_of_memory
from newsarchive.items import Article, Extraction, Page, Rejection
from newsarchive.outlets import Outlet
from newsarchive.readers.memory import OUT_OF_MEMORY_CODE, limit_memory
from newsarchive.readers.shield import unblock
from newsarchive.store import lines

OutletKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """What became of a page: the line of its article, or of its rejection; or the line of one that was erased."""

    octets: bytes
    reason: str | None = None
    """Of a rejection."""
    extraction_id: str | None = None
    """Of an article."""
    extraction: Extraction | None = None
    """The same spelled out, where its worker has not done so before."""


Sent = tuple[Page, OutletKey, Outlet | None]
"""A page, and its outlet where that has not been sent before or is none."""
Answer = tuple[Line | None, str | None]
"""The line of a page, and the unexpected exception of a parser."""


def work(pipe: Connection, position: Any, seconds: int, memory_mb: int) -> None:
    """The life of a reading process, which ends with its parent."""
    # Ctrl-C is for the parent; an alarm ends this process, whatever library hangs in it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    unblock(signal.SIGTERM)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    outlets: dict[OutletKey, Outlet | None] = {}
    named: set[str] = set()
    limit_memory(memory_mb)
    try:
        while True:
            sent, is_last = pipe.recv()
            read, reading = _read_all(sent, outlets, named, position, seconds)
            if is_last:
                outlets.clear()
            position.value = 0
            pipe.send((read, reading, time.process_time()))
    except MemoryError:
        # A library that got no memory may be in any state.
        os._exit(OUT_OF_MEMORY_CODE)
    except (EOFError, OSError):
        return


def _read_all(
    sent: list[Sent], outlets: dict[OutletKey, Outlet | None], named: set[str], position: Any, seconds: int
) -> tuple[list[Answer], float]:
    """What becomes of each page, and the CPU time of reading them."""
    rows: list[tuple[Article | Rejection, str | None]] = []
    spent = 0.0
    for position.value, (page, key, outlet) in enumerate(sent):
        outlets.setdefault(key, outlet)
        signal.alarm(seconds)
        began = time.thread_time()
        rows.append(_read(Unread(page, outlets[key])))
        spent += time.thread_time() - began
        signal.alarm(0)
    return [_answer(row, failure, page, named) for (row, failure), (page, _, _) in zip(rows, sent, strict=True)], spent


def _read(unread: Unread) -> tuple[Article | Rejection, str | None]:
    """Return the row of a page, and the unexpected exception of a parser."""
    try:
        return reading.read(unread.page, unread.outlet), None
    except NotAnArticle as error:
        if is_out_of_memory(error):
            raise MemoryError from error
        return Rejection.of(unread.page.capture, error.what), error.detail or None


def _answer(row: Article | Rejection, failure: str | None, page: Page, named: set[str]) -> Answer:
    try:
        return _line(row, named), failure
    except Exception as error:  # noqa: BLE001 - one page that has no line must not end a run of days
        return line_of(Rejection.of(page.capture, READER_FAILED)), described(error)


def _line(row: Article | Rejection, named: set[str]) -> Line:
    if isinstance(row, Rejection):
        return line_of(row)
    assert row.provenance
    extraction = row.provenance.extraction
    told = None if extraction.id in named else extraction
    named.add(extraction.id)
    return Line(lines.line_of(row.to_record()), extraction_id=extraction.id, extraction=told)


def line_of(rejection: Rejection) -> Line:
    """The line of what gave no article."""
    return Line(lines.line_of(rejection.to_record()), reason=rejection.reason)
