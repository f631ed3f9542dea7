"""What a block's place in the tree shows: columns of the table."""

import numpy as np

from newsarchive.extract.engine import names
from newsarchive.extract.engine.page import Blocks
from newsarchive.extract.engine.view import NONE, TAG, Columns, Ints, Truths, View, bits, inherited, ints, sums

_BIG = 500
_LEVELS = (("deep9", 900), ("deep7", 700), ("deep5", 500))
_GOOD = names.BIT["body"] | names.BIT["article"] | names.BIT["headline"] | names.BIT["dek"]
_KINDS = (*names.NAMES, "hidden")
_LEAST_SHARE = 200
_HIGHEST, _SECTIONS = 3, 2
_FAR = 50
_LINK = 850


def named(one: View, inline: Ints) -> Columns:
    """What the elements about a block are called; an element that holds most of the prose is not furniture."""
    big = (one.e_share > _BIG) | ((one.e_start <= one.head) & (one.head < one.e_end))
    own = np.where(big, 0, one.e_mask)
    parents = one.e_parent.tolist()
    above = ints(inherited(parents, own.tolist()))[one.owner]
    every = ints(inherited(parents, one.e_mask.tolist()))[one.owner]
    near = one.e_mask[one.owner] | own[one.up1] | inline
    found = bits((f"near_{name}" for name in _KINDS), near) | bits((f"in_{name}" for name in _KINDS), above)
    found["furniture"] = np.bitwise_count(above & ~_GOOD).astype(np.int64)
    found["marked"] = _marked(one, every)
    found["every_body"] = (every & names.BIT["body"] > 0).astype(np.int64)
    return found


def _marked(one: View, every: Ints) -> Ints:
    """1 in what is marked as the article's body, -1 outside of it; 0 if nothing worth the name is marked."""
    is_worth = (one.e_mask & names.MARKED > 0) & (one.e_share > _LEAST_SHARE)
    return np.where(every & names.MARKED > 0, 1, -1) if is_worth.any() else np.zeros(one.size, dtype=np.int64)


def levels(one: View) -> Columns:
    """The nearest elements: tag, part of the prose, links, blocks."""
    found = {"tag": one.tag, "tag1": one.e_tag[one.up1], "tag2": one.e_tag[one.up2]}
    for level, at in enumerate((one.owner, one.up1, one.up2, one.up3)):
        found[f"share{level}"] = one.e_share[at]
        found[f"density{level}"] = one.e_density[at]
        found[f"blocks{level}"] = (one.e_end - one.e_start)[at]
    return found


def containers(one: View, main: int) -> Columns:
    """Before, in or after the elements that hold most of the prose, and how far from their bounds."""
    index = np.arange(one.size)
    at = [main, *(_deepest(one.e_share, least) for _, least in _LEVELS)]
    start, end = one.e_start[at][:, None], one.e_end[at][:, None]
    measured = {
        "place": (index >= start).astype(np.int64) + (index >= end),
        "from": _between(index - start, -20, 60),
        "to": _between(end - index, -20, 60),
    }
    found: Columns = {}
    for kind, columns in measured.items():
        found |= zip((f"{name}_{kind}" for name in ("main", *(name for name, _ in _LEVELS))), columns, strict=True)
    found["main_share"] = np.full(one.size, one.e_share[main])
    return found | _branch(one, main, index) | _passed(one, main)


def _between(column: Ints, least: int, most: int) -> Ints:
    # What np.clip does, without its checks: they take three times as long on so short a column.
    found: Ints = np.minimum(np.maximum(column, least), most)
    return found


def main_element(one: View) -> int:
    """The element whose children and grandchildren hold most prose; all sections of it, where it is one of them."""
    at = np.concatenate((one.up1, one.up2, one.owner))
    best = int(np.argmax(np.bincount(at, weights=np.concatenate((10 * one.prose, 5 * one.prose, 2 * one.prose)))))
    within = best
    for _ in range(_HIGHEST):
        above = int(one.e_parent[within])
        # What follows the element with the headline are other articles.
        if above <= 0 or one.e_start[within] <= one.head < one.e_end[within]:
            break
        alike = (one.e_parent == above) & (one.e_signature == one.e_signature[within])
        if int(one.e_prose[alike].sum()) > _SECTIONS * int(one.e_prose[within]):
            best = above
        within = above
    return best


def _deepest(share: Ints, least: int) -> int:
    found = np.flatnonzero(share >= least)
    return int(found[-1]) if len(found) else 0


def _branch(one: View, main: int, index: Ints) -> Columns:
    """The child of the main element that a block stands in."""
    # Elements stand in the order of the page: what is within one follows it without a gap.
    children, outside = np.flatnonzero(one.e_parent == main), np.flatnonzero(one.e_parent[main + 1 :] < main)
    last = main + int(outside[0]) if len(outside) else len(one.e_parent)
    within = (one.owner > main) & (one.owner <= last)
    at = np.zeros(one.size, dtype=np.int64)
    at[within] = children[np.searchsorted(children, one.owner[within], side="right") - 1]
    measured = {
        "share": one.e_share[at], "density": one.e_density[at], "blocks": (one.e_end - one.e_start)[at],
        "tag": one.e_tag[at], "place": index - one.e_start[at],
    }  # fmt: skip
    found = {f"branch_{name}": np.where(within, column, NONE) for name, column in measured.items()}
    found["branch"] = at
    found["direct"] = (one.owner == main).astype(np.int64) + 2 * (one.up1 == main)
    return found


def _passed(one: View, main: int) -> Columns:
    """How much of the prose stands before and after, per mille."""
    before = sums(one.prose)
    start, end = int(one.e_start[main]), int(one.e_end[main])
    within = max(1, int(before[end] - before[start]))
    index = np.arange(one.size)
    return {
        "prose_before": 1000 * before[:-1] // one.total,
        "prose_after": 1000 * (one.total - before[1:]) // one.total,
        "main_prose_before": 1000 * np.maximum(before[:-1] - before[start], 0) // within,
        "main_prose_after": 1000 * np.maximum(before[end] - before[1:], 0) // within,
        "since_prose": _since(one.prose > 0),
        "until_prose": _since((one.prose > 0)[::-1])[::-1],
        "index": index,
        "rest": one.size - index,
        "from_headline": _between(index - one.head, -40, 80) if one.head >= 0 else np.full(one.size, -99),
    }


def _since(is_there: Truths) -> Ints:
    index = np.arange(len(is_there))
    last = np.maximum.accumulate(np.where(is_there, index, NONE))
    return ints(np.where(last < 0, _FAR, np.minimum(index - last, _FAR)))


def articles(one: View) -> Columns:
    """1 in the article element with the headline or most prose, 3 in one within it, 2 in another."""
    places = np.flatnonzero(one.e_tag == TAG["article"]).tolist()
    if not places:
        return {"article": np.zeros(one.size, dtype=np.int64), "articles": np.zeros(one.size, dtype=np.int64)}
    own = [at for at in places if one.e_start[at] <= one.head < one.e_end[at] and one.e_share[at] > _LEAST_SHARE]
    best = own[0] if own else max(places, key=lambda at: int(one.e_prose[at]), default=NONE)
    is_article = set(places)
    found: list[int] = []
    for place, parent in enumerate(one.e_parent.tolist()):
        above = found[parent] if parent >= 0 else 0
        if place in is_article:
            above = 1 if place == best else (3 if above in (1, 3) else 2)
        found.append(above)
    return {"article": ints(found)[one.owner], "articles": np.full(one.size, min(len(places), 30))}


def groups(one: View) -> Columns:
    """What blocks in elements of one kind have in common."""
    kin = one.e_signature[one.owner]
    family = (kin * 100_003 + one.e_signature[one.up1]) * 100_003 + one.e_signature[one.up2]
    found: Columns = {}
    for name, key in (("group", family), ("kin", kin)):
        _, at = np.unique(key, return_inverse=True)
        count = np.bincount(at)
        prose, chars, linked = (_summed(at, column) for column in (one.prose, one.chars, one.linked))
        found[name] = at
        found[f"{name}_count"] = count[at]
        found[f"{name}_share"] = (1000 * prose // one.total)[at]
        found[f"{name}_density"] = (1000 * linked // chars)[at]
        found[f"{name}_chars"] = (chars // count)[at]
    return found


def _summed(at: Ints, column: Ints) -> Ints:
    """Sums for each number in `at`; exact, as long as they are below 2^53."""
    return np.bincount(at, weights=column).astype(np.int64)


def printed_in(blocks: Blocks, chosen: Ints, chars: Ints) -> Columns:
    """How the letters stand: emphasised, after a double line break, after a picture or before one."""
    emphasised = np.minimum(ints(blocks.emphasised)[chosen], chars)
    pictured = ints(blocks.pictured)[chosen]
    return {
        "emphasised": 1000 * emphasised // chars, "break": ints(blocks.breaks)[chosen],
        "after_picture": pictured, "before_picture": np.concatenate((pictured[1:], [0])),
    }  # fmt: skip


def links_in_a_row(one: View) -> Columns:
    """How many blocks of nothing but links stand together here."""
    is_link = one.density > _LINK
    ends = np.flatnonzero(~is_link)
    index = np.arange(one.size)
    at = np.searchsorted(ends, index)
    before, after = np.concatenate(([-1], ends))[at], np.concatenate((ends, [one.size]))[at]
    return {"links_in_a_row": np.where(is_link, after - before - 1, 0)}
