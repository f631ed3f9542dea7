"""What one crawl showed of an outlet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

BLOCKED = frozenset({"http_401", "http_403", "http_429", "blocked", "challenge"})
"""Reasons for a failure that say: not you, or not so often."""
REFUSED = "robots"
_NOT_ASKED = frozenset({"taken_down"})
_NO_BODY = frozenset({"no_body", "empty"})
"""Reasons for which a page is dropped that should have held an article."""

# What became of one page, as a letter. An article's letter is the sum of what it has.
NOTHING_READ, BLOCKED_PAGE, REFUSED_PAGE, FAILED_PAGE, OTHER_PAGE = "n", "b", "r", "f", "o"
ARTICLE_LETTERS = "0123"
_DATE, _AUTHOR = 1, 2
DELAYS = tuple(60 << step for step in range(16))
"""Upper bounds of the classes of times to discovery, in seconds: a minute to three weeks."""


def page_word(*, has_date: bool, has_author: bool) -> str:
    """The letter of a page that gave an article."""
    return str(_DATE * has_date + _AUTHOR * has_author)


def has_date(letter: str) -> bool:
    return letter.isdigit() and bool(int(letter) & _DATE)


def has_author(letter: str) -> bool:
    return letter.isdigit() and bool(int(letter) & _AUTHOR)


@dataclass(frozen=True, slots=True)
class Figures:
    """One crawl of one outlet; times are seconds since 1970, UTC."""

    outlet: str
    now: int
    pages: str = ""
    """A letter for each page that was asked for and is no unchanged one."""
    appeared: tuple[int, ...] = ()
    """When each article appeared that was named for the first time, nothing of the past among them."""
    delays: tuple[int, ...] = ()
    """Of those whose source says when they were published: seconds until they were found."""
    polls: int = 0
    sources_failed: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, int] = field(default_factory=dict)
    """Pages by the reason for which they failed."""
    articles: int = 0
    """New ones that were kept."""
    requests: int = 0
    octets: int = 0
    arrived: int = 0
    """Pages that gave an article, whether new, changed, unchanged or a copy."""
    in_vain: Mapping[str, int] = field(default_factory=dict)
    """Pages that were due and gave no article, by reason: rejected, failed, disallowed by robots.txt."""
    postponed: Mapping[str, int] = field(default_factory=dict)
    """Requests that were postponed because the host asked for it or fails, by reason."""
    sources_postponed: int = 0
    was_stopped: bool = False
    """A person or a time limit ended the crawl."""

    def after_poll(self, last: int | None) -> "Figures":
        """Return the figures with delays that end at the poll before, the first that could have found the article.

        Without such a poll, the articles may have been there for long: there are no delays.
        """
        if last is None:
            return replace(self, delays=())
        return replace(self, delays=tuple(max(0, delay - (self.now - last)) for delay in self.delays))

    @property
    def unread(self) -> Mapping[str, int]:
        """Why no source could be read, by reason; empty if one was, or none was due."""
        if self.succeeded or not (self.sources_failed or self.sources_postponed):
            return {}
        return {**self.sources_failed, **(self.postponed if self.sources_postponed else {})}

    @property
    def succeeded(self) -> bool:
        """At least one source answered."""
        return self.polls > sum(self.sources_failed.values())


def letters(articles: Iterable[str], *, dropped: Mapping[str, int], failed: Mapping[str, int], refused: int) -> str:
    """The pages of a crawl: what was read, then what was not."""
    blocked = sum(count for reason, count in failed.items() if reason in BLOCKED)
    return (
        "".join(articles)
        + OTHER_PAGE * sum(count for reason, count in dropped.items() if reason not in _NO_BODY | _NOT_ASKED)
        + NOTHING_READ * sum(dropped.get(reason, 0) for reason in _NO_BODY)
        + REFUSED_PAGE * refused
        + BLOCKED_PAGE * blocked
        + FAILED_PAGE * (sum(failed.values()) - blocked)
    )
