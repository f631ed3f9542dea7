"""A whole crawl of both outlets over real sockets, judged by other people's readers."""

import gzip
import json
from collections.abc import Iterator

import jsonschema
import pytest
from fastwarc import ArchiveIterator
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from newsarchive.demoweb import DemoWeb, load_articles
from newsarchive.schemas import news_article
from tests.conftest import PROJECT, Crawler
from tests.crawl.derived import differing
from tests.warc import judges

OUTLETS = ("kyiv_independent", "responsible_statecraft")
SEEDS = PROJECT / "tests" / "extract" / "seeds"


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DemoWeb, Crawler]]:
    """Both outlets, crawled once."""
    with DemoWeb() as web:
        crawler = Crawler(tmp_path_factory.mktemp("whole") / "archive", web.connect_to)
        for outlet in OUTLETS:
            done = crawler.run("crawl", outlet)
            assert done.code in (0, 1), done.err
            assert "Traceback" not in done.err, done.err
        seeds = crawler.archive.parent / "old.txt"
        seeds.write_text("http://www.responsiblestatecraft.org/scholz-putin-call/\n")
        assert crawler.run("crawl", "responsible_statecraft", "-a", f"seeds={seeds}").code == 0
        yield web, crawler


def rows(crawler: Crawler) -> list[dict]:
    found = []
    for path in crawler.files(".jsonl.gz"):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            found += [json.loads(line) for line in lines]
    return found


def test_every_warc_has_its_lines_under_the_same_stem(crawled):
    _, crawler = crawled
    warcs = [path.name.removesuffix(".warc.gz") for path in crawler.files(".warc.gz")]
    assert warcs
    assert warcs == [path.name.removesuffix(".jsonl.gz") for path in crawler.files(".jsonl.gz")]
    assert not list(crawler.archive.rglob("*.open"))


def test_validators_accept_every_file_but_for_proven_false_alarms(crawled):
    _, crawler = crawled
    for path in crawler.files(".warc.gz"):
        records = judges.blocks(path)
        assert judges.fastwarc_complaints(path) == set()
        alarms = judges.warcio_complaints(path) | judges.fastwarc_complaints(path, "-p")
        assert all(judges.is_false_alarm(*records[record_id]) for record_id in alarms), path
        chunked = {
            one for one, (_, _, block) in records.items() if b"transfer-encoding: chunked" in block[:2000].lower()
        }
        assert judges.warcio_complaints(path) <= chunked


def test_requests_and_answers_come_in_pairs_for_both_readers(crawled):
    _, crawler = crawled
    for path in crawler.files(".warc.gz"):
        with path.open("rb") as stream:
            types = [(r.rec_type, r.rec_headers.get_header("WARC-Target-URI")) for r in WarcioIterator(stream)]
        answers = [uri for kind, uri in types if kind in ("response", "revisit")]
        assert [uri for kind, uri in types if kind == "request"] == answers
        with path.open("rb") as stream:
            assert sum(1 for _ in ArchiveIterator(stream)) == len(types)


def test_every_exchange_comes_back_as_it_was_on_the_wire(crawled):
    web, crawler = crawled
    sent = sorted(exchange.response for exchange in web.log)
    asked = sorted(exchange.request for exchange in web.log)
    kept, heads, requests = [], [], []
    for path in crawler.files(".warc.gz"):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, parse_http=False):
                block = record.reader.read()
                if record.headers["WARC-Type"] == "response":
                    kept.append(block)
                elif record.headers["WARC-Type"] == "revisit":
                    heads.append(block)
                elif record.headers["WARC-Type"] == "request":
                    requests.append(block)
    assert sorted(requests) == asked
    # A revisit keeps the headers, and stands for a payload that is kept already.
    assert len(kept) + len(heads) == len(sent)
    assert set(kept) <= set(sent)
    assert all(any(whole.startswith(head) for whole in sent) for head in heads)


def test_redirects_errors_chunks_and_codings_are_among_what_is_kept(crawled):
    web, _ = crawled
    statuses = {exchange.status for exchange in web.log}
    assert {200, 301, 404} <= statuses
    heads = [exchange.response.partition(b"\r\n\r\n")[0].lower() for exchange in web.log]
    assert any(b"transfer-encoding: chunked" in head for head in heads)
    assert any(b"content-encoding: gzip" in head for head in heads)
    assert any(head.count(b"\r\nset-cookie:") == 2 for head in heads)
    assert any("?" in exchange.target for exchange in web.log)
    assert {exchange.scheme for exchange in web.log} == {"http", "https"}


def test_every_line_is_valid_and_canonical_and_points_to_its_record(crawled):
    _, crawler = crawled
    validator = jsonschema.Draft202012Validator(news_article())
    for row in rows(crawler):
        validator.validate(row)
        pointer = row["provenance"]["warc"]
        path = next(path for path in crawler.files(".warc.gz") if path.name == pointer["filename"])
        with path.open("rb") as stream:
            stream.seek(pointer["offset"])
            record = next(iter(ArchiveIterator(stream)))
        assert record.headers["WARC-Record-ID"] == pointer["record_id"]
        assert record.headers["WARC-Target-URI"] == row["url"]


def test_lines_stand_in_the_order_of_their_captures(crawled):
    _, crawler = crawled
    for path in crawler.files(".jsonl.gz"):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            offsets = [json.loads(line)["provenance"]["warc"]["offset"] for line in lines]
        assert offsets == sorted(offsets)


@pytest.mark.parametrize("outlet", OUTLETS)
def test_the_seed_comes_out_letter_by_letter(crawled, outlet):
    _, crawler = crawled
    expected = json.loads((SEEDS / f"{outlet}.json").read_text(encoding="utf-8"))
    fields = expected["fields"]
    row = next(row for row in rows(crawler) if row["headline"] == fields["title"])
    assert [row["text"][start:end] for start, end in row["paragraphs"]] == fields["body_paragraphs"]
    assert row["dek"] == fields["subtitle"]
    assert [author["name"] for author in row["authors"]] == fields["authors"]
    assert row["section"] == fields["section"]
    lead = next(image for image in row["images"] if image["lead"])
    assert lead["credit"] == fields["lead_image"]["credit"]
    assert lead["caption"] == fields["lead_image"]["caption"]
    whole = json.dumps(row, ensure_ascii=False)
    assert not [text for text in expected["must_not_contain"] if text in whole]


def test_the_times_of_the_seeds_are_those_of_their_pages(crawled):
    _, crawler = crawled
    by_outlet = {row["outlet"]: row for row in rows(crawler) if "Scholz" in row["headline"]}
    published = by_outlet["kyiv_independent"]["published_at"]
    assert (published["value"], published["precision"], published["source"]) == (
        "2024-11-15T16:09:00+02:00", "minute", "byline",
    )  # fmt: skip
    assert by_outlet["responsible_statecraft"]["published_at"] is None


def test_every_demo_article_that_a_source_names_is_told_or_has_its_reason(crawled):
    _, crawler = crawled
    told = {row["url"] for row in rows(crawler)}
    reasons = {}
    for path in crawler.archive.rglob("*.rejected.jsonl.gz"):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            reasons |= {row["url"]: row["reason"] for row in map(json.loads, lines)}
    for article in load_articles():
        expected = article.expected()
        if "rejected" in expected:
            assert article.url not in told
        elif article.robots == "allowed" and article.serving.failures == 0 and article.url not in told:
            assert article.url not in reasons, (article.url, reasons[article.url])


def test_a_second_crawl_fetches_only_sources_and_writes_no_line(crawled):
    web, crawler = crawled
    before, lines = len(web.log), len(rows(crawler))
    done = crawler.run("crawl", "responsible_statecraft")
    assert done.code == 0, done.err
    later = web.log[before:]
    assert {exchange.target for exchange in later if exchange.target.endswith(".rss") and exchange.status == 304}
    told = {row["url"].partition("org")[2] for row in rows(crawler) if row["outlet"] == "responsible_statecraft"}
    assert not [exchange.target for exchange in later if exchange.target in told]
    assert len(rows(crawler)) == lines


def test_the_report_is_there_as_text_json_and_html(crawled):
    _, crawler = crawled
    reports = sorted((crawler.archive / "kyiv_independent" / "reports").iterdir())
    assert {path.suffix for path in reports} == {".txt", ".json", ".html"}
    report = json.loads(next(path for path in reports if path.suffix == ".json").read_text(encoding="utf-8"))
    assert report["new"] >= 1
    assert report["archived"] > report["new"]


def test_an_archive_tells_alone_what_its_crawls_wrote_beside_it(crawled):
    _, crawler = crawled
    assert differing(crawler.archive, PROJECT / "config") == []
