import pytest

from newsarchive.extract import images
from newsarchive.extract.document import Document
from newsarchive.extract.parts import Parts
from tests.extract.pages import plain

URL = "https://times.example/story"


@pytest.mark.parametrize(
    ("caption", "wanted"),
    [
        ("A harbour. (A. Lens / Agency)", ("A harbour.", "A. Lens / Agency")),
        ("Lens (r) and Crane (SPD) meet. (Agency via Other)", ("Lens (r) and Crane (SPD) meet.", "Agency via Other")),
        ("Cranes. (A. Lens (left) / Agency)", ("Cranes.", "A. Lens (left) / Agency")),
        ("(Agency)", (None, "Agency")),
        ("Lens (r) meets Crane.", ("Lens (r) meets Crane.", None)),
        (None, (None, None)),
    ],
)
def test_the_last_brackets_of_a_caption_hold_its_credit(
    caption: str | None, wanted: tuple[str | None, str | None]
) -> None:
    assert images.split_credit(caption) == wanted


def parts_of(document: Document, **facts: object) -> Parts:
    return Parts(engine="layout", body=tuple(document.css("main")), **facts)  # type: ignore[arg-type]


def test_pictures_of_the_body_come_with_their_own_captions() -> None:
    html = """<main><figure><div><div><img src=a.jpg><figcaption>One (X)</figcaption></div><div><img src=b.jpg></div></div></figure>
    <p class=m><img data-src=/c.jpg alt=C><small class=media-caption>Two</small><small class=media-photo-credit>Credit: Y</small></p>
    <div class=ad><img src=ad.jpg></div><img src=pixel.gif width=1 height=1><img src=data:image/png;base64,AA==></main>"""
    document = Document(plain(html), URL)
    found = images.images(document, parts_of(document, drop=".ad", credits_in_brackets=True))
    assert [(one.url, one.alt, one.caption, one.credit) for one in found] == [
        ("https://times.example/a.jpg", None, "One", "X"),
        ("https://times.example/b.jpg", None, None, None),
        ("https://times.example/c.jpg", "C", "Two", "Y"),
    ]


def test_the_shared_image_leads_where_the_page_shows_none_and_is_not_told_twice() -> None:
    head = "<meta property=og:image content='https://times.example/lead.jpg?w=1200'>"
    document = Document(plain("<main><img src='/lead.jpg?w=300' alt=Other></main>", head), URL)
    (lead,) = images.images(document, parts_of(document))
    assert (lead.url, lead.lead) == ("https://times.example/lead.jpg?w=1200", True)
    emblem = Document(plain("", head.replace("lead.jpg", "logo.png")), URL)
    assert images.images(emblem, Parts()) == []
