"""Learning furniture: what recurs, counted once a story."""

import random

from newsarchive.extract import extract
from newsarchive.items import Article
from newsarchive.learned import Learned
from newsarchive.learning import FEWEST_STORIES, Lesson
from tests.extract import pages

CALL = "Join the readers who pay for this paper."
HTML = "text/html"
WORDS = ("crane", "quay", "pilot", "storm", "ferry", "cargo", "mayor", "union", "strike", "tide", "lock", "barge")


def story(number: int, *, address: str = "", also: str = "", call: str = CALL) -> tuple[bytes, Article]:
    """An invented article of its own words, and how it reads."""
    words = random.Random(number)
    prose = [f"The {' '.join(words.choices(WORDS, k=25))} of pier {number} was told to nobody." for _ in range(6)]
    html = pages.plain(
        f"<div class='promo'><p>{call}</p></div><article><h1>The {' '.join(words.sample(WORDS, 4))}</h1>"
        f"{pages.paragraphs(prose)}{also}</article>",
        '<meta property="og:type" content="article">',
    ).encode()
    url = address or f"https://times.example/pier-{number}"
    return html, extract(html, content_type=HTML, url=url, captured_at=pages.CAPTURED)


def taught(*stories: tuple[bytes, Article], lesson: Lesson | None = None) -> Learned:
    lesson = lesson or Lesson()
    for payload, article in stories:
        lesson.study(payload, HTML, article)
    return lesson.learned("times")


def texts(table: Learned) -> list[str]:
    return [block.text for block in table.blocks]


def test_what_stands_on_all_pages_is_furniture_with_its_place_and_count():
    table = taught(*(story(number) for number in range(12)))
    (block,) = table.blocks
    assert (block.pages, block.bodies, block.place, block.text) == (12, 0, "div.promo>p", CALL.lower())
    assert table.pages == 12


def test_it_is_told_what_was_read_as_body_until_now():
    line = "<p>The editors of this paper are always glad of a letter, and answer the best of them in print.</p>"
    table = taught(*(story(number, also=line) for number in range(12)))
    assert [(block.pages, block.bodies) for block in table.blocks] == [(12, 12), (12, 0)]


def test_of_few_pages_nothing_is_learned():
    assert taught(*(story(number) for number in range(FEWEST_STORIES - 1))).blocks == ()


def test_a_sentence_on_two_of_three_pages_of_a_story_is_no_furniture():
    background = "<p>The harbour was closed in spring after a storm.</p>"
    own = [story(number, also=background) for number in range(2)]
    others = [story(number) for number in range(2, 20)]
    assert texts(taught(*own, *others)) == [CALL.lower()]
    assert texts(taught(*own, others[0])) == []


def test_one_story_captured_often_or_under_two_addresses_counts_once():
    line = "<p>The harbour was closed in spring after a storm.</p>"
    again = [story(1, also=line) for _ in range(5)]
    elsewhere = [story(1, also=line, address=f"https://times.example/print/{number}") for number in range(5)]
    edited = [story(1, also=f"{line}<p>Updated {number} times.</p>") for number in range(5)]
    others = [story(number) for number in range(2, 14)]
    table = taught(*again, *elsewhere, *edited, *others)
    assert table.pages == 13
    assert texts(table) == [CALL.lower()]


def test_stories_under_one_headline_are_stories_of_their_own():
    issues = []
    for number in range(6):
        payload, article = story(number)
        article.headline = "The morning briefing"
        issues.append((payload, article))
    assert taught(*issues).pages == 6


def test_a_number_that_changes_is_the_same_furniture_and_a_bare_number_is_none():
    counts = [story(number, call=f"{number} comments") for number in range(10)]
    assert texts(taught(*counts)) == ["# comments"]
    assert texts(taught(*(story(number, call=f"{number} | 3") for number in range(10)))) == []


def test_a_long_block_is_never_furniture():
    assert texts(taught(*(story(number, call=CALL * 20) for number in range(10)))) == []


def test_the_order_of_the_pages_does_not_matter():
    stories = [
        story(number, also="<p>Letters to the editor are welcome.</p>" if number % 2 else "") for number in range(15)
    ]
    shuffled = random.Random(1).sample(stories, len(stories))
    assert taught(*stories).to_json() == taught(*shuffled).to_json()


def test_memory_is_bounded_and_what_stands_everywhere_is_still_found():
    stories = [story(number) for number in range(40)]
    lesson = Lesson(most_keys=60)
    table = taught(*stories, lesson=lesson)
    assert texts(table) == [CALL.lower()]
    assert len(lesson._counts) <= 60
