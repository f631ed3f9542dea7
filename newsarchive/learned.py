"""What an outlet's pages have taught: blocks that recur over them and belong to no article. Pure, but for the file.

The table is a rule like the outlet's YAML, and lies beside it: `config/learned/<outlet>.json`, one line a block. Not in
the archive, which grows with every crawl: what a capture says must not depend on what other captures lie around it, but
only on rules that somebody chose, that are under version control, and that go wherever the project goes.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import rfc8785

from newsarchive.errors import OutletError
from newsarchive.yaml_files import read_octets

FOLDER = "learned"
FORM = "learned-furniture/1"
MAX_BYTES = 20_000_000
"""Longest table."""
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Recurring:
    """A block that stands on many pages."""

    pages: int
    bodies: int
    """In how many of them it was read as part of the body, before it was known."""
    place: str
    """Where in the page: the element it stands in and the one around that, as `div.promo>p`."""
    text: str
    """As `fold` gives it."""


@dataclass(frozen=True)
class Learned:
    """The table of one outlet; the same blocks have the same digest."""

    outlet: str
    pages: int
    """Stories it was learned from."""
    blocks: tuple[Recurring, ...]
    """What was read as body first, then by falling frequency."""

    @cached_property
    def digest(self) -> str:
        """`sha256:` of `reading_facts`."""
        return "sha256:" + hashlib.sha256(self.reading_facts()).hexdigest()

    def reading_facts(self) -> bytes:
        """That on which a reading depends, as canonical JSON: which blocks, and which of them are common."""
        return rfc8785.dumps(sorted((block.text, block.place, str(block.text in self.common)) for block in self.blocks))

    @cached_property
    def places(self) -> dict[str, frozenset[str]]:
        """For each text where it is furniture."""
        found: dict[str, set[str]] = {}
        for block in self.blocks:
            found.setdefault(block.text, set()).add(block.place)
        return {text: frozenset(places) for text, places in found.items()}

    @cached_property
    def common(self) -> frozenset[str]:
        """What stands on at least half of the stories."""
        return frozenset(block.text for block in self.blocks if 2 * block.pages >= self.pages)

    def to_json(self) -> str:
        """The file: keys and blocks in one order, one line a block, so that a change can be read as a change."""
        rows = ",\n".join(json.dumps(asdict(block), ensure_ascii=False) for block in self.blocks)
        head = {"form": FORM, "outlet": self.outlet, "pages": self.pages}
        facts = ",\n".join(f'"{name}": {json.dumps(fact, ensure_ascii=False)}' for name, fact in head.items())
        return f'{{\n{facts},\n"blocks": [\n{rows}\n]\n}}\n'


def learned(outlet: str, pages: int, blocks: Iterable[Recurring]) -> Learned:
    """The table in its order, whatever the order of the blocks."""
    return Learned(outlet, pages, tuple(sorted(blocks, key=_rank)))


def from_reading_facts(outlet: str, facts: bytes) -> Learned:
    """A table that reads as the one whose `reading_facts` these are; raises `ValueError` for what is no such JSON."""
    told = json.loads(facts)
    if not isinstance(told, list) or not all(_is_block(one) for one in told):
        raise ValueError("no facts of a learned table")
    # How often each block was seen is not kept: of two stories, a common one stands on one of them.
    return learned(outlet, 2, (Recurring(int(common == "True"), 0, place, text) for text, place, common in told))


def _is_block(told: object) -> bool:
    is_three = isinstance(told, list) and len(told) == 3 and all(isinstance(one, str) for one in told)
    return is_three and told[2] in ("True", "False")  # type: ignore[index]


def _rank(block: Recurring) -> tuple[int, int, str, str]:
    return -block.bodies, -block.pages, block.text, block.place


def fold(printed: str) -> str:
    """Text as it is compared: small letters, and every number alike."""
    return _NUMBER.sub("#", printed.lower())


def path(config: Path, outlet: str) -> Path:
    """Where the table of an outlet lies."""
    return config / FOLDER / f"{outlet}.json"


def load(config: Path, outlet: str) -> Learned | None:
    """The table of an outlet, None if it has none; raises `OutletError` for a file that is no such table."""
    file = path(config, outlet)
    if not os.path.lexists(file):
        return None
    octets = read_octets(file, max_bytes=MAX_BYTES)
    try:
        return _table(json.loads(octets.decode("utf-8-sig")), outlet)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        wanted = f"a table of the form {FORM} for {outlet}; make it again with: scrapy outlet learn {outlet}"
        raise OutletError(file, [("file", str(error).replace("\n", " "), wanted)]) from error


def _table(facts: dict[str, Any], outlet: str) -> Learned:
    if (facts["form"], facts["outlet"]) != (FORM, outlet):
        raise ValueError(f"{facts['form']} for {facts['outlet']}")
    return learned(outlet, int(facts["pages"]), (_block(one) for one in facts["blocks"]))


def _block(one: dict[str, Any]) -> Recurring:
    return Recurring(int(one["pages"]), int(one["bodies"]), str(one["place"]), fold(str(one["text"])))
