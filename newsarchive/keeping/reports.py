"""Removal of erased addresses from the reports of crawls."""

import json
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from newsarchive import durable, urls
from newsarchive.parameters import Selection

ERASED = "(erased)"
_URL = re.compile(r"https?://[^\s\"'<>(),;]+")


def remove_addresses(folder: Path, addresses: Collection[str], *, keys: Collection[str], selection: Selection) -> None:
    """Replace addresses by `(erased)` in all reports of a folder.

    `keys`: the articles all of whose addresses are removed. The text and HTML forms of a report that contains one are
    deleted: they wrap addresses over several lines. Raises `OSError`, and `ValueError` if a report is not JSON.
    """

    def without(text: str) -> str:
        return _URL.sub(lambda url: ERASED if _is_meant(url[0], addresses, keys, selection) else url[0], text)

    for path in sorted(folder.glob("NA-*.json")):
        report = json.loads(path.read_bytes())
        remaining = _map_strings(report, without)
        if remaining != report:
            # The forms for people go first: a killed removal is repeated as long as the JSON form has the address.
            for form in (".txt", ".html"):
                path.with_suffix(form).unlink(missing_ok=True)
            content = json.dumps(remaining, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
            durable.write(path, content.encode())


def _is_meant(url: str, addresses: Collection[str], keys: Collection[str], selection: Selection) -> bool:
    if url in addresses:
        return True
    try:
        return not {urls.key(url), urls.key(url, selection)}.isdisjoint(keys)
    except ValueError:
        return False


def _map_strings(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_map_strings(entry, change) for entry in value]
    if isinstance(value, dict):
        return {change(key): _map_strings(entry, change) for key, entry in value.items()}
    return value
