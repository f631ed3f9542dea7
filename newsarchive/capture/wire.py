"""Listening on a connection: the bytes of each request and answer, as Twisted sends and receives them.

A connection pool whose protocols note what passes, and hand responses to Twisted's parser as `normalizer` rewrites
them. `getConnection` and `IProtocol` are public. Private names of Twisted and Scrapy: `HTTPConnectionPool._factory`,
`HTTP11ClientProtocol._parser`, its `_state`, and `HTTP11DownloadHandler._pool`, which `lacking` tries out at start; and
`HostnameEndpoint._reactor` beneath `_wrappedEndpoint`, without which no connection is made.
"""

from collections.abc import Callable
from typing import Any

from scrapy.exceptions import CannotResolveHostError
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.endpoints import HostnameEndpoint, TCP4ClientEndpoint
from twisted.internet.interfaces import IReactorTCP, IStreamClientEndpoint, ITransport
from twisted.web.client import Agent, HTTPConnectionPool
from zope.interface import directlyProvides, implementer, providedBy

from newsarchive.capture.listener import Listener, OpenAttempt, current
from newsarchive.capture.normalizer import HeadLimits, Normalizer
from newsarchive.capture.resolver import to_a_proxy


class ListeningPool(HTTPConnectionPool):
    """A connection pool that knows the listener of each request, and connects only where its resolver points."""

    _resolving: "_Resolving | None" = None

    def getConnection(self, key: Any, endpoint: Any) -> Any:  # noqa: N802 - Twisted's name
        resolving = self._resolving
        if resolving and (lack := _point(endpoint, resolving)) and not resolving.nameResolver.allow_private:
            return fail(CannotResolveHostError(lack))
        listener = current.get()
        connecting = super().getConnection(key, endpoint)
        return connecting.addCallback(_Marking, listener) if listener else connecting

    @classmethod
    def like(cls, pool: HTTPConnectionPool, reactor: Any, resolver: Any, limits: HeadLimits) -> "ListeningPool":
        """A listening pool with the limits of another one, making the same kind of protocol."""
        listening = cls(reactor, persistent=pool.persistent)
        listening.maxPersistentPerHost = pool.maxPersistentPerHost
        listening._factory = _listening_factory(pool._factory, limits)  # noqa: SLF001 - see the module's docstring
        listening._resolving = _Resolving(reactor, resolver)
        return listening


class _Resolving:
    """The reactor with another resolver of names.

    The resolver that is installed on the reactor belongs to the program that started it, such as a notebook or a task
    queue; and each crawl may have its own settings.
    """

    def __init__(self, reactor: Any, resolver: Any) -> None:
        self._reactor = reactor
        self.nameResolver = resolver
        directlyProvides(self, providedBy(reactor))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reactor, name)


def _point(endpoint: Any, resolving: _Resolving) -> str | None:
    """Let an endpoint resolve its host by this resolver; return why that is impossible.

    The endpoint of a tunnel connects to the proxy, whose address is the operator's choice.
    """
    # Of https it is wrapped.
    within = getattr(endpoint, "_wrappedEndpoint", endpoint)
    if isinstance(within, HostnameEndpoint) and IReactorTCP.providedBy(getattr(within, "_reactor", None)):
        within._reactor = resolving  # noqa: SLF001 - see the module's docstring
        return None
    if isinstance(within, TCP4ClientEndpoint) and to_a_proxy.get():
        return None
    return f"the addresses of {type(within).__qualname__} cannot be checked; ALLOW_PRIVATE_ADDRESSES lifts that"


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
    """Mixed into the HTTP client protocol: notes what is written and read, and normalizes what the parser reads."""

    limits = HeadLimits()
    _attempt: OpenAttempt | None = None
    _normalizer: Normalizer | None = None
    _parse: Callable[[bytes], None]
    _parser: Any
    _state: str
    transport: Any

    def makeConnection(self, transport: Any) -> None:  # noqa: N802
        super().makeConnection(_ListeningTransport(transport, self))  # type: ignore[misc]

    def request(self, request: Any) -> Any:
        listener: Listener | None = getattr(request, "newsarchive_listener", None)
        self._attempt = listener.begin(self.transport) if listener else None
        answered = super().request(request)  # type: ignore[misc]
        if self._parser is not None:
            self._normalize(self._parser, request.method.decode("latin-1"))
        return answered

    def _normalize(self, parser: Any, method: str) -> None:
        """Put a normalizer before the parser; what it raises makes the protocol give up the response."""
        self._normalizer = normalizer = Normalizer(method, self.limits)
        parse = parser.dataReceived

        def received(data: bytes) -> None:
            # While the head is held back, the parser learns that a response has begun: it is not requested again.
            parse(b"")
            for piece in normalizer.feed(data):
                if self._parser is not parser:
                    return
                parse(piece)
            if normalizer.has_surplus:
                self.transport.loseConnection()

        self._parse = parse
        parser.dataReceived = received
        parser.MAX_LENGTH = self.limits.max_bytes

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        if self._attempt:
            self._attempt.received(data)
        super().dataReceived(data)  # type: ignore[misc]

    def connectionLost(self, reason: Any) -> None:  # noqa: N802
        if self._normalizer and self._state == "WAITING" and (last := self._normalizer.end()):
            self._parse(last)
        super().connectionLost(reason)  # type: ignore[misc]

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


def _listening_factory(factory: type[Any], limits: HeadLimits) -> type[Any]:
    """A subclass of the pool's protocol factory whose protocols listen and normalize."""

    class ListeningFactory(factory):  # type: ignore[misc]  # the class is only known at run time
        def buildProtocol(self, address: Any) -> Any:  # noqa: N802
            protocol = super().buildProtocol(address)
            protocol.__class__ = _listening_class(type(protocol))
            protocol.limits = limits
            return protocol

    return ListeningFactory


_classes: dict[type[Any], type[Any]] = {}


def _listening_class(protocol: type[Any]) -> type[Any]:
    if protocol not in _classes:
        _classes[protocol] = type(f"Listening{protocol.__name__}", (_ListeningProtocol, protocol), {})
    return _classes[protocol]


def lacking(handler: Any, reactor: Any) -> str | None:
    """What of a download handler, of Scrapy or of Twisted is not as listening needs it; None when all is well."""
    pool = getattr(handler, "_pool", None)
    if pool is None:
        return f"{type(handler).__name__}._pool is not there"
    if getattr(pool, "_factory", None) is None:
        return f"{type(pool).__name__}._factory is not there"
    return _not_heard(pool, reactor)


def _not_heard(pool: HTTPConnectionPool, reactor: Any) -> str | None:
    """Does an exchange with a transport in memory, on the very path of a real one; and looks what was heard of it."""
    answer = b"\r\nhttp/1.1 204 no content\r\nX-Self : test\r\n\r\n"
    listener, endpoint = Listener(), _InMemory()
    responses: list[Any] = []
    token = current.set(listener)
    try:
        listening: Any = ListeningPool(reactor, persistent=False)  # type: ignore[no-untyped-call]
        listening._factory = _listening_factory(pool._factory, HeadLimits())  # noqa: SLF001 - see the module's docstring
        agent = Agent.usingEndpointFactory(reactor, endpoint, listening)  # type: ignore[no-untyped-call]
        agent.request(b"GET", b"http://self.test/").addCallbacks(responses.append, lambda _: None)
        sent = endpoint.transport.sent
        endpoint.protocol.dataReceived(answer)
    except Exception as error:  # noqa: BLE001 - whatever a future Twisted does here, it is not what is needed
        return f"{type(pool).__name__} cannot be listened to ({type(error).__name__}: {error})"
    finally:
        current.reset(token)
    heard = [(attempt.request, attempt.response[:]) for attempt in listener.attempts()]
    if not sent or heard != [(sent, answer)]:
        return f"{type(pool).__name__} does not let its bytes be heard"
    return None if responses else f"{type(pool).__name__} does not let its responses be normalized"


@implementer(ITransport)
class _Transport:
    """A transport that keeps what is written to it; no more of one than a request without a body needs.

    Twisted's own for this purpose brings its test runner along.
    """

    def __init__(self) -> None:
        self.sent = b""

    def write(self, chunk: bytes) -> None:
        self.sent += chunk

    def writeSequence(self, chunks: Any) -> None:  # noqa: N802
        self.write(b"".join(chunks))

    def getPeer(self) -> None:  # noqa: N802
        """Nobody."""

    def loseConnection(self) -> None:  # noqa: N802
        """It goes with its protocol."""


@implementer(IStreamClientEndpoint)
class _InMemory:
    """An endpoint that leads nowhere."""

    def __init__(self) -> None:
        self.transport = _Transport()
        self.protocol: Any = None

    def endpointForURI(self, uri: Any) -> "_InMemory":  # noqa: ARG002, N802 - Twisted's name
        return self

    def connect(self, factory: Any) -> Deferred[Any]:
        self.protocol = factory.buildProtocol(None)
        self.protocol.makeConnection(self.transport)
        return succeed(self.protocol)
