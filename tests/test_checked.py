"""A setting with a wrong value is told by its name, before anything begins."""

import re

import pytest
from scrapy.settings import Settings

from newsarchive import checked, settings
from newsarchive.capture.addon import Addon as CaptureAddon
from newsarchive.errors import SettingError
from newsarchive.middlewares.addon import Addon
from tests.conftest import PROJECT, Crawler

OURS = {name: value for name, value in vars(settings).items() if name.isupper() and not name.startswith("_")}
WRONG = ("many", "", "-1", "nan", "1e99", [])
FREE = {
    "WARC_COMPRESSION", "WARC_FSYNC", "WARC_REDACT_REQUEST_HEADERS", "ARCHIVE_DIR", "ARCHIVE_COLLECTION",
    "CAPTURE_UNCAPTURED", "CONNECT_TO", "DNS_SERVERS", "CONTACT", "OPERATOR", "ALERT_URLS", "METRICS_FILE", "ROBOTSTXT_USER_AGENT",
}  # fmt: skip
"""Words, addresses and places; each is checked by who reads it, and tested there."""


def chosen(**changed: object) -> Settings:
    found = Settings(OURS)
    found.setdict(changed, priority="cmdline")
    return found


def test_the_settings_as_they_are_pass():
    checked.check(chosen())
    checked.check({})


@pytest.mark.parametrize("name", checked.NAMES)
def test_a_wrong_value_is_one_line_that_names_the_setting(name: str):
    for value in WRONG:
        with pytest.raises(SettingError) as caught:
            Addon().update_settings(chosen(**{name: value}))
        assert str(caught.value).startswith(f"{name}: found {value!r}, expected ")
        assert "\n" not in str(caught.value)


def test_every_number_and_switch_of_ours_is_checked():
    numbers = {name for name, value in OURS.items() if isinstance(value, (bool, int, float))}
    # These two belong to Scrapy, are fixed, and concern nobody's crawl.
    assert numbers - {"TELNETCONSOLE_ENABLED", "REMOTE_CONTROL_ENABLED"} <= set(checked.NAMES)


def test_every_setting_that_the_docs_list_is_checked():
    pages = "\n".join(path.read_text() for path in (PROJECT / "docs").glob("*.md"))
    listed = {
        name
        for line in re.findall(r"^\| `[A-Z_, `]+` \|", pages, re.MULTILINE)
        # A row may also name a file (`HEAD`).
        for name in re.findall(r"[A-Z]+_[A-Z_]+", line)
    }
    assert len(listed) > 25
    assert listed <= set(checked.NAMES) | FREE


def test_what_passes_can_be_read_by_scrapy():
    for value in (7, "7", 7.0):
        assert checked.whole(chosen(HARVEST_PAGES=value), "HARVEST_PAGES") == 7
    for value in ("7.5", 7.5, float("inf")):
        with pytest.raises(SettingError):
            checked.whole(chosen(HARVEST_PAGES=value), "HARVEST_PAGES")
    for value in (True, "True", "true", 1, "1"):
        assert checked.switch(chosen(REPORT_SHOWN=value), "REPORT_SHOWN") is chosen(REPORT_SHOWN=value).getbool(
            "REPORT_SHOWN"
        )


def test_a_project_that_only_archives_is_told_of_its_switch():
    with pytest.raises(SettingError, match="CAPTURE_ENABLED: found 'perhaps', expected True or False"):
        CaptureAddon().update_settings(Settings({"CAPTURE_ENABLED": "perhaps"}))


@pytest.mark.parametrize(
    "command", [("crawl", "kyiv_independent"), ("harvest", "kyiv_independent"), ("outlet", "health"), ("shell", "x")]
)
def test_every_command_says_it_in_one_line(crawler: Crawler, command: tuple[str, ...]):
    done = crawler.run(*command, HEALTH_SLOW_FACTOR="twice")
    expected = "scrapy: HEALTH_SLOW_FACTOR: found 'twice', expected a number between 1 and 1e+06\n"
    assert (done.code, done.err) == (2, expected)
