"""Section pages: every link with the words it is printed with, and the next page."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsarchive.discovery.findings import Lead, Mention, Reading, first_of

MAX_PAGE_CHARACTERS = 10_000_000
# Front pages have a form to sign in, too; a page that is nothing else names little but itself.
_LINKS_OF_A_LOGIN = 15
_HEADING = "h1, h2, h3, h4, h5, h6"


def read(source: str) -> Reading:
    """All links of a page in their order, `nofollow` or not, and its next pages."""
    page = LexborHTMLParser(source[:MAX_PAGE_CHARACTERS])
    page.strip_tags(["script", "style"])
    mentions = first_of(Mention(anchor.attributes.get("href"), _headline(anchor)) for anchor in page.css("a[href]"))
    following = page.css('link[rel~="next" i][href], a[rel~="next" i][href]')
    leads = tuple(Lead(href, "section") for node in following if (href := node.attributes.get("href")))
    if len(mentions) <= _LINKS_OF_A_LOGIN and page.css_first('input[type="password" i]'):
        return Reading(problems=("a page that asks for a password: its links are not followed",))
    cut = (f"more than {MAX_PAGE_CHARACTERS} characters: the rest is not read",)
    return Reading(mentions, leads, cut if len(source) > MAX_PAGE_CHARACTERS else (), _base(page))


def _base(page: LexborHTMLParser) -> str:
    """The first `base` that has an address counts (HTML, 4.2.3)."""
    base = page.css_first("base[href]")
    return (base.attributes.get("href") if base else None) or ""


def _headline(anchor: LexborNode) -> str:
    """The heading inside a card that is one link, else its words, those of different elements kept apart."""
    heading = anchor.css_first(_HEADING)
    return heading.text(deep=True) if heading else anchor.text(deep=True, separator=" ")
