"""Which element holds the article."""

from newsarchive.extract.document import Document
from newsarchive.extract.engine import beyond_doubt, features
from newsarchive.extract.engine.walk import walk
from tests.extract.engine.test_engine import CARDS, STORY, page
from tests.extract.pages import paragraphs

SECTION = '<div class="block"><div class="block-text">{}</div></div><div class="image"><img src=/a.jpg></div>'


def outside(html: str) -> list[str]:
    """What does not stand in the main element."""
    document = Document(html, "https://times.example/harbour")
    walked = walk(document)
    decided, head = beyond_doubt.judge(document, walked)
    places = [place for place, reason in enumerate(decided) if not reason]
    table = features.measure(document, walked, places, head)
    placed = zip(table.seen.texts, table.columns["main_place"].tolist(), strict=True)
    return [text for text, place in placed if place != 1]


def test_all_sections_of_one_kind_stand_in_the_main_element() -> None:
    """Each of them holds more paragraphs than what holds them all."""
    body = "".join(SECTION.format(paragraphs(STORY[at : at + 3])) for at in (0, 1, 2, 3))
    assert not set(STORY) & set(outside(page(body)))


def test_a_story_beside_others_of_its_kind_is_alone_in_the_main_element() -> None:
    story = f'<div class="story"><h1>The quay</h1><div class="text">{paragraphs(STORY)}</div></div>'
    others = f'<div class="story"><h2>The bay</h2><div class="text">{paragraphs(STORY[:4])}</div></div>' * 3
    document = f"<title>The quay</title><body><main>{story}{others}{CARDS}</main></body>"
    assert outside(document).count(STORY[0]) == 3
