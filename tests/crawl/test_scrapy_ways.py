"""What any Scrapy user expects to work, works."""

import json
from pathlib import Path

from newsarchive.demoweb import DemoWeb
from tests.conftest import Crawler


def test_feed_export_gives_the_articles(crawler: Crawler, tmp_path: Path):
    out = tmp_path / "out.jsonl"
    assert crawler.run("crawl", "responsible_statecraft", "-a", "limit=3", "-O", str(out)).code == 0
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 3
    assert all(row["schema"] == "news-article/1" and row["provenance"]["warc"]["record_id"] for row in rows)


def test_seeds_from_a_file_are_crawled_instead_of_the_sources(web: DemoWeb, crawler: Crawler, tmp_path: Path):
    seeds = tmp_path / "mine.txt"
    seeds.write_text("# one article\nhttps://responsiblestatecraft.org/scholz-putin-call/?utm_source=x\n")
    assert crawler.run("crawl", "responsible_statecraft", "-a", f"seeds={seeds}").code == 0
    assert [exchange.target for exchange in web.log] == [
        "/robots.txt",
        "/.well-known/tdmrep.json",
        "/scholz-putin-call/",
    ]


def test_a_wrong_line_of_a_seed_file_is_named(crawler: Crawler, tmp_path: Path):
    seeds = tmp_path / "mine.txt"
    seeds.write_text("https://responsiblestatecraft.org/a-b/\nnot a url\n")
    done = crawler.run("crawl", "responsible_statecraft", "-a", f"seeds={seeds}")
    assert done.code == 2
    assert "line 2" in done.err


def test_limit_is_the_most_articles_that_are_fetched(web: DemoWeb, crawler: Crawler):
    assert crawler.run("crawl", "responsible_statecraft", "-a", "limit=2").code == 0
    told = crawler.files(".jsonl.gz")
    assert len(told) == 1
    report = json.loads(next((crawler.archive / "responsible_statecraft" / "reports").glob("*.json")).read_text())
    assert report["fetched"] == 2


def test_check_and_shell_work_and_archive_nothing(crawler: Crawler):
    assert crawler.run("check").code == 0
    shell = crawler.run("shell", "https://responsiblestatecraft.org/scholz-putin-call/", "-c", "response.status")
    assert shell.out.split()[-1] == "200"
    assert not crawler.archive.exists()


def test_a_spider_written_by_hand_wins_over_the_yaml_of_its_name(crawler: Crawler, tmp_path: Path):
    (tmp_path / "myspiders").mkdir()
    (tmp_path / "myspiders" / "__init__.py").touch()
    (tmp_path / "myspiders" / "mine.py").write_text(
        "from spiders.outlet import OutletSpider\n"
        "from newsarchive.outlets import load\nfrom newsarchive.settings import CONFIG_DIR\nfrom pathlib import Path\n"
        "class Mine(OutletSpider):\n"
        "    name = 'kyiv_independent'\n    outlet = load(Path(CONFIG_DIR), name)\n"
        "    async def start(self):\n        print('by hand')\n        return\n        yield\n"
    )
    done = crawler.run("crawl", "kyiv_independent", cwd=tmp_path, SPIDER_MODULES="myspiders")
    assert "by hand" in done.out
    # An outlet that has never given an article is reported.
    assert done.code == 1, done.err


def test_a_body_in_brotli_is_read_when_a_server_is_asked_for_it(web: DemoWeb, crawler: Crawler, tmp_path: Path):
    seeds = tmp_path / "mine.txt"
    seeds.write_text("https://responsiblestatecraft.org/scholz-putin-call/\n")
    headers = '{"Accept-Encoding": "br"}'
    done = crawler.run("crawl", "responsible_statecraft", "-a", f"seeds={seeds}", DEFAULT_REQUEST_HEADERS=headers)
    assert done.code == 0, done.err
    assert b"Content-Encoding: br" in web.log[-1].response
    assert "1 new" in done.err


def test_an_internal_address_is_not_fetched(crawler: Crawler, tmp_path: Path):
    done = crawler.run("fetch", "http://127.0.0.1:9/", CONNECT_TO="")
    assert "CannotResolveHost" in done.err or "no results" in done.err
    done = crawler.run("fetch", "http://127.0.0.1:9/", CONNECT_TO="", ALLOW_PRIVATE_ADDRESSES=True)
    assert "refused" in done.err


def test_an_edit_is_a_changed_article_and_a_withdrawn_page_is_gone(web: DemoWeb, crawler: Crawler, tmp_path: Path):
    url = "https://responsiblestatecraft.org/scholz-putin-call/"
    seeds = tmp_path / "mine.txt"
    seeds.write_text(url + "\n")
    arguments = ("crawl", "responsible_statecraft", "-a", f"seeds={seeds}")

    def report() -> dict:
        before = set(crawler.archive.rglob("*/reports/*.json"))
        assert crawler.run(*arguments).code in (0, 1)
        (new,) = set(crawler.archive.rglob("*/reports/*.json")) - before
        return json.loads(new.read_text())

    assert report()["new"] == 1
    assert report()["unchanged"] == 1
    web.edit(url, paragraphs=["An editor wrote this anew, at some length and with care. " * 8] * 3)
    assert report()["changed"] == 1
    web.withdraw(url)
    assert report()["dropped"] == {"http_410": 1}
