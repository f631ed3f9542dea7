"""`scrapy harvest` as an operator calls it."""

import json
import os

import pytest

from newsarchive.demoweb import DemoWeb
from tests.conftest import Crawler

OUTLETS = ("kyiv_independent", "responsible_statecraft")


def test_a_second_harvest_asks_for_nothing_that_is_not_due(crawler: Crawler, web: DemoWeb):
    first = json.loads(crawler.run("harvest", *OUTLETS, "--json").out)
    assert [line["outlet"] for line in first["outlets"]] == list(OUTLETS)
    assert min(line["new"] for line in first["outlets"]) > 10
    asked = len(web.log)
    again = crawler.run("harvest", *OUTLETS, "--json")
    assert (again.code, json.loads(again.out)["due"], len(web.log)) == (0, 0, asked)


def test_a_broken_outlet_is_told_and_the_others_are_crawled(crawler: Crawler, config):
    (config / "outlets" / "broken.yaml").write_text("name: [")
    done = crawler.run("harvest", "broken", OUTLETS[1], CONFIG_DIR=config, HARVEST_PAGES=2)
    assert done.code == 1
    assert "! broken: " in done.out
    assert f"{OUTLETS[1]}: 2 new" in done.out
    assert "Traceback" not in done.err


def test_a_file_name_that_is_not_utf_8_fails_alone(crawler: Crawler, config):
    for file in (config / "outlets").iterdir():
        if file.stem != OUTLETS[1]:
            file.unlink()
    (config / "outlets" / os.fsdecode(b"z\xfcrich.yaml")).write_text("name: Zurich")
    done = crawler.run("harvest", "--unverified", CONFIG_DIR=config, HARVEST_PAGES=2)
    assert "Traceback" not in done.err
    assert (done.code, f"{OUTLETS[1]}: 2 new" in done.out) == (1, True), done.out
    assert "expected a name of small letters, digits and _" in done.out


def test_unverified_outlets_are_harvested_by_name_alone(crawler: Crawler):
    done = crawler.run("harvest")
    assert done.code == 2
    assert "no outlet is verified" in done.err + done.out


@pytest.mark.parametrize("setting", ["HARVEST_AT_ONCE", "HARVEST_PAGES"])
def test_a_wrong_limit_is_one_line(crawler: Crawler, setting: str):
    done = crawler.run("harvest", OUTLETS[0], **{setting: 0})
    assert (done.code, done.err) == (2, f"scrapy: {setting}: found '0', expected a whole number of at least 1\n")
