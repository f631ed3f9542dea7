"""Crawl the Harbour Courier with Fundus as a publisher of ours: python fundus_crawl.py HOME ARTICLES OUT.jsonl

For benchmarks.crawlers. Runs in an environment of its own, so nothing of this project is imported here. A publisher of
Fundus is a class with feeds, sitemaps and selectors written for it; this one is written as those that it brings.
"""

import json
import re
import sys
from datetime import datetime
from pathlib import Path

from fundus import Crawler
from fundus.parser import ArticleBody, BaseParser, ParserProxy, attribute
from fundus.parser.utility import extract_article_body_with_selector, generic_date_parsing
from fundus.publishers.base_objects import Publisher, PublisherGroup
from fundus.scraping.url import RSSFeed, Sitemap
from lxml.etree import XPath


class CourierParser(ParserProxy):
    """How the paper's pages are read."""

    class V1(BaseParser):
        """Since the paper began."""

        _paragraphs = XPath("//section[contains(@class, 'gh-content')]/p")

        @attribute
        def body(self) -> ArticleBody | None:
            return extract_article_body_with_selector(self.precomputed.doc, paragraph_selector=self._paragraphs)

        @attribute
        def title(self) -> str | None:
            return self.precomputed.ld.bf_search("headline")

        @attribute
        def publishing_date(self) -> datetime | None:
            return generic_date_parsing(self.precomputed.ld.bf_search("datePublished"))


def publishers(home: str, articles: str) -> PublisherGroup:
    """A group with one publisher; addresses whose path does not match `articles` are not asked for."""
    pattern = re.compile(articles)

    def is_none(url: str) -> bool:
        return not pattern.search(re.sub(r"^\w+://[^/]+", "", url).partition("?")[0])

    courier = Publisher(
        name="Harbour Courier",
        domain=f"{home}/",
        parser=CourierParser,
        sources=[RSSFeed(f"{home}/rss/", languages={"en"}), Sitemap(f"{home}/sitemap.xml", languages={"en"})],
        url_filter=is_none,
    )
    return PublisherGroup("Courier", (), {"default_language": "en", "courier": courier})


def main() -> None:
    home, articles, out = sys.argv[1:]
    with Path(out).open("a", encoding="utf-8") as lines:
        # Its own words for no distance between requests; None is not taken.
        for one in Crawler(publishers(home, articles), delay=0.0).crawl():
            line = {"title": one.title, "text": one.plaintext, "url": one.html.responded_url}
            lines.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
