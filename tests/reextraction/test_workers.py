"""What becomes of pages whose reading process dies."""

import gzip
import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsarchive import deriving
from newsarchive.deriving import Unread
from newsarchive.reextraction.workers import Task, Workers
from newsarchive.warc.scanning import scan
from tests.conftest import PROJECT
from tests.deriving.test_foreign import HTML, OK, warc

# A reading of it needs several hundred MB, and much more than a moment.
HUGE = gzip.compress(HTML + b"<p>word word word</p>" * 700_000)
_MUCH_MEMORY = 250 << 20
# More than an ordinary page needs where all others want the processor, too.
_LIMIT = 5


def task(head: str = OK, body: bytes = HTML) -> Task:
    records = scan(io.BytesIO(warc(head, body)), Path("x"))
    (found,) = deriving.find(records, filename="x", outlet_of=lambda _, __: None)
    assert isinstance(found, Unread)
    return Task(found)


@pytest.fixture
def workers() -> Iterator[Workers]:
    started = Workers(1, seconds=60)
    yield started
    started.end()


def read(workers: Workers, *tasks: Task) -> list[str | None]:
    """The reasons of those that are rejected."""
    while not all(one.is_done for one in tasks):
        workers.settle(seconds=1)
    assert all(one.line for one in tasks)
    return [one.line.reason for one in tasks if one.line]


def killed_at(workers: Workers, *tasks: Task) -> list[str | None]:
    """The process dies when it has got these, and before it has read any."""
    (pid,) = workers.pids()
    os.kill(pid, signal.SIGSTOP)
    for one in tasks:
        workers.submit(one)
    workers.settle(seconds=0)
    os.kill(pid, signal.SIGKILL)
    return read(workers, *tasks)


def test_a_page_whose_process_died_is_read_once_more(workers: Workers):
    first, second = task(), task()
    assert killed_at(workers, first, second) == [None, None]
    assert first.line
    assert second.line
    assert first.line.octets == second.line.octets
    assert (first.has_killed, second.has_killed) == (True, False)


def test_one_that_no_process_survives_is_rejected_and_those_behind_it_are_read(workers: Workers):
    first, second = task(), task()
    first.has_killed = True
    assert killed_at(workers, first, second) == ["reader_died", None]
    assert first.line
    assert b"reader_died" in first.line.octets


@pytest.mark.parametrize("limit", ["memory", "time"])
def test_of_a_batch_only_the_page_is_lost_that_ends_its_process(limit: str):
    workers = Workers(1, seconds=_LIMIT if limit == "time" else 60)
    tasks = [task(), task(), task(f"{OK}\nContent-Encoding: gzip", HUGE), task(), task()]
    # To wait once for its time to be over is enough.
    tasks[2].has_killed = limit == "time"
    over = threading.Event()
    limiting = threading.Thread(target=_limit, args=(workers, limit, over))
    for one in tasks:
        workers.submit(one)
    limiting.start()
    reasons = read(workers, *tasks)
    over.set()
    limiting.join()
    workers.end()
    assert reasons == [None, None, "reader_died", None, None]
    assert [one.has_killed for one in tasks] == [False, False, True, False, False]


def _limit(workers: Workers, limit: str, over: threading.Event) -> None:
    """A process that has much memory is killed, as by the kernel; or it gets no time until its page has had too much."""
    while not over.wait(0.005):
        (pid,) = workers.pids()
        if _memory(pid) < _MUCH_MEMORY:
            continue
        if limit == "memory":
            os.kill(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGSTOP)
            time.sleep(_LIMIT)
            os.kill(pid, signal.SIGCONT)
        while pid in workers.pids():
            time.sleep(0.005)


def _memory(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


_BEGUN_UNDER_SIGNALS = """
import os, signal, threading
from newsarchive.reextraction.workers import Workers
signal.signal(signal.SIGINT, lambda *_: None)
begun = threading.Event()
def disturb():
    while not begun.wait(0.01):
        os.killpg(0, signal.SIGINT)
disturbing = threading.Thread(target=disturb)
disturbing.start()
workers = Workers(1, seconds=60)
begun.set()
disturbing.join()
os.kill(workers.pids()[0], 0)
workers.end()
"""


def test_ctrl_c_while_processes_begin_is_for_the_parent_alone():
    command = [sys.executable, "-c", _BEGUN_UNDER_SIGNALS]
    done = subprocess.run(
        command, cwd=PROJECT, start_new_session=True, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
