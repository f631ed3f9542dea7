"""One parse of a page, and what all readers ask of it."""

import re
from collections.abc import Iterator
from functools import cached_property

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from newsarchive import urls
from newsarchive.errors import NotAnArticle
from newsarchive.extract import marks as page_marks
from newsarchive.extract import scripts, stories, structured
from newsarchive.extract.complexity import is_too_complex

Node = LexborNode


class Document:
    """A parsed page that nobody changes; everything asked for is found once."""

    def __init__(self, html: str, url: str, markup: bytes | None = None) -> None:
        """`markup` is the same in UTF-8, where the caller has it already."""
        markup = html.encode(errors="replace") if markup is None else markup
        # The parser's work grows with the square of the depth: 100,000 open divs took 37 seconds.
        if is_too_complex(markup):
            raise NotAnArticle(url, "too_complex")
        self.html = html
        self.url = url
        # As a browser with scripts: what stands in <noscript> is no part of the page. <template> is inert anyhow.
        # Without events: with them every <option> copies the chosen one, and 50,000 of them take ten seconds.
        self.tree = LexborHTMLParser(markup, scripting=True, options=LexborDocumentOptions.WO_EVENTS)

    def css(self, selector: str) -> list[Node]:
        """All nodes, in the order of the page."""
        return self.tree.css(selector)

    def first(self, selector: str | None) -> Node | None:
        """The first node in the order of the page."""
        return self.tree.css_first(selector) if selector else None

    @cached_property
    def marks(self) -> page_marks.Marks:
        """What the page marks as metadata, headings, times and names."""
        return page_marks.gather(self.tree)

    @cached_property
    def hints(self) -> page_marks.Hints:
        """What its classes hint at; a page that marks its metadata is never asked."""
        return page_marks.hint(self.tree)

    @cached_property
    def base(self) -> str:
        """What relative addresses are relative to."""
        return urls.absolute(self.url, self.marks.base) or self.url

    @property
    def metas(self) -> dict[str, list[str]]:
        """Contents of meta elements by property or name, in lower case; never empty ones."""
        return self.marks.metas

    def meta(self, *names: str) -> str | None:
        """The first content of the first name that has one."""
        return next((self.metas[name][0] for name in names if name in self.metas), None)

    @cached_property
    def graph(self) -> structured.Graph:
        """The page's JSON-LD."""
        return structured.read(node.text() for node in self.marks.scripts)

    @cached_property
    def article(self) -> structured.Node:
        """The JSON-LD object of this article; empty if there is none."""
        articles = self.graph.articles()
        if len(articles) < 2:
            return articles[0] if articles else {}
        own = next((node for node in articles if self._is_own(node)), None)
        return own or articles[0]

    def _is_own(self, node: structured.Node) -> bool:
        named = (node.get("url"), node.get("mainEntityOfPage"), node.get("@id"))
        addresses = [urls.absolute(self.base, structured.address(value)) for value in named]
        mine = {urls.canonical(self.url), urls.canonical(self.canonical_url or self.url)}
        return any(urls.canonical(one) in mine for one in addresses if one)

    @cached_property
    def kept(self) -> scripts.Kept:
        """What the page's scripts keep; a page that states everything in JSON-LD is never asked."""
        found = (
            scripts.Script(attribute(node, "type"), attribute(node, "id"), node.text()) for node in self.css("script")
        )
        return scripts.read(found)

    @cached_property
    def story(self) -> stories.Story:
        """The page's article as its scripts keep it."""
        titles = [*self.metas.get("og:title", ()), *self.metas.get("twitter:title", ()), self.first_title]
        return stories.find(self.kept.values, [one for one in titles if one], self.url)

    @property
    def in_scripts(self) -> structured.Node:
        """What the scripts say of the article, in the words of schema.org; nothing where JSON-LD speaks of it."""
        return {} if self.article else self.story.facts

    @property
    def has_broken_state(self) -> bool:
        """The scripts were asked, and could not all be read."""
        return "kept" in self.__dict__ and self.kept.broken

    @cached_property
    def canonical_url(self) -> str | None:
        """`rel=canonical`, unless it leads to another site or to the home page."""
        for facts in self.marks.links:
            if "canonical" not in (facts.get("rel") or "").lower().split():
                continue
            url = urls.absolute(self.base, facts.get("href"))
            if url and self._is_page_of_the_site(url):
                return url
        return None

    def _is_page_of_the_site(self, url: str) -> bool:
        # Most name the host as it is; only the others need all that is known of hosts.
        is_same = urls.host(url) == urls.host(self.url) or urls.same_site(url, self.url)
        return is_same and urls.canonical(url).split("/", 3)[3:] not in ([], [""])

    @cached_property
    def is_evidently_article(self) -> bool:
        """The page calls itself an article."""
        og_type = (self.meta("og:type") or "").lower()
        return bool(self.article) or og_type in ("article", "news") or "article:published_time" in self.metas

    @cached_property
    def site_name(self) -> str | None:
        """How the site calls itself."""
        publisher = next(iter(self.graph.objects(self.article.get("publisher"))), None)
        stated = structured.string(publisher.get("name")) if isinstance(publisher, dict) else None
        return self.meta("og:site_name", "application-name") or stated

    @cached_property
    def first_title(self) -> str | None:
        """What the first <title> prints, of whatever it is."""
        node = self.first("title")
        return node.text() if node is not None else None

    @cached_property
    def language(self) -> str | None:
        """The language the page says it is in: the primary subtag."""
        stated = structured.string(self.article.get("inLanguage"))
        printed = self.marks.root.get("lang") or self.meta("og:locale") or stated or ""
        found = re.match(r"\s*([A-Za-z]{2,3})(?![A-Za-z])", printed)
        return found[1].lower() if found else None

    @cached_property
    def region(self) -> str | None:
        """The country whose habits the page follows: of its language tag, else of its host."""
        printed = self.marks.root.get("lang") or self.meta("og:locale") or ""
        found = re.match(r"\s*[A-Za-z]{2,3}[-_]([A-Za-z]{2})\b", printed)
        if found:
            return found[1].lower()
        top = urls.host(self.url).rpartition(".")[2]
        return top if len(top) == 2 else None


def attribute(node: Node, name: str) -> str | None:
    """An attribute's value; None if it is missing or empty."""
    return node.attributes.get(name) or None


def ancestors(node: Node) -> Iterator[Node]:
    """The node's parents, nearest first."""
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent
