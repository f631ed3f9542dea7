"""One worker process as the crawl sees it: it does one task at a time, so that whatever ends it has a name."""

import asyncio
import multiprocessing
import pickle
import signal
import socket
from collections.abc import Callable
from typing import Self

from newsarchive.errors import OUT_OF_MEMORY, ReaderError
from newsarchive.judging.unread import READER_DIED
from newsarchive.readers import serving
from newsarchive.readers.memory import MEMORY_MB, OUT_OF_MEMORY_CODE
from newsarchive.readers.shield import shielded

_BUFFER = 1_000_000
_SECONDS_TO_END = 5.0


class WorkerDied(Exception):  # noqa: N818 - it is what happened to a process, not a mistake of this one
    """The process ended before it had answered."""

    def __init__(self, reason: str, *, is_certain: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        """A slug of `judging.unread`."""
        self.is_certain = is_certain
        """The task took too long or too much memory, and would do so again."""


class Worker:
    """A process, and the socket to it; to be ended by `end`."""

    def __init__(self, *, niceness: int, memory_mb: int) -> None:
        """Starts the process, which blocks for as long as a program takes to be loaded: call it in a thread."""
        # A fork of a process with a reactor and threads in it inherits their locks.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["newsarchive.readers.serving"])
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = context.Process(target=serving.serve, args=(theirs, niceness, memory_mb), daemon=True)
            with shielded():
                self._process.start()
        self._socket.setblocking(False)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.is_ready = True
        """It may be asked; not so while it works, or when nobody waited for its answer."""

    @property
    def pid(self) -> int | None:
        return self._process.pid

    @classmethod
    async def started(cls, *, niceness: int, memory_mb: int = MEMORY_MB) -> Self:
        """A new one, while the reactor goes on."""
        return await asyncio.to_thread(cls, niceness=niceness, memory_mb=memory_mb)

    async def ask(self, function: Callable[..., serving.Answers], *arguments: object, seconds: int) -> list[object]:
        """All answers of a function of `serving`, which has so long to find them.

        Raises what the function raises, `WorkerDied`, and `ReaderError` where the process could not begin.
        """
        self.is_ready = False
        try:
            answers, error = await self._answers(pickle.dumps((function, arguments, seconds)))
        except (OSError, asyncio.IncompleteReadError):
            await asyncio.to_thread(self._process.join, _SECONDS_TO_END)
            code = self._process.exitcode
            if code == OUT_OF_MEMORY_CODE:
                raise WorkerDied(OUT_OF_MEMORY, is_certain=True) from None
            if code is not None and code > 0:
                # What a task raises is told, and ends no process.
                raise ReaderError(code) from None
            raise WorkerDied(READER_DIED, is_certain=code == -signal.SIGALRM) from None
        self.is_ready = True
        if error:
            raise error
        return answers

    def end(self) -> None:
        """Whatever it does: nothing of it is lost that anybody waits for."""
        if self._streams:
            self._streams[1].transport.abort()
        else:
            self._socket.close()
        self._process.kill()
        self._process.join(_SECONDS_TO_END)

    async def _answers(self, task: bytes) -> tuple[list[object], Exception | None]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(sock=self._socket, limit=_BUFFER)
        reader, writer = self._streams
        writer.write(serving.HEAD.pack(serving.ANSWER, len(task)) + task)
        await writer.drain()
        answers: list[object] = []
        while True:
            what, size = serving.HEAD.unpack(await reader.readexactly(serving.HEAD.size))
            message = await reader.readexactly(size)
            if what == serving.END:
                return answers, None
            if what == serving.ERROR:
                return answers, pickle.loads(message)  # noqa: S301 - our own process wrote it
            answers.append(pickle.loads(message))  # noqa: S301 - as above
