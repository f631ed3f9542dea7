"""A body without rules: what trafilatura takes for it, in the page's own letters."""

import logging
import re
import warnings
from collections.abc import Iterable
from functools import cache
from typing import Any

from newsarchive import text
from newsarchive.extract import body
from newsarchive.extract.body import Paragraph
from newsarchive.extract.document import Document

_ITEM = re.compile(r"^- (?=\S)")
_TEMPLATE = re.compile(r"<template\b.*?</template\s*>", re.DOTALL | re.IGNORECASE)
_BLANKS = re.compile(r"[\s|]+")


def read(document: Document) -> list[Paragraph]:
    """The paragraphs of the page's main text; none if there is no such text."""
    found = _engine()(
        # Its parser takes what stands in a template for text of the page.
        _TEMPLATE.sub("", document.html),
        favor_precision=True,
        include_comments=False,
        include_tables=True,
        with_metadata=False,
        # A duplicate filter remembers the page before.
        deduplicate=False,
    )
    printed = (getattr(found, "text", None) or "").splitlines()
    return _in_the_letters_of_the_page(document, printed)


@cache
def _engine() -> Any:
    """Imported late: it costs half a second, and outlets with rules never need it."""
    with warnings.catch_warnings():
        # Its downloader, which we do not use, misses a proxy library and says so.
        warnings.filterwarnings("ignore", message="SOCKS support")
        from trafilatura import bare_extraction  # noqa: PLC0415 - slow to import
    # It logs every page without a text as an error; we say so with a reason.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    return bare_extraction


def _in_the_letters_of_the_page(document: Document, lines: Iterable[str]) -> list[Paragraph]:
    """Each line as the paragraph of the page that it is: with its own blanks and its links."""
    root = document.tree.body
    on_page = {_key(one.text): one for one in body.read([root] if root else [])}
    paragraphs = (Paragraph(text.clean(_ITEM.sub("", line))) for line in lines)
    return [on_page.get(_key(one.text), one) for one in paragraphs if any(map(str.isalnum, one.text))]


def _key(printed: str) -> str:
    return _BLANKS.sub("", printed)
