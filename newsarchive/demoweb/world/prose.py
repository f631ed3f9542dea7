"""What an invented article says: headline and paragraphs from a small grammar, the same for the same seed."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

import yaml

_PARAGRAPHS = (4, 7)
_SENTENCES = (2, 4)
_PEOPLE = ("Mira Oldan", "Tobias Wrenfield", "Ana Lucero", "Jonas Brandt", "Claire Moreau", "Olena Tkach", "Sam Adeyo")


@dataclass(frozen=True, slots=True)
class Prose:
    """The words of one version of an article."""

    headline: str
    dek: str
    author: str
    paragraphs: tuple[str, ...]


def headline(language: str, seed: str) -> str:
    """The headline alone; no version changes it."""
    return _sentence(language, Random(f"{seed}/headline"))  # noqa: S311 - a world is played, nothing is kept secret


def written(language: str, seed: str, version: int) -> Prose:
    """The article after so many edits: each rewrites a paragraph and leaves its mark at the end."""
    random = Random(f"{seed}/prose")  # noqa: S311 - a world is played, nothing is kept secret
    author, dek = random.choice(_PEOPLE), _sentence(language, random) + "."
    paragraphs = [_paragraph(language, random) for _ in range(random.randint(*_PARAGRAPHS))]
    for edit in range(version):
        paragraphs[edit % len(paragraphs)] = _paragraph(language, random)
    notes = [f"{vocabulary()[language]['correction']} ({edit + 1})" for edit in range(version)]
    return Prose(headline(language, seed), dek, author, (*paragraphs, *notes))


def masthead(language: str, random: Random) -> str:
    """The name of a newspaper."""
    words = vocabulary()[language]
    return f"{random.choice(words['names'])} {random.choice(words['kinds'])}"


@cache
def vocabulary() -> dict[str, Any]:
    """The words of each language."""
    found: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("words.yaml").read_text(encoding="utf-8"))
    return found


def _paragraph(language: str, random: Random) -> str:
    return " ".join(_sentence(language, random) + "." for _ in range(random.randint(*_SENTENCES)))


def _sentence(language: str, random: Random) -> str:
    words = vocabulary()[language]
    return " ".join(random.choice(words[part]) for part in ("who", "does", "what", "where"))
