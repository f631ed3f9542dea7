"""How publishers reserve rights in machine-readable form, and whether what they say reserves text and data mining.

RFC 9309 groups for known agents, Content-Signal (contentsignals.org) and Content-Usage (IETF AIPREF) in robots.txt,
the TDM Reservation Protocol (W3C TDMRep: header, meta, /.well-known/tdmrep.json), and `noai` and its kin in robots
headers and metas.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from newsarchive.politeness.agents import AI_AGENTS
from newsarchive.politeness.robots import Rules, fits, path_of

TDMREP_PATH = "/.well-known/tdmrep.json"
TDMREP_MAX_BYTES = 500 * 1024
_MOST_RULES = 1000
# Kept as evidence; of these, only some speak of text.
_DIRECTIVES = ("noai", "noml", "noimageai", "noarchive", "nocache", "noindex", "nosnippet", "noodp")
_RESERVING_DIRECTIVES = frozenset({"noai", "noml"})
_RESERVING_USES = frozenset(
    {"ai-train=no", "ai-input=no", "train-ai=n", "train-ai=no", "tdm=n", "tdm=no", "bots=n", "all=n"}
)
_WORD = re.compile(r"[a-z][a-z-]*(?:\s*=\s*[\w-]+)?")


@dataclass(frozen=True, slots=True)
class Signal:
    """One statement of a publisher."""

    name: str
    value: str
    reserves: bool
    """It speaks against text and data mining, or against use by models, for all that it is about."""


def in_robots(rules: Rules) -> Iterator[Signal]:
    """What a robots.txt says to crawlers that gather text for models, and of the use of its site."""
    for token in sorted(rules.agents & AI_AGENTS.keys()):
        is_allowed = rules.allows("https://host/", token)
        yield Signal(f"user-agent:{token}", "named" if is_allowed else "disallowed", not is_allowed)
    for name, value in rules.uses:
        yield Signal(name, value, _reserves_use(value))


def robots_reserves(rules: Rules, url: str) -> str | None:
    """Which statement of a robots.txt reserves the page, if one does."""
    for token in sorted(rules.agents & AI_AGENTS.keys()):
        if not rules.allows(url, token):
            return f"user-agent:{token}"
    return next((name for name, value in rules.uses if _reserves_use(value)), None)


def in_robots_directives(value: str | None, name: str) -> Iterator[Signal]:
    """What an X-Robots-Tag header or a robots meta says of keeping and using a page; directives for one agent too."""
    words = re.split(r"[,;:\s]+", (value or "").lower())
    for directive in _DIRECTIVES:
        if directive in words:
            yield Signal(name, directive, directive in _RESERVING_DIRECTIVES)


def in_tdm_reservation(value: str | None, name: str = "tdm-reservation") -> Iterator[Signal]:
    """Headers and metas of the TDM Reservation Protocol: 1 reserves, 0 does not, anything else says nothing.

    Where several contradict each other, what reserves counts.
    """
    if said := reservation_said(value):
        yield Signal(name, said, "1" in said.split(", "))


def reservation_said(*values: str | None) -> str | None:
    """All that headers and metas say of it, each once and in their order, such as `0, 1`; None where none does."""
    words = (word.strip() for value in values for word in (value or "").split(","))
    return ", ".join(dict.fromkeys(word for word in words if word)) or None


def on_page(*, x_robots_tag: str | None, meta_robots: str | None, tdm_reservation: str | None) -> tuple[Signal, ...]:
    """All that a page itself says."""
    return (
        *in_robots_directives(x_robots_tag, "x-robots-tag"),
        *in_robots_directives(meta_robots, "robots"),
        *in_tdm_reservation(tdm_reservation),
    )


@lru_cache(maxsize=16)
def read_tdmrep(body: bytes) -> tuple[dict[str, Any], ...]:
    """The rules of a tdmrep.json; whatever is not one is passed over."""
    try:
        found = json.loads(body[:TDMREP_MAX_BYTES])
    except (ValueError, RecursionError):
        return ()
    rules = found if isinstance(found, list) else [found]
    return tuple(
        rule for rule in rules[:_MOST_RULES] if isinstance(rule, dict) and isinstance(rule.get("location"), str)
    )


def in_tdmrep(body: bytes) -> Iterator[Signal]:
    for rule in read_tdmrep(body):
        yield Signal("tdmrep", json.dumps(rule, sort_keys=True, ensure_ascii=False), _is_one(rule))


def tdmrep_rule(body: bytes, url: str) -> dict[str, Any] | None:
    """The rule that is about the page: the longest location that fits counts, and a reservation first."""
    path = path_of(url)
    fitting = [rule for rule in read_tdmrep(body) if fits(rule["location"], path)]
    return max(fitting, key=lambda rule: (len(rule["location"]), _is_one(rule)), default=None)


def tdmrep_reserves(location: str | None, reservation: str | None) -> str | None:
    """What such a rule reserves by."""
    return f"tdmrep:{location}" if reservation == "1" else None


def reservation_of(rule: dict[str, Any]) -> str | None:
    """What a rule says: 1 reserves, 0 does not."""
    told = rule.get("tdm-reservation")
    return str(told) if isinstance(told, str | int) and not isinstance(told, bool) else None


def policy_of(rule: dict[str, Any]) -> str | None:
    """Where a rule says under which conditions rights can be had."""
    told = rule.get("tdm-policy")
    return told if isinstance(told, str) else None


def _is_one(rule: dict[str, Any]) -> bool:
    return reservation_of(rule) == "1"


def _reserves_use(value: str) -> bool:
    return any(re.sub(r"\s", "", word) in _RESERVING_USES for word in _WORD.findall(value.lower()))
