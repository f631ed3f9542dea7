"""What the first weighing shows of the blocks about each block: columns for the second."""

import numpy as np

from newsarchive.extract.engine.features import Table, shift
from newsarchive.extract.engine.view import Columns, Ints, ints, sums

_NEIGHBOURS = (-4, -3, -2, -1, 1, 2, 3, 4)
_WINDOWS = (3, 8)
_BOUND, _FAR = 4000, 60


def columns(table: Table, scores: Ints) -> Columns:
    """The scores themselves, of neighbours, and of all that stands in the same places."""
    one = table.seen
    own = np.clip(scores, -_BOUND, _BOUND)
    found: Columns = {"score": own}
    for by in _NEIGHBOURS:
        found[f"score{by:+}"] = shift(own[None, :], by)[0]
    places = {"owner": one.owner, "parent": one.up1, "grand": one.up2}
    places |= {name: table.columns[name] for name in ("group", "branch")}
    for name, at in places.items():
        found[f"score_{name}"] = _about(at, own, one.chars)
    return found | _windows(own, one.chars) | _run(own > 0, one.chars)


def _about(at: Ints, own: Ints, chars: Ints) -> Ints:
    """The mean score of the other blocks at the same place, by size; -9999 where there are none."""
    weighed = own * chars
    size = int(at.max()) + 1
    total = np.bincount(at, weights=weighed, minlength=size).astype(np.int64)
    whole = np.bincount(at, weights=chars, minlength=size).astype(np.int64)
    others = whole[at] - chars
    return np.where(others > 0, (total[at] - weighed) // np.maximum(others, 1), -9999)


def _windows(own: Ints, chars: Ints) -> Columns:
    """The mean score of the blocks about, by size."""
    weighed, sizes, index = sums(own * chars), sums(chars), np.arange(len(own))
    found: Columns = {}
    for width in _WINDOWS:
        low, high = np.maximum(index - width, 0), np.minimum(index + width + 1, len(own))
        found[f"score_within{width}"] = (weighed[high] - weighed[low]) // (sizes[high] - sizes[low])
    return found


def _run(wanted: np.ndarray, chars: Ints) -> Columns:
    """How much of what is wanted stands before and after, and how far away the next of it."""
    kept = sums(np.where(wanted, chars, 0))
    total, index = max(1, int(kept[-1])), np.arange(len(wanted))
    last = np.maximum.accumulate(np.where(wanted, index, -_FAR))
    following = np.minimum.accumulate(np.where(wanted, index, len(wanted) + _FAR)[::-1])[::-1]
    before = np.concatenate(([-_FAR], last))[:-1]
    after = np.concatenate((following, [len(wanted) + _FAR]))[1:]
    return {
        "wanted_before": 1000 * kept[:-1] // total,
        "wanted_after": 1000 * (total - kept[1:]) // total,
        "wanted": np.full(len(wanted), total),
        "since_wanted": ints(np.minimum(index - before, _FAR)),
        "until_wanted": ints(np.minimum(after - index, _FAR)),
    }
