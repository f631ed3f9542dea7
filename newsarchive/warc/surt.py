"""SURT: the key under which a URI is looked up, its host turned round, so that what belongs together sorts together.

`https://www.Example.com/News/?b=2&a=1` is `com,example)/news?a=1&b=2`. The rules are those of the Internet Archive's
canonicalisation, which pywb, OutbackCDX and cdxj-indexer share: a key of ours must be the one that they ask for.
"""

import ipaddress
import re
from functools import lru_cache
from urllib.parse import unquote_to_bytes

_URI = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*)://(?P<netloc>[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?")
_NETLOC = re.compile(r"(?:.*@)?(?P<host>\[[^\]]*\]|[^:]*)(?::(?P<port>\d*))?")
_WWW = re.compile(r"^www\d*\.")
_DEFAULT_PORTS = {"http": "80", "https": "443", "ftp": "21"}
_CONTROLS = str.maketrans("", "", "\t\r\n")
_ESCAPED = re.compile(r"%[0-9a-fA-F]{2}")
_PLAIN = re.compile(r"[!-\"$&-~]*")
# Sessions: what a server put into an address so as to know its visitor again.
_ASPX = ".aspx"
_MOST_LEVELS = 100
"""Of percent-encoding, one within another: each costs a pass over the whole address."""
_SESSIONS_IN_PATH = re.compile(r"/(?:\((?:[a-z]\([0-9a-z]{24}\))+\)|\([0-9a-z]{24}\))(/[^?]+\.aspx)")
_SESSIONS_IN_QUERY = tuple(
    re.compile(rf"(.*){session}(?:&(.*))?")
    for session in (
        "jsessionid=[0-9a-z]{32}",
        "phpsessid=[0-9a-z]{32}",
        "sid=[0-9a-z]{32}",
        "aspsessionid[a-z]{8}=[a-z]{24}",
        # Within a parameter only the last one is tried: each would be followed to the end of the parameter.
        "cfid=(?:(?!cfid=[^&])[^&])+&cftoken=[^&]+",
    )
)


def surt(url: str) -> str:
    """The key of a URI; one without a host, such as `dns:` or `urn:`, is its own key in lower case."""
    url = url.strip().translate(_CONTROLS)
    found = _URI.match(url)
    if not found:
        return _without_host(url)
    scheme = found["scheme"].lower()
    path = _path(found["path"])
    query = _query(found["query"] or "")
    return f"{_host(scheme, found['netloc'])}){path}{query}"


def _without_host(url: str) -> str:
    start, question, query = url.lower().partition("?")
    return start.rstrip("/") + (_query(question + query) if question else "")


@lru_cache(maxsize=1024)
def _host(scheme: str, netloc: str) -> str:
    """`example.com:8080` is `com,example:8080`; the default port of the scheme is left out."""
    found = _NETLOC.match(netloc)
    host, port = (found["host"], found["port"]) if found else (netloc, None)
    name = _turned(host)
    return f"{name}:{port}" if port and port != _DEFAULT_PORTS.get(scheme) else name


def _turned(host: str) -> str:
    if host.startswith("["):
        return host.strip("[]").lower()
    host = unquote_to_bytes(host).decode(errors="replace")
    if not host.isascii():
        host = _ascii(host)
    host = ".".join(label for label in host.lower().split(".") if label)
    if host.isdigit():
        host = _address(host)
    return ",".join(reversed(_WWW.sub("", host).split(".")))


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def _address(number: str) -> str:
    """An IPv4 address that was written as one number."""
    try:
        return str(ipaddress.IPv4Address(int(number)))
    except ValueError:
        return number


def _path(path: str) -> str:
    if "%" not in path and "//" not in path and "/." not in path and _PLAIN.fullmatch(path):
        plain = path.lower()
    else:
        plain = _escaped(_joined(_unescaped(path))).lower()
    if "(" in plain:
        plain = "?".join(map(_without_session, plain.split("?")))
    return plain.rstrip("/") or "/"


def _without_session(path: str) -> str:
    """Leave out the session of a path without `?`; behind the last `.aspx` there is none, and none is looked for."""
    end = path.rfind(_ASPX) + len(_ASPX) if _ASPX in path else 0
    return _SESSIONS_IN_PATH.sub(r"\1", path[:end]) + path[end:]


def _joined(path: bytes) -> bytes:
    """Empty and `.` segments left out, `..` resolved as far as there is something before it, be it empty."""
    kept: list[bytes] = []
    for segment in path.removeprefix(b"/").split(b"/"):
        if segment == b".." and kept:
            kept.pop()
        elif segment != b".":
            kept.append(segment)
    return b"/" + b"/".join(segment for segment in kept if segment)


def _query(query: str) -> str:
    """Sorted by its parameters; nothing for an empty one."""
    query = query.removeprefix("?")
    if "%" in query or not _PLAIN.fullmatch(query):
        query = _escaped(_unescaped(query))
    query = query.lower()
    if "sid" in query or "sessionid" in query or "cfid" in query:
        query = _without_sessions(query)
    return "?" + "&".join(sorted(query.split("&"))) if query else ""


def _without_sessions(query: str) -> str:
    """Of each kind the last one is left out, anywhere in a parameter: so do those who look keys up."""
    for session in _SESSIONS_IN_QUERY:
        if found := session.fullmatch(query):
            query = found[1] + (found[2] or "")
    return query


def _unescaped(text: str) -> bytes:
    """Undo percent-encoding until none is left, at most `_MOST_LEVELS` times."""
    for _ in range(_MOST_LEVELS):
        if not _ESCAPED.search(text):
            break
        decoded = unquote_to_bytes(text)
        text = decoded.decode("latin-1")
        if not _ESCAPED.search(text):
            return decoded
    return text.encode()


def _escaped(raw: bytes) -> str:
    return "".join([chr(byte) if 0x20 < byte < 0x7F and byte not in b"#%" else f"%{byte:02x}" for byte in raw])
