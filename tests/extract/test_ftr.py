"""A site configuration of Full-Text RSS becomes a layout, as far as a layout can say it."""

from selectolax.lexbor import LexborHTMLParser

from newsarchive.extract import ftr

CONFIG = """
# An invented site.
title: //h1[@class='story-title']
author: //span[contains(@class, 'by')]
date: //time
body: //div[@id='old-story']
body: //div[@class='story']
strip: //div[@class='promo']
strip_id_or_class: share-bar
strip: //p[2]
single_page_link: //a[@rel='all']
prune: no
test_url: https://times.example/a-story
test_contains: The ferry came back
test_contains: at   noon
test_url: https://times.example/another
"""
PAGE = "<div id=x><div class=story><p>The ferry came\nback</p><p>at noon.</p></div></div>"


def test_it_says_what_a_layout_can_say():
    config = ftr.read(CONFIG)
    assert config.bodies == ('div[id="old-story"]', 'div[class="story"]')
    assert config.headline == 'h1[class="story-title"]'
    assert config.byline == 'span[class*="by"]'
    assert config.drop == ('div[class="promo"]', '[id*="share-bar"], [class*="share-bar"]')
    assert config.trials[0] == ftr.Trial("https://times.example/a-story", ("The ferry came back", "at   noon"))
    assert config.trials[1].contains == ()


def test_what_it_cannot_say_is_named():
    left = ftr.read(CONFIG).left_out
    assert len(left) == 2
    assert "//p[2]" in left[0]
    assert "single_page_link" in left[1]


def test_the_body_is_the_first_that_tells_what_the_trial_page_contains():
    config, tree = ftr.read(CONFIG), LexborHTMLParser(PAGE)

    def texts(selector: str) -> list[str]:
        return [node.text(separator=" ") for node in tree.css(selector)]

    body = ftr.fitting_body(config, texts, config.trials[0])
    assert body == 'div[class="story"]'
    assert config.layout(body)["body"] == body
    wrong = ftr.Trial("https://times.example/a-story", ("Something else",))
    assert ftr.fitting_body(config, texts, wrong) is None
