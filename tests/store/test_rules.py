"""Rules kept by their digests: what comes back reads as what was kept."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from newsarchive import dates, learned, outlets, reading
from newsarchive.demoweb.library import load_articles
from newsarchive.demoweb.pages import content_type, render_page
from newsarchive.errors import ArchiveError, NotAnArticle
from newsarchive.extract import identity
from newsarchive.items import Capture, Page
from newsarchive.learned import Learned, Recurring
from newsarchive.outlets import Outlet
from newsarchive.store.rules import RuleBook
from tests.extract.pages import CONFIG

NAMES = outlets.names(CONFIG)
DEMO = [one for one in load_articles() if one.outlet in ("kyiv_independent", "responsible_statecraft")]


@pytest.fixture
def book(tmp_path: Path) -> RuleBook:
    return RuleBook(tmp_path / "rules")


def table(outlet: str) -> Learned:
    """Half of it common, half of it not, and one text at two places."""
    blocks = [Recurring(9, 2, "div.promo>p", "join # readers “today”"), Recurring(3, 0, "footer>p", "all rights")]
    return learned.learned(outlet, 10, [*blocks, Recurring(4, 0, "aside>p", "join # readers “today”")])


def page_of(article) -> Page:
    captured_at = dates.utc(article.touched_at + timedelta(days=1))
    capture = Capture(article.url, captured_at, "NA-x.warc.gz", 700, 99, "<urn:uuid:1>", "response", "sha1:A")
    payload = render_page(article)
    return Page(
        capture=capture, payload=payload, status=200, content_encoding=None, content_type=content_type(article),
        x_robots_tag=None, tdm_reservation=None, via=None, source="feed", robots="allowed",
    )  # fmt: skip


def told(page: Page, outlet: Outlet | None) -> dict | str:
    try:
        return reading.read(page, outlet).to_record()
    except NotAnArticle as error:
        return error.what


@pytest.mark.parametrize("has_table", [False, True], ids=["untaught", "taught"])
def test_every_outlet_comes_back_with_its_digests_and_files_are_named_by_sha256sum(book: RuleBook, has_table: bool):
    for name in NAMES:
        outlet = outlets.load(CONFIG, name).model_copy(update={"learned": table(name) if has_table else None})
        book.keep_outlet(outlet)
        back = book.outlet(outlet.digest, learned=outlet.learned.digest if outlet.learned else None)
        assert back.digest == outlet.digest == "sha256:" + hashlib.sha256(outlets.reading_facts(back)).hexdigest()
        assert (back.hosts, back.selection, back.layouts) == (outlet.hosts, outlet.selection, outlet.layouts)
        assert (back.learned and back.learned.digest) == (outlet.learned and outlet.learned.digest)
        if outlet.learned:
            assert back.learned.places == outlet.learned.places
            assert back.learned.common == outlet.learned.common
    files = list(book.folder.iterdir())
    assert len(files) >= len(NAMES)
    assert [path for path in files if hashlib.sha256(path.read_bytes()).hexdigest() != path.stem] == []


@pytest.mark.parametrize("has_table", [False, True], ids=["untaught", "taught"])
def test_pages_are_read_to_the_same_rows_by_what_was_kept_for_their_extraction_id(book: RuleBook, has_table: bool):
    assert len(DEMO) > 40
    for article in DEMO:
        outlet = outlets.load(CONFIG, article.outlet)
        outlet = outlet.model_copy(update={"learned": table(outlet.id) if has_table else None})
        row = told(page_of(article), outlet)
        platform = "rebelmouse" if article.outlet == "responsible_statecraft" else "ghost"
        extraction = identity.extraction("layout", outlet, platform)
        book.keep_outlet(outlet)
        assert book.keep(identity.spelled_out(extraction)) == extraction.id
        assert told(page_of(article), RuleBook(book.folder).recorded(extraction.id)) == row


def test_a_policy_that_drops_what_is_reserved_is_a_rule_of_the_reading(book: RuleBook):
    outlet = outlets.load(CONFIG, "kyiv_independent")
    skipping = outlet.model_copy(update={"crawl": outlet.crawl.model_copy(update={"reserved": "skip"})})
    digest = book.keep(outlets.reading_facts(skipping))
    assert digest != outlet.digest
    assert book.outlet(digest).crawl.reserved == "skip"
    withheld = outlet.model_copy(update={"crawl": outlet.crawl.model_copy(update={"reserved": "exclude-from-export"})})
    assert book.keep(outlets.reading_facts(withheld)) == outlet.digest


def test_an_id_is_spelled_out_and_one_of_another_installation_is_not(book: RuleBook):
    extraction = identity.extraction("generic/blocks", None, None)
    book.keep(identity.spelled_out(extraction))
    spelled = book.identity(extraction.id)
    assert spelled["rules"] == []
    assert set(spelled) == {"reading", "libraries", "rules"}
    assert book.recorded(extraction.id) is None
    extraction.id = "sha256:" + "0" * 64
    with pytest.raises(ValueError, match="was not read by this version"):
        identity.spelled_out(extraction)


def test_what_is_missing_damaged_or_of_another_form_is_told_with_its_file(book: RuleBook):
    outlet = outlets.load(CONFIG, "kyiv_independent")
    book.keep_outlet(outlet)
    path = book.path(outlet.digest)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"Kyiv", b"Kyjv"))
    with pytest.raises(ArchiveError, match="does not fit its name") as told_of:
        book.outlet(outlet.digest)
    assert told_of.value.path == path
    path.unlink()
    with pytest.raises(ArchiveError, match="cannot be read"):
        book.outlet(outlet.digest)
    for other in (b"[]", b'{"id":"x"}', b"{", b"null"):
        with pytest.raises(ArchiveError, match="cannot be understood"):
            book.outlet(book.keep(other))
    for other in (b"[1]", b"{}", b"[[1,2,3]]"):
        with pytest.raises(ArchiveError, match="cannot be understood"):
            book.learned(book.keep(other), outlet="x")
    for name in ("", "sha256:../../state", "sha1:abc"):
        with pytest.raises(ArchiveError, match="is no digest"):
            book.identity(name)


def test_a_damaged_file_is_made_whole_by_who_keeps_the_same_rules_again(book: RuleBook):
    outlet = outlets.load(CONFIG, "kyiv_independent")
    book.keep_outlet(outlet)
    book.path(outlet.digest).write_bytes(b"{}")
    RuleBook(book.folder).keep_outlet(outlet)
    assert book.outlet(outlet.digest).name == outlet.name
