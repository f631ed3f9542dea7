"""What walls, apologies and challenges say, in the languages of the press; phrases that speak to a visitor. Pure."""

import re
from collections.abc import Iterable
from importlib.resources import files

_CONSENT = tuple(
    re.compile(line, re.IGNORECASE)
    for line in files("newsarchive.judging").joinpath("consent.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
)
_APOLOGY = re.compile(
    r"(?:(?:oops|sorry|whoops)\W+)?"
    r"(?:(?:error )?404(?: error)?(?:\s*[-–—:!.,].*)?|"
    r"(?:the |this |that )?(?:page|article|story|content|post)(?: you.{0,40}?)?(?: (?:was|could|can|is|has|does|may))?"
    r"(?: ?n.t| not)? ?(?:not (?:be )?found|no longer (?:available|exists?)|(?:be )?found|exist|"
    r"been (?:removed|deleted))|"
    r"we (?:couldn.t|could not|can.t|cannot) find (?:the|that|this|your) (?:page|article|story).*|"
    r"(?:die )?(?:seite|artikel) (?:wurde )?nicht gefunden|(?:cette )?page (?:introuvable|non trouvée)|"
    r"página no encontrada|pagina non trovata|pagina niet gevonden|página não encontrada|"
    r"nie znaleziono strony|strona nie istnieje|сторінку не знайдено|страница не найдена)"
    r"\W*",
    re.IGNORECASE,
)
_CHALLENGE_TITLE = re.compile(
    r"\W*(?:just a moment|attention required!?.*|access denied|access to this page has been denied|"
    r"pardon our interruption|are you (?:a )?(?:robot|human)|verify (?:that )?you are (?:a )?human|"
    r"human verification|security check(?: required)?|checking your browser.*|ddos-guard|"
    r"please (?:verify|prove) (?:that )?you.re (?:a )?(?:human|not a robot)|bot verification)\W*",
    re.IGNORECASE,
)
# A title has the site's name beside what it says.
_JOINTS = re.compile(r"\s+[|–—:·-]\s+")


def consent_phrases(text: str) -> int:
    """How many of the things are said that a consent page says to its visitor."""
    return sum(bool(phrase.search(text)) for phrase in _CONSENT)


def apologises(titles: Iterable[str]) -> bool:
    """A title or heading says nothing but that there is no such page."""
    return _is_all_of_one(_APOLOGY, titles)


def challenges(titles: Iterable[str]) -> bool:
    """A title or heading says nothing but that the visitor is checked."""
    return _is_all_of_one(_CHALLENGE_TITLE, titles)


def _is_all_of_one(pattern: re.Pattern[str], titles: Iterable[str]) -> bool:
    parts = (part for title in titles for part in (title, *_JOINTS.split(title)))
    return any(pattern.fullmatch(part.strip()) for part in parts)
