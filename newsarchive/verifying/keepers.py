"""Acts of keepers that were decided and have not ended, by the marks in the keepers' folder that an archive names.

Between the decision and the first change in an outlet's folder, and after the last one, only that folder shows them.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from newsarchive.warc.verdict import Finding, Verdict

FILE = "keepers.json"
_MARKS = ("takedowns/T-*.json.open", "disposals/D-*.json.open")


def judge(path: Path, verdict: Verdict) -> None:
    """Report the open acts on an archive, or on a collection in it; other folders name no keepers' folder."""
    archive = next((folder for folder in (path, path.absolute().parent) if (folder / FILE).is_file()), None)
    if archive is None:
        return
    told = _read(archive / FILE)
    folder = Path(os.path.normpath(archive.absolute() / str(told.get("folder") or "")))
    if not told or not folder.is_dir():
        verdict.unchecked("manifest", "acts under way, for the keepers' folder cannot be read")
        return
    for mark, collections in _open(folder):
        act = mark.name.partition(".")[0]
        is_meant = archive == path or path.absolute().name in collections
        if is_meant and not any(one.what.startswith(f"{act} has not ended") for one in verdict.findings):
            what = f"{act} has not ended: scrapy takedown list, or scrapy retention, ends what was killed"
            verdict.wrong(Finding(mark, None, "manifest", None, what))


def _open(folder: Path) -> Iterator[tuple[Path, set[str]]]:
    """Yield the mark of each open act, and the collections that it changes."""
    for mark in sorted(mark for pattern in _MARKS for mark in folder.glob(pattern)):
        if mark.name.startswith("D-"):
            yield mark, {str(_read(mark).get("outlet"))}
            continue
        act = mark.with_name(mark.name.removesuffix(".open"))
        # A takedown without its file was not decided: nothing is done under it.
        if act.exists():
            records = _read(act).get("records")
            yield mark, {str(one.get("collection")) for one in records or [] if isinstance(one, dict)}


def _read(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
