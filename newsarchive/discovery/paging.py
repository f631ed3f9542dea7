"""The next page of a list that does not say so in its markup: by its number, its day, or the word on the link."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from newsarchive.items import Link

_NUMBERED_PATH = re.compile(r"/(?P<word>page|pages|seite|pagina|strona|str|p)(?P<mark>[/-])(?P<number>\d{1,6})/?$")
_NUMBERS = frozenset({"page", "p", "paged", "pg", "seite", "pagina", "page_number", "paginate", "pageno", "pn"})
_OFFSETS = frozenset({"start", "offset", "from", "skip"})
_MOST_DIGITS = 9
_DAY = re.compile(r"/(?P<year>(?:19|20)\d{2})(?P<mark>[/-])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?P<end>/?)$")
# The whole words of a link, without arrows. Not `more` and its like, with which a teaser goes on.
_OLDER = re.compile(
    r"next(?: page)?|(?:older|previous)(?: (?:posts|entries|articles|stories|news))?|load more|show more|more stories"
    r"|nächste(?: seite)?|ältere(?: (?:beiträge|artikel|meldungen))?|mehr laden"
    r"|(?:page )?suivante?|(?:articles )?plus anciens|(?:página )?siguiente|(?:entradas )?(?:más )?antigu[ao]s"
    r"|próxim[ao](?: página)?|(?:página )?seguinte|mais antigos|(?:pagina )?successiv[ao]|(?:articoli )?precedenti"
    r"|volgende(?: pagina)?|oudere(?: berichten)?|następna(?: strona)?|starsze(?: wpisy)?"
    r"|наступна(?: сторінка)?|старіші(?: новини)?|следующая(?: страница)?|старые записи|ещё новости"
    r"|sonraki(?: sayfa)?|daha eski|التالي|الصفحة التالية|下一[页頁]|次へ|次のページ|다음",
    re.IGNORECASE,
)
_ARROWS = re.compile(r"[\s›»→>‹«←<|.…]+")


def next_page(links: Iterable[Link], via: str) -> str | None:
    """The page that continues the list at `via`, as one of the links that stand on it; None where none does."""
    listed = [link for link in links if link.url != via and _is_beside(link.url, via)]
    addresses = {link.url for link in listed}
    by_form = next((url for url in (*_by_number(via), *_by_day(via)) if url in addresses), None)
    return by_form or _by_offset(addresses, via) or next((link.url for link in listed if _says_older(link)), None)


def _by_number(via: str) -> Iterator[str]:
    """The forms that the address of the second, or of a later page may have."""
    parts = urlsplit(via)
    numbered = _NUMBERED_PATH.search(parts.path)
    if numbered:
        following = str(int(numbered["number"]) + 1)
        start, end = numbered.span("number")
        yield urlunsplit(parts._replace(path=parts.path[:start] + following + parts.path[end:]))
        return
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    at = next((place for place, (name, value) in enumerate(pairs) if name in _NUMBERS and _is_number(value)), None)
    if at is not None:
        name, value = pairs[at]
        yield _with_query(via, [*pairs[:at], (name, str(int(value) + 1)), *pairs[at + 1 :]])
        return
    base = parts.path.rstrip("/")
    for word in ("page", "seite", "pagina", "strona", "p"):
        yield from (urlunsplit(parts._replace(path=f"{base}/{word}{mark}2{end}")) for mark in "/-" for end in ("/", ""))
    yield from (_with_query(via, [*pairs, (name, "2")]) for name in sorted(_NUMBERS))


def _by_day(via: str) -> Iterator[str]:
    """`/2026/11/24/` after `/2026/11/25/`."""
    parts = urlsplit(via)
    found = _DAY.search(parts.path)
    try:
        day = date(*(int(found[name]) for name in ("year", "month", "day"))) - timedelta(days=1) if found else None
    except (ValueError, OverflowError):
        return
    if found and day:
        before, mark = parts.path[: found.start()], found["mark"]
        for numbers in (day.strftime(f"%Y{mark}%m{mark}%d"), f"{day.year}{mark}{day.month}{mark}{day.day}"):
            yield urlunsplit(parts._replace(path=f"{before}/{numbers}{found['end']}"))


def _by_offset(addresses: set[str], via: str) -> str | None:
    """The least offset beyond this page's own: how many a page holds is not known."""
    here = _offset(via) or 0
    further = [(offset, url) for url in addresses if (offset := _offset(url)) is not None and offset > here]
    return min(further, default=(0, None))[1]


def _offset(url: str) -> int | None:
    pairs = parse_qsl(urlsplit(url).query)
    return next((int(value) for name, value in pairs if name in _OFFSETS and _is_number(value)), None)


def _is_number(value: str) -> bool:
    # `int` raises `ValueError` beyond 4,300 digits.
    return value.isdecimal() and len(value) <= _MOST_DIGITS


def _says_older(link: Link) -> bool:
    parts = urlsplit(link.url)
    is_numbered = bool(parts.query) or any(map(str.isdigit, parts.path))
    return is_numbered and _OLDER.fullmatch(_ARROWS.sub(" ", link.headline or "").strip()) is not None


def _is_beside(url: str, via: str) -> bool:
    """On the same host, and in the same part of the site: `more` on another section is no paging of this one."""
    there, here = urlsplit(url), urlsplit(via)
    stem = _DAY.sub("", _NUMBERED_PATH.sub("", here.path)).rstrip("/")
    return there.netloc == here.netloc and (there.path.rstrip("/") == stem or there.path.startswith(f"{stem}/"))


def _with_query(url: str, pairs: list[tuple[str, str]]) -> str:
    return urlunsplit(urlsplit(url)._replace(query=urlencode(pairs)))
