"""What becomes of pages whose reading process dies."""

import io
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsarchive import deriving
from newsarchive.deriving import Unread
from newsarchive.reextraction.workers import Task, Workers
from newsarchive.warc.scanning import scan
from tests.deriving.test_foreign import HTML, OK, warc


def task() -> Task:
    records = scan(io.BytesIO(warc(OK, HTML)), Path("x"))
    (found,) = deriving.find(records, filename="x", outlet_of=lambda _, __: None)
    assert isinstance(found, Unread)
    return Task(found)


@pytest.fixture
def workers() -> Iterator[Workers]:
    started = Workers(1, seconds=60)
    yield started
    started.end()


def killed_at(workers: Workers, *tasks: Task) -> None:
    """The process dies when it has got these, and before it has read any."""
    (pid,) = workers.pids()
    os.kill(pid, signal.SIGSTOP)
    for one in tasks:
        workers.submit(one)
    os.kill(pid, signal.SIGKILL)
    while not all(one.is_done for one in tasks):
        workers.settle(seconds=1)


def test_a_page_whose_process_died_is_read_once_more(workers: Workers):
    first, second = task(), task()
    killed_at(workers, first, second)
    assert first.line
    assert second.line
    assert (first.line.reason, second.line.reason) == (None, None)
    assert first.line.octets == second.line.octets


def test_one_that_no_process_survives_is_rejected_and_those_behind_it_are_read(workers: Workers):
    first, second = task(), task()
    first.has_killed = True
    killed_at(workers, first, second)
    assert first.line
    assert first.line.reason == "reader_died"
    assert b"reader_died" in first.line.octets
    assert second.line
    assert second.line.reason is None


def test_a_page_that_takes_too_long_ends_its_process():
    workers = Workers(1, seconds=1)
    slow = task()
    (pid,) = workers.pids()
    workers.submit(slow)
    os.kill(pid, signal.SIGALRM)
    while not slow.is_done:
        workers.settle(seconds=1)
    assert workers.pids() != [pid]
    workers.end()
