"""The table of what is measured of each open block: integers, one row a block, one column a feature."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from newsarchive.extract.document import Document
from newsarchive.extract.engine import phrases, placing, wording
from newsarchive.extract.engine.view import NONE, TAG, Columns, Ints, View, ints, view
from newsarchive.extract.engine.walk import Page

_NEIGHBOURS = (-2, -1, 1, 2)
_SECTIONS = ("related", "newsletter", "comment", "author", "share")
_LABEL = 40
# Numbers of groups, not measures.
_KEYS = ("group", "kin", "branch")


@dataclass(frozen=True, slots=True)
class Table:
    """What is measured of the open blocks of one page."""

    seen: View
    columns: Columns

    def rows(self, names: Sequence[str]) -> Ints:
        """The columns of these names, one row a block."""
        return np.stack([self.columns[name] for name in names], axis=1)

    @property
    def names(self) -> list[str]:
        return [name for name in self.columns if name not in _KEYS]


def measure(document: Document, page: Page, open_blocks: Sequence[int], head: int) -> Table:
    """All columns."""
    one, chosen = view(page, open_blocks, head), ints(open_blocks)
    said = ints([phrases.mask(tokens) for tokens in one.tokens])
    columns = (
        wording.columns(one, said)
        | wording.likeness(document, one)
        | placing.printed_in(page.blocks, chosen, one.chars)
        | placing.named(one, ints(page.blocks.masks)[chosen])
        | placing.levels(one)
        | placing.containers(one, placing.main_element(one))
        | placing.articles(one)
        | placing.groups(one)
    )
    return Table(one, columns | _neighbours(one, columns) | _headings(one, columns, said))


def _neighbours(one: View, columns: Columns) -> Columns:
    found: Columns = {}
    for by in _NEIGHBOURS:
        for name, fill in (("chars", 0), ("density", NONE), ("sentences", 0), ("tag", NONE), ("says", 0)):
            found[f"{name}{by:+}"] = shift(columns[name], by, fill)
        same_owner, same_parent = (shift(at, by, NONE) == at for at in (one.owner, one.up1))
        found[f"same{by:+}"] = same_owner + 2 * same_parent.astype(np.int64)
        found[f"kin{by:+}"] = (shift(columns["group"], by, NONE) == columns["group"]).astype(np.int64)
    return found


def shift(column: Ints, by: int, fill: int) -> Ints:
    """For each block what the column has for the one `by` places on."""
    out = np.full_like(column, fill)
    if by > 0:
        out[:-by] = column[by:]
    else:
        out[-by:] = column[:by]
    return out


def _headings(one: View, columns: Columns, said: Ints) -> Columns:
    """The last heading or label before each block, and of what it speaks."""
    index = np.arange(one.size)
    is_heading = (one.tag >= TAG["h1"]) & (one.tag <= TAG["h6"])
    is_bold = (columns["emphasised"] > 900) & (one.chars < 2 * _LABEL)
    last = np.maximum.accumulate(np.where(is_heading | is_bold | ((one.chars < _LABEL) & (said > 0)), index, NONE))
    previous = np.concatenate(([NONE], last))[: one.size]
    has, at = previous >= 0, np.maximum(previous, 0)
    found = {
        "heading_since": np.where(has, np.minimum(index - at, _LABEL), 50),
        "heading_says": np.where(has, (said[at] & ~phrases.BIT["date"]) > 0, 0).astype(np.int64),
        "heading_tag": np.where(has, one.tag[at], NONE),
        "heading_near": np.where(has, one.up1[at] == one.up1, 0).astype(np.int64),
    }
    for name in _SECTIONS:
        found[f"heading_{name}"] = np.where(has, (said[at] & phrases.BIT[name]) > 0, 0).astype(np.int64)
    return found
