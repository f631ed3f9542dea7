"""The form of an outlet's article addresses, generalised from those that its feeds and news sitemaps name."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from newsarchive import urls

ENOUGH = 0.95
"""The share of the named articles that the patterns must cover."""
_MOST_SECTIONS = 4
# In the order of trial: what a segment looks like, and what stands for it in a pattern. A section's name has none.
_FORMS = (
    ("year", re.compile(r"(?:19|20)\d{2}"), r"\d{4}"),
    ("day", re.compile(r"(?:19|20)\d{2}-\d{1,2}-\d{1,2}"), r"\d{4}-\d{1,2}-\d{1,2}"),
    ("two", re.compile(r"\d{1,2}"), r"\d{1,2}"),
    ("month", re.compile(r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"), "[a-z]{3}"),
    ("number", re.compile(r"\d{3,}"), r"\d+"),
)
_TAILS = (
    ("slug-number", re.compile(r".*[^\d]\d{5,}"), r"[^/]*\d{5,}"),
    ("number-slug", re.compile(r"\d{5,}[^\d].*"), r"\d{5,}[^/]*"),
    ("slug", re.compile(r".+[-_].+"), r"[^/]+[-_][^/]+"),
    ("code", re.compile(r"(?=.*\d)(?=.*[a-z]).{8,}", re.IGNORECASE), r"[^/]*\d[^/]*"),
)
_EXTENSION = re.compile(r"\.[a-z]{2,5}$", re.IGNORECASE)
# First segments under which lists and the house's own pages stand, in some languages.
_LISTS = (
    "tag", "tags", "topic", "topics", "category", "categories", "author", "authors", "section", "sections", "search",
    "page", "autor", "autores", "auteur", "etiqueta", "etiquetas", "tema", "temas", "thema", "themen", "theme",
    "rubrik", "label", "archive", "archives", "archiv", "users", "user", "profile", "login", "video", "videos",
    "podcast", "podcasts",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """Patterns of an outlet's articles, and how well they do."""

    allow: tuple[str, ...]
    deny: tuple[str, ...]
    covered: int
    """How many of the named articles they let in."""
    named: int
    let_in: int
    """How many of the other links of the home page, the sections and tags, they let in all the same."""
    others: int


def scope(articles: Sequence[str], others: Sequence[str]) -> Scope:
    """Patterns for the articles that keep the others out; `others` are links to sections, tags and such."""
    addresses = sorted({_address(url) for url in articles})
    kept_out = sorted({_address(url) for url in others} - set(addresses))
    allow = tuple(_patterns(addresses))
    let_in = [address for address in kept_out if _finds(allow, address)]
    deny = tuple(pattern for pattern in _denials(let_in) if not any(_finds((pattern,), one) for one in addresses))
    return Scope(
        allow,
        deny,
        sum(_finds(allow, address) for address in addresses),
        len(addresses),
        sum(not _finds(deny, address) for address in let_in),
        len(kept_out),
    )


@dataclass(frozen=True, slots=True)
class _Form:
    """What addresses of one kind have in common: sections are counted apart, all else is the same."""

    query: str
    rest: tuple[str, ...]
    """Patterns of the segments behind the sections."""


def _patterns(addresses: Sequence[str]) -> Iterator[str]:
    """The forms of most addresses first; one that only a single address has counts while too few are covered."""
    # One page that is asked with many queries: the query tells the article.
    pages = Counter(address.partition("?")[0] for address in addresses)
    read = [_read(address, is_asked=pages[address.partition("?")[0]] > 1) for address in addresses]
    groups: dict[_Form, list[tuple[str, ...]]] = {}
    for form, names in read:
        groups.setdefault(form, []).append(names)
    covered = 0
    for form, sections in sorted(groups.items(), key=lambda group: -len(group[1])):
        if covered >= ENOUGH * len(addresses) and len(sections) == 1:
            return
        yield _rendered(form, sections)
        covered += len(sections)


def _read(address: str, *, is_asked: bool) -> tuple[_Form, tuple[str, ...]]:
    """The form of an address, and its section names."""
    path, _, query = address.partition("?")
    segments = path.strip("/").split("/")
    if query and is_asked:
        return _Form(_asked(query), tuple(map(_literal, segments))), ()
    sections: list[str] = []
    forms = [_form(segment) for segment in segments[:-1]]
    while len(sections) < len(forms) and forms[len(sections)] is None:
        sections.append(segments[len(sections)])
    rest = forms[len(sections) :]
    # Behind a date or a number everything is an article, whatever its name.
    tail = _tail(segments[-1], is_told=any(one is not None for one in rest))
    return _Form("", (*(one or "[^/]+" for one in rest), tail)), tuple(sections)


def _form(segment: str) -> str | None:
    return next((stands for _, shape, stands in _FORMS if shape.fullmatch(segment)), None)


def _tail(segment: str, *, is_told: bool) -> str:
    found = _EXTENSION.search(segment)
    stem, extension = (segment[: found.start()], found[0]) if found else (segment, "")
    by_shape = next((stands for _, shape, stands in (*_FORMS, *_TAILS) if shape.fullmatch(stem)), None)
    by_place = "[^/]+" if is_told or extension else None
    number = by_shape if by_shape and r"\d" in by_shape and not is_told else None
    return (number or by_place or by_shape or "[^/]+") + _literal(extension)


def _asked(query: str) -> str:
    """The first parameter with a number in its value is taken for the article's."""
    pairs = parse_qsl(query)
    name = next((name for name, value in pairs if any(map(str.isdigit, value))), pairs[0][0] if pairs else "")
    return rf"(?:.*&)?{_literal(name)}=[^&]+"


def _rendered(form: _Form, sections: list[tuple[str, ...]]) -> str:
    rest = "/".join(form.rest)
    if form.query:
        return rf"^/{rest}/?\?{form.query}"
    # Only the number of sections is left open, and their names where there are several.
    depths = {len(one) for one in sections}
    ending = "$" if rest.endswith(r"\.html") or _EXTENSION.search(rest.replace("\\", "")) else "/?$"
    return f"^/{_sections(sections, depths)}{rest}{ending}"


def _sections(sections: list[tuple[str, ...]], depths: set[int]) -> str:
    if depths == {0}:
        return ""
    firsts = {one[0] for one in sections if one}
    if len(depths) == 1 and all(len(set(names)) == 1 for names in zip(*sections, strict=True)) and len(sections) > 2:
        return "".join(f"{_literal(name)}/" for name in sections[0])
    least, most = min(depths), min(max(depths), _MOST_SECTIONS)
    if len(firsts) == 1 and least and len(sections) > 2:
        return f"{_literal(firsts.pop())}/{_any(least - 1, most - 1)}"
    return _any(least, most)


def _any(least: int, most: int) -> str:
    """So many segments, whatever they are."""
    if (least, most) in ((0, 0), (1, 1)):
        return "[^/]+/" * most
    return f"(?:[^/]+/){{{least}}}" if least == most else f"(?:[^/]+/){{{least},{most}}}"


def _denials(let_in: Iterable[str]) -> Iterator[str]:
    """Folders of lists as such, everything else by its own address."""
    paths = [address.partition("?")[0] for address in let_in]
    folders = sorted({path.split("/")[1] for path in paths if path.split("/")[1].lower() in _LISTS})
    if folders:
        yield f"^/({'|'.join(map(_literal, folders))})(/|$)"
    single = [path.strip("/") for path in paths if path.split("/")[1] not in folders]
    if names := sorted(set(filter(None, single))):
        yield f"^/({'|'.join(map(_literal, names))})/?$"


def is_list(url: str) -> bool:
    """The address stands in a folder of lists."""
    return any(part.lower() in _LISTS for part in urlsplit(url).path.split("/"))


def _address(url: str) -> str:
    """Path and query, as scope is judged by them."""
    parts = urlsplit(urls.to_fetch(url))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _finds(patterns: Iterable[str], address: str) -> bool:
    return any(re.search(pattern, one) for pattern in patterns for one in {address, address.partition("?")[0]})


def _literal(text: str) -> str:
    """Escaped for a pattern, but for the hyphen, which means nothing outside of brackets."""
    return re.escape(text).replace(r"\-", "-")
