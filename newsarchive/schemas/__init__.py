"""The JSON Schemas of what is published, shipped with the package."""

import json
from importlib.resources import files
from typing import Any


def news_article() -> dict[str, Any]:
    """JSON Schema 2020-12 of the record `news-article/1`."""
    return _read("news-article-1.json")


def erased_article() -> dict[str, Any]:
    """JSON Schema 2020-12 of a line that stands where an article was erased, `news-tombstone/1`."""
    return _read("news-tombstone-1.json")


def rejection() -> dict[str, Any]:
    """JSON Schema 2020-12 of a line of `x.rejected.jsonl.gz`."""
    return _read("rejection.json")


def _read(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(files("newsarchive.schemas").joinpath(name).read_text("utf-8"))
    return schema
