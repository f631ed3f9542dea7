"""Where a connection goes: names to addresses, with `CONNECT_TO` in front and internal addresses refused."""

import logging
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any

from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError
from scrapy.resolver import HostResolution
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, succeed
from twisted.internet.defer import TimeoutError as NoReplyError
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from twisted.python.failure import Failure
from zope.interface import implementer

from newsarchive.capture.addresses import is_public
from newsarchive.capture.dns import NameClient
from newsarchive.capture.lookups import FAILURE_KEPT, Absent, Lookup
from newsarchive.capture.names import (
    HOSTS,
    Target,
    by_preference,
    hosts_in,
    may_be_passed_on,
    read_routes,
    read_servers,
    route,
    system_servers,
    text_of,
    wire_name,
)
from newsarchive.errors import SettingError

_SYSTEM_KEPT = 60
_SYSTEM_PATIENCE = 5.0
_REMEMBERED = 1000

logger = logging.getLogger(__name__)

_MOST_REFUSED = 100

to_a_proxy: ContextVar[bool] = ContextVar("newsarchive_to_a_proxy", default=False)
"""Set by the handler before it asks for a connection: only the proxy's own host is looked up in this context."""

_resolvers: "dict[Hashable, Resolver]" = {}
"""By their settings: crawls of one process with the same settings share a resolver and its cache."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of a host."""

    addresses: tuple[str, ...]
    lookup: Lookup | None
    """The last one that gave addresses; None if they came from elsewhere."""
    expires_at: float


NOTHING = Known((), None, 0)


@implementer(IHostnameResolver)
class Resolver:
    """Names to addresses, from the first that knows: `CONNECT_TO`, /etc/hosts, name servers, the system's resolver.

    A page must not be able to make the crawler fetch `http://169.254.169.254/` or a printer, hence internal addresses
    are left out, whatever their source; `ALLOW_PRIVATE_ADDRESSES` lifts that for an intranet. A target of `CONNECT_TO`
    and a proxy are the operator's choice, so they may be internal.

    Connections are made to the addresses given here and nothing is looked up again, so a name cannot change in between.
    """

    def __init__(
        self,
        reactor: Any,
        *,
        routes: Mapping[tuple[str, int | None], Target],
        allow_private: bool,
        servers: Callable[[], tuple[tuple[str, int], ...]] = system_servers,
        limit: int = 10_000,
        timeout: float = 60,
        hosts: Path = HOSTS,
    ) -> None:
        """`limit` names are kept for as long as they say (0: asked for again each time), `timeout` is for one name."""
        self._reactor = reactor
        installed: Any = reactor.nameResolver
        self.below: Any = installed.below if isinstance(installed, Resolver) else installed
        """The system's resolver."""
        self._routes = routes
        self.allow_private = allow_private
        self._client = NameClient(servers, reactor=reactor)
        self._limit = limit
        self._timeout = timeout
        self._hosts = hosts
        self._known: dict[str, Known] = {}
        self._waiting: dict[str, list[Deferred[Known]]] = {}
        self._refused: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> "Resolver":
        """Return the resolver for the settings of a crawler; Scrapy installs that of a process on its reactor."""
        settings = crawler.settings
        try:
            named = read_servers(settings.getlist("DNS_SERVERS"))
            routes = read_routes(settings.getlist("CONNECT_TO"))
        except SettingError as error:
            # The only error that every Scrapy command prints as one line, without a traceback.
            raise UsageError(str(error)) from error
        allow_private = settings.getbool("ALLOW_PRIVATE_ADDRESSES")
        limit = settings.getint("DNSCACHE_SIZE") if settings.getbool("DNSCACHE_ENABLED") else 0
        timeout = settings.getfloat("DNS_TIMEOUT")
        key = (frozenset(routes.items()), named, allow_private, limit, timeout)
        if key not in _resolvers:
            _resolvers[key] = cls(
                reactor,
                routes=routes,
                allow_private=allow_private,
                servers=(lambda: named) if named else system_servers,
                limit=limit,
                timeout=timeout,
            )
        return _resolvers[key]

    def install_on_reactor(self) -> None:
        self._reactor.installNameResolver(self)

    def lookup(self, host: str) -> Lookup | None:
        """The last lookup whose addresses were given out for a host; None if name servers were not its source."""
        name = wire_name(host)
        known = self._known.get(name) if name else None
        return known.lookup if known and name not in hosts_in(text_of(self._hosts)) else None

    async def why_not_passed_on(self, host: str) -> str | None:
        """Return why a proxy or a client of its own may not be given a host; None if it may.

        Each of them looks the name up again, so every address must be public. A name that is unknown here is theirs to
        look up: behind a firewall, a proxy may be the only one that can.
        """
        if not may_be_passed_on(host):
            return f"{host} is an internal address or an unusual spelling of an address"
        known = await maybe_deferred_to_future(self._ask(host))
        internal = next((address for address in known.addresses if not is_public(address)), None)
        return f"{internal} is an internal address of {host}" if internal else None

    def target(self, host: str, port: int) -> str | None:
        """Return the address that `CONNECT_TO` gives a host."""
        found = route(self._routes, host, port)
        return found.address if found else None

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[Any] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        resolution = HostResolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        # Read now: later calls have another context.
        is_proxy = to_a_proxy.get()

        def give(known: Known) -> None:
            for address in known.addresses:
                if not is_proxy and not self._may_be_connected(hostName, address):
                    continue
                made = _twisted_address(address, portNumber, transportSemantics)
                if not addressTypes or isinstance(made, tuple(addressTypes)):
                    resolutionReceiver.addressResolved(made)
            resolutionReceiver.resolutionComplete()

        target = route(self._routes, hostName, portNumber)
        if target:
            resolutionReceiver.addressResolved(_twisted_address(target.address, target.port, "TCP"))
            resolutionReceiver.resolutionComplete()
        else:
            self._ask(hostName).addCallback(give).addErrback(_log_failure, hostName)
        return resolution

    def _may_be_connected(self, host: str, address: str) -> bool:
        allowed = self.allow_private or is_public(address)
        # Said once for a host, and not without end: a page may name as many as it likes.
        if not allowed and host not in self._refused and len(self._refused) < _MOST_REFUSED:
            self._refused.add(host)
            logger.warning(
                "%s is an internal address of %s, and not connected to; ALLOW_PRIVATE_ADDRESSES lifts that",
                address,
                host,
            )
        return allowed

    def _ask(self, host: str) -> Deferred[Known]:
        """What is known of a host; a name is looked up once for all who ask for it at the same time."""
        name = wire_name(host)
        if name is None:
            return Deferred.fromCoroutine(self._ask_system(host))
        named = hosts_in(text_of(self._hosts)).get(name)
        known = replace(NOTHING, addresses=named) if named else self._fresh(name)
        if known:
            return succeed(known)
        answer: Deferred[Known] = Deferred()
        waiting = self._waiting.setdefault(name, [])
        waiting.append(answer)
        if len(waiting) == 1:
            found = Deferred.fromCoroutine(self._find(name)).addTimeout(self._timeout, self._reactor)
            found.addErrback(_nothing, name).addCallback(self._tell, name)
        return answer

    def _fresh(self, name: str) -> Known | None:
        known = self._known.get(name)
        return known if self._limit and known and monotonic() < known.expires_at else None

    async def _find(self, name: str) -> Known:
        """Name servers first; the system's resolver where they cannot tell, or a search list makes the name whole."""
        said: Lookup | Absent = Absent(FAILURE_KEPT, is_final=False)
        # RFC 6761, section 6.3: names below localhost are not for name servers.
        if "." in name and not name.endswith(".localhost"):
            said = await self._client.look_up(name)
        if isinstance(said, Lookup):
            return Known(by_preference(said.addresses), said, said.expires_at)
        known = Known((), None, monotonic() + said.seconds)
        return known if said.is_final else await self._ask_system(name, otherwise=known)

    async def _ask_system(self, host: str, *, otherwise: Known = NOTHING) -> Known:
        """The answer of the system's resolver, which has no TTL; `otherwise` if it has none."""
        heard = _Heard()
        self.below.resolveHostName(heard, host)
        try:
            addresses = await heard.addresses.addTimeout(_SYSTEM_PATIENCE, self._reactor)
        except NoReplyError:
            return otherwise
        return Known(addresses, None, monotonic() + _SYSTEM_KEPT) if addresses else otherwise

    def _tell(self, known: Known, name: str) -> None:
        """Remember an answer, and give it to all who wait for it."""
        before = self._known.pop(name, None)
        # Connections of an earlier answer may still be open when a later one gives no address.
        self._known[name] = known if known.addresses or not before else replace(known, lookup=before.lookup)
        while len(self._known) > (self._limit or _REMEMBERED):
            del self._known[next(iter(self._known))]
        for answer in self._waiting.pop(name):
            answer.callback(known)


@implementer(IResolutionReceiver)
class _Heard:
    """Collects the addresses that the system's resolver gives."""

    def __init__(self) -> None:
        self.addresses: Deferred[tuple[str, ...]] = Deferred()
        self._heard: list[str] = []

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802
        pass

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        scope = getattr(address, "scopeID", 0)
        self._heard.append(f"{address.host}%{scope}" if scope else address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        self.addresses.callback(tuple(self._heard))


def _nothing(failure: Failure, name: str) -> Known:
    if not isinstance(failure.value, NoReplyError):
        _log_failure(failure, name)
    return Known((), None, monotonic() + FAILURE_KEPT)


def _log_failure(failure: Failure, name: str) -> None:
    logger.error("cannot look up %s: %s", name, failure.value)


def _twisted_address(address: str, port: int, transport: Any) -> Any:
    kind = IPv6Address if ":" in address else IPv4Address
    return kind(transport, address, port)
