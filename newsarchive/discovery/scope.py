"""Which pages of a site are followed for their links, so that an endless calendar ends. Pure: no clock, no network."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

from newsarchive import urls

Refusal = Literal["elsewhere", "outside", "article", "file", "query", "repeats", "shape", "pages", "again"]

_MAX_PARAMETERS = 2
_MAX_SEGMENTS = 12
_MOST_REPEATS = 2
_FILES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|pdf|epub|docx?|xlsx?|pptx?|zip|gz|rar|7z|mp[34]|m4[av]|webm|ogg|mov|wav"
    r"|css|m?js|json|xml|rss|atom|txt|csv|woff2?|ttf|apk|exe|dmg|ics|vcf)$",
    re.IGNORECASE,
)
# What a visitor does, not what he reads: to ask for such a page may even change something.
_DEEDS = re.compile(
    r"/(?:wp-(?:admin|json|login\.php|content|includes)|xmlrpc\.php|cdn-cgi|log-?(?:in|out)|sign-?(?:in|up|out)"
    r"|register|account|cart|checkout|subscribe|unsubscribe|share|search|print|feed|rss|amp)(?:/|$)",
    re.IGNORECASE,
)
_FACETS = frozenset(
    {"s", "q", "query", "search", "sort", "order", "orderby", "filter", "replytocom", "share", "print", "format",
     "action", "view", "lang", "redirect", "return", "returnurl", "url", "u", "token", "session"}
)  # fmt: skip
_NUMBER = re.compile(r"\d+|(?<=/)[0-9a-f-]{16,}(?=/|$)")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a site is followed in one crawl."""

    pages: int
    of_one_shape: int


class Trail:
    """The pages that were followed in one crawl; `admit` takes note of each that may be."""

    def __init__(
        self,
        bounds: Bounds,
        *,
        hosts: frozenset[str],
        within: tuple[str, ...] = (),
        is_article: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """`within` are patterns of which one is found in path and query; none: the whole site."""
        self._bounds = bounds
        self._hosts = hosts
        self._within = [re.compile(pattern) for pattern in within]
        self._is_article = is_article
        self._shapes: Counter[str] = Counter()
        self._followed: set[str] = set()

    def admit(self, url: str) -> Refusal | None:
        """Why the page is not followed; None when it is, and counted."""
        if refusal := self._out_of_scope(url) or self._spent(url):
            return refusal
        self._shapes[shape(url)] += 1
        self._followed.add(urls.key(url))
        return None

    def _out_of_scope(self, url: str) -> Refusal | None:
        parts = urlsplit(url)
        if urls.host(url) not in self._hosts:
            return "elsewhere"
        address = f"{parts.path}?{parts.query}" if parts.query else parts.path
        if self._within and not any(pattern.search(address) for pattern in self._within):
            return "outside"
        if _FILES.search(parts.path) or _DEEDS.search(parts.path):
            return "file"
        if _is_facet(parts.query):
            return "query"
        if repeats(parts.path):
            return "repeats"
        return "article" if self._is_article(url) else None

    def _spent(self, url: str) -> Refusal | None:
        if urls.key(url) in self._followed:
            return "again"
        if len(self._followed) >= self._bounds.pages:
            return "pages"
        return "shape" if self._shapes[shape(url)] >= self._bounds.of_one_shape else None


def shape(url: str) -> str:
    """What the addresses of one calendar, tag cloud or list have in common: the first segment, how many follow, and
    the names of the parameters.
    """
    parts = urlsplit(url)
    first, *others = _NUMBER.sub("#", parts.path).strip("/").split("/")
    names = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
    start = first if others or "#" in first else "*"
    return "/".join([start, *("#" if segment == "#" else "*" for segment in others)]) + f"?{'&'.join(names)}"


def repeats(path: str) -> bool:
    """The path goes in circles: `/a/b/a/b/`, `/a/a/a/`, or deeper than any page stands."""
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > _MAX_SEGMENTS:
        return True
    words = Counter(segment for segment in segments if not segment.isdecimal())
    pairs = Counter(pairwise(segments))
    return max(words.values(), default=0) > _MOST_REPEATS or any(
        count > 1 and not first.isdecimal() for (first, _), count in pairs.items()
    )


def _is_facet(query: str) -> bool:
    names = [name.lower() for name, _ in parse_qsl(query, keep_blank_values=True)]
    return len(names) > _MAX_PARAMETERS or any(name in _FACETS or "[" in name for name in names)
