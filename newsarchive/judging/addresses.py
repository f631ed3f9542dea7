"""Which address an article is known under, where a page has several: AMP and print copies, sessions, moves. Pure."""

from newsarchive import urls
from newsarchive.items import Article
from newsarchive.outlets import Outlet
from newsarchive.parameters import ORDINARY


def own(article: Article, outlet: Outlet | None) -> str:
    """The address that the page itself names as its own, where an article of the outlet can be there; else its URL.

    The reader has refused one that leads to another site or to the home page; a section is refused here.
    """
    stated = article.canonical_url
    if stated is None or (outlet and not outlet.is_article(stated)):
        return article.url
    return stated


def is_copy(article: Article, outlet: Outlet | None) -> bool:
    """The page is another address of an article that lives elsewhere on the site."""
    selection = outlet.selection if outlet else ORDINARY
    return urls.key(own(article, outlet), selection) != urls.key(article.url, selection)
