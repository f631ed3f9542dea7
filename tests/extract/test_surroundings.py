from newsarchive.extract import surroundings
from newsarchive.extract.document import Document
from tests.extract.pages import PROSE, paragraphs, plain

URL = "https://times.example/story"
HEAD = "<header><p class=k>Trade</p><h1>Harbour closes early</h1></header>"
BYLINE = "<div>By <a href=/author/ada>Ada Lens</a><br><span>3 May 2024</span></div>"


def test_lines_before_and_after_the_headline_are_read_down_to_the_body() -> None:
    document = Document(plain(f"<nav>Menu</nav><main>{HEAD}{BYLINE}{paragraphs(PROSE * 5)}</main>"), URL)
    around = surroundings.read(document.first("h1"))
    assert [line.text for line in around.before] == ["Trade"]
    assert [line.text for line in around.after][:2] == ["By Ada Lens", "3 May 2024"]
    assert [(anchor.href, anchor.text) for anchor in around.after[0].anchors] == [("/author/ada", "Ada Lens")]
    assert len(around.after) < 30


def test_what_others_wrote_or_nobody_reads_is_left_out() -> None:
    inner = "<blockquote>A post, 3 May 2020</blockquote><script>x</script><figure>By Cy Quay</figure><p>Text</p>"
    document = Document(plain(f"<main>{HEAD}{inner}</main>"), URL)
    assert [line.text for line in surroundings.read(document.first("h1")).after] == ["Text"]


def test_a_headline_without_a_heading_has_its_neighbours_too() -> None:
    document = Document(plain("<div>1 May</div><div>Harbour closes early</div><div>by Ada Lens</div>"), URL)
    around = surroundings.beside("Harbour closes early", document.tree.body)
    assert [line.text for line in (*around.before, *around.after)] == ["1 May", "by Ada Lens"]
    assert surroundings.beside(None, document.tree.body) == surroundings.Surroundings()
    assert surroundings.read(None) == surroundings.Surroundings()
