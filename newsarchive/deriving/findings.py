"""What is found in a WARC file before it is read."""

from collections.abc import Callable
from dataclasses import dataclass

from newsarchive.deriving.origin import Origin
from newsarchive.items import Article, ErasedArticle, Page, Rejection
from newsarchive.outlets import Outlet
from newsarchive.warc.problem import Problem

OutletOf = Callable[[str, Origin | None], Outlet | None]
"""The outlet by whose rules the page of a URL is read, in a file of that origin; None for a generic reading."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A page, and the outlet by whose rules it is read."""

    page: Page
    outlet: Outlet | None


Derived = Article | Rejection | ErasedArticle | Problem
