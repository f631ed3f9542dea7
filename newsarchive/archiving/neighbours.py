"""An article among others, when its line is written: its other addresses, its copies, what speaks against it.

A crawl that is running and the repair of one that died learn this by the same function.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from newsarchive import clock, urls
from newsarchive import counting as names
from newsarchive.items import Article, Link, Page
from newsarchive.judging import addresses, arrival, doubts, sketches
from newsarchive.outlets import Outlet
from newsarchive.store.aliases import Alias, Aliases
from newsarchive.store.database import Database
from newsarchive.store.ledger import Change, Ledger
from newsarchive.store.state import Named
from newsarchive.store.stories import Stories, Story

Redirects = tuple[int | str, ...]
"""Statuses of the redirects on the way to a page, or `meta refresh`."""

_FOR_GOOD = frozenset({301, 308, "meta refresh"})


@dataclass(frozen=True, slots=True)
class Arrived:
    """A page, and the way on which it came."""

    page: Page
    address: str
    """Under which the page was found; a redirect may have led elsewhere."""
    listed: str | None
    """The headline under which a list named it."""
    redirects: Redirects
    sketch: bytes | None
    """Of the article's text: `judging.sketches`."""


def is_for_good(redirects: Redirects) -> bool:
    """A server that sends us elsewhere for today has not said that the article lives there."""
    return set(redirects) <= _FOR_GOOD


class Neighbours:
    """Settles under which address an article is known, and compares it with what was told lately."""

    def __init__(
        self,
        ledger: Ledger,
        database: Database,
        *,
        outlet: Outlet,
        days: int,
        repeated: int,
        follow: Callable[[Link], None],
        count: Callable[[str], None],
    ) -> None:
        """`days` is how long stories are remembered; one text at `repeated` addresses is doubted.

        `follow` is told of an article that only its copy named, and `count` of what is found, by the names of counts.
        """
        self._database = database
        self._outlet = outlet
        self._ledger = ledger
        self._aliases = Aliases(database, outlet.selection)
        self._stories = Stories(database, days=days, bands=sketches.bands, selection=outlet.selection)
        self._repeated = repeated
        self._follow = follow
        self._count = count

    def learn(self, item: Arrived, article: Article) -> Change | None:
        """Learn all of an article whose line is written, or nothing.

        What the line brings, under the article's own address; None for a copy, whose article is asked for.
        """
        with self._database.transaction():
            change = self._settle(item, article)
            self._compare(item, article)
        return change

    def unchanged(self, address: str, *, landed: str, redirects: Redirects) -> None:
        """Nothing new came; where an address has led for good to an article that we know, it is one more of its own."""
        outlet = self._outlet
        is_moved = arrival.has_moved(address, landed, outlet.selection) and is_for_good(redirects)
        if is_moved and self._ledger.state.page(outlet.id, landed):
            self._aliases.note(outlet.id, Alias(address, landed, "moved"), now=clock.now())
            self._ledger.elsewhere(address, "moved")
        else:
            self._ledger.unchanged(address)

    def _settle(self, item: Arrived, article: Article) -> Change | None:
        own, selection = addresses.own(article, self._outlet), self._outlet.selection
        if urls.key(own, selection) == urls.key(item.address, selection):
            return self._ledger.read(item.address, article, item.page.capture)
        if addresses.is_copy(article, self._outlet):
            return self._copied(item, article, own)
        return self._moved(item, article)

    def _compare(self, item: Arrived, article: Article) -> None:
        """Note the story, its likeness to an earlier one, and what speaks against it."""
        digest = bytes.fromhex(article.text_sha256.removeprefix("sha256:"))[:16]
        story = Story(self._outlet.id, article.url, digest, item.sketch)
        if not addresses.is_copy(article, self._outlet):
            self._link(story)
            self._stories.tell(story, now=clock.now())
        for reason, evidence in self._doubts(item, article, digest):
            self._doubt(article.url, reason, evidence)

    def _copied(self, item: Arrived, article: Article, own: str) -> Change | None:
        if self._is_lie(item, own):
            self._doubt(article.url, "canonical_lies", own)
            return self._ledger.read(item.address, article, item.page.capture)
        self._aliases.note(self._outlet.id, Alias(item.address, own, "copy"), now=clock.now())
        self._ledger.elsewhere(item.address, "copy")
        self._ledger.remember(item.page.capture)
        self._follow(Link(own, item.page.via or article.url, item.page.source or "seed"))
        return None

    def _moved(self, item: Arrived, article: Article) -> Change:
        if not is_for_good(item.redirects):
            return self._ledger.read(item.address, article, item.page.capture)
        named = Link(article.url, item.page.via or item.address, item.page.source or "seed")
        self._ledger.state.discover(self._outlet.id, [Named(named)], now=clock.now())
        self._aliases.note(self._outlet.id, Alias(item.address, article.url, "moved"), now=clock.now())
        self._ledger.elsewhere(item.address, "moved")
        return self._ledger.read(article.url, article, item.page.capture)

    def _is_lie(self, item: Arrived, own: str) -> bool:
        told = self._stories.at(self._outlet.id, own)
        sketched = told.sketch if told else None
        return bool(item.sketch and sketched and sketches.likeness(item.sketch, sketched) < doubts.LIES)

    def _link(self, story: Story) -> None:
        likest = max(self._likenesses(story), key=lambda found: found[0], default=None)
        if likest and likest[0] >= sketches.SAME_STORY:
            self._stories.link(story, likest[1], likeness=likest[0], now=clock.now())
            self._count(names.SAME_STORY)

    def _likenesses(self, story: Story) -> Iterable[tuple[float, Story]]:
        for other in self._stories.sharing(story):
            if story.sketch and other.sketch:
                yield sketches.likeness(story.sketch, other.sketch), other

    def _doubts(self, item: Arrived, article: Article, digest: bytes) -> Iterable[tuple[str, str]]:
        count = self._stories.addresses_of(self._outlet.id, digest, most=self._repeated)
        if count >= self._repeated:
            yield "repeated_text", f"at {count} addresses or more"
        if doubts.is_another(item.listed, article.headline, article.text):
            yield "another_headline", item.listed or ""

    def _doubt(self, url: str, reason: str, evidence: str) -> None:
        self._stories.doubt(self._outlet.id, url, reason, evidence, now=clock.now())
        self._count(f"{names.DOUBTFUL}/{reason}")
