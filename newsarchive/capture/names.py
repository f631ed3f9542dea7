"""Names, addresses and routes as text: what settings and the system's files say, before anybody is asked."""

import ipaddress
import re
import socket
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path

import idna

from newsarchive.capture.addresses import is_public
from newsarchive.errors import SettingError

_ROUTE = re.compile(r"(?P<host>[^:\[\]]*|\[[^\]]+\]):(?P<port>\d*):(?P<to_host>[^:\[\]]+|\[[^\]]+\]):(?P<to_port>\d+)")
_SERVER = re.compile(r"(?P<host>[^:\[\]]+|\[[^\]]*:[^\]]*\])(?::(?P<port>\d{1,5}))?")
_HOSTNAME = re.compile(r"[a-z0-9_.-]+")
_DNS_PORT = 53
HOSTS = Path("/etc/hosts")
_RESOLV_CONF = Path("/etc/resolv.conf")


@dataclass(frozen=True, slots=True)
class Target:
    """An address and a port to connect to."""

    address: str
    port: int


Routes = Mapping[tuple[str, int | None], Target]
"""By host and port; an empty host and no port stand for any."""


def read_routes(entries: Iterable[str]) -> Routes:
    """`CONNECT_TO`: HOST1:PORT1:ADDRESS:PORT2, as curl's `--connect-to`; an empty HOST1 or PORT1 stands for any.

    Raises `SettingError`.
    """
    return _routes(tuple(entries))


# Each of many crawls asks for the same.
@lru_cache(maxsize=1)
def _routes(entries: tuple[str, ...]) -> Routes:
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
    lines = [line.split() for line in text_of(path).splitlines()]
    named = (line[1] for line in lines if len(line) > 1 and line[0] == "nameserver")
    return tuple((address, _DNS_PORT) for address in named if _is_address(address) and "%" not in address)[:3]


def route(routes: Mapping[tuple[str, int | None], Target], host: str, port: int) -> Target | None:
    """The target of a host and port: the most exact entry wins."""
    name = host.lower()
    candidates: tuple[tuple[str, int | None], ...] = ((name, port), (name, None), ("", port), ("", None))
    return next((routes[candidate] for candidate in candidates if candidate in routes), None)


def may_be_passed_on(host: str) -> bool:
    """Return whether a proxy, a browser or another client may be given this host to connect to.

    They read other spellings of an address (`127.1`, `0x7f000001`, `010.0.0.1`) each in its own way, so only the
    standard one is passed on, and only of a public address.
    """
    name = wire_name(host)
    if name is None:
        return is_public(host)
    # RFC 6761, section 6.3.
    return bool(_HOSTNAME.fullmatch(name)) and name != "localhost" and not name.endswith(".localhost")


@lru_cache(maxsize=1024)
def wire_name(host: str) -> str | None:
    """The name as name servers know it; None for an address, in whatever notation, and for what is no name."""
    name = (host if host.isascii() else _ascii(host)).lower().removesuffix(".")
    labels = name.split(".")
    # A last label of digits makes it an address for the system's resolver: 127.1, 0x7f000001.
    fits = len(name) < 254 and all(0 < len(label) < 64 for label in labels)
    return name if fits and not re.fullmatch(r"\d+|0x[\da-f]*", labels[-1]) and ":" not in name else None


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


@lru_cache(maxsize=2)
def hosts_in(text: str) -> dict[str, tuple[str, ...]]:
    """The addresses that a hosts(5) file gives to names, in the order of its lines."""
    found: dict[str, tuple[str, ...]] = {}
    for address, *names in filter(None, (line.partition("#")[0].split() for line in text.splitlines())):
        for name in dict.fromkeys(map(str.lower, names)) if _is_address(address) else ():
            found[name] = (*found.get(name, ()), address)
    return found


def text_of(path: Path) -> str:
    """What a file of the system says; nothing, if it cannot be read."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


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
