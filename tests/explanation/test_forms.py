"""An explanation as a person sees it."""

import re
from html.parser import HTMLParser

import pytest

from newsarchive.explanation import as_html, as_json, as_text, blocks_as_text
from newsarchive.explanation.explaining import Explanation, explain
from tests.extract import pages
from tests.extract.pages import PROSE

URL = "https://times.example/harbour"
HEAD = '<meta property="og:type" content="article"><meta property="og:title" content="A harbour is closed">'
EVIL = '<script>alert(1)</script> & "so on" \x1b[31m'


@pytest.fixture(scope="module")
def explanation() -> Explanation:
    evil = EVIL.replace("&", "&amp;").replace("<", "&lt;")
    page = pages.plain(
        f"<nav><a href='/'>Home</a></nav><div class='newsletter'><p>{evil}</p></div>"
        f"<article><h1>A harbour is closed</h1>{pages.paragraphs(PROSE)}</article>",
        HEAD,
    )
    return explain(page.encode(), content_type="text/html", url=URL, captured_at=pages.CAPTURED)


@pytest.mark.parametrize("width", [40, 72, 140])
def test_no_line_is_wider_than_the_terminal(explanation: Explanation, width: int):
    told = as_text(explanation, width=width, colour=False) + blocks_as_text(explanation, width=width, colour=False)
    assert max(map(len, told.splitlines())) <= width


def test_all_of_the_body_stands_in_the_terminal_beside_its_reason(explanation: Explanation):
    told = blocks_as_text(explanation, width=60, colour=False)
    kept = [line.partition("┃")[2].strip() for line in told.splitlines() if "┃" in line]
    assert " ".join(kept) == " ".join(PROSE)
    assert re.search(r"^  4  kept +text of the article$", told, re.MULTILINE)


def test_colours_come_only_where_they_are_wanted_and_change_no_word(explanation: Explanation):
    plain, coloured = (blocks_as_text(explanation, width=80, colour=wanted) for wanted in (False, True))
    assert "\x1b" not in plain
    assert "\x1b[32m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain


def test_what_is_missing_is_said(explanation: Explanation):
    assert re.search(r"^published_at +missing$", as_text(explanation, width=80, colour=False), re.MULTILINE)
    told = as_json(explanation, with_blocks=False)
    assert told["missing"] == ["authors", "published_at"]
    assert "blocks" not in told


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.printed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.printed.append(data)


def test_the_page_needs_nothing_but_itself_and_is_escaped(explanation: Explanation):
    reader = _Reader()
    reader.feed(as_html(explanation))
    assert {tag for tag, _ in reader.tags} & {"script", "img", "iframe", "a"} == set()
    assert [facts["href"] for tag, facts in reader.tags if tag == "link"] == ["data:,"]
    printed = "".join(reader.printed)
    assert "<script>alert(1)</script>" in printed
    assert all(line in printed for line in PROSE)


def test_each_reason_has_a_colour_and_a_count_in_the_legend(explanation: Explanation):
    page = as_html(explanation)
    for reason, count in explanation.counts:
        assert re.search(rf'<span class="count">{count}</span> {reason}</dt>', page)
    blocks = re.findall(r'<div class="block ([^"]+)">', page)
    assert len(blocks) == len(explanation.blocks)
    assert blocks.count("kept") == len(PROSE)
    assert all(f".{one.split()[1]} {{ --hue:" in page for one in blocks if one != "kept")


def test_a_page_that_is_no_article_is_told_with_its_reason():
    told = explain(b"%PDF-1.7", content_type="application/pdf", url=URL, captured_at=pages.CAPTURED)
    assert "no article: not_html" in as_text(told, width=80, colour=False)
    assert "0 blocks" in blocks_as_text(told, width=80, colour=False)
    assert "not_html" in as_html(told)
    assert as_json(told, with_blocks=True)["blocks"] == []
