"""The identity of a reading: a hash of all that it depends on."""

import hashlib
import sys
import unicodedata
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import rfc8785

from newsarchive import __version__
from newsarchive.items import Extraction, Rule
from newsarchive.outlets import Outlet

LIBRARIES = ("selectolax", "numpy", "py3langid", "w3lib", "tzdata")
_MODULES = (
    "calendars.py", "dates.py", "items.py", "learned.py", "outlets.py", "pages.py", "parameters.py", "reading.py",
    "text.py", "urls.py", "politeness/agents.py", "politeness/reservations.py", "warc/chunks.py", "warc/fields.py",
    "warc/frame.py", "warc/head.py", "warc/payload.py", "warc/terms.py",
)  # fmt: skip
_FOLDERS = ("deriving", "extract", "judging")
_Rules = tuple[tuple[str, str], ...]
"""Names and digests."""


def extraction(engine: str, outlet: Outlet | None, platform: str | None) -> Extraction:
    """What read a page, and by which rules."""
    identity, rules = _identity(_rules_of(outlet) if outlet else (), platform)
    return Extraction(identity, __version__, engine, [Rule(name, digest) for name, digest in rules])


def _rules_of(outlet: Outlet) -> _Rules:
    """Its YAML and, where it has one, the table that was learned from its pages."""
    facts = (f"outlet/{outlet.id}", outlet.digest)
    return (facts, (f"learned/{outlet.id}", outlet.learned.digest)) if outlet.learned else (facts,)


def spelled_out(extraction: Extraction) -> bytes:
    """All that a reading depended on, as canonical JSON: its sha256 is `extraction.id`.

    Raises `ValueError` where another installation than this one has read, so that it cannot be known here.
    """
    document = rfc8785.dumps(_depends_on(tuple((rule.name, rule.digest) for rule in extraction.rules)))
    if _sha256(document) != extraction.id:
        raise ValueError(f"{extraction.id} is no reading of this installation")
    return document


@cache
def _identity(outlet: _Rules, platform: str | None) -> tuple[str, _Rules]:
    rules = list(outlet)
    if platform:
        module = files("newsarchive.extract.platforms").joinpath(f"{platform}.py")
        rules.append((f"platform/{platform}", _sha256(module.read_bytes())))
    return _sha256(rfc8785.dumps(_depends_on(tuple(rules)))), tuple(rules)


def _depends_on(rules: _Rules) -> dict[str, Any]:
    return {
        "version": __version__,
        "sources": _digest_of_sources(),
        "libraries": _libraries(),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "unicode": unicodedata.unidata_version,
        "rules": [list(rule) for rule in rules],
    }


@cache
def _libraries() -> dict[str, str]:
    return {name: version(name) for name in LIBRARIES}


def sources() -> dict[str, Traversable]:
    """All modules and tables that take part in a reading, by their paths in the package."""
    package = files("newsarchive")
    modules = {name: package.joinpath(name) for name in _MODULES}
    waiting = [(name, package.joinpath(name)) for name in _FOLDERS]
    while waiting:
        path, folder = waiting.pop()
        for entry in folder.iterdir():
            name = f"{path}/{entry.name}"
            if entry.is_dir():
                waiting.append((name, entry))
            elif _is_source(entry):
                modules[name] = entry
    return modules


@cache
def _digest_of_sources() -> str:
    return _sha256(rfc8785.dumps({name: _sha256(entry.read_bytes()) for name, entry in sorted(sources().items())}))


def _is_source(entry: Traversable) -> bool:
    return entry.name.endswith((".py", ".json", ".txt"))


def _sha256(block: bytes) -> str:
    return "sha256:" + hashlib.sha256(block).hexdigest()
