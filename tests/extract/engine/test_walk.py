import pytest

from newsarchive.extract.document import Document
from newsarchive.extract.engine.page import Page
from newsarchive.extract.engine.walk import walk


def page(html: str) -> Page:
    return walk(Document(html, "https://a.example/"))


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("<div>bare <p>wrapped</p> tail</div>", ["bare", "wrapped", "tail"]),
        ("<p>one<br><br>two<br>still two</p>", ["one", "two still two"]),
        ("<p>un<b>brok</b>en</p>", ["unbroken"]),
        ("<ul><li>a<li>b</ul><pre>c\n  d</pre>", ["a", "b", "c d"]),
        ("<table><tr><th>a<td>b<tr><td>c</table>", ["a | b", "c"]),
        ("<p>* * *</p><template><p>x</p></template><script>x</script><noscript>x</noscript>", []),
        ("<p>seen<span style='display:none'>unseen</span></p>", ["seen"]),
        ("<p>A name<span class='hover-card'>who that is</span> said</p>", ["A name said"]),
        (
            "<p>Gov. <b class=rollover-who><a href=/a>Ada Lens</a><b class=rollover-who-block>She is old</b></b> said</p>",
            ["Gov. Ada Lens said"],
        ),
        ("", []),
    ],
)
def test_a_block_is_the_text_between_two_bounds(html: str, wanted: list[str]) -> None:
    assert page(html).blocks.texts == wanted


def test_each_element_knows_its_blocks_and_its_parent() -> None:
    elements = page("<body><div><p>a</p><p>b</p></div><p>c</p></body>").elements
    assert elements.tags == ["body", "div", "p", "p", "p"]
    assert elements.parents.tolist() == [-1, 0, 1, 1, 0]
    assert list(zip(elements.starts, elements.ends, strict=True)) == [(0, 3), (0, 2), (0, 1), (1, 2), (2, 3)]


def test_links_and_emphasis_are_counted_in_letters() -> None:
    blocks = page("<p>to <a href='/x'>read</a> and <b>see</b> <a href='#n'>1</a></p>").blocks
    assert (blocks.links, [*blocks.linked], [*blocks.emphasised]) == ([("/x",)], [5], [3])


def test_a_picture_without_a_caption_of_its_own_is_told_to_the_block_after_it() -> None:
    body = "<p>a</p><div><img></div><p>b</p><figure><img><figcaption>quay</figcaption></figure><p>c</p><p>d<img></p>"
    assert [*page(body).blocks.pictured] == [0, 1, 0, 1]


def test_what_is_never_looked_into_is_noted_with_its_place_and_reason() -> None:
    found = page("<nav>menu</nav><p>a</p><figure><img><figcaption>quay</figcaption></figure><p>b</p>")
    assert [(place, reason) for place, _, reason in found.pruned] == [(0, "navigation"), (1, "caption")]
    assert found.blocks.texts == ["a", "b"]


@pytest.mark.parametrize("part", ["<p>a</p>", "b<br><br>", "<div></div>c<br>"])
def test_of_an_endless_page_only_so_much_is_read(part: str) -> None:
    read = page("<main>" + part * 70_000 + "</main>")
    assert len(read.blocks.texts) <= 1 << 14
    assert len(read.elements.tags) <= 1 << 17
    assert all(
        0 <= start <= end <= len(read.blocks.texts)
        for start, end in zip(read.elements.starts, read.elements.ends, strict=True)
    )


def test_what_is_open_where_reading_stops_is_closed() -> None:
    elements = page("<main>" + "<div></div>" * (1 << 17) + "<p>late</p></main>").elements
    assert len(elements.tags) == 1 << 17
    assert (elements.starts[0], elements.ends[0]) == (0, 0)
