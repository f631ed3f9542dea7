"""One outlet as a web site: its pages, its lists, and what a test has changed."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import urlsplit

from newsarchive.demoweb.answers import Answer, failure, redirect
from newsarchive.demoweb.articles import HOMES, DemoArticle
from newsarchive.demoweb.pages import content_type, render_amp, render_page

Page = Callable[[str], Answer | None]


class Site:
    """One host: articles by address, and the lists that a subclass adds in `listing`."""

    is_secure = True
    """Whether http is redirected to https."""

    def __init__(
        self, outlet: str, articles: Iterable[DemoArticle], *, host: str | None = None, home: str | None = None
    ) -> None:
        """`host` or `home` is for a site that is none of the demo's own."""
        self.outlet = outlet
        self.host = host or urlsplit(home or HOMES[outlet]).netloc
        self._articles = {article.address: article for article in articles}
        self._failures = {one.address: one.serving.failures for one in self._articles.values()}
        self._scripted: dict[str, Answer] = {}
        self._withdrawn: set[str] = set()
        self._pages: dict[str, Answer] = {}

    @property
    def articles(self) -> list[DemoArticle]:
        """As they stand now, the withdrawn ones left out."""
        return [one for address, one in self._articles.items() if address not in self._withdrawn]

    @property
    def newest_first(self) -> list[DemoArticle]:
        """As lists show them."""
        return sorted(self.articles, key=lambda one: (one.listed_at, one.slug), reverse=True)

    def article(self, url: str) -> DemoArticle:
        """Raises `KeyError` when there is none at that URL."""
        return self._articles[_address(url)]

    def edit(self, url: str, paragraphs: list[str]) -> None:
        """Last-Modified counts seconds: a second edit is at least one second later than the first."""
        old = self.article(url)
        now = datetime.now(UTC).replace(microsecond=0)
        at = max(now, old.version + timedelta(seconds=1)) if old.version else now
        self._articles[old.address] = old.edited(paragraphs, at)
        self._pages.clear()

    def publish(self, article: DemoArticle) -> None:
        self._articles[article.address] = article
        self._failures[article.address] = article.serving.failures
        self._withdrawn.discard(article.address)
        self._pages.clear()

    def withdraw(self, url: str) -> None:
        self._withdrawn.add(_address(url))
        self._pages.clear()

    def script(self, url: str, answer: Answer) -> None:
        self._scripted[url] = answer

    def scripted(self, url: str) -> Answer | None:
        """The scripted answer at a URL, counted down; None when there is none left."""
        answer = self._scripted.get(url)
        if answer is None or answer.repeat is None:
            return answer
        if answer.repeat <= 1:
            del self._scripted[url]
        else:
            self._scripted[url] = replace(answer, repeat=answer.repeat - 1)
        return answer if answer.repeat > 0 else None

    def answer(self, target: str) -> Answer:
        """The ordinary answer at a path and query."""
        target = _untracked(target)
        if target in self._withdrawn:
            return failure(410)
        article = self._articles.get(target)
        if article is not None and self._failures[target] > 0:
            self._failures[target] -= 1
            return failure(article.serving.failing or 500, *article.serving.headers)
        return self._kept(target) or failure(404)

    def listing(self, path: str, query: str) -> Answer | None:
        """Feeds, sitemaps, section pages and the rest of the site; a subclass knows them."""
        raise NotImplementedError

    def _kept(self, target: str) -> Answer | None:
        """Pages are rendered once; every change of the site forgets them."""
        if target not in self._pages:
            found = self._rendered(target)
            if found is None:
                return None
            self._pages[target] = found
        return self._pages[target]

    def _rendered(self, target: str) -> Answer | None:
        article = self._articles.get(target)
        if article is not None:
            return _page_of(article)
        parts = urlsplit(target)
        return self._address_of_an_article(parts.path) or self.listing(parts.path, parts.query)

    def _address_of_an_article(self, path: str) -> Answer | None:
        for article in self.articles:
            if path in article.addresses:
                return _page_of(article)
            if path in article.moved_from:
                return redirect(article.address)
            if path == article.amp:
                return dated(render_amp(article), article.touched_at)
            if f"{path}/" == article.address:
                return redirect(article.address)
        return None


def dated(body: bytes, touched_at: datetime, content_type: str = "text/html; charset=utf-8") -> Answer:
    """A page with both validators, compressed if the client likes it."""
    headers = (("Content-Type", content_type), *_validators(body, touched_at))
    return Answer(headers=headers, body=body, coding="negotiated")


def _page_of(article: DemoArticle) -> Answer:
    body = render_page(article)
    serving = article.serving
    own = () if serving.failing else serving.headers
    headers = (("Content-Type", content_type(article)), *_validators(body, article.touched_at), *own)
    return Answer(headers=headers, body=body, coding=serving.coding, framing=serving.framing, delay=serving.delay)


def _validators(body: bytes, touched_at: datetime) -> tuple[tuple[str, str], ...]:
    # A weak tag: one for all content codings of the page.
    tag = f'W/"{sha256(body).hexdigest()[:20]}"'
    return (("ETag", tag), ("Last-Modified", format_datetime(touched_at.astimezone(UTC), usegmt=True)))


def _untracked(target: str) -> str:
    """Parameters that only say where a reader came from select nothing."""
    parts = urlsplit(target)
    query = "&".join(pair for pair in parts.query.split("&") if not pair.startswith("utm_"))
    return parts._replace(query=query).geturl() if parts.query else target


def _address(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
