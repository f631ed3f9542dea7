"""A mistake of the user is one line with a suggestion and exit code 2, before anything is fetched."""

import subprocess
from pathlib import Path

import pytest

from newsarchive.demoweb import DemoWeb
from tests.conftest import PROJECT, Crawler, environment

NAME = "responsible_statecraft"
TYPO = "responsible_statcraft"
SELECT = "twisted.internet.selectreactor.SelectReactor"


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"WARC_MAXMB": 5}, "-s WARC_MAXMB: unknown setting; did you mean WARC_MAX_MB?"),
        ({"CAPTURE_ENABLED": False}, "CAPTURE_ENABLED: found 'False', expected True: "),
        ({"ADDONS": "{}"}, "ADDONS: found {}, expected newsarchive.capture.Addon among them"),
        ({"TWISTED_REACTOR": SELECT}, f"TWISTED_REACTOR: found '{SELECT}', expected "),
        ({"ALERT_URLS": "json:news.example"}, "ALERT_URLS: found "),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
@pytest.mark.parametrize("command", [("crawl", NAME), ("harvest", NAME)], ids=lambda command: command[0])
def test_settings_without_a_result_are_refused(web: DemoWeb, crawler: Crawler, command, settings: dict, line: str):
    done = crawler.run(*command, **settings)
    assert done.code == 2
    (only,) = done.err.splitlines()
    assert only.startswith(f"scrapy: {line}")
    assert web.log == []


def test_alerts_without_apprise_are_refused_at_the_start(web: DemoWeb, crawler: Crawler, tmp_path: Path):
    (tmp_path / "apprise.py").write_text("raise ImportError('not installed')\n")
    done = subprocess.run(
        crawler.command("crawl", NAME, ALERT_URLS="json://127.0.0.1"), cwd=PROJECT, capture_output=True, text=True,
        env=environment() | {"PYTHONPATH": f"{tmp_path}:{PROJECT}"}, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "newsarchive[alerts]" in done.stderr
    assert web.log == []


def test_a_setting_that_may_be_of_an_extension_is_a_warning(crawler: Crawler):
    done = crawler.run("list", ZYTE_API_KEY="x", CONCURRENT_ITEMS=3)
    assert done.code == 0
    assert done.err.startswith("scrapy: warning: -s ZYTE_API_KEY: neither Scrapy nor newsarchive has such a setting\n")
    assert "CONCURRENT_ITEMS" not in done.err


@pytest.mark.parametrize(
    "command",
    [
        ("crawl", TYPO),
        ("harvest", TYPO),
        ("parse", "https://responsiblestatecraft.org/a/", "--spider", TYPO),
        ("outlet", "learn", TYPO),
        ("outlet", "check", "https://responsiblestatecraft.org/a/", "--outlet", TYPO),
        ("outlet", "adopt", "times.txt", "--outlet", TYPO),
        ("outlet", "health", TYPO),
        ("reextract", "config", "--out", "x", "--outlet", TYPO),
        ("retention", "plan", "--outlet", TYPO),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_a_mistyped_outlet_is_refused_with_a_suggestion(archive_of_names: Path, command: tuple[str, ...]):
    done = Crawler(archive_of_names, []).run(*command)
    assert done.code == 2
    assert f"'{TYPO}'" in done.err
    assert f"did you mean {NAME}?" in done.err
    assert "Traceback" not in done.err


@pytest.fixture(scope="module")
def archive_of_names(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive in which one outlet was crawled."""
    archive = tmp_path_factory.mktemp("names") / "archive"
    with DemoWeb() as web:
        assert Crawler(archive, web.connect_to).run("crawl", NAME, "-a", "limit=1").code in (0, 1)
    return archive


def test_an_unknown_argument_is_refused_with_a_suggestion(crawler: Crawler):
    done = crawler.run("crawl", NAME, "-a", "limt=3")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "-a limt" in done.err
    assert "did you mean limit?" in done.err


@pytest.mark.parametrize(
    "command", [("crawl", NAME), ("harvest",), ("list",), ("outlet", "check", "--all"), ("outlet", "health")]
)
def test_a_home_without_config_is_one_line(crawler: Crawler, tmp_path: Path, command: tuple[str, ...]):
    done = crawler.run(*command, CONFIG_DIR=tmp_path / "config")
    expected = f"scrapy: {tmp_path}/config/outlets: the folder does not exist; NEWSARCHIVE_HOME must name "
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(expected)
    assert done.err.count("\n") == 1


def test_a_harvest_without_an_outlet_that_is_due_says_when_the_next_is(crawler: Crawler):
    assert crawler.run("harvest", NAME, HARVEST_PAGES=1).code in (0, 1)
    for _ in range(3):
        # Waiting pages keep an outlet due.
        done = crawler.run("harvest", NAME)
        if "Harvest of 0 outlets" in done.out:
            break
    assert done.code == 0
    assert "Nothing was due; the next outlet is due at 20" in done.out


def test_scrapy_parse_of_an_outlet_refers_to_outlet_check(crawler: Crawler):
    url = "https://responsiblestatecraft.org/a/"
    done = crawler.run("parse", url, "--spider", NAME)
    assert done.code == 2
    assert f"use: scrapy outlet check {url} --outlet {NAME}" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/", "http://localhost:9/", "http://10.0.0.1/"])
def test_an_internal_address_is_refused_with_its_setting(tmp_path: Path, address: str):
    done = Crawler(tmp_path / "archive", []).run("outlet", "new", address, CONTACT="a@b.example")
    assert done.code == 1
    assert done.err.startswith(f"scrapy: {address}: ")
    assert "is an internal address" in done.err
    assert "ALLOW_PRIVATE_ADDRESSES" in done.err


def test_the_help_of_crawl_lists_the_arguments_of_an_outlet(crawler: Crawler):
    done = crawler.run("crawl", "--help")
    for argument in ("limit=N", "since=DAY", "seeds=FILE"):
        assert argument in done.out
