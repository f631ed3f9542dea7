"""robots.txt as RFC 9309 has it: what an answer means, which group is ours, and how long a copy may be used."""

import codecs
import re
from dataclasses import dataclass
from itertools import chain
from typing import Literal
from urllib.parse import unquote, urlsplit

from protego import Protego

MAX_BYTES = 500 * 1024
"""What is read of a robots.txt (RFC 9309, 2.5)."""
MAX_REDIRECTS = 5
"""How many redirects are followed (RFC 9309, 2.3.1.2)."""
FRESH_SECONDS = 24 * 60 * 60
"""How long a copy is used without asking again (RFC 9309, 2.4)."""

Meaning = Literal["read", "unavailable", "unreachable"]
Verdict = Literal["allowed", "disallowed", "unreachable"]

# Crawlers may take "too many requests" as what it says, not as "there is no robots.txt".
_BUSY = 429
_BARRED = frozenset({401, 403})
_TOKEN = re.compile(r"[A-Za-z_-]+")
_LINE = re.compile(r"[\r\n]+")
# The lines that follow are matched without blanks around them: two repetitions that both match blanks take quadratic
# time on a line of them.
_AGENT = re.compile(r"user[- ]?agent\s*:(?P<value>[^#]*)", re.IGNORECASE)
# Records of others must not part the groups between which they stand (RFC 9309, 2.2.4).
_OTHER = re.compile(
    r"(?:sitemaps?|host|content-signal|content-usage|noindex|clean-param|request-rate|visit-time|tdm-[a-z]+)\s*:",
    re.IGNORECASE,
)
_USE = re.compile(r"^[ \t]*(content-signal|content-usage)[ \t]*:[ \t]*([^#\r\n]+)", re.IGNORECASE | re.MULTILINE)
_ALL = "*"
_DIRECTIVE = re.compile(r"[^#:]+:|(?:dis)?allow\s", re.IGNORECASE)
# Spellings that the parser takes.
_RULE = re.compile(r"(?:(?P<allow>allow)|di[as]+l+[ao]w)(?:\s*:|\s)\s*(?P<path>\S.*)", re.IGNORECASE | re.DOTALL)
# What means something else when it is not escaped.
_KEPT_ESCAPES = re.compile(r"%(2f|25|2a|24)", re.IGNORECASE)
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def product_token(user_agent: str) -> str:
    """The name to which a group must be addressed to be ours (RFC 9309, 2.2.1): the first word of the User-Agent."""
    found = _TOKEN.match(user_agent.strip())
    return found[0].lower() if found else ""


def meaning(status: int | None, *, obey_barred: bool = False) -> Meaning:
    """What the final answer to a request for robots.txt says (RFC 9309, 2.3.1); no answer is None.

    With `obey_barred` 401 and 403 forbid everything, where the standard's letter takes them for "there is none".
    """
    # Nobody asks for robots.txt with validators.
    if status is None or status >= 500 or status in (304, _BUSY) or (obey_barred and status in _BARRED):
        return "unreachable"
    return "read" if 200 <= status < 300 else "unavailable"


def text_of(body: bytes) -> str:
    """The part of a robots.txt that is read; what is not UTF-8 is compared as octets (RFC 9309, 2.2.2)."""
    kept = body[:MAX_BYTES]
    if len(body) > MAX_BYTES:
        # A rule that is cut in two may forbid or allow more than it says.
        kept = kept[: max(kept.rfind(b"\n"), kept.rfind(b"\r")) + 1]
    if kept.startswith(_UTF_16):
        return kept.decode("utf-16", errors="replace")
    lines = kept.removeprefix(codecs.BOM_UTF8).replace(b"\r", b"\n").split(b"\n")
    return "\n".join(_decoded(line) for line in lines)


@dataclass(frozen=True, slots=True)
class Applied:
    """What a robots.txt says of a URL, and what of it decided."""

    allows: bool
    agent: str | None
    """To whom the group is addressed: the product token or `*`; None where none is for the crawler."""
    rule: str | None
    """The line, without comment; None where none fits, which allows."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """A line that allows or forbids."""

    pattern: str
    line: str


class Rules:
    """The groups of one robots.txt; without any, everything is allowed."""

    def __init__(self, body: bytes = b"") -> None:
        text = text_of(body)
        self.agents: frozenset[str] = frozenset()
        """The product tokens to which a group is addressed."""
        self.uses = tuple((found[1].lower(), found[2].strip()) for found in _USE.finditer(text))
        """Lines on the use of the site, as name and value: `content-signal`, `ai-train=no`."""
        # A group that is addressed to many is held once.
        self._groups: dict[str, list[list[str]]] = {}
        self._rules: dict[tuple[str, bool], list[_Rule]] = {}
        self._parsed = Protego.parse(self._addressed(text))

    def allows(self, url: str, token: str) -> bool:
        """The crawler of that product token may ask for the URL; it may always ask for robots.txt."""
        return self._parsed.can_fetch(url, _exactly(token))

    def applied(self, url: str, token: str) -> Applied:
        """Which line decided: of those that say what all of them together say, the longest (RFC 9309, 2.2.2)."""
        allows = self.allows(url, token)
        agent = next((one for one in (token.lower(), _ALL) if one in self._groups), None)
        if agent is None:
            return Applied(allows, None, None)
        path = _comparable(path_of(url))
        fitting = (rule for rule in self._rules_of(agent, allow=allows) if fits(rule.pattern, path))
        best = max(fitting, key=lambda rule: len(rule.pattern), default=None)
        return Applied(allows, agent, best.line if best else None)

    def _rules_of(self, agent: str, *, allow: bool) -> list["_Rule"]:
        if (agent, allow) not in self._rules:
            self._rules[agent, allow] = [
                _Rule(_comparable(found["path"]), " ".join(line.partition("#")[0].split()))
                for line in chain.from_iterable(self._groups[agent])
                if (found := _RULE.match(line.partition("#")[0].strip())) and bool(found["allow"]) == allow
            ]
        return self._rules[agent, allow]

    def crawl_delay(self, token: str) -> float | None:
        """Seconds that the group of the product token asks for between two requests."""
        return self._parsed.crawl_delay(_exactly(token))

    def _addressed(self, text: str) -> str:
        """The rules with each group's name in brackets: the parser would take `news` for a group of `newsarchive`."""
        lines: list[str] = []
        group: list[str] = []
        for line in map(str.strip, _LINE.split(text)):
            if found := _AGENT.match(line):
                name = _ALL if found["value"].strip() == _ALL else product_token(found["value"])
                group = [] if group else group
                self._groups.setdefault(name, []).append(group)
                lines.append(f"User-agent: {name if name == _ALL else _exactly(name)}")
            elif not _OTHER.match(line):
                if _DIRECTIVE.match(line):
                    group.append(line)
                lines.append(line)
        self.agents = frozenset(self._groups.keys() - {"", _ALL})
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is remembered of a robots.txt between two requests for it; times are seconds since 1970."""

    asked_at: float
    means: Meaning
    """What the last answer said."""
    body: bytes = b""
    """Of the last good copy, of which no more than `MAX_BYTES` and one octet are kept."""
    good_at: float | None = None
    """When the last good copy came; that there is none is one too. None where there was never any."""
    why: str = ""
    """What made it unreachable: `http_503`, `timeout`."""
    record_id: str | None = None
    """The record of the last good copy."""


def after(
    kept: Kept | None, *, means: Meaning, body: bytes, now: float, why: str = "", record_id: str | None = None
) -> Kept:
    """What is remembered after a further answer: one that is unreachable leaves the last good copy in place."""
    if means != "unreachable":
        return Kept(now, means, body[: MAX_BYTES + 1] if means == "read" else b"", now, "", record_id)
    if kept is None:
        return Kept(now, means, why=why)
    return Kept(now, means, kept.body, kept.good_at, why, kept.record_id)


def due_at(kept: Kept | None, *, retry: float) -> float:
    """When it is asked for again: after a day, or `retry` seconds after it could not be had."""
    if kept is None:
        return 0.0
    return kept.asked_at + (retry if kept.means == "unreachable" else FRESH_SECONDS)


def usable(kept: Kept, *, now: float, last_good: float) -> bool:
    """The last good copy may still be used; otherwise everything is disallowed (RFC 9309, 2.3.1.4 and 2.4)."""
    return kept.good_at is not None and (kept.means != "unreachable" or now - kept.good_at <= last_good)


def path_of(url: str) -> str:
    """What patterns are compared with: path and query."""
    return urlsplit(url)._replace(scheme="", netloc="", fragment="").geturl() or "/"


def fits(pattern: str, path: str) -> bool:
    """A path of a robots.txt, with `*` and `$` (RFC 9309, 2.2.3), is about this one."""
    ends = pattern.endswith("$")
    parts = (pattern[:-1] if ends else pattern).split("*")
    at = len(parts[0])
    if not path.startswith(parts[0]):
        return False
    for part in parts[1:]:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return not ends or at == len(path) or (len(parts) > 1 and path.endswith(parts[-1]))


def _comparable(path: str) -> str:
    return unquote(_KEPT_ESCAPES.sub(lambda found: f"%25{found[1].upper()}", path))


def _exactly(token: str) -> str:
    return f"({token.lower()})"


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return _NOT_ASCII.sub(lambda found: b"%%%02X" % found[0][0], line).decode("ascii")
