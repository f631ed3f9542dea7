"""The side of a worker process: tasks come through a socket, answers go back, and an alarm ends what takes too long."""

import multiprocessing
import os
import pickle
import signal
import socket
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from newsarchive import discovery, reading
from newsarchive.discovery import Findings, portions
from newsarchive.errors import NewsArchiveError, described, is_out_of_memory, parsing
from newsarchive.items import Article, Page, SourceKind
from newsarchive.judging import sketches
from newsarchive.outlets import Outlet
from newsarchive.readers.memory import OUT_OF_MEMORY_CODE, limit_memory
from newsarchive.readers.shield import unblock

Reading = tuple[Article, bytes | None]
"""What a page says, and the sketch of its text."""
Answers = Iterator[object]

ANSWER, ERROR, END = b"a", b"e", b"."
HEAD = struct.Struct("!cQ")
"""Before each message: what it is, and how many bytes follow."""


class TaskError(NewsArchiveError):
    """A task raised an unexpected exception, which may have no form to be sent: `detail` describes it."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


# Rules and learned table of an outlet are read once by each worker, as long as so few others come between.
_OUTLETS_AT_HAND = 64


def clean(page: Page, outlet: Path | None) -> Answers:
    """One answer, a `Reading`; raises `NotAnArticle`."""
    article = reading.clean(page, outlet_in(outlet) if outlet else None)
    yield article, sketches.sketch(article.text)


def read_source(payload: bytes, content_type: str | None, url: str, kind: SourceKind, now: int) -> Answers:
    """First the `Outline` of what a source names, then all of it in portions, each packed by `packed`."""
    found = discovery.read_source(payload, content_type=content_type, url=url, kind=kind)
    with parsing(url):
        outline = portions.outline(found, now=now)
    yield outline
    for portion in portions.portions(found):
        yield packed(portion)


def packed(portion: Findings) -> bytes:
    """Small and quick to be received: it may lie there for a while before its turn comes."""
    return zlib.compress(pickle.dumps(portion), 1)


def unpacked(portion: bytes) -> Findings:
    return pickle.loads(zlib.decompress(portion))  # type: ignore[no-any-return]  # noqa: S301 - `packed` wrote it


@lru_cache(_OUTLETS_AT_HAND)
def outlet_in(file: Path) -> Outlet:
    return pickle.loads(file.read_bytes())  # type: ignore[no-any-return]  # noqa: S301 - written by this crawl


def serve(connection: socket.socket, niceness: int, memory_mb: int) -> None:
    """Do one task after the other until the crawl closes the socket, or a task needs more memory than that."""
    # Ctrl-C is for the crawl; an alarm ends this process, whatever library hangs in it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    unblock(signal.SIGTERM)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    os.nice(niceness)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    limit_memory(memory_mb)
    try:
        with connection, connection.makefile("rb") as tasks:
            while task := _received(tasks):
                function, arguments, seconds = pickle.loads(task)  # noqa: S301 - the crawl wrote it
                _answer(connection, function, arguments, seconds)
    except Exception as error:
        if is_out_of_memory(error):
            # A library that got no memory may be in any state.
            os._exit(OUT_OF_MEMORY_CODE)
        raise


def _end_with_parent() -> None:
    """A crawl that is killed can tell nobody to stop, and a reader that works for it would go on."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _received(tasks: BinaryIO) -> bytes:
    head = tasks.read(HEAD.size)
    return tasks.read(HEAD.unpack(head)[1]) if len(head) == HEAD.size else b""


def _answer(
    connection: socket.socket, function: Callable[..., Answers], arguments: tuple[object, ...], seconds: int
) -> None:
    try:
        signal.alarm(seconds)
        for answer in function(*arguments):
            left = signal.alarm(0)
            _send(connection, ANSWER, pickle.dumps(answer))
            signal.alarm(left or 1)
    except NewsArchiveError as error:
        signal.alarm(0)
        if is_out_of_memory(error):
            raise
        _send(connection, ERROR, pickle.dumps(error))
    except Exception as error:
        signal.alarm(0)
        if is_out_of_memory(error):
            raise
        _send(connection, ERROR, pickle.dumps(TaskError(described(error))))
    else:
        signal.alarm(0)
        _send(connection, END, b"")


def _send(connection: socket.socket, what: bytes, message: bytes) -> None:
    connection.sendall(HEAD.pack(what, len(message)))
    connection.sendall(message)
