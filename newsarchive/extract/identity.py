"""`extraction.id`: the hash of everything that a reading depends on.

It covers the number of the reading, the parsing libraries, the rules of the outlet and its learned table. The
versions of the project and of Python are not part of it: the golden rows are equal on all supported Pythons.
"""

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version

import rfc8785

from newsarchive import __version__
from newsarchive.items import Extraction, Rule
from newsarchive.outlets import Outlet

LIBRARIES = ("selectolax", "numpy", "py3langid", "w3lib", "tzdata")
READING = 2
"""The number of the reading. Raise it in every commit that changes a golden row (`python -m tests.golden.rows`)."""
_Rules = tuple[tuple[str, str], ...]
"""Names and digests."""


def extraction(engine: str, outlet: Outlet | None, platform: str | None) -> Extraction:
    """Return the provenance of a reading: its ID, engine and rules."""
    identity, rules = _identity(_rules_of(outlet) if outlet else (), platform)
    return Extraction(identity, __version__, engine, [Rule(name, digest) for name, digest in rules])


def _rules_of(outlet: Outlet) -> _Rules:
    """Return the outlet's YAML and, if it has one, the table learned from its pages."""
    facts = (f"outlet/{outlet.id}", outlet.digest)
    return (facts, (f"learned/{outlet.id}", outlet.learned.digest)) if outlet.learned else (facts,)


def spelled_out(extraction: Extraction) -> bytes:
    """Return everything that a reading depends on as canonical JSON; its SHA-256 is `extraction.id`.

    Raises `ValueError` if another version or installation made the reading.
    """
    document = _document((rule.name, rule.digest) for rule in extraction.rules)
    if _sha256(document) != extraction.id:
        raise ValueError(f"{extraction.id} was not read by this version and its libraries")
    return document


def is_current(extraction_id: str, rules: Iterable[tuple[str, str]]) -> bool:
    """Return whether this version, with its libraries, makes the reading with that ID from these rules."""
    return _sha256(_document(rules)) == extraction_id


@cache
def _identity(outlet: _Rules, platform: str | None) -> tuple[str, _Rules]:
    rules = list(outlet)
    if platform:
        # Profiles of platforms are code, so the number of the reading stands for their content.
        rules.append((f"platform/{platform}", _sha256(rfc8785.dumps([platform, READING]))))
    return _sha256(_document(rules)), tuple(rules)


def _document(rules: Iterable[tuple[str, str]]) -> bytes:
    return rfc8785.dumps({"reading": READING, "libraries": _libraries(), "rules": [list(rule) for rule in rules]})


@cache
def _libraries() -> dict[str, str]:
    return {name: version(name) for name in LIBRARIES}


def _sha256(block: bytes) -> str:
    return "sha256:" + hashlib.sha256(block).hexdigest()
