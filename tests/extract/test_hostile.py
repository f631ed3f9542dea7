"""Pages that were made by accident or by malice: they cost little and break nothing."""

import contextlib
import json
import time

import pytest

from newsarchive.errors import NotAnArticle
from newsarchive.extract import extract
from tests.extract import pages

STORY = pages.plain(
    f"<h1>Harbour without cranes</h1>{pages.paragraphs(pages.PROSE * 3)}", "<meta property=og:type content=article>"
)
SEED = pages.rs_page(headline="H", dek="D", kicker="A | B", body=pages.paragraphs(pages.PROSE), credit="Photo: X")


@pytest.mark.parametrize(
    "payload",
    [
        b"\x00" * 1000,
        b"<" * 5_000_000,
        b"<div>" * 100_000 + b"text",
        b"<b>" * 20_000 + b"</i>" * 20_000,
        b"".join(b"<p><font a=%d>" % number for number in range(20_000)),
        b"<p>" + b" ".join(b"a%d=1" % number for number in range(50_000)) + b">x",
        b"<div " + b" ".join(b"a%d=1" % number for number in range(50_000)) + b">x",
        b"&#xD800;" * 10_000,
        b"<p>" + b"a" * 1_000_000,
        b"<a href='http://[::1'>" * 500 + b"<link rel=canonical href='http://[x'>",
        b"<base href='http://a:99999999/'><img src='http://[1]/x'>" + STORY.encode(),
        b"<script type=application/ld+json>" + b"[" * 100_000 + b"</script>" + STORY.encode(),
        STORY.encode("utf-16"),
        STORY.encode("utf-16-le"),
        STORY.replace("harbour", "har\x00bour").encode(),
        STORY.replace("cranes", "&#xD800;&#x110000;\x1b\ufffe").encode(),
        b"\xff\xfe" + STORY.encode(),
        bytes(range(256)) * 100,
        b"<table>" * 3000 + STORY.encode(),
        b"<title>" + b"a | b - " * 20_000 + b"</title>" + STORY.encode(),
        b"<h1>Harbour without cranes</h1>" * 10_000 + STORY.encode(),
        b"<h1>" + b"<span class=kicker>" * 900 + STORY.encode(),
        b"<time datetime=x>3 zz 2020</time>" * 10_000 + STORY.encode(),
        b"<p class='author date'>by 12 2020" * 10_000 + STORY.encode(),
        b"<a rel=author href=/a>Ada Lens</a>" * 10_000 + STORY.encode(),
        b"<link rel=canonical href=https://b.example/x>" * 5000 + STORY.encode(),
        b"<script type=application/ld+json>{" + b"/*" * 200_000 + b"</script>" + STORY.encode(),
        b'<script type=application/ld+json>{"@type":"NewsArticle"' + b',"' * 200_000 + b"</script>" + STORY.encode(),
        STORY.replace("</h1>", "</h1><p>" + "12 " * 100_000 + "2020</p><p>By " + "Ada, " * 100_000 + "</p>").encode(),
        (b"<script>" + b"x" * 60_000 + b"</script>") * 50 + STORY.encode(),
    ],
    ids=range(30),
)
def test_hostile_page_is_read_or_refused_in_a_moment(payload: bytes) -> None:
    started = time.process_time()
    try:
        article = extract(
            payload, content_type="text/html; charset=utf-8", url="https://a.example/b", captured_at=pages.CAPTURED
        )
        json.dumps(article.to_record(), ensure_ascii=False).encode()
    except NotAnArticle:
        pass
    assert time.process_time() - started < 10


@pytest.mark.parametrize("page", [STORY, SEED], ids=["generic", "rebelmouse"])
def test_a_page_cut_anywhere_is_read_or_refused(page: str) -> None:
    payload = page.encode()
    for end in range(0, len(payload), 97):
        with contextlib.suppress(NotAnArticle):
            extract(payload[:end], content_type=None, url="https://a.example/b-c", captured_at=pages.CAPTURED)


def test_surrogates_and_controls_never_reach_the_record() -> None:
    page = STORY.replace("Harbour", "Har\u200bbour &#xDFFF;&#0;").replace("content=article", "content='article'")
    article = pages.read(
        page + '<script type="application/ld+json">{"@type":"Article","author":"Ada \\ud800 Lens"}</script>',
        url="https://a.example/b",
    )
    json.dumps(article.to_record(), ensure_ascii=False).encode()
    assert [person.name for person in article.authors] == ["Ada Lens"]


def test_what_looks_like_tags_within_a_script_is_not_counted() -> None:
    script = "<script>for(i=0;i<n;i++){" + "a = b; " * 10_000 + "}" + '"<div>";' * 3000 + "</script>"
    article = pages.read(STORY.replace("</head>", f"{script}</head>"), url="https://a.example/b")
    assert article.body() == list(pages.PROSE * 3)


def test_depth_is_what_is_refused_not_size() -> None:
    rows = "".join(f"<li><div><span>row {number}</span></div></li>" for number in range(5000))
    article = pages.read(
        STORY.replace("</body>", f"<footer><ul>{rows}</ul></footer></body>"), url="https://a.example/b"
    )
    assert article.body() == list(pages.PROSE * 3)
    with pytest.raises(NotAnArticle, match="too_complex"):
        pages.read("<div>" * 100_000, url="https://a.example/b")
