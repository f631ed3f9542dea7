"""Site configurations of Full-Text RSS (fivefilters/ftr-site-config, CC0) as a layout of an outlet, for one site.

They are a starting point, not the truth: where one fits, it is often years old. So a configuration is tried on the
pages that it names itself before anybody switches it on.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from newsarchive.extract.xpath import XPathError, to_css

_LINE = re.compile(r"(?P<name>[a-z_]+)(?:\((?P<argument>[^)]*)\))?\s*:\s*(?P<value>.*)")
_NODES = {"title": "headline", "author": "byline"}
# Directives for other programs' fetching and parsing, which ours does in its own way.
_NEEDLESS = frozenset({
    "tidy", "prune", "parser", "autodetect_on_failure", "convert_double_br_tags", "footnotes", "http_header",
    "insert_detected_image", "skip_json_ld", "native_ad_clue", "strip_image_src", "date", "strip_attr",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trial:
    """A page that the configuration says it reads."""

    url: str
    contains: tuple[str, ...]
    """What must stand in the text; may be nothing."""


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """What a configuration says, as far as a layout can say it."""

    bodies: tuple[str, ...] = ()
    """CSS; the first that finds something is meant."""
    drop: tuple[str, ...] = ()
    headline: str | None = None
    byline: str | None = None
    trials: tuple[Trial, ...] = ()
    left_out: tuple[str, ...] = ()
    """Lines that no layout can say, each with the reason."""

    def layout(self, body: str | None) -> dict[str, Any]:
        """A layout's facts, as they stand in the outlet's YAML."""
        facts = {"body": body, "drop": list(self.drop), "headline": self.headline, "byline": self.byline}
        return {name: value for name, value in facts.items() if value}


@dataclass(slots=True)
class _Draft:
    bodies: list[str]
    drop: list[str]
    named: dict[str, str]
    trials: list[tuple[str, list[str]]]
    left_out: list[str]


def read(text: str) -> SiteConfig:
    """The configuration in a file's text; a line that cannot be used is left out, with its reason."""
    draft = _Draft([], [], {}, [], [])
    for number, line in enumerate(text.splitlines(), start=1):
        found = _LINE.fullmatch(line.strip())
        if not found or line.lstrip().startswith("#"):
            continue
        try:
            _take(draft, found["name"], found["value"].strip())
        except XPathError as error:
            draft.left_out.append(f"line {number}: CSS cannot say {error}")
    return SiteConfig(
        bodies=tuple(draft.bodies),
        drop=tuple(dict.fromkeys(draft.drop)),
        headline=draft.named.get("headline"),
        byline=draft.named.get("byline"),
        trials=tuple(Trial(url, tuple(contains)) for url, contains in draft.trials),
        left_out=tuple(draft.left_out),
    )


def fitting_body(config: SiteConfig, bodies_found: Callable[[str], Iterable[str]], trial: Trial) -> str | None:
    """The first body that tells what the trial page must contain; `bodies_found` gives the texts of a selector."""
    for body in config.bodies:
        texts = " ".join(" ".join(bodies_found(body)).split())
        if texts and all(" ".join(phrase.split()) in texts for phrase in trial.contains):
            return body
    return None


def _take(draft: _Draft, name: str, value: str) -> None:
    if not value or name in _NEEDLESS:
        return
    if name == "body":
        draft.bodies.append(to_css(value))
    elif name == "strip":
        draft.drop.append(to_css(value))
    elif name == "strip_id_or_class":
        quoted = value.strip("'\"").replace("\\", "\\\\").replace('"', '\\"')
        draft.drop.append(f'[id*="{quoted}"], [class*="{quoted}"]')
    elif name in _NODES:
        draft.named.setdefault(_NODES[name], to_css(value))
    elif name == "test_url":
        draft.trials.append((value, []))
    elif name == "test_contains" and draft.trials:
        draft.trials[-1][1].append(value)
    else:
        draft.left_out.append(f"{name}: a layout has nothing like it")
