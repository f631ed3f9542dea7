"""`scrapy outlet learn NAME`: what recurs over the outlet's archived pages becomes its table of furniture."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from scrapy.exceptions import UsageError
from scrapy.settings import Settings
from tqdm import tqdm

from newsarchive import deriving, learned, outlets, reading
from newsarchive.commands import names
from newsarchive.commands.outlet_files import warc_files, write_whole
from newsarchive.errors import ArchiveError, NotAnArticle, RecordError
from newsarchive.items import Page
from newsarchive.learned import Learned
from newsarchive.learning import FEWEST_STORIES, Lesson
from newsarchive.outlets import Outlet
from newsarchive.plurals import counted, number
from newsarchive.report.phrases import by_reason, printable
from newsarchive.warc.payload import decoded

_SHOWN, _LINE = 20, 100


@dataclass(slots=True)
class Studied:
    """What was met on the way through the archive."""

    files: int = 0
    pages: int = 0
    known: int = 0
    """Pages of stories that were known already."""
    rejected: Counter[str] = field(default_factory=Counter)
    damaged: list[str] = field(default_factory=list)


def run(args: list[str], opts: argparse.Namespace, settings: Settings) -> int:
    """Learn, write the table, and tell what is in it."""
    if len(args) != 1:
        raise UsageError("give the name of one outlet; 'scrapy list' prints all")
    config = Path(settings["CONFIG_DIR"])
    outlet = of_name(config, args[0])
    folder = Path(settings["ARCHIVE_DIR"]) / outlet.id
    files = warc_files(folder)
    if not files:
        raise ArchiveError(folder, f"no WARC file to learn from; first: scrapy crawl {outlet.id}")
    lesson, studied = Lesson(), Studied()
    for warc in tqdm(files, unit="file", leave=False, disable=not sys.stderr.isatty()):
        _study(warc, outlet, lesson, studied)
    table, file = lesson.learned(outlet.id), learned.path(config, outlet.id)
    is_enough = lesson.stories >= FEWEST_STORIES
    change = _written(file, table) if is_enough else "too few stories"
    sys.stdout.write(_as_json(table, studied, file, change) if opts.json else _as_text(table, studied, file, change))
    return 0 if is_enough and not studied.damaged else 1


def of_name(config: Path, name: str) -> Outlet:
    """The outlet without its table, which may be broken: it is made again."""
    names.require_outlets([name], outlets.names(config))
    return outlets.untaught(config, name)


def _study(warc: Path, outlet: Outlet, lesson: Lesson, studied: Studied) -> None:
    studied.files += 1
    for page in _whole_pages(warc, outlet, studied):
        studied.pages += 1
        try:
            article = reading.clean(page, outlet)
        except NotAnArticle as error:
            studied.rejected[error.what] += 1
            continue
        payload = decoded(page.payload, page.content_encoding)
        studied.known += not lesson.study(payload, page.content_type, article)


def _whole_pages(warc: Path, outlet: Outlet, studied: Studied) -> Iterator[Page]:
    try:
        yield from deriving.pages(warc, outlet)
    except RecordError as error:
        studied.damaged.append(str(error))


def _written(file: Path, table: Learned) -> str:
    """Write the table whole or not at all; what changed, as a word."""
    before, after = file.read_bytes() if file.exists() else None, table.to_json().encode()
    if before == after:
        return "unchanged"
    write_whole(file, after)
    return "new" if before is None else "changed"


def _as_json(table: Learned, studied: Studied, file: Path, change: str) -> str:
    told: dict[str, Any] = {
        "outlet": table.outlet,
        "stories": table.pages,
        "file": str(file),
        "change": change,
        "digest": table.digest,
        "blocks": [asdict(block) for block in table.blocks],
    }
    met = {"files": studied.files, "pages": studied.pages, "known": studied.known, "damaged": studied.damaged}
    return json.dumps(told | met | {"rejected": dict(studied.rejected)}, indent=2, ensure_ascii=False) + "\n"


def _as_text(table: Learned, studied: Studied, file: Path, change: str) -> str:
    lines = list(studied.damaged)
    lines.append(f"{number(table.pages)} {'story' if table.pages == 1 else 'stories'} of {_met(studied)}")
    if change == "too few stories":
        lines.append(f"nothing is learned of fewer than {FEWEST_STORIES}; the table stays as it was")
        return "\n".join(lines) + "\n"
    lines.append(f"{counted(len(table.blocks), 'block')} recur: {file} ({change})")
    lines.append(f"{table.digest}")
    if table.blocks:
        lines += ["", "  pages  in bodies  block, and where it stands"]
    lines += [_row(block.pages, block.bodies, block.text, block.place) for block in table.blocks[:_SHOWN]]
    if len(table.blocks) > _SHOWN:
        lines.append(f"  … and {number(len(table.blocks) - _SHOWN)} more in the file")
    return "\n".join(lines) + "\n"


def _met(studied: Studied) -> str:
    told = f"{counted(studied.pages, 'page')} in {counted(studied.files, 'file')}"
    asides = [f"{number(studied.known)} of a story that was known"] if studied.known else []
    asides += [f"no article: {by_reason(studied.rejected)}"] if studied.rejected else []
    return f"{told} ({'; '.join(asides)})" if asides else told


def _row(pages: int, bodies: int, text: str, place: str) -> str:
    line = f"  {number(pages):>5}  {number(bodies) if bodies else '-':>9}  {printable(text)}"
    return f"{line if len(line) <= _LINE else line[: _LINE - 1] + '…'}  [{place}]"
