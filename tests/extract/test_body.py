import pytest
from selectolax.lexbor import LexborHTMLParser

from newsarchive.extract import body


def texts(html: str, drop: str = "") -> list[str]:
    root = LexborHTMLParser(html).body
    assert root is not None
    return [paragraph.text for paragraph in body.read([root], drop=drop)]


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("<p>one</p><p>two</p>", ["one", "two"]),
        ("<p>one<br><br>two<br> <br>three<br>still three</p>", ["one", "two", "three still three"]),
        ("<p>un<b>brok</b>en w<i>or</i>d</p>", ["unbroken word"]),
        ("<div>bare <p>wrapped</p> tail</div>", ["bare", "wrapped", "tail"]),
        ("<h2>Head</h2><ul><li>a</li><li><p>b</p></li></ul><blockquote>q</blockquote>", ["Head", "a", "b", "q"]),
        ("<table><tr><th>a</th><td>b</td></tr><tr><td><p>c</p></td></tr></table>", ["a | b", "c"]),
        ("<p>a</p><p> * * * </p><p>b</p>", ["a", "b"]),
        ("<p hidden>x</p><p aria-hidden=true>x</p><p style='display: none'>x</p><p>seen</p>", ["seen"]),
        ("<figure><img><figcaption>cap</figcaption></figure><p>text</p>", ["text"]),
        ("<figure><blockquote>said</blockquote><figcaption>who</figcaption></figure>", ["said"]),
        ("<figure><a href=/x><div>card</div></a></figure><p>text</p>", ["text"]),
        ("<template><p>other</p></template><script>s()</script><style>p{}</style><p>text</p>", ["text"]),
        ("<nav>n</nav><aside>a</aside><form>f</form><button>b</button><noscript>o</noscript><p>text</p>", ["text"]),
        ("<p>no\u00adbreak&nbsp;space &#xD800;&#0; e\u0301</p>", ["nobreak space \ufffd\ufffd é"]),
        ("<pre>line\n  two</pre>", ["line two"]),
    ],
)
def test_paragraphs_are_what_a_reader_reads(html: str, wanted: list[str]) -> None:
    assert texts(html) == wanted


def test_dropped_nodes_are_gone_with_all_beneath() -> None:
    assert texts("<div class=ad><p>buy</p></div><p>text <span class=ad>now</span></p>", ".ad, .none") == ["text"]


def test_links_stand_beside_their_paragraph() -> None:
    root = LexborHTMLParser("<p>see <a href='/a'>this</a> and <a href='#top'>up</a></p><p>none</p>").body
    assert root is not None
    first, second = body.read([root])
    assert (first.links, first.linked, second.links) == (("/a",), 6, ())


def test_a_very_deep_page_is_walked_without_recursion() -> None:
    assert texts("<div>" * 5000 + "deep") == ["deep"]
