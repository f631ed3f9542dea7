"""`scrapy diff` over an archive and a reading of it by other rules."""

import json
from pathlib import Path

import pytest
import yaml

from newsarchive import outlets, reading
from newsarchive.archiving.rows import Rows
from newsarchive.errors import NotAnArticle
from newsarchive.items import Capture, Rejection, RobotsTxt, TdmRep, Terms
from newsarchive.pages import page_of
from newsarchive.store.lines import read_lines
from newsarchive.warc.exchange import Purpose
from newsarchive.warc.frame import read_answer
from newsarchive.warc.reader import read_records
from tests.conftest import Crawler

OUTLET = "kyiv_independent"


@pytest.fixture
def reread(archive: Path, config: Path, tmp_path: Path) -> Path:
    """The rows of the archive, by rules that drop the second paragraph of each page."""
    file = config / "outlets" / f"{OUTLET}.yaml"
    facts = yaml.safe_load(file.read_text())
    facts["layouts"] = [layout | {"drop": ["p:nth-of-type(2)"]} for layout in facts["layouts"]]
    file.write_text(yaml.safe_dump(facts))
    outlet = outlets.load(config, OUTLET)
    for warc in archive.rglob("*.warc.gz"):
        _read_again(warc, tmp_path / "reread" / warc.relative_to(archive), outlet)
    return tmp_path / "reread"


def _read_again(warc: Path, place: Path, outlet: outlets.Outlet) -> None:
    place.parent.mkdir(parents=True)
    rows, records = Rows(place), {record.offset: record for record in read_records(warc)}
    for row in _rows(warc):
        about, pointer = row["provenance"], row["provenance"]["warc"]
        answer = read_answer(records[pointer["offset"]].octets, method="GET")
        assert answer
        capture = Capture(row["url"], about["captured_at"], **pointer)
        discovery, rights = about["discovery"], row["rights"]
        said = Terms(RobotsTxt(**rights["robots_txt"]), TdmRep(**rights["tdmrep"]))
        purpose = Purpose("article", discovery["via"], discovery["source"], rights["robots"], said)
        try:
            rows.articles.append(reading.read(page_of(capture, answer, purpose), outlet).to_record())
        except NotAnArticle as error:
            rows.reject(Rejection.of(capture, error.what))
    rows.finish()


def _rows(warc: Path) -> list[dict]:
    return list(map(json.loads, read_lines(warc.with_name(warc.name.replace(".warc.gz", ".jsonl.gz")))))


@pytest.fixture
def diff(tmp_path: Path) -> Crawler:
    return Crawler(tmp_path / "archive", [])


def test_an_archive_does_not_differ_from_what_is_read_from_it_again(diff: Crawler, archive: Path, tmp_path: Path):
    assert diff.run("reextract", str(archive), "--out", str(tmp_path / "again")).code == 0
    done = diff.run("diff", str(archive), str(tmp_path / "again"))
    assert (done.code, done.err) == (0, "")
    assert "0    0%  changed" in done.out


def test_what_another_rule_changes_is_found_and_nothing_else(
    diff: Crawler, archive: Path, reread: Path, tmp_path: Path
):
    page = tmp_path / "page.html"
    done = diff.run("diff", str(archive), str(reread), "--json", "--samples", "100", "--html", str(page))
    assert (done.code, done.err) == (1, "")
    told = json.loads(done.out)
    before, after = ({row["provenance"]["warc"]["offset"]: row for row in _all(folder)} for folder in (archive, reread))
    assert told["rows"]["both"] == len(before.keys() & after.keys()) > 10
    assert told["rows"]["only_old"] == len(before.keys() - after.keys())
    texts = next(one for one in told["fields"] if one["field"] == "text")
    expected = {
        (old["text"], after[at]["text"])
        for at, old in before.items()
        if at in after and old["text"] != after[at]["text"]
    }
    assert {(one["old"], one["new"]) for one in texts["samples"]} == expected
    # What is left out is a paragraph, whatever is counted from it, and the share and marks that hang on its length.
    assert {one["field"] for one in told["fields"]} <= {
        "text", "paragraphs", "text_sha256", "simhash", "quality.words", "quality.paragraphs", "quality.flags",
        "quality.link_density", "links",
    }  # fmt: skip
    assert [(rule["name"], rule["rows"]) for rule in told["versions"]["rules"]] == [
        (f"outlet/{OUTLET}", told["rows"]["both"])
    ]
    assert "What changed" in page.read_text()


def _all(folder: Path) -> list[dict]:
    files = (path for path in folder.rglob("*.jsonl.gz") if ".rejected" not in path.name)
    return [json.loads(line) for path in files for line in read_lines(path)]


def test_wrong_usage_and_broken_input_are_one_line_and_exit_code_2(diff: Crawler, archive: Path, tmp_path: Path):
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"schema": "news-article/1"}\n')
    done = diff.run("diff", str(archive), str(broken))
    assert (done.code, done.err) == (2, f"scrapy: {broken}: line 1: is no row of the form news-article/1\n")
    assert diff.run("diff", str(archive), str(archive), "--field", "headlin").code == 2
    lost = tmp_path / "none" / "x.html"
    done = diff.run("diff", str(archive), str(archive), "--html", str(lost))
    assert (done.code, done.err) == (2, f"scrapy: {lost}: cannot be written (No such file or directory)\n")
