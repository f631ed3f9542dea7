"""What follows from the weighing: the dek, quoted posts, and why each block is kept or dropped."""

import numpy as np

from newsarchive.extract.engine.features import Table
from newsarchive.extract.engine.view import TAG, Ints, Truths

_NEAREST, _FARTHEST = 12, 14
_SHORTEST, _LONGEST, _MOST_LINKED, _FEWEST_WORDS = 25, 600, 300, 6
_LIKE, _HIGHEST_HEADING, _LOWEST_HEADING = 1000, TAG["h2"], TAG["h4"]
_AFTER = 3
_GAP, _SMALL, _SURE = 6, 5, 1500
_TELLING = 60
# The first that fits names what a dropped block is.
_REASONS = tuple(
    (f"in_{name}", name)
    for name in ("caption", "newsletter", "comment", "related", "share", "author", "consent", "advert", "live",
                 "navigation", "footer", "sidebar", "meta", "headline", "media", "hidden", "list")
) + tuple((f"says_{name}", name) for name in ("credit", "newsletter", "related", "share", "author", "copyright",
                                             "consent", "advert", "media", "contact", "tags"))  # fmt: skip


def decide(table: Table, scores: Ints, after: Truths) -> tuple[Truths, Truths]:
    """Which blocks are the dek, and which are the body; nothing `after` it is."""
    above = dek(table)
    kept = without_strays(table, (scores > 0) & ~above, scores)
    return above, with_posts(table, kept) & ~after


def dek(table: Table) -> Truths:
    """The summary between headline and first paragraph, in an element that is none of the running text."""
    one, columns = table.seen, table.columns
    found = np.zeros(one.size, dtype=bool)
    running = np.flatnonzero((one.prose > 0) & (columns["main_place"] == 1))
    for place in np.flatnonzero(_may_be_dek(table)).tolist():
        before, after = running[running < place], running[running > place]
        if len(before) and not found[before].all():
            break
        if not len(after) or after[0] > place + _FARTHEST:
            continue
        is_running = one.up1[place] == one.up1[after[0]] and one.tag[place] == one.tag[after[0]]
        is_elsewhere = found.any() and one.up1[place] != one.up1[int(np.argmax(found))]
        found[place] = not is_running and not is_elsewhere
    return found


def _may_be_dek(table: Table) -> Truths:
    one, columns = table.seen, table.columns
    is_near = (columns["from_headline"] >= 1) & (columns["from_headline"] <= _NEAREST)
    is_sized = (one.chars >= _SHORTEST) & (one.chars <= _LONGEST) & (one.density < _MOST_LINKED)
    none = ("near_caption", "says_newsletter", "in_related", "in_hidden")
    is_other = np.any([columns[name] > 0 for name in none], axis=0)
    is_named = (columns["near_dek"] > 0) & (one.words >= _FEWEST_WORDS)
    is_heading = (one.tag >= _HIGHEST_HEADING) & (one.tag <= _LOWEST_HEADING)
    is_subhead = is_heading & (columns["from_headline"] <= 4) & (one.words > _FEWEST_WORDS)
    is_described = columns["like_description"] >= _LIKE
    found: Truths = is_near & is_sized & ~is_other & (is_named | is_subhead | is_described)
    return found


def after_the_body(table: Table) -> Truths:
    """What follows the last block of what the page itself says is the body, where that holds enough of the prose.

    Said by markup, by a class name, or by the article's stated text; what stands before may still be a lede.
    """
    one, columns = table.seen, table.columns
    stated = (columns["in_json"] == 2) & (one.chars > _TELLING)
    index, found = np.arange(one.size), np.zeros(one.size, dtype=bool)
    for said, least, share in (
        (columns["marked"] == 1, 1, 200),
        (columns["every_body"] == 1, 3, 300),
        (stated, 3, 600),
    ):
        if int(said.sum()) >= least and 1000 * int(one.prose[said].sum()) >= share * one.total:
            found |= index > np.flatnonzero(said)[-1]
    return found


def without_strays(table: Table, kept: Truths, scores: Ints) -> Truths:
    """A small and doubtful stretch far from the greatest is none of the article."""
    places = np.flatnonzero(kept)
    runs = np.split(places, np.flatnonzero(np.diff(places) > _GAP) + 1)
    sizes = [int(table.seen.chars[run].sum()) for run in runs]
    found, greatest = kept.copy(), max(sizes)
    for run, size in zip(runs, sizes, strict=True):
        if _SMALL * size < greatest and int(scores[run].max()) < _SURE:
            found[run] = False
    return found


def with_posts(table: Table, kept: Truths) -> Truths:
    """Posts of social networks that the article quotes stand and fall with the text about them, each as a whole."""
    posts = table.columns["near_tweet"] > 0
    prose = np.flatnonzero(kept & ~posts)
    if not posts.any() or not len(prose):
        return kept & ~posts
    begins = posts & ~np.concatenate(([False], posts[:-1]))
    first = np.maximum.accumulate(np.where(begins, np.arange(len(kept)), 0))
    within = (first > prose[0]) & (first <= prose[-1] + _AFTER) & (table.columns["main_place"] == 1)
    return np.where(posts, within, kept)


def reasons(table: Table, after: Truths) -> list[str]:
    """A name for what each block would be if it is dropped."""
    is_outside = (table.columns["main_place"] != 1) | after
    named = table.measures([column for column, _ in _REASONS]) > 0
    told = np.concatenate((named, is_outside[None, :], np.ones((1, table.seen.size), dtype=bool)))
    names = (*(reason for _, reason in _REASONS), "outside", "model")
    return [names[first] for first in told.argmax(axis=0).tolist()]
