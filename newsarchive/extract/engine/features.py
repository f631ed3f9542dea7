"""The table of what is measured of each open block: integers, one row a block, one column a feature."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from newsarchive.extract.document import Document
from newsarchive.extract.engine import phrases, placing, wording
from newsarchive.extract.engine.page import Page
from newsarchive.extract.engine.view import NONE, TAG, Columns, Ints, View, ints, view

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

    def measures(self, names: Sequence[str]) -> Ints:
        """What is named so: one row each, one column a block."""
        return np.concatenate([self.columns[name] for name in names]).reshape(len(names), -1)

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
        | placing.links_in_a_row(one)
        | placing.named(one, ints(page.blocks.masks)[chosen])
        | placing.levels(one)
        | placing.containers(one, placing.main_element(one))
        | placing.articles(one)
        | placing.groups(one)
    )
    return Table(one, columns | _neighbours(one, columns) | _headings(one, columns, said))


def _neighbours(one: View, columns: Columns) -> Columns:
    """The same measures of the blocks before and after."""
    names = ("chars", "density", "sentences", "tag", "says")
    about = np.stack([columns[name] for name in names])
    kind = np.stack([one.owner, one.up1, columns["group"]])
    found: Columns = {}
    for by in _NEIGHBOURS:
        found |= zip((f"{name}{by:+}" for name in names), shift(about, by), strict=True)
        owner, parent, group = (shift(kind, by) == kind).astype(np.int64)
        found |= {f"same{by:+}": owner + 2 * parent, f"kin{by:+}": group}
    return found


def shift(columns: Ints, by: int) -> Ints:
    """For each block what the columns have for the one `by` places on; -1 beyond the page."""
    out = np.full_like(columns, NONE)
    if by > 0:
        out[:, :-by] = columns[:, by:]
    else:
        out[:, -by:] = columns[:, :by]
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
