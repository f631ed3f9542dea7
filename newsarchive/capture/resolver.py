"""Where a connection goes: names to addresses, with `CONNECT_TO` in front and internal addresses refused."""

import ipaddress
import logging
import re
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from time import monotonic
from typing import Any

import idna
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError
from scrapy.resolver import HostResolution
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, succeed
from twisted.internet.defer import TimeoutError as NoReplyError
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from twisted.python.failure import Failure
from zope.interface import implementer

from newsarchive.capture.dns import FAILURE_KEPT, Absent, Lookup, NameClient
from newsarchive.errors import SettingError

_ROUTE = re.compile(r"(?P<host>[^:\[\]]*|\[[^\]]+\]):(?P<port>\d*):(?P<to_host>[^:\[\]]+|\[[^\]]+\]):(?P<to_port>\d+)")
_SERVER = re.compile(r"(?P<host>[^:\[\]]+|\[[^\]]*:[^\]]*\])(?::(?P<port>\d{1,5}))?")
_DNS_PORT = 53
_HOSTS = Path("/etc/hosts")
_RESOLV_CONF = Path("/etc/resolv.conf")
_SYSTEM_KEPT = 60
_SYSTEM_PATIENCE = 5.0
_REMEMBERED = 1000

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Target:
    """An address and a port to connect to."""

    address: str
    port: int


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of a host."""

    addresses: tuple[str, ...]
    lookup: Lookup | None
    """The last one that gave addresses; None if they came from elsewhere."""
    expires_at: float


NOTHING = Known((), None, 0)


def read_routes(entries: Iterable[str]) -> dict[tuple[str, int | None], Target]:
    """`CONNECT_TO`: HOST1:PORT1:ADDRESS:PORT2, as curl's `--connect-to`; an empty HOST1 or PORT1 stands for any.

    Raises `SettingError`.
    """
    routes: dict[tuple[str, int | None], Target] = {}
    for entry in entries:
        found = _ROUTE.fullmatch(entry.strip())
        if not found or not _is_address(found["to_host"].strip("[]")):
            raise SettingError("CONNECT_TO", entry, "HOST:PORT:IP-ADDRESS:PORT, such as example.com:443:127.0.0.1:8443")
        port = int(found["port"]) if found["port"] else None
        routes[found["host"].strip("[]").lower(), port] = Target(found["to_host"].strip("[]"), int(found["to_port"]))
    return routes


def read_servers(entries: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """`DNS_SERVERS`: ADDRESS or ADDRESS:PORT, an IPv6 address in brackets. Raises `SettingError`."""
    servers = []
    for entry in entries:
        found = _SERVER.fullmatch(entry.strip())
        address, port = (found["host"].strip("[]"), int(found["port"] or _DNS_PORT)) if found else ("", 0)
        if not _is_address(address) or "%" in address or not 0 < port < 2**16:
            expected = "ADDRESS or ADDRESS:PORT, such as 192.0.2.53, 127.0.0.1:5353 or [2001:db8::53]:53"
            raise SettingError("DNS_SERVERS", entry, expected)
        servers.append((address, port))
    return tuple(servers)


def system_servers(path: Path = _RESOLV_CONF) -> tuple[tuple[str, int], ...]:
    """The name servers of a resolv.conf(5): three at most, none with a scope, which Twisted cannot ask."""
    lines = [line.split() for line in _text(path).splitlines()]
    named = (line[1] for line in lines if len(line) > 1 and line[0] == "nameserver")
    return tuple((address, _DNS_PORT) for address in named if _is_address(address) and "%" not in address)[:3]


def route(routes: Mapping[tuple[str, int | None], Target], host: str, port: int) -> Target | None:
    """The target of a host and port: the most exact entry wins."""
    name = host.lower()
    candidates: tuple[tuple[str, int | None], ...] = ((name, port), (name, None), ("", port), ("", None))
    return next((routes[candidate] for candidate in candidates if candidate in routes), None)


def is_public(address: str) -> bool:
    """The address is one of the open network: no loopback, private, link-local, multicast or reserved one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return (mapped or ip).is_global and not (mapped or ip).is_multicast


def wire_name(host: str) -> str | None:
    """The name as name servers know it; None for an address, in whatever notation, and for what is no name."""
    name = (host if host.isascii() else _ascii(host)).lower().removesuffix(".")
    labels = name.split(".")
    # A last label of digits makes it an address for the system's resolver: 127.1, 0x7f000001.
    fits = len(name) < 254 and all(0 < len(label) < 64 for label in labels)
    return name if fits and not re.fullmatch(r"\d+|0x[\da-f]*", labels[-1]) and ":" not in name else None


@implementer(IHostnameResolver)
class Resolver:
    """Tells where to connect to, in this order: `CONNECT_TO`, /etc/hosts, name servers, the system's resolver.

    A page must not be able to make the crawler fetch `http://169.254.169.254/` or a printer, hence internal addresses
    are left out, whoever names them; `ALLOW_PRIVATE_ADDRESSES` lifts that for an intranet. What `CONNECT_TO` names is
    the operator's own word and is not asked.
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
        hosts: Path = _HOSTS,
    ) -> None:
        """`limit` names are kept for as long as they say (0: asked for again each time), `timeout` is for one name."""
        self._reactor = reactor
        self._below: Any = reactor.nameResolver
        self._routes = routes
        self._allow_private = allow_private
        self._client = NameClient(servers, reactor=reactor)
        self._limit = limit
        self._timeout = timeout
        self._hosts = hosts
        self._known: dict[str, Known] = {}
        self._waiting: dict[str, list[Deferred[Known]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> "Resolver":
        settings = crawler.settings
        try:
            named = read_servers(settings.getlist("DNS_SERVERS"))
            routes = read_routes(settings.getlist("CONNECT_TO"))
        except SettingError as error:
            # The one error of which any Scrapy command makes a line instead of a traceback.
            raise UsageError(str(error)) from error
        return cls(
            reactor,
            routes=routes,
            allow_private=settings.getbool("ALLOW_PRIVATE_ADDRESSES"),
            servers=(lambda: named) if named else system_servers,
            limit=settings.getint("DNSCACHE_SIZE") if settings.getbool("DNSCACHE_ENABLED") else 0,
            timeout=settings.getfloat("DNS_TIMEOUT"),
        )

    def install_on_reactor(self) -> None:
        self._reactor.installNameResolver(self)

    def lookup(self, host: str) -> Lookup | None:
        """The last lookup whose addresses were given out for a host; None if name servers were not its source."""
        name = wire_name(host)
        known = self._known.get(name) if name else None
        return known.lookup if known and name not in _hosts_in(_text(self._hosts)) else None

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

        def give(known: Known) -> None:
            for address in filter(self._may_be_connected, known.addresses):
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

    def _may_be_connected(self, address: str) -> bool:
        return self._allow_private or is_public(address)

    def _ask(self, host: str) -> Deferred[Known]:
        """What is known of a host; a name is looked up once for all who ask for it at the same time."""
        name = wire_name(host)
        if name is None:
            return Deferred.fromCoroutine(self._ask_system(host))
        named = _hosts_in(_text(self._hosts)).get(name)
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
        self._below.resolveHostName(heard, host)
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


def by_preference(addresses: Sequence[str]) -> tuple[str, ...]:
    """IPv6 and IPv4 in turn (RFC 8305, section 4); a family that this machine has no route for goes last."""
    six = [address for address in addresses if ":" in address]
    four = [address for address in addresses if ":" not in address]
    if six and four and not _has_route(six[0]):
        return (*four, *six)
    return tuple(address for pair in zip_longest(six, four) for address in pair if address)


def _has_route(address: str) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((address, _DNS_PORT))  # sends nothing
        except OSError:
            return False
    return True


def _nothing(failure: Failure, name: str) -> Known:
    if not isinstance(failure.value, NoReplyError):
        _log_failure(failure, name)
    return Known((), None, monotonic() + FAILURE_KEPT)


def _log_failure(failure: Failure, name: str) -> None:
    logger.error("cannot look up %s: %s", name, failure.value)


@lru_cache(maxsize=2)
def _hosts_in(text: str) -> dict[str, tuple[str, ...]]:
    """The addresses that a hosts(5) file gives to names, in the order of its lines."""
    found: dict[str, tuple[str, ...]] = {}
    for address, *names in filter(None, (line.partition("#")[0].split() for line in text.splitlines())):
        for name in dict.fromkeys(map(str.lower, names)) if _is_address(address) else ():
            found[name] = (*found.get(name, ()), address)
    return found


def _text(path: Path) -> str:
    """What a file of the system says; nothing, if it cannot be read."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def _twisted_address(address: str, port: int, transport: Any) -> Any:
    kind = IPv6Address if ":" in address else IPv4Address
    return kind(transport, address, port)


def _ascii(name: str) -> str:
    """IDNA 2008; IDNA 2003 for what it does not allow, such as emoji; empty if there is no such name."""
    try:
        return idna.encode(name).decode()
    except UnicodeError:
        try:
            return name.encode("idna").decode()
        except UnicodeError:
            return ""


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
