"""What a block's own words show: columns of the table."""

import re
from collections import Counter

import numpy as np

from newsarchive.extract import structured
from newsarchive.extract.document import Document
from newsarchive.extract.engine import phrases
from newsarchive.extract.engine.view import Columns, Ints, View, bits, ints

_END = {**dict.fromkeys(".!?…。！？", 1), **dict.fromkeys("\"'”’»)」』", 2), ":": 3, ",": 4, ";": 4, "|": 5, "-": 5}
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}:\d\d\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b")
_DIGITS = re.compile(r"\d")
_OPENING = "\"'“‘«„"
_SHORT, _LONG, _SHEET = 100, 400, 1200
# Each block is looked for in the stated body: beyond this nobody wrote it for readers.
_MOST_LOOKED_THROUGH = 50_000_000
_SAME, _LEAST_LETTERS, _PROBE, _PROBES = 1500, 30, 60, 20


def columns(one: View, said: Ints) -> Columns:
    """Size, punctuation, letters and telling phrases."""
    digits = [len(_DIGITS.findall(printed[:_SHORT])) for printed in one.texts]
    found = {
        "chars": one.chars, "words": one.words, "density": one.density,
        "sentences": one.sentences, "commas": one.commas,
        "ends": ints([_END.get(printed[-1], 0) for printed in one.texts]),
        "begins": ints([_beginning(printed[0]) for printed in one.texts]),
        "dated": ints([
            count > 1 and len(printed) < _SHORT and bool(_DATE.search(printed))
            for count, printed in zip(digits, one.texts, strict=True)
        ]),
        "digits": ints(digits),
        "capitals": ints([_capitals(printed) for printed in one.texts]),
        "says": np.bitwise_count(said).astype(np.int64),
    }  # fmt: skip
    return found | bits((f"says_{name}" for name in phrases.NAMES), said) | _repetition(one)


def _beginning(first: str) -> int:
    if first.isupper():
        return 1
    if first.islower():
        return 2
    if first.isdigit():
        return 3
    return 4 if first in _OPENING else 0


def _capitals(printed: str) -> int:
    """How loud a short block is: 1 with a capital in most words, 2 if all letters are capitals."""
    if len(printed) > 2 * _SHORT:
        return 0
    return 2 if printed.isupper() else int(printed.istitle())


def _repetition(one: View) -> Columns:
    """How often a block stands on the page, and whether it has stood before."""
    counted, seen, again = Counter(one.texts), set[str](), []
    if len(counted) == one.size:
        return {"copies": np.ones(one.size, dtype=np.int64), "again": np.zeros(one.size, dtype=np.int64)}
    for printed in one.texts:
        again.append(printed in seen)
        seen.add(printed)
    return {"copies": ints([counted[printed] for printed in one.texts]), "again": ints(again)}


def titles(document: Document) -> list[str]:
    """What the metadata call the page."""
    stated = (
        document.meta("og:title"), document.meta("twitter:title"),
        structured.string(document.article.get("headline")), document.first_title,
    )  # fmt: skip
    return [one for one in stated if one]


def _descriptions(document: Document) -> list[str]:
    stated = (
        document.meta("og:description"), document.meta("description"),
        structured.string(document.article.get("description")),
    )  # fmt: skip
    return [one for one in stated if one]


def key(printed: str) -> str:
    """Letters and digits alone."""
    return "".join(phrases.words(printed))


def likeness(document: Document, one: View) -> Columns:
    """How like each block is to what the metadata say: title, description, body."""
    stated, described = titles(document), _descriptions(document)
    title_words, description_words = _words(stated), _words(described)
    title_keys, description_keys = {key(each) for each in stated}, [key(each) for each in described]
    like_title, like_description = [], []
    for printed, tokens, mine in zip(one.texts, one.tokens, one.keys, strict=True):
        short = tokens if len(printed) < _LONG else []
        like_title.append(_SAME if mine in title_keys else _overlap(short, title_words))
        same = _is_beginning(mine, description_keys)
        like_description.append(_SAME if same else _overlap(short, description_words))
    body = key(structured.string(document.article.get("articleBody")) or "")
    if len(body) * one.size > _MOST_LOOKED_THROUGH:
        body = ""
    return {
        "like_title": ints(like_title),
        "like_description": ints(like_description),
        "in_json": ints([_in_body(mine, body) for mine in one.keys] if body else [0] * one.size),
    }


def _words(stated: list[str]) -> set[str]:
    return set(phrases.words(" ".join(stated)))


def _overlap(words: list[str], others: set[str]) -> int:
    """How many of the words are among the others, per mille."""
    shared = len(others.intersection(words)) if len(words) > 2 else 0
    if not shared:
        return 0
    count = len(set(words))
    return 1000 * shared // count if count > 2 else 0


def _is_beginning(mine: str, others: list[str]) -> bool:
    """One of the others is the same, or begins so, or is its beginning."""
    if len(mine) <= _LEAST_LETTERS:
        return mine in others
    for other in others:
        if mine == other or (
            len(other) > _LEAST_LETTERS and (mine.startswith(other[:_PROBE]) or other.startswith(mine))
        ):
            return True
    return False


def _in_body(mine: str, body: str) -> int:
    """-1 not in the stated body, 1 partly, 2 all of it; 0 if no body is stated."""
    if len(body) < 2 * _SHORT:
        return 0
    begins = mine[:_PROBE] in body
    if len(mine) <= _PROBE:
        return 2 if begins else -1
    if not begins:
        return 1 if mine[-_PROBE:] in body else -1
    return 2 if mine in body else 1


def sheets(keys: list[str], lengths: list[int]) -> list[int]:
    """How many other blocks each long block holds again: an article in one piece, for machines."""
    probes = [mine[:40] for mine in keys if len(mine) > _PROBE][:_PROBES]
    found = []
    for mine, length in zip(keys, lengths, strict=True):
        found.append(sum(probe in mine for probe in probes) - 1 if length > _SHEET else 0)
    return found
