"""What a source names: mentions as printed become links, made absolute and kept once each."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

from selectolax.lexbor import LexborHTMLParser

from newsarchive import text, urls
from newsarchive.errors import described, is_out_of_memory
from newsarchive.items import Link, SourceKind

Entry = TypeVar("Entry")
Found = TypeVar("Found")

# The sitemap protocol allows as many in one file; nobody prints a longer feed.
MAX_LINKS = 50_000
MAX_URL_LENGTH = 8_192
MAX_PRINTED_LENGTH = 1_000
_HOST = re.compile(r"\s*([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d{1,5})?)(?=/)")
HOST_LINE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*(?::\d{1,5})?/\S*", re.IGNORECASE)
"""A line of a list that has lost its scheme: `news.example/a`."""
_PAGES: frozenset[SourceKind] = frozenset({"section", "follow"})
# One more than is kept, so that the excess is seen.
ENOUGH = MAX_LINKS + 1


@dataclass(frozen=True, slots=True)
class Lead:
    """A further source that this source named: child sitemap, next page."""

    url: str
    kind: SourceKind
    modified_raw: str | None = None
    """`lastmod` of a child sitemap, as the index printed it."""
    steps: int = 0
    """How many links further a page is followed."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An answer that is not a source of its kind."""

    reason: str
    """A slug: `html_page`, `empty`, `broken_json`, `broken_xml`, `zip`, `no_links`, `unknown_format`."""
    detail: str = ""
    """The title or the first words of an HTML page."""


@dataclass(frozen=True, slots=True)
class Findings:
    """All that one source names; `problems` are one-line reasons why it may be less than it should be."""

    links: tuple[Link, ...]
    leads: tuple[Lead, ...]
    problems: tuple[str, ...]
    failures: tuple[str, ...] = ()
    """Entries on which a parser raised an unexpected exception, each with that exception."""
    unreadable: Unreadable | None = None
    """Set for an answer that is not a source of its kind, even if links were found in it."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a source names an address, in the source's own letters."""

    reference: str | None
    headline: str | None = None
    """May hold markup."""
    published_raw: str | None = None
    modified_raw: str | None = None
    language: str | None = None
    archived_raw: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader saw: mentions, and leads whose `url` is still as printed."""

    mentions: tuple[Mention, ...] = ()
    leads: tuple[Lead, ...] = ()
    problems: tuple[str, ...] = ()
    base: str = ""
    """What references are relative to, where it is not the source itself."""
    failures: tuple[str, ...] = ()
    """As in `Findings`."""


def gather(reading: Reading, *, via: str, kind: SourceKind) -> Findings:
    """Findings with absolute URLs; of several mentions of one URL the first wins and later ones fill its gaps."""
    base = urls.absolute(via, reading.base) or via
    kept = reading.mentions[:MAX_LINKS]
    failures = list(reading.failures)
    found = list(each(kept, lambda mention: _link(mention, base, via, kind), failures))
    leads = _leads(reading.leads[:MAX_LINKS], base, via)
    links = _unique(link for link in found if link)
    return Findings(links, leads, (*reading.problems, *_losses(reading, found, kind)), tuple(failures))


def each(entries: Iterable[Entry], read: Callable[[Entry], Found], failures: list[str]) -> Iterator[Found]:
    """Yield what `read` returns for each entry; an entry on which it raises costs no other and goes to `failures`."""
    for entry in entries:
        try:
            found = read(entry)
        except Exception as error:
            if is_out_of_memory(error):
                raise
            failures.append(described(error))
        else:
            yield found


def first_of(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    """As many mentions as can be kept, and one more to show that there were more."""
    return tuple(islice(mentions, ENOUGH))


def printed(raw: str | None) -> str | None:
    """One line of what the source printed; None if it is empty."""
    return (text.clean(raw[:MAX_PRINTED_LENGTH]) if raw else None) or None


def headline(raw: str | None) -> str | None:
    """The words of a headline without markup and entities."""
    if not raw or not ("<" in raw or "&" in raw):
        return printed(raw)
    body = LexborHTMLParser(raw[: 4 * MAX_PRINTED_LENGTH]).body
    return printed(body.text(deep=True)) if body else None


def is_address(raw: str | None) -> bool:
    """It is printed as an absolute web address, not as a word that could be relative."""
    return bool(raw) and str(raw).strip().lower().startswith(("http://", "https://"))


def is_path(raw: str | None) -> bool:
    """It is printed as an absolute path, such as `/news/77`."""
    return bool(raw) and re.fullmatch(r"/[^\s]*", str(raw).strip()) is not None


def _absolute(base: str, reference: str | None, *, is_page: bool = False) -> str | None:
    """Return the absolute URL; outside HTML pages `news.example/a` at news.example has lost its scheme."""
    if not reference or len(reference) > MAX_URL_LENGTH:
        return None
    if not is_page and (host := _HOST.match(reference)) and urls.host(f"//{host[1]}") == urls.host(base):
        reference = f"{base.partition(':')[0]}://{reference.strip()}"
    return urls.absolute(base, reference)


def _link(mention: Mention, base: str, via: str, kind: SourceKind) -> Link | None:
    url = _absolute(base, mention.reference, is_page=kind in _PAGES)
    if url is None:
        return None
    return Link(
        url,
        via,
        kind,
        headline=headline(mention.headline),
        published_raw=printed(mention.published_raw),
        modified_raw=printed(mention.modified_raw),
        language=printed(mention.language),
        archived_raw=printed(mention.archived_raw),
    )


def _leads(leads: tuple[Lead, ...], base: str, via: str) -> tuple[Lead, ...]:
    """Leads made absolute, each once; a source that names itself leads nowhere."""
    found = (replace(lead, url=url) for lead in leads if (url := _absolute(base, lead.url)) and url != via)
    return tuple({(lead.url, lead.kind): lead for lead in found}.values())


def _unique(links: Iterable[Link]) -> tuple[Link, ...]:
    kept: dict[str, Link] = {}
    for link in links:
        earlier = kept.get(link.url)
        kept[link.url] = _completed(earlier, link) if earlier else link
    return tuple(kept.values())


def _completed(first: Link, later: Link) -> Link:
    if first.headline and first.published_raw and first.modified_raw and first.language:
        return first
    return replace(
        first,
        headline=first.headline or later.headline,
        published_raw=first.published_raw or later.published_raw,
        modified_raw=first.modified_raw or later.modified_raw,
        language=first.language or later.language,
    )


def _losses(reading: Reading, found: Sequence[Link | None], kind: SourceKind) -> Iterator[str]:
    if max(len(reading.mentions), len(reading.leads)) > MAX_LINKS:
        yield f"more than {MAX_LINKS} links: only the first are read"
    nowhere = sum(not mention.reference for mention in reading.mentions[:MAX_LINKS])
    if nowhere:
        yield f"entries without a link: {nowhere}"
    # A page may link to `mailto:`; the entries of a feed or sitemap are pages.
    unread = found.count(None) - nowhere
    if unread > 0 and kind not in _PAGES:
        yield f"links that cannot be read: {unread}"
