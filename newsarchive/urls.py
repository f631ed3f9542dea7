"""URLs: what is fetched, and by what key two addresses of one article are known as one. Pure."""

import hashlib
import re
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url, safe_url_string

from newsarchive import parameters
from newsarchive.parameters import ORDINARY, Selection

# Each needs something left over: a section `/amp/` or `/print/` is not the home page, nor `m.example` a mobile one.
_VARIANT_PATH = re.compile(r"^/(?:amp|print)(?=/.)|(?<=.)/(?:amp|print)/?$|\.(?:amp|print)(?=\.html?$|$)")
_VARIANT_HOST = re.compile(r"^(?:www\.)?(?:amp\.)?(?:m\.|mobile\.)?(?=[^.]+\.)")
# Nothing that has two spellings: most of the articles there are. The last group is the query, which it has not.
_SIMPLE = re.compile(
    r"https?://(?!(?:www\.)?google\.|\S*ampproject)([a-z0-9-]+(?:\.[a-z0-9-]+)+)((?:/[\w-][\w.-]*)*/?)()", re.ASCII
)
_SESSION_PATH = re.compile(r";[a-z]*sess(?:ion)?id=[^/;]*|/\((?:[A-Z]\([\w-]*\))+\)(?=/|$)", re.IGNORECASE)
_AMP_CACHE = re.compile(r"^(?:[a-z0-9-]+\.)?cdn\.ampproject\.org$")
# https://www.google.com/amp/s/a.example/x
_AMP_VIEWER = re.compile(r"^(?:www\.)?google\.[a-z.]{2,6}$")
_HTTP = frozenset({"http", "https"})
# An underscore is no part of a host name (RFC 952), but of names that are in use.
_DNS_NAME = re.compile(
    r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
_USERINFO = re.compile(r"^([a-z][a-z0-9+.-]*://)[^/?#]*@", re.IGNORECASE)
# Up to the last `@`: people write passwords with `/` and `#`, too.
_MAYBE_USERINFO = re.compile(r":[/\\].*@", re.DOTALL)
# Nothing that needs escaping, no port, no fragment, no way up: most of the links there are.
_HOST = r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+"
_PATH = r"/(?!/)[A-Za-z0-9._~!$&()*+,;=:@/?-]*(?<!\?)"
_PLAIN, _PLAIN_PATH = re.compile(rf"{_HOST}(?:{_PATH})?"), re.compile(_PATH)
_PLAIN_ORIGIN = re.compile(rf"{_HOST}(?=[/?#]|$)")
_PRINTED_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*+:", re.IGNORECASE)
_BEFORE_QUERY = re.compile(r"[^?#]*")
# WHATWG URL, 4.4: stripped from both ends, and removed everywhere.
_ENDS, _BREAKS = "".join(map(chr, range(33))), re.compile(r"[\t\n\r]")


def absolute(base: str, reference: str | None) -> str | None:
    """Return the http(s) URL of a reference as browsers do, escaped and without its fragment; None if it is not one.

    Links, redirects and refreshes all come here.
    """
    if not reference or not reference.strip():
        return None
    if "/." not in reference and _PLAIN.fullmatch(reference):
        return reference
    origin = _PLAIN_ORIGIN.match(base) if _PLAIN_PATH.fullmatch(reference) and "/." not in reference else None
    if origin:
        return origin[0] + reference
    try:
        url = safe_url_string(urljoin(base, _with_slashes(base, reference)))
        parts = urlsplit(url)
        port_is_sane = parts.port is None or 0 < parts.port < 65536
    except ValueError:
        return None
    if parts.scheme not in _HTTP or not parts.hostname or not port_is_sane:
        return None
    # No server gets the credentials that a stranger's link holds.
    netloc = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=netloc, path=_without_dots(parts.path), fragment=""))


def target(base: str, printed: str | bytes) -> str | None:
    """Return where a redirect or refresh leads: as `absolute`, but a URL of another scheme as printed.

    An empty reference is the base itself.
    """
    text = printed.decode("utf-8", "percentencode") if isinstance(printed, bytes) else printed
    reference = text.strip(_ENDS)
    if not reference:
        return absolute(base, base)
    url = absolute(base, reference)
    if url or not _is_of_other_scheme(reference):
        return url
    try:
        return safe_url_string(reference)
    except ValueError:
        return None


def _is_of_other_scheme(reference: str) -> bool:
    scheme = _PRINTED_SCHEME.match(reference)
    return scheme is not None and scheme[0][:-1].lower() not in _HTTP


def _with_slashes(base: str, reference: str) -> str:
    """Return the reference with the slashes of RFC 3986, as WHATWG URL (4.4) reads it beneath http and https.

    `\\` counts as `/` before the query. Two or more slashes at the start lead to a host, and so do any number of them,
    even none, behind a scheme other than the base's.
    """
    text = _BREAKS.sub("", reference.strip().strip(_ENDS))
    if _is_of_other_scheme(text):
        return text
    text = _BEFORE_QUERY.sub(lambda path: path[0].replace("\\", "/"), text, count=1)
    own = base.partition(":")[0].lower()
    scheme, _, rest = text.partition(":") if _PRINTED_SCHEME.match(text) else (own, "", text)
    if rest.startswith("//") or scheme.lower() != own:
        return f"{scheme}://{rest.lstrip('/')}"
    return rest


def _without_dots(path: str) -> str:
    """Resolve `.` and `..` (RFC 3986, 5.2.4), which `urljoin` does for relative references only."""
    if "/." not in path.lower().replace("%2e", "."):
        return path
    kept: list[str] = []
    *segments, last = path.split("/")[1:]
    for segment in (*segments, last):
        dots = segment.lower().replace("%2e", ".")
        if dots not in (".", ".."):
            kept.append(segment)
        elif dots == ".." and kept:
            kept.pop()
    ends_in_folder = last.lower().replace("%2e", ".") in (".", "..")
    return "/" + "/".join((*kept, "") if ends_in_folder else kept)


def without_userinfo(url: str) -> str:
    """Return the URL without a user name and password (RFC 3986, 3.2.1)."""
    return _USERINFO.sub(r"\1", url) if "@" in url else url


def has_userinfo(url: str) -> bool:
    """Whether an absolute URL, as `absolute` reads it, has a user name or a password."""
    try:
        return "@" in urlsplit(_with_slashes(url, url)).netloc
    except ValueError:
        return False


def redacted(text: str) -> str:
    """Return the text without anything in it that may be a password of a URL."""
    return _MAYBE_USERINFO.sub("://[redacted]@", text)


def host(url: str) -> str:
    """The host in lower case without a leading `www.`; empty if there is none."""
    try:
        name = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return name.removeprefix("www.")


def dns_name(name: str) -> str | None:
    """Return the one spelling of a host name: lower case, ASCII (RFC 3490), no final dot; None if it is not a name."""
    try:
        plain = name.lower().encode("idna").decode("ascii").removesuffix(".")
    except UnicodeError:
        return None
    return plain if _DNS_NAME.fullmatch(plain) else None


def with_dns_name(url: str) -> str | None:
    """Return an absolute URL with its host as `dns_name` spells it; None if the host is not a name or an address."""
    parts = urlsplit(url)
    if parts.netloc.rpartition("@")[2].startswith("["):
        return url
    userinfo, at, rest = parts.netloc.rpartition("@")
    written, colon, port = rest.partition(":")
    name = dns_name(written)
    if name is None or name == written:
        return name and url
    return urlunsplit(parts._replace(netloc=f"{userinfo}{at}{name}{colon}{port}"))


def place(url: str) -> tuple[str, int]:
    """Return the host and port that a request for the URL connects to; an empty host if there is none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "", 0
    return parts.hostname or "", port or (443 if parts.scheme == "https" else 80)


def to_fetch(url: str, selection: Selection = ORDINARY) -> str:
    """The URL that is asked for: fragment and known tracking parameters gone, everything unknown as it is printed."""
    parts = urlsplit(url)
    query = parameters.to_fetch(parts.query, selection) if parts.query else ""
    return urlunsplit(parts._replace(netloc=_netloc(parts), fragment="", path=parts.path or "/", query=query))


def canonical(url: str, selection: Selection = ORDINARY) -> str:
    """The address by which all copies of one article are known: https, no `www.`, no AMP, no trailing slash.

    It is a name, not a promise that a server answers under it: never fetch it.
    """
    simple = _SIMPLE.fullmatch(url)
    netloc, path, query = simple.groups("") if simple else _normal(_beneath_amp_cache(url), selection)
    return urlunsplit(
        ("https", _VARIANT_HOST.sub("", netloc), _VARIANT_PATH.sub("", path).rstrip("/") or "/", query, "")
    )


def key(url: str, selection: Selection = ORDINARY) -> str:
    """`sha256:` of the canonical address: the story over time."""
    return "sha256:" + hashlib.sha256(canonical(url, selection).encode()).hexdigest()


def same_site(one: str, other: str) -> bool:
    """Both URLs are of one host, `www.`, `m.` and `amp.` aside."""
    first, second = host(canonical(one)), host(canonical(other))
    return bool(first) and first == second


def _normal(url: str, selection: Selection) -> tuple[str, str, str]:
    """Host, path and query, one spelling for each, without sessions and without what selects nothing."""
    parts = urlsplit(to_fetch(url, selection))
    path = quote(re.sub("/{2,}", "/", _SESSION_PATH.sub("", parts.path)), safe="/%!=:,-")
    parts = parts._replace(path=path, query=parameters.without_empty(parts.query))
    parts = urlsplit(canonicalize_url(urlunsplit(parts)))
    name = parts.hostname or ""
    netloc = name if parts.port in (None, 80, 443) else f"{name}:{parts.port}"
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    return netloc, parts.path, urlencode([pair for pair in pairs if parameters.selects(*pair, selection)])


def _netloc(parts: SplitResult) -> str:
    """In lower case, without userinfo and without the scheme's own port."""
    return parts.netloc.rpartition("@")[2].lower().removesuffix(":443" if parts.scheme == "https" else ":80")


def _beneath_amp_cache(url: str) -> str:
    """`https://x-org.cdn.ampproject.org/c/s/x.org/a` stands for `https://x.org/a`."""
    parts = urlsplit(url)
    place, _, rest = parts.path.lstrip("/").partition("/")
    if not (
        (place in ("c", "v", "i") and _AMP_CACHE.match(parts.hostname or ""))
        or (place == "amp" and _AMP_VIEWER.match(parts.hostname or ""))
    ):
        return url
    secure, _, tail = rest.partition("/")
    target = f"https://{tail if secure == 's' else rest}"
    # An address within an address may be none: `/amp/s/[::1`.
    return target if absolute(target, target) else url
