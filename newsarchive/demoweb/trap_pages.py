"""How pages of the Trap Gazette are built: prose that is invented, never twice the same, and the markup around it."""

import json
from collections.abc import Sequence
from hashlib import sha256
from html import escape

from newsarchive.demoweb.answers import Answer

HOME = "https://trapgazette.example"
NAME = "The Trap Gazette"
DAY = "2024-10-15T12:00:00Z"
_AUTHOR = {"@type": "Person", "name": "Ottilie Marsh"}
_SUBJECTS = (
    "The harbour board",
    "A retired surveyor",
    "The ferry cooperative",
    "One clerk of the county",
    "The night shift at the mill",
    "A committee of beekeepers",
    "The museum's only guard",
    "Her brother's shipyard",
    "The new stationmaster",
    "A choir of accountants",
    "The lighthouse trust",
    "Nobody in the upper valley",
    "The school's caretaker",
    "A lawyer for the tenants",
    "The water office",
)
_VERBS = (
    "has counted",
    "promised to rebuild",
    "refused to sign for",
    "quietly sold",
    "measured again",
    "painted over",
    "sued to keep",
    "lost the keys to",
    "voted against",
    "found room for",
    "will auction",
    "described at length",
    "insured for a crown",
    "walked out over",
)
_OBJECTS = (
    "eleven iron gates",
    "the old weather mast",
    "a ledger from the flood year",
    "three boats without names",
    "the bridge over the Sarn",
    "the oldest pear tree in town",
    "a bell that never rang",
    "forty miles of cable",
    "the toll house",
    "every second lamp post",
    "a map drawn by a prisoner",
    "the fish market's roof",
    "two tons of printed ballots",
    "the clock above the bakery",
)
_ENDINGS = (
    "before the winter tides begin",
    "although the council had asked for quiet",
    "with money that a widow left in her will",
    "and no one at the meeting objected",
    "because the insurer would not wait",
    "as the inspectors looked on from a tram",
    "in a room that smelled of wet wool",
    "after a letter arrived from the capital",
    "while the band played the wrong anthem",
    "which surprised even the mayor's cousin",
    "on a morning so cold that the ink froze",
    "for the third time since the war",
)


def prose(seed: str, paragraphs: int = 4) -> list[str]:
    """Paragraphs of three sentences; the same for the same seed, and others for every other."""
    return [" ".join(_sentence(f"{seed}/{number}/{place}") for place in range(3)) for number in range(paragraphs)]


def _sentence(seed: str) -> str:
    dice = sha256(seed.encode()).digest()
    parts = (part[dice[place] % len(part)] for place, part in enumerate((_SUBJECTS, _VERBS, _OBJECTS, _ENDINGS)))
    return f"{' '.join(parts)}, at a cost of {1000 + int.from_bytes(dice[4:6], 'big')} crowns."


def article(
    headline: str,
    body: Sequence[str],
    *,
    path: str | None = None,
    published: str | None = DAY,
    is_free: bool | None = None,
    locked: Sequence[str] = (),
    kind: str = "NewsArticle",
    shown: str = "",
    head: str = "",
    body_class: str = "single",
) -> str:
    """An article as the Gazette's platform writes it: at the canonical `path`, with `locked` told to machines only."""
    facts = {
        "@context": "https://schema.org",
        "@type": kind,
        "headline": headline,
        "datePublished": published,
        "author": _AUTHOR,
        "isAccessibleForFree": is_free,
        "articleBody": "\n\n".join([*body, *locked]) if locked else None,
    }
    stated = json.dumps({name: value for name, value in facts.items() if value is not None})
    canonical = f'<link rel="canonical" href="{HOME}{path}">' if path else ""
    printed = "".join(f"<p>{escape(text)}</p>\n" for text in body)
    return page(
        headline,
        f'<article><h1>{escape(headline)}</h1>\n<p class="byline">By Ottilie Marsh {shown}</p>\n'
        f'<div class="article-body">\n{printed}</div></article>',
        head=f'{canonical}<meta property="og:type" content="article">{head}'
        f'<script type="application/ld+json">{stated}</script>',
        body_class=body_class,
    )


def page(title: str, main: str, *, head: str = "", body_class: str = "page") -> str:
    """Any page of the Gazette."""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)} | {NAME}</title>'
        f"{head}</head>\n"
        f'<body class="{body_class}"><header><a href="/">{NAME}</a></header>\n<main>\n{main}\n</main>\n'
        f"<footer>{NAME} is played by a demo server; nothing here is real news.</footer></body></html>\n"
    )


def sent(
    html: str,
    *,
    status: int = 200,
    charset: str = "utf-8",
    declared: str | None = "utf-8",
    headers: tuple[tuple[str, str], ...] = (),
) -> Answer:
    """A page on its way; what is declared may be a lie."""
    kind = f"text/html; charset={declared}" if declared else "text/html"
    body = html.encode(charset, errors="xmlcharrefreplace")
    return Answer(status=status, headers=(("Content-Type", kind), *headers), body=body, coding="negotiated")
