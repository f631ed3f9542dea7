"""Where a connection goes: names to addresses, with `CONNECT_TO` in front and internal addresses refused."""

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scrapy.crawler import Crawler
from scrapy.resolver import HostResolution
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer

from newsarchive.errors import SettingError

_ROUTE = re.compile(r"(?P<host>[^:\[\]]*|\[[^\]]+\]):(?P<port>\d*):(?P<to_host>[^:\[\]]+|\[[^\]]+\]):(?P<to_port>\d+)")


@dataclass(frozen=True, slots=True)
class Target:
    """An address and a port to connect to."""

    address: str
    port: int


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


@implementer(IHostnameResolver)
class Resolver:
    """Resolves through Twisted, then through two rules: `CONNECT_TO` redirects, internal addresses are left out.

    A page must not be able to make the crawler fetch `http://169.254.169.254/` or a printer; `ALLOW_PRIVATE_ADDRESSES`
    lifts that for an intranet. What `CONNECT_TO` names is the operator's own word and is not asked.
    """

    def __init__(self, reactor: Any, *, routes: Mapping[tuple[str, int | None], Target], allow_private: bool) -> None:
        self._reactor = reactor
        self._below: Any = reactor.nameResolver
        self._routes = routes
        self._allow_private = allow_private

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> "Resolver":
        settings = crawler.settings
        return cls(
            reactor,
            routes=read_routes(settings.getlist("CONNECT_TO")),
            allow_private=settings.getbool("ALLOW_PRIVATE_ADDRESSES"),
        )

    def install_on_reactor(self) -> None:
        self._reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[Any] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        target = route(self._routes, hostName, portNumber)
        if target is None:
            receiver = resolutionReceiver if self._allow_private else _PublicOnly(resolutionReceiver)
            return self._below.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)
        resolution = HostResolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        resolutionReceiver.addressResolved(_twisted_address(target))
        resolutionReceiver.resolutionComplete()
        return resolution


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Passes on only addresses of the open network."""

    def __init__(self, receiver: Any) -> None:
        self._receiver = receiver

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        if is_public(address.host):
            self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:  # noqa: N802
        self._receiver.resolutionComplete()


def _twisted_address(target: Target) -> Any:
    kind = IPv6Address if ":" in target.address else IPv4Address
    return kind("TCP", target.address, target.port)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
