"""The JSON Schema of what is published, shipped with the package."""

import json
from importlib.resources import files
from typing import Any


def news_article() -> dict[str, Any]:
    """JSON Schema 2020-12 of the record `news-article/1`."""
    schema: dict[str, Any] = json.loads(files("newsarchive.schemas").joinpath("news-article-1.json").read_text("utf-8"))
    return schema
