"""A small newspaper of so many articles behind one feed, for crawls that are about something else than its pages."""

import gzip
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from newsarchive.demoweb import DemoWeb
from newsarchive.demoweb.answers import Answer, failure, page
from newsarchive.demoweb.sites import Site
from newsarchive.warc.reader import StoredRecord, read_records
from tests.conftest import PROJECT, Crawler, Ran

HOME = "http://paper.example"
FEED = "/rss"


class Paper(Site):
    """Answers with an ETag, so that a second crawl may ask conditionally."""

    is_secure = False

    def __init__(self, articles: int) -> None:
        super().__init__("paper", (), home=HOME)
        self.paths = [f"/article/{number}" for number in range(articles)]

    def answer(self, target: str) -> Answer:
        if target == FEED:
            items = "".join(
                f"<item><link>{HOME}{path}</link><title>{headline(path)}</title></item>" for path in self.paths
            )
            return page(f"<rss><channel>{items}</channel></rss>".encode(), content_type="application/rss+xml")
        return page(article(target), ("ETag", f'"{target}"')) if target in self.paths else failure(404)


def headline(path: str) -> str:
    return f"The council of town number {path.rpartition('/')[2]} meets"


def article(path: str) -> bytes:
    number = path.rpartition("/")[2]
    words = f"harbour council bridge ferry orchard of town {number} and its winter ballot tariff signal meadow. "
    text = "".join(f"<p>Paragraph {part} of the {words * 3}</p>" for part in range(5))
    return (
        f"<html lang=en><head><title>{headline(path)}</title>"
        '<meta property="article:published_time" content="2026-01-05T10:00:00Z"></head>'
        f"<body><article><h1>{headline(path)}</h1>{text}</article></body></html>"
    ).encode()


@dataclass(frozen=True)
class Desk:
    """Crawls of the newspaper under the names of outlets, into one archive."""

    web: DemoWeb
    site: Paper
    crawler: Crawler
    config: Path

    @classmethod
    def open(cls, web: DemoWeb, site: Paper, folder: Path) -> "Desk":
        (folder / "config/outlets").mkdir(parents=True)
        (folder / "config/defaults.yaml").write_text((PROJECT / "config/defaults.yaml").read_text())
        return cls(web, site, Crawler(folder / "archive", web.connect_to), folder / "config")

    def crawl(self, outlet: str = "qa", *arguments: str, **settings: object) -> Ran:
        (self.config / f"outlets/{outlet}.yaml").write_text(
            f"name: Paper\nhome: {HOME}/\nlanguage: en\ntimezone: Europe/London\nsources: [{{feed: '{HOME}{FEED}'}}]\n"
            "articles: {allow: ['^/article/\\d+$']}\ncrawl: {delay: 0.0}\n"
        )
        chosen = {"CONFIG_DIR": self.config, "SEEDS_DIR": self.config, "CONTACT": "paper@localhost"}
        return self.crawler.run("crawl", outlet, *arguments, **{**chosen, "TDMREP_ENABLED": False, **settings})

    def state(self, statement: str, *values: object) -> list[tuple]:
        """Rows of a statement over the state of the archive."""
        with closing(sqlite3.connect(self.crawler.archive / "state.sqlite")) as state, state:
            return state.execute(statement, values).fetchall()

    def verify(self, *arguments: str) -> Ran:
        return self.crawler.run("verify", str(self.crawler.archive), *arguments)

    def report(self, outlet: str = "qa") -> dict:
        """The last one."""
        return json.loads(max((self.crawler.archive / outlet / "reports").glob("*.json")).read_text())

    def records(self, outlet: str = "qa", kind: str = "revisit") -> list[StoredRecord]:
        warcs = sorted((self.crawler.archive / outlet).rglob("*.warc.gz"))
        return [record for warc in warcs for record in read_records(warc) if record.kind == kind]

    def rows(self, outlet: str = "qa", *, rejected: bool = False) -> list[dict]:
        paths = sorted((self.crawler.archive / outlet).rglob("*.jsonl.gz"))
        chosen = [path for path in paths if path.name.endswith(".rejected.jsonl.gz") == rejected]
        return [json.loads(line) for path in chosen for line in gzip.open(path)]

    def requests(self, target: str) -> list[bytes]:
        return [one.request for one in self.web.log if one.target == target]


def path_of(row: dict) -> str:
    return row["url"].removeprefix(HOME)
