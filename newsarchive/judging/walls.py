"""Pages with status 200 that are no article: consent walls, challenges, apologies, lists. Pure."""

import re
from dataclasses import dataclass

from newsarchive.extract import decode
from newsarchive.extract.document import Document
from newsarchive.items import Article
from newsarchive.judging import wording

WALL_WORDS = 250
"""A longer text is no wall, whatever it says: an article about consent pages quotes them at length."""
WALL_LETTERS = 10 * WALL_WORDS
"""Not every script parts its words."""
APOLOGY_WORDS = 120
CONSENT_PHRASES = 3
"""So many of the things that a consent page says make one; with a day of publication, only a doubt."""
LIST_LINKED = 700
"""Characters inside links, per mille, of a text that is a list."""
_UNSURE = frozenset({"no_body", "no_headline", "listing", "empty", "soft_404"})
_UNREAD = "script, style, noscript, template, svg"
_CAPTCHA = re.compile(r"\b(?:g-recaptcha|h-captcha|cf-turnstile|captcha-container|px-captcha)\b")


@dataclass(frozen=True, slots=True)
class Front:
    """What a visitor sees first of a page."""

    titles: tuple[str, ...]
    """Its title and main headings."""
    text: str
    has_captcha: bool


def front(payload: bytes, content_type: str | None, url: str) -> Front:
    """Raises `NotAnArticle` for a page that is too complex to be looked at."""
    decoded = decode.decode(payload, content_type)
    document = Document(decoded.text, url, decoded.markup)
    titles = [document.first_title or "", *(node.text(deep=True) for node in document.css("h1")[:3])]
    has_captcha = bool(_CAPTCHA.search(decoded.text))
    for node in document.css(_UNREAD):
        node.decompose()
    body = document.tree.body
    text = body.text(separator=" ") if body is not None else ""
    return Front(
        tuple(" ".join(title.split()) for title in titles if title.strip()), " ".join(text.split()), has_captcha
    )


def may_say_more(reason: str) -> bool:
    """A page that gave no article for that reason may tell itself what it is."""
    return reason in _UNSURE


def renamed(reason: str, seen: Front) -> str:
    """A better reason than that a page holds no article, where it says itself what it is."""
    return _wall(seen) or ("soft_404" if wording.apologises(seen.titles) else reason)


def behind(article: Article, seen: Front) -> str | None:
    """What a short reading is in truth; None for an article."""
    if wording.challenges(seen.titles) or (
        seen.has_captcha and article.quality.words < APOLOGY_WORDS and not _has_day(article)
    ):
        return "challenge"
    if _has_day(article):
        return None
    if wording.consent_phrases(article.text) >= CONSENT_PHRASES:
        return "consent_wall"
    if article.authors:
        return None
    if article.quality.words < APOLOGY_WORDS and wording.apologises((*seen.titles, article.headline or "")):
        return "soft_404"
    return "listing" if article.quality.link_density > LIST_LINKED else None


def is_short(article: Article) -> bool:
    """Worth a second look: only a short text can be a wall."""
    return article.quality.words < WALL_WORDS and len(article.text) < WALL_LETTERS


def doubts(article: Article) -> set[str]:
    """Marks for a short article that is kept, though it reads like a wall."""
    return {"consent_wording"} if wording.consent_phrases(article.text) >= CONSENT_PHRASES else set()


def _wall(seen: Front) -> str | None:
    is_brief = len(seen.text.split()) < WALL_WORDS and len(seen.text) < WALL_LETTERS
    if wording.challenges(seen.titles) or (is_brief and seen.has_captcha):
        return "challenge"
    is_consent = is_brief and wording.consent_phrases(seen.text) >= CONSENT_PHRASES
    return "consent_wall" if is_consent else None


def _has_day(article: Article) -> bool:
    """A day in the address says nothing of the page."""
    return article.published_at is not None and article.published_at.source != "url"
