"""A WARC file of another archive, fetched into a file of ours without a name, for it may be larger than any memory.

It is no page of the outlet and already an archive, so it is not archived again. Names are resolved as everywhere, so
that `CONNECT_TO` and the ban on private addresses hold; certificates are verified.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast

from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from twisted.web.client import Agent, ResponseDone
from twisted.web.http_headers import Headers

from newsarchive.errors import PageError

_SILENCE = 60
"""Seconds after which a server that sends nothing more is given up."""
_MB = 1_000_000
# Twisted's own types do not know their interfaces.
_CLIENT: Any = Agent


@dataclass(frozen=True, slots=True)
class Borrowed:
    """The answer; only one of 200 has a `file`."""

    status: int
    etag: str | None
    last_modified: str | None
    location: str | None
    retry_after: str | None
    file: BinaryIO | None


async def borrow(url: str, *, fields: Mapping[str, str], folder: Path, max_mb: int) -> Borrowed:
    """Ask for it once; raises `PageError` when there is no answer or it does not come whole."""
    from twisted.internet import reactor  # noqa: PLC0415 - it is installed by now, not before

    agent = _CLIENT(reactor, connectTimeout=_SILENCE)
    headers = Headers({name: [value] for name, value in fields.items()})
    try:
        answer = await maybe_deferred_to_future(agent.request(b"GET", url.encode("ascii"), headers))
        file = await _body(answer, folder, max_mb)
    except Exception as error:
        raise PageError(url, f"cannot be fetched ({_said(error)})") from error
    return Borrowed(
        answer.code,
        etag=_field(answer, b"ETag"),
        last_modified=_field(answer, b"Last-Modified"),
        location=_field(answer, b"Location"),
        retry_after=_field(answer, b"Retry-After"),
        file=file,
    )


class _Body(Protocol):
    """Writes a body to a file; `done` fails when it is cut off, too long or stops coming."""

    def __init__(self, file: BinaryIO, done: "Deferred[None]", most: int, reactor: Any) -> None:
        self._file = file
        self._done = done
        self._left = most
        self._silence: Any = reactor.callLater(_SILENCE, self._end, TimeoutError(f"nothing came for {_SILENCE} s"))

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        self._left -= len(data)
        if self._left < 0:
            self._end(ValueError("longer than BORROWED_WARC_MAX_MB"))
        if self._done.called:
            return
        self._silence.reset(_SILENCE)
        try:
            self._file.write(data)
        except OSError as error:
            self._end(error)

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802 - Twisted's name
        self._end(None if isinstance(reason.value, ResponseDone) else reason.value)

    def _end(self, error: BaseException | None) -> None:
        if self._done.called:
            return
        if self._silence.active():
            self._silence.cancel()
        if error is None:
            self._done.callback(None)
            return
        self._done.errback(error)
        transport: Any = self.transport
        transport.loseConnection()


async def _body(answer: Any, folder: Path, max_mb: int) -> BinaryIO | None:
    if answer.code != 200:
        answer.deliverBody(_Unread())
        return None
    from twisted.internet import reactor  # noqa: PLC0415 - as above

    file = cast("BinaryIO", TemporaryFile(dir=folder))  # noqa: SIM115 - it is handed on
    done: Deferred[None] = Deferred()
    answer.deliverBody(_Body(file, done, max_mb * _MB, reactor))
    try:
        await maybe_deferred_to_future(done)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


class _Unread(Protocol):
    """Nobody wants the body, which may be long."""

    def connectionMade(self) -> None:  # noqa: N802 - Twisted's name
        transport: Any = self.transport
        transport.loseConnection()


def _field(answer: Any, name: bytes) -> str | None:
    values = answer.headers.getRawHeaders(name, [])
    return values[0].decode("latin-1") if values else None


def _said(error: Exception) -> str:
    reasons = getattr(error, "reasons", None)
    return str(reasons[0].value if reasons else error) or type(error).__name__
