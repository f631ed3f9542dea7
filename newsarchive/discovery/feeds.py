"""RSS 0.9x, 1.0, 2.0 and Atom: feedparser first, then item by item with recovery where it loses something."""

import io
from dataclasses import replace
from itertools import chain
from typing import Any

import feedparser

from newsarchive.discovery import feed_items, formats, markup, sections
from newsarchive.discovery.findings import Lead, Mention, Reading, each, first_of, is_address, is_path

# feedparser keeps every element of every item; longer feeds are read item by item.
MAX_FEEDPARSER_CHARACTERS = 8_000_000
_NEXT_PAGE = frozenset({"next", "prev-archive"})
# An empty `rel` and the IRI mean the same (RFC 4287, 4.2.7.2).
_ALTERNATE = frozenset({"alternate", "", "http://www.iana.org/assignments/relation/alternate"})
_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})


def read(source: str) -> Reading:
    """The items of a feed, however broken; of what is no feed at all, the links of the page."""
    repaired, repairs = markup.repair(source)
    body, oddities = formats.body_of(repaired)
    problems = (*repairs, *oddities)
    whole = _read_whole(body)
    if len(whole.mentions) >= feed_items.count(body):
        return _joined(whole, problems)
    named = (mention for mention in whole.mentions if mention.reference)
    failures: list[str] = []
    mentions = first_of(chain(named, feed_items.read(body, failures)))
    mended = Reading(mentions, whole.leads, whole.problems, failures=tuple(failures))
    if any(mention.reference for mention in mended.mentions):
        return _joined(mended, (*problems, "read item by item"))
    page = sections.read(source)
    return _joined(page, (*problems, "not XML: read as HTML"))


def _joined(reading: Reading, problems: tuple[str, ...]) -> Reading:
    return replace(reading, problems=(*problems, *reading.problems))


def _read_whole(body: str) -> Reading:
    if not body:
        return Reading(problems=("nothing but declarations",))
    if len(body) > MAX_FEEDPARSER_CHARACTERS:
        return Reading()
    try:
        # A stream, for feedparser opens what it takes for a path or an address. No base: it would resolve
        # a guid such as `77` into a URL; what is relative is resolved afterwards.
        parsed = feedparser.parse(
            io.BytesIO(body.encode()),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
        # The version may be missing: feedparser returns early where it fails to decode the feed.
        is_rss = str(parsed.get("version")).startswith("rss")
        failures: list[str] = []
        mentions = first_of(each(parsed.entries, lambda entry: _mention(entry, is_rss=is_rss), failures))
        problems = ("not well-formed XML",) if parsed.bozo else ()
        return Reading(mentions, _leads(parsed.feed), problems, failures=tuple(failures))
    except Exception as error:  # noqa: BLE001 - feedparser lets out whatever its string handling meets
        return Reading(problems=(f"feedparser failed: {type(error).__name__}",))


# Of feedparser's values only `dict.get` is used: its own `get` gives `published` for a missing `updated`.
def _mention(entry: dict[str, Any], *, is_rss: bool) -> Mention:
    published = dict.get(entry, "published") or dict.get(entry, "created")
    modified = dict.get(entry, "updated")
    if is_rss and not published:
        # It calls `dc:date` updated, which in RSS is the only date there is.
        published, modified = modified, None
    return Mention(_reference(entry), dict.get(entry, "title"), published, modified)


def _reference(entry: dict[str, Any]) -> str | None:
    """The page of an entry: the one before a feed service's own, its alternate link, best if HTML, else a guid."""
    if is_address(original := dict.get(entry, "feedburner_origlink")):
        return str(original)
    alternates = [link for link in dict.get(entry, "links") or () if link.get("rel") in _ALTERNATE and link.get("href")]
    alternates.sort(key=lambda link: link.get("type") not in _PAGE_TYPES)
    if alternates:
        return str(alternates[0]["href"])
    named = (dict.get(entry, "link"), dict.get(entry, "id"))
    if address := next((str(value) for value in named if is_address(value)), None):
        return address
    # A guid is a permalink unless it denies it; `77` is none, `/news/77` is one.
    permalink = dict.get(entry, "id") if dict.get(entry, "guidislink") else None
    return str(permalink) if is_path(permalink) else None


def _leads(feed: dict[str, Any]) -> tuple[Lead, ...]:
    """Older pages of the feed (RFC 5005, 3 and 4)."""
    links = dict.get(feed, "links") or ()
    return tuple(Lead(link["href"], "feed") for link in links if link.get("rel") in _NEXT_PAGE and link.get("href"))
