"""What a trap of the Trap Gazette is, and the short words for making one."""

from dataclasses import dataclass
from typing import Literal

from newsarchive.demoweb.answers import Answer
from newsarchive.demoweb.trap_pages import article, prose, sent

Outcome = Literal["told", "copy", "dropped", "failed"]


@dataclass(frozen=True, slots=True)
class Trap:
    """One address of the Gazette."""

    name: str
    path: str
    answer: Answer
    outcome: Outcome
    reason: str | None = None
    """Why it is dropped or fails; the path of the article of which it is a copy."""
    headline: str | None = None
    """Of the record."""
    listed_as: str | None = None
    """The headline in the feed."""
    has: str | None = None
    """Words that are in the record's text."""
    has_not: str | None = None
    """Words that must not be in it."""
    flags: frozenset[str] = frozenset()
    """Marks that its quality must have."""
    published: str | None = None
    is_listed: bool = True
    """In feed and sitemap; else it is only reached through another address."""


def day(slug: str) -> str:
    return f"/2024/10/15/{slug}"


def told(slug: str, name: str, headline: str, html: str, **more: object) -> Trap:
    return Trap(name, day(slug), sent(html), "told", headline=headline, **more)  # type: ignore[arg-type]


def dropped(slug: str, name: str, answer: Answer, reason: str) -> Trap:
    return Trap(name, day(slug), answer, "dropped", reason, listed_as=f"A headline about {slug.replace('-', ' ')}")


def copy(path: str, name: str, of: str, html: str) -> Trap:
    return Trap(name, path, sent(html), "copy", of)


def plain(slug: str, headline: str, **more: object) -> str:
    return article(headline, prose(slug), **{"path": day(slug), **more})  # type: ignore[arg-type]
