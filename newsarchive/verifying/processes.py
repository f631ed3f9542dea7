"""Reading files again in processes of their own: a page that kills its reader takes nothing else with it."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver

from newsarchive.readers.memory import MEMORY_MB, limit_memory
from newsarchive.readers.shield import shielded, unblock
from newsarchive.verifying import derivation
from newsarchive.verifying.families import Family
from newsarchive.warc.verdict import Finding, Verdict

_WAITING_FOR_EACH = 2
"""So many files are handed to a process ahead of time."""


def derived(
    families: Sequence[Family], *, workers: int, memory_mb: int | None = None
) -> Iterator[tuple[Family, Verdict]]:
    """The verdict on each file, in the order in which they come; memory does not grow with their number."""
    suspects: list[Family] = []
    memory_mb = memory_mb or MEMORY_MB
    with _pool(workers, memory_mb) as pool:
        for family, future in _finished(pool, families, at_once=_WAITING_FOR_EACH * workers):
            try:
                yield family, future.result()
            except BrokenProcessPool:
                suspects.append(family)
            except Exception as error:  # noqa: BLE001 - whatever a reading may raise is told of its file
                yield family, _failed(family, f"{type(error).__name__}: {error}")
    # One of them has killed its process, and with it the pool: each is read again alone.
    for family in suspects:
        with _pool(1, memory_mb) as pool:
            try:
                yield family, pool.submit(derivation.judge, family).result()
            except BrokenProcessPool:
                yield family, _failed(family, "no process survives a reading of its pages")
            except Exception as error:  # noqa: BLE001 - as above
                yield family, _failed(family, f"{type(error).__name__}: {error}")


def _finished(
    pool: ProcessPoolExecutor, families: Sequence[Family], *, at_once: int
) -> Iterator[tuple[Family, "Future[Verdict]"]]:
    left, running = iter(families), dict[Future[Verdict], Family]()
    while True:
        for family in left:
            running[_submitted(pool, family)] = family
            if len(running) >= at_once:
                break
        if not running:
            return
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            yield running.pop(future), future


def _submitted(pool: ProcessPoolExecutor, family: Family) -> "Future[Verdict]":
    try:
        return pool.submit(derivation.judge, family)
    except BrokenProcessPool as error:
        broken: Future[Verdict] = Future()
        broken.set_exception(error)
        return broken


def _failed(family: Family, what: str) -> Verdict:
    verdict = Verdict()
    verdict.wrong(Finding(family.file, None, "derivation", None, f"cannot be derived: {what}"))
    return verdict


def _pool(workers: int, memory_mb: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["newsarchive.verifying.derivation"])
    with shielded():
        forkserver.ensure_running()
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(memory_mb,))


def _begin(memory_mb: int) -> None:
    # Ctrl-C ends it without a word, and a process whose command was killed would wait for ever.
    unblock(signal.SIGINT, signal.SIGTERM)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    limit_memory(memory_mb)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)
