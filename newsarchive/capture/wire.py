"""Listening on a connection: the bytes of each request and answer, as Twisted sends and receives them.

A connection pool whose protocols note what passes. `getConnection` and `IProtocol` are public; of Twisted and Scrapy
two private names are used, `HTTPConnectionPool._factory` and `HTTP11DownloadHandler._pool`, and `lacking_names` says
at start whether they are there.
"""

from contextvars import ContextVar
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from twisted.internet.interfaces import ISSLTransport
from twisted.web.client import HTTPConnectionPool
from zope.interface import directlyProvides, providedBy

from newsarchive.warc.exchange import Attempt


class Listener:
    """Collects the attempts of one exchange while it happens."""

    def __init__(self) -> None:
        self.started_at = datetime.now(UTC)
        self._started = monotonic()
        self._attempts: list[_OpenAttempt] = []

    def begin(self, transport: Any) -> "_OpenAttempt":
        """A request is about to be written to this transport."""
        attempt = _OpenAttempt(transport)
        self._attempts.append(attempt)
        return attempt

    def attempts(self) -> tuple[Attempt, ...]:
        """All attempts so far, frozen."""
        return tuple(attempt.frozen() for attempt in self._attempts)

    def elapsed_ms(self) -> int:
        return round((monotonic() - self._started) * 1000)


class _OpenAttempt:
    """The bytes of one request and its answer."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self._started_at = datetime.now(UTC)
        self._started = monotonic()
        self._first_byte_ms: int | None = None
        self._sent: list[bytes] = []
        self._received: list[bytes] = []
        self._peer: tuple[str | None, str | None, str | None] | None = None

    def sent(self, chunk: bytes) -> None:
        self._sent.append(bytes(chunk))

    def received(self, chunk: bytes) -> None:
        if self._first_byte_ms is None:
            self._first_byte_ms = round((monotonic() - self._started) * 1000)
            self._look_at_peer()
        self._received.append(bytes(chunk))

    def _look_at_peer(self) -> None:
        """Noted while the connection stands: a closed one no longer knows its cipher."""
        self._peer = (getattr(self._transport.getPeer(), "host", None), *_tls(self._transport))

    def frozen(self) -> Attempt:
        address, tls, cipher = self._peer or (None, None, None)
        return Attempt(
            request=b"".join(self._sent),
            response=b"".join(self._received),
            started_at=self._started_at,
            ip_address=address,
            tls=tls,
            cipher=cipher,
            first_byte_ms=self._first_byte_ms,
        )


# Set by the handler just before it asks for a connection: from there to getConnection() no other task can run.
current: ContextVar[Listener | None] = ContextVar("newsarchive_listener", default=None)


class ListeningPool(HTTPConnectionPool):
    """A connection pool that tells each request which listener it belongs to."""

    def getConnection(self, key: Any, endpoint: Any) -> Any:  # noqa: N802 - Twisted's name
        listener = current.get()
        connecting = super().getConnection(key, endpoint)
        return connecting.addCallback(_Marking, listener) if listener else connecting

    @classmethod
    def like(cls, pool: HTTPConnectionPool, reactor: Any) -> "ListeningPool":
        """A listening pool with the limits of another one, making the same kind of protocol."""
        listening = cls(reactor, persistent=pool.persistent)
        listening.maxPersistentPerHost = pool.maxPersistentPerHost
        listening._factory = _listening_factory(pool._factory)  # noqa: SLF001 - see the module's docstring
        return listening


class _Marking:
    """A connection that marks the request with its listener; which outlives Twisted's silent retry of a stale one."""

    def __init__(self, connection: Any, listener: Listener) -> None:
        self._connection = connection
        self._listener = listener

    def request(self, request: Any) -> Any:
        request.newsarchive_listener = self._listener
        return self._connection.request(request)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


class _ListeningProtocol:
    """Mixed into the HTTP client protocol: notes what is written and read during a request."""

    _attempt: _OpenAttempt | None = None

    def makeConnection(self, transport: Any) -> None:  # noqa: N802
        super().makeConnection(_ListeningTransport(transport, self))  # type: ignore[misc]

    def request(self, request: Any) -> Any:
        listener: Listener | None = getattr(request, "newsarchive_listener", None)
        self._attempt = listener.begin(self.transport) if listener else None  # type: ignore[attr-defined]
        return super().request(request)  # type: ignore[misc]

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        if self._attempt:
            self._attempt.received(data)
        super().dataReceived(data)  # type: ignore[misc]

    def note_sent(self, chunk: bytes) -> None:
        if self._attempt:
            self._attempt.sent(chunk)


class _ListeningTransport:
    """A transport that notes what is written and is the other one in everything else."""

    def __init__(self, transport: Any, protocol: _ListeningProtocol) -> None:
        self._transport = transport
        self._protocol = protocol
        directlyProvides(self, providedBy(transport))

    def write(self, data: bytes) -> None:
        self._protocol.note_sent(data)
        self._transport.write(data)

    def writeSequence(self, chunks: Any) -> None:  # noqa: N802
        self.write(b"".join(chunks))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


def _listening_factory(factory: type[Any]) -> type[Any]:
    """A subclass of the pool's protocol factory whose protocols listen."""

    class ListeningFactory(factory):  # type: ignore[misc]  # the class is only known at run time
        def buildProtocol(self, address: Any) -> Any:  # noqa: N802
            protocol = super().buildProtocol(address)
            protocol.__class__ = _listening_class(type(protocol))
            return protocol

    return ListeningFactory


_classes: dict[type[Any], type[Any]] = {}


def _listening_class(protocol: type[Any]) -> type[Any]:
    if protocol not in _classes:
        _classes[protocol] = type(f"Listening{protocol.__name__}", (_ListeningProtocol, protocol), {})
    return _classes[protocol]


def _tls(transport: Any) -> tuple[str | None, str | None]:
    """(`tls/1.3`, cipher suite) of an encrypted connection."""
    handle = transport.getHandle() if ISSLTransport.providedBy(transport) else None
    if handle is None or not hasattr(handle, "get_protocol_version_name"):
        return None, None
    version = str(handle.get_protocol_version_name()).lower().replace("tlsv", "tls/")
    return (version if "." in version else f"{version}.0"), handle.get_cipher_name()


def lacking_names(handler: Any) -> list[str]:
    """Private names that capture leans on and which this Scrapy or Twisted lacks."""
    pool = getattr(handler, "_pool", None)
    if pool is None:
        return [f"{type(handler).__name__}._pool"]
    return [] if hasattr(pool, "_factory") else ["HTTPConnectionPool._factory"]
