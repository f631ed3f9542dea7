"""Is a page one that the parser would choke on? Judged on its bytes, faster than any parse."""

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

_TAG = re.compile(rb"</?[a-zA-Z][a-zA-Z0-9-]*")
# Elements that need no end tag: their starts say nothing of depth.
_UNNESTED = frozenset({
    b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta", b"param", b"source",
    b"track", b"wbr", b"p", b"li", b"dt", b"dd", b"option", b"optgroup", b"tr", b"td", b"th", b"tbody", b"thead",
    b"tfoot", b"colgroup", b"rp", b"rt", b"html", b"head", b"body", b"a", b"svg", b"path", b"circle", b"rect", b"g",
    b"use", b"line", b"polygon",
})  # fmt: skip
_DEEPEST = 1000
_SAFE_TAGS = 2 * _DEEPEST
_LONGEST_TAG = 50_000
_OPENING = ord("<")
_IS_NAME = np.array([chr(octet).isalnum() or octet == ord("-") for octet in range(128)] + [False] * 128)
# Ends with the text where the end is missing, so that each is looked for once.
_NO_MARKUP = re.compile(rb"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL | re.IGNORECASE)
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
_MOST_ATTRIBUTES = 2000


def is_too_complex(markup: bytes) -> bool:
    """Judged on all of the text, which is cheap; then without what only looks like tags, as `a<b` in a script."""
    if not (_is_too_deep(markup) or _has_endless_tag(markup)):
        return False
    bare = _NO_MARKUP.sub(b"", markup)
    return _is_too_deep(bare) or _has_endless_tag(bare)


def _is_too_deep(markup: bytes) -> bool:
    octets = np.frombuffer(markup, dtype=np.uint8)
    is_opening = octets == _OPENING
    # Four times as fast as `count`, which stops at each.
    if np.count_nonzero(is_opening) < _SAFE_TAGS or _most_nested(octets, np.flatnonzero(is_opening)) <= _DEEPEST:
        return False
    changes = np.fromiter(map(_Changes().__getitem__, _TAG.findall(markup)), dtype=np.int64)
    depths = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(changes)))
    # An end tag without a start leads nowhere: what counts is how far it goes up from the lowest point so far.
    return int((depths - np.minimum.accumulate(depths)).max()) > _DEEPEST


def _most_nested(octets: npt.NDArray[np.uint8], openings: npt.NDArray[np.int64]) -> int:
    """How many elements there are at most that may be nested: all, without most of those that need no end tag."""
    first, second, third = (octets.take(openings + by, mode="clip") for by in (1, 2, 3))
    lowered = first | 32
    is_start = (lowered >= ord("a")) & (lowered <= ord("z"))
    is_short = ((lowered == ord("a")) | (lowered == ord("p"))) & ~_IS_NAME[second]
    is_item = (lowered == ord("l")) & (second | 32 == ord("i")) & ~_IS_NAME[third]
    return int(np.count_nonzero(is_start & ~is_short & ~is_item))


class _Changes(dict[bytes, int]):
    """By how much a tag changes the depth."""

    def __missing__(self, tag: bytes) -> int:
        is_end = tag.startswith(b"</")
        change = 0 if tag[2 if is_end else 1 :].lower() in _UNNESTED else -1 if is_end else 1
        self[tag] = change
        return change


def _has_endless_tag(markup: bytes) -> bool:
    tags = (markup[start:end] for start, end in _long_runs(markup) if markup[start : start + 1].isalpha())
    return any(len(tag) > _LONGEST_TAG and len(_QUOTED.sub(b"", tag).split()) > _MOST_ATTRIBUTES for tag in tags)


def _long_runs(markup: bytes) -> Iterator[tuple[int, int]]:
    """From each `<` that no other follows for long, to the next `>`; only one place in 50,000 is looked at."""
    start = markup.find(b"<") + 1
    while start and start + _LONGEST_TAG < len(markup):
        last = markup.rfind(b"<", start, start + _LONGEST_TAG)
        if last >= 0:
            start = last + 1
            continue
        following = markup.find(b"<", start + _LONGEST_TAG)
        end = following if following >= 0 else len(markup)
        closed = markup.find(b">", start, end)
        yield start, closed if closed >= 0 else end
        start = following + 1
