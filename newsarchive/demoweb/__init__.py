"""The demo web: whole outlets played under their real host names on two local ports, from fixtures of this package.

It is for the demo, the tests and the benchmarks; it asks no network and knows nothing of Scrapy.
"""

from newsarchive.demoweb.answers import Answer
from newsarchive.demoweb.articles import Author, Block, DemoArticle, Picture, Serving, Teaser
from newsarchive.demoweb.library import load_articles
from newsarchive.demoweb.pages import content_type, render_page
from newsarchive.demoweb.server import DemoWeb, LoggedExchange

__all__ = [
    "Answer",
    "Author",
    "Block",
    "DemoArticle",
    "DemoWeb",
    "LoggedExchange",
    "Picture",
    "Serving",
    "Teaser",
    "content_type",
    "load_articles",
    "render_page",
]
