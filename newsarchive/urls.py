"""URLs: what is fetched, and by what key two addresses of one article are known as one. Pure."""

import hashlib
import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from courlan import clean_url
from w3lib.url import canonicalize_url, safe_url_string

# Parameters which courlan keeps but which only say where a reader came from.
_TRACKERS = frozenset(
    {"cmpid", "smid", "smtyp", "partner", "emc", "ocid", "mc_cid", "mc_eid", "igshid", "__twitter_impression"}
)
_AMP_QUERY = frozenset({"amp", "outputType", "output"})
_AMP_PATH = re.compile(r"^/amp(?=/)|(?<=.)/amp/?$|\.amp(?=\.html?$|$)")
_AMP_CACHE = re.compile(r"^[a-z0-9-]+\.cdn\.ampproject\.org$")
_HTTP = frozenset({"http", "https"})
# Nothing that needs escaping, no port, no fragment, no way up: most of the links there are.
_HOST = r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+"
_PATH = r"/(?!/)[A-Za-z0-9._~!$&()*+,;=:@/?-]*(?<!\?)"
_PLAIN, _PLAIN_PATH = re.compile(rf"{_HOST}(?:{_PATH})?"), re.compile(_PATH)
_PLAIN_ORIGIN = re.compile(rf"{_HOST}(?=[/?#]|$)")


def absolute(base: str, reference: str | None) -> str | None:
    """The absolute http(s) URL of a reference on a page, escaped and without its fragment; None if it is not one."""
    if not reference or not reference.strip():
        return None
    if _PLAIN.fullmatch(reference):
        return reference
    origin = _PLAIN_ORIGIN.match(base) if _PLAIN_PATH.fullmatch(reference) and "/." not in reference else None
    if origin:
        return origin[0] + reference
    try:
        url = safe_url_string(urljoin(base, reference.strip()))
        parts = urlsplit(url)
        port_is_sane = parts.port is None or 0 < parts.port < 65536
    except ValueError:
        return None
    if parts.scheme not in _HTTP or not parts.hostname or not port_is_sane:
        return None
    return urlunsplit(parts._replace(fragment=""))


def host(url: str) -> str:
    """The host in lower case without a leading `www.`; empty if there is none."""
    try:
        name = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return name.removeprefix("www.")


def to_fetch(url: str) -> str:
    """The URL that is asked for: fragment and known tracking parameters gone, everything unknown kept."""
    parts = urlsplit(clean_url(url) or url)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in _TRACKERS]
    if len(query) != len(parse_qsl(parts.query, keep_blank_values=True)):
        parts = parts._replace(query=urlencode(query))
    return urlunsplit(parts._replace(fragment="", path=parts.path or "/"))


def canonical(url: str) -> str:
    """The address by which all copies of one article are known: https, no `www.`, no AMP, no trailing slash.

    It is a name, not a promise that a server answers under it: never fetch it.
    """
    parts = urlsplit(canonicalize_url(to_fetch(_beneath_amp_cache(url))))
    name = (parts.hostname or "").removeprefix("www.").removeprefix("amp.").removeprefix("m.")
    netloc = name if parts.port in (None, 80, 443) else f"{name}:{parts.port}"
    path = _AMP_PATH.sub("", parts.path).rstrip("/")
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not (name in _AMP_QUERY and value in ("", "1", "amp", "true"))
    ]
    return urlunsplit(("https", netloc, path or "/", urlencode(query), ""))


def key(url: str) -> str:
    """`sha256:` of the canonical address: the story over time."""
    return "sha256:" + hashlib.sha256(canonical(url).encode()).hexdigest()


def same_site(one: str, other: str) -> bool:
    """Both URLs are of one host, `www.`, `m.` and `amp.` aside."""
    first, second = host(canonical(one)), host(canonical(other))
    return bool(first) and first == second


def _beneath_amp_cache(url: str) -> str:
    """`https://x-org.cdn.ampproject.org/c/s/x.org/a` stands for `https://x.org/a`."""
    parts = urlsplit(url)
    if not _AMP_CACHE.match(parts.hostname or ""):
        return url
    kind, _, rest = parts.path.lstrip("/").partition("/")
    secure, _, tail = rest.partition("/")
    target = tail if secure == "s" else rest
    return f"https://{target}" if kind in ("c", "v", "i") and target else url
