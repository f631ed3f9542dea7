"""Crawlers under one form, for benchmarks.crawlers: each is a process that crawls one site into a folder of its own."""

import configparser
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import yaml

PROJECT = Path(__file__).parent.parent
PEERS = PROJECT / ".venv" / "peers"
AT_ONCE = 4
"""Requests under way at once: what news-please does unasked. Fundus sends them one after the other."""


@dataclass(frozen=True, slots=True)
class Site:
    """What the operator of a crawler knows of a site."""

    home: str
    """Without a slash at its end."""
    articles: str
    """A pattern that paths of articles match."""
    proxy: str
    """By which all host names are reached."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a crawler says that an article is; of the same `key` is the same record."""

    key: str
    title: str
    text: str


class Program(Protocol):
    """One crawler in one configuration."""

    @property
    def name(self) -> str:
        """As tables call it."""

    def crawl(self, site: Site, folder: Path, *, moment: int, again: bool) -> None:
        """Crawl now; `moment` is the site's own time, `again` says that the folder holds an earlier crawl."""

    def records(self, folder: Path) -> Iterator[Record]:
        """All that the folder holds."""


@dataclass(frozen=True, slots=True)
class Ours:
    """`scrapy crawl`, whole: WARC, index, reading, lines."""

    name: str = "newsarchive"

    def crawl(self, site: Site, folder: Path, *, moment: int, again: bool) -> None:
        if not again:
            _write_outlet(site, folder / "config")
        settings = {
            "ARCHIVE_DIR": folder / "archive", "CONFIG_DIR": folder / "config", "SEEDS_DIR": folder,
            "CONTACT": "bench@localhost", "LOG_LEVEL": "ERROR", "DOWNLOAD_DELAY": 0,
            "CONCURRENT_REQUESTS_PER_DOMAIN": AT_ONCE, "ALLOW_PRIVATE_ADDRESSES": True,
        }  # fmt: skip
        options = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        crawl = ["-m", "benchmarks.crawler_programs", str(moment), "crawl", "courier", *options]
        # A report of 1 says that something was wrong with a page.
        _run([sys.executable, *crawl], site, folder, good=(0, 1))

    def records(self, folder: Path) -> Iterator[Record]:
        # Beside them lies what was rejected.
        for path in sorted((folder / "archive" / "courier").rglob("NA-*.jsonl.gz")):
            if path.name.endswith(".rejected.jsonl.gz"):
                continue
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                for number, line in enumerate(map(json.loads, lines)):
                    yield Record(f"{path.name}:{number}", line.get("headline") or "", line["text"])


@dataclass(frozen=True, slots=True)
class NewsPlease:
    """Its crawler processes one after the other, as its command line starts them."""

    name: str
    crawlers: tuple[str, ...]
    resumed: bool = False
    """Further crawls are started as with `--resume`, which keeps what was asked for."""

    def crawl(self, site: Site, folder: Path, *, moment: int, again: bool) -> None:  # noqa: ARG002 - it knows no clock
        package = _package("newsplease")
        if not again:
            _write_news_please(site, folder, package / "config" / "config.cfg", self.crawlers)
        for number in range(len(self.crawlers)):
            resume = str(self.resumed and again)
            given = [folder / "config.cfg", folder / "sitelist.hjson", number, resume, False]
            _run([PEERS / "bin" / "python", package / "single_crawler.py", *given], site, folder, good=(0,))

    def records(self, folder: Path) -> Iterator[Record]:
        for path in sorted((folder / "work" / "data").rglob("*.json")):
            told = json.loads(path.read_text(encoding="utf-8"))
            yield Record(path.name, told["title"] or "", told["maintext"] or "")


@dataclass(frozen=True, slots=True)
class Fundus:
    """The library with a publisher that is written for the site."""

    name: str = "Fundus (feed, sitemap)"

    def crawl(self, site: Site, folder: Path, *, moment: int, again: bool) -> None:  # noqa: ARG002 - it knows neither
        script = PROJECT / "benchmarks" / "fundus_crawl.py"
        given = [site.home, site.articles, folder / "articles.jsonl"]
        _run([PEERS / "bin" / "python", script, *given], site, folder, good=(0,))

    def records(self, folder: Path) -> Iterator[Record]:
        lines = (folder / "articles.jsonl").read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(map(json.loads, lines)):
            yield Record(str(number), line["title"] or "", line["text"] or "")


def programs() -> list[Program]:
    """All that are compared; ours last."""
    return [
        NewsPlease("news-please Rss", ("RssCrawler",)),
        NewsPlease("news-please Sitemap", ("SitemapCrawler",)),
        NewsPlease("news-please Rss + Sitemap", ("RssCrawler", "SitemapCrawler")),
        NewsPlease("the same, --resume", ("RssCrawler", "SitemapCrawler"), resumed=True),
        NewsPlease("news-please RecursiveSitemap", ("RecursiveSitemapCrawler",)),
        NewsPlease("news-please Recursive", ("RecursiveCrawler",)),
        Fundus(),
        Ours(),
    ]


def versions() -> dict[str, str]:
    """Of the peers and of what crawls for them."""
    asked = "import importlib.metadata as m; print(*(m.version(n) for n in ('news-please', 'scrapy', 'fundus')))"
    told = subprocess.run([PEERS / "bin" / "python", "-c", asked], capture_output=True, text=True, check=True)
    return dict(zip(("news-please", "its Scrapy", "Fundus"), told.stdout.split(), strict=True))


def _write_outlet(site: Site, config: Path) -> None:
    facts = {
        "name": "Harbour Courier", "home": f"{site.home}/", "language": "en", "timezone": "Europe/London",
        "sources": [
            {"feed": f"{site.home}/rss/"}, {"sitemap": f"{site.home}/sitemap.xml"}, {"section": f"{site.home}/news/"},
        ],
        "articles": {"allow": [site.articles]},
        # All at once: what is older than two weeks is otherwise fetched little by little, after the news.
        "crawl": {"delay": 0.0, "concurrency": AT_ONCE, "section_pages": 50, "backfill_per_day": 100_000},
    }  # fmt: skip
    (config / "outlets").mkdir(parents=True)
    (config / "defaults.yaml").write_text((PROJECT / "config" / "defaults.yaml").read_text(encoding="utf-8"))
    (config / "outlets" / "courier.yaml").write_text(yaml.safe_dump(facts))


def _write_news_please(site: Site, folder: Path, defaults: Path, crawlers: tuple[str, ...]) -> None:
    """Its own defaults, but for where it writes, and that it keeps quiet."""
    config = configparser.RawConfigParser()
    config.read(defaults, encoding="utf-8")
    config.set("Files", "working_path", str(folder / "work"))
    config.set("Scrapy", "log_level", "ERROR")
    with (folder / "config.cfg").open("w", encoding="utf-8") as file:
        config.write(file)
    sites = [{"url": f"{site.home}/", "crawler": name} for name in crawlers]
    (folder / "sitelist.hjson").write_text(json.dumps({"base_urls": sites}))


def _package(name: str) -> Path:
    return next(PEERS.glob(f"lib/python3*/site-packages/{name}"))


def _run(command: list[object], site: Site, folder: Path, *, good: tuple[int, ...]) -> None:
    """Raises `RuntimeError` with the last words of a program that fails."""
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    environment |= {"http_proxy": site.proxy, "PYTHONUTF8": "1", "HOME": str(folder)}
    words = [str(part) for part in command]
    ended = subprocess.run(words, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode not in good:
        raise RuntimeError(f"{words[1:3]} ended with {ended.returncode}: {ended.stderr[-2000:]}")


def main() -> None:
    """Ours, with its clock at the site's moment: python -m benchmarks.crawler_programs MOMENT crawl OUTLET …"""
    import time  # noqa: PLC0415 - only here

    from scrapy.cmdline import execute  # noqa: PLC0415 - the benchmark itself needs no Scrapy

    from newsarchive import clock  # noqa: PLC0415 - as above

    clock.advance(int(sys.argv[1]) - time.time())
    execute(["scrapy", *sys.argv[2:]])


if __name__ == "__main__":
    main()
