"""XPath said in CSS selects the same elements: judged by lxml, which knows XPath."""

import lxml.html
import pytest
from selectolax.lexbor import LexborHTMLParser

from newsarchive.extract.xpath import XPathError, to_css

PAGE = """<html><body>
<div id="story" n="1" class="wide story-body"><p n="2" class="lede">A</p><section n="3"><p n="4" itemprop="x">B</p></section></div>
<div n="5" class="story"><p n="6" class="note story">C</p></div>
<article n="7"><div n="8" class='quote "deep"'><h1 n="9">T</h1></div><div n="10" class="a"></div></article>
<section n="11" class="b" data-role="main"></section><p n="12" class="side-note">D</p>
</body></html>"""


@pytest.mark.parametrize(
    "expression",
    [
        "//div[@id='story']",
        "//div",
        "//div/p",
        "//div//p",
        "//*[@class='a']",
        "//div[contains(@class, 'story')]",
        "//*[contains(concat(' ', normalize-space(@class), ' '), ' story ')]",
        "//*[contains(concat(' ',@class,' '),' story ')]",
        "//p[starts-with(@class, 'side')]",
        "//p[@itemprop]",
        "//article/div[@class and @n='10']",
        "//div[@class='a' or @class='story']",
        "//div[@id='story']//p[@class='lede'] | //section[@data-role=\"main\"]",
        "//*[@class='quote \"deep\"']",
        "//H1",
        "//section[@class='b|c'] | //h1",
    ],
)
def test_the_same_elements_are_selected(expression: str):
    by_xpath = {node.get("n") for node in lxml.html.fromstring(PAGE).xpath(expression.replace("//H1", "//h1"))}
    by_css = {node.attributes["n"] for node in LexborHTMLParser(PAGE).css(to_css(expression))}
    assert by_css == by_xpath


@pytest.mark.parametrize(
    "expression",
    ["//div[2]", "//p[contains(text(),'x')]", "//a/@href", "//div[position()>1]", "//p/..", "//p/following::div", "id('x')", "//div[@a='b"],
)  # fmt: skip
def test_what_css_cannot_say_is_refused_and_named(expression: str):
    with pytest.raises(XPathError) as caught:
        to_css(expression)
    assert expression in str(caught.value).replace("\\'", "'")
