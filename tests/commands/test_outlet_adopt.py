"""`scrapy outlet adopt`: a site configuration is tried on its own pages of the demo web before it is switched on."""

import json
import re
from pathlib import Path

import pytest

from newsarchive import outlets
from tests.conftest import Crawler, Ran

NAME = "kyiv_independent"
URL = "https://kyivindependent.com/night-train-to-the-coast-runs-again/"
CONFIG = f"""# An invented configuration.
title: //h1[contains(@class, 'c-topper__title')]
body: //div[@id='long-gone']
body: //div[contains(concat(' ', normalize-space(@class), ' '), ' c-content ')]
strip: //div[@class='promo']
strip: //p[2]
test_url: {URL}
test_contains: PHRASE
test_url: https://kyivindependent.com/unproven/
"""


@pytest.fixture
def adopt(crawler: Crawler, config: Path, tmp_path: Path):
    def run(text: str, *arguments: str, **settings: object) -> Ran:
        (tmp_path / "site.txt").write_text(text, encoding="utf-8")
        given = ("outlet", "adopt", str(tmp_path / "site.txt"), "--outlet", NAME, *arguments)
        done = crawler.run(*given, CONFIG_DIR=config, **settings)
        assert "Traceback" not in done.err, done.err
        return done

    return run


@pytest.fixture
def phrase(crawler: Crawler, config: Path) -> str:
    told = json.loads(crawler.run("outlet", "check", URL, "--explain", "--json", CONFIG_DIR=config).out)
    return next(block["text"] for block in told["blocks"] if block["kept"])


def test_what_reads_its_own_pages_is_printed_as_yaml(adopt, phrase):
    done = adopt(CONFIG.replace("PHRASE", phrase))
    assert (done.code, done.err) == (0, "")
    assert f"ok     {URL}" in done.out
    assert "//p[2]" in done.out
    assert 'body: div[class~="c-content"]' in done.out


def test_it_is_written_when_asked_and_the_outlet_still_reads(adopt, phrase, config):
    file = config / "outlets" / f"{NAME}.yaml"
    before = re.sub(r"(?m)^layouts:\n(?:[ #].*\n)*", "", file.read_text(encoding="utf-8"))
    file.write_text(before, encoding="utf-8")
    assert adopt(CONFIG.replace("PHRASE", phrase), "--write").code == 0
    assert file.read_text(encoding="utf-8").startswith(before.rstrip())
    (layout,) = outlets.load(config, NAME).layouts
    assert layout.body == 'div[class~="c-content"]'
    again = adopt(CONFIG.replace("PHRASE", phrase), "--write")
    assert again.code == 2
    assert "layouts: found some already" in again.err


def test_what_does_not_read_its_own_pages_is_not_adopted(adopt, config):
    file = config / "outlets" / f"{NAME}.yaml"
    before = file.read_bytes()
    done = adopt(CONFIG.replace("PHRASE", "Nobody ever wrote this"), "--write")
    assert done.code == 1
    assert "wrong" in done.out
    assert "not adopted" in done.out
    assert file.read_bytes() == before


def test_a_page_that_cannot_be_had_proves_nothing(adopt, phrase):
    text = CONFIG.replace("PHRASE", phrase) + "test_url: https://kyivindependent.com/no-such-page/\ntest_contains: x\n"
    done = adopt(text, "--json")
    assert done.code == 1
    told = json.loads(done.out)
    assert told["pages"][0]["wrong"] is None
    assert "404" in told["pages"][1]["wrong"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("title: //h1\n", "no body"), ("body: //div\n", "nothing proves it"), ("body: //p[2]\n", "no body")],
)
def test_a_configuration_that_proves_nothing_is_refused_in_one_line(adopt, text, expected):
    done = adopt(text)
    assert done.code == 2
    assert expected in done.err
    assert done.err.count("\n") == 1
