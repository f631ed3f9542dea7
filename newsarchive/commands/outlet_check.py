"""`scrapy outlet check …`: how well a page is read, or an outlet's archived pages; and why, block by block."""

import argparse
import json
import os
import shutil
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from newsarchive import outlets
from newsarchive.commands import names, outlet_check_all
from newsarchive.commands.outlet_pages import Subject, archived, of_file, of_record, of_url
from newsarchive.controls import without_controls
from newsarchive.errors import ArchiveError
from newsarchive.explanation import as_html, as_json, as_text, blocks_as_text, fields, is_good
from newsarchive.explanation.explaining import Explanation, explain
from newsarchive.outlets import Outlet
from newsarchive.plurals import counted
from newsarchive.report.phrases import by_reason
from newsarchive.warc.packing import SUFFIXES

_PIPED_WIDTH, _WIDEST = 100, 140
_MOST_PAGES = 100
_EXAMPLES = 2


def run(args: list[str], opts: argparse.Namespace, settings: Settings) -> int:
    """Say how one page or an outlet's newest pages are read."""
    if opts.all and not args:
        return outlet_check_all.run(opts, settings)
    if len(args) != 1 or opts.all:
        raise UsageError(
            "give one page (a URL, an HTML file, or FILE.warc.gz:OFFSET), the name of an outlet, or --all alone"
        )
    config, target = Path(settings["CONFIG_DIR"]), args[0]
    if target in outlets.names(config):
        return _check_outlet(outlets.load(config, target), opts, settings)
    if opts.outlet:
        names.require_outlets([opts.outlet], outlets.names(config), subject="--outlet")
    return _tell(_explained(_subject(target, opts, settings), opts.outlet, config), opts)


def _subject(target: str, opts: argparse.Namespace, settings: Settings) -> Subject:
    """The page that is meant."""
    if target.lower().startswith(("http://", "https://")):
        return of_url(target, settings)
    file, _, offset = target.rpartition(":")
    if offset.isdecimal() and file.endswith(SUFFIXES):
        return of_record(Path(file), int(offset))
    if target.endswith(SUFFIXES):
        raise UsageError(f"say which record of the file is meant: {target}:OFFSET, as the index beside it has it")
    return of_file(Path(target), opts.url)


def _explained(subject: Subject, name: str | None, config: Path) -> Explanation:
    outlet = outlets.load(config, name) if name else next(outlets.on_host(config, subject.url), None)
    return explain(
        subject.payload,
        content_type=subject.content_type,
        url=subject.url,
        captured_at=subject.captured_at,
        outlet=outlet,
    )


def _tell(explanation: Explanation, opts: argparse.Namespace) -> int:
    """Print one reading, and write its page if it is asked for."""
    if opts.html:
        _write(Path(opts.html), as_html(explanation))
    if opts.json:
        told = as_json(explanation, with_blocks=opts.explain)
        sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    else:
        width, colour = _width(), _wants_colour()
        sys.stdout.write(as_text(explanation, width=width, colour=colour))
        if opts.explain:
            sys.stdout.write("\n" + blocks_as_text(explanation, width=width, colour=colour))
    return 0 if is_good(explanation) else 1


def _write(file: Path, page: str) -> None:
    try:
        file.write_text(page, encoding="utf-8")
    except OSError as error:
        raise ArchiveError(file, f"cannot be written ({error.strerror})") from error


def _width() -> int:
    return min(_WIDEST, shutil.get_terminal_size((_PIPED_WIDTH, 24)).columns) if sys.stdout.isatty() else _PIPED_WIDTH


def _wants_colour() -> bool:
    """Only for a person at a terminal who did not say otherwise (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _check_outlet(outlet: Outlet, opts: argparse.Namespace, settings: Settings) -> int:
    """Read the outlet's newest archived pages; with --explain, tell the newest article block by block."""
    folder = Path(settings["ARCHIVE_DIR"]) / outlet.id
    read = [
        explain(one.payload, content_type=one.content_type, url=one.url, captured_at=one.captured_at, outlet=outlet)
        for one in archived(folder, most=_MOST_PAGES)
    ]
    if not read:
        raise ArchiveError(folder, f"no page to check; first: scrapy crawl {outlet.id} -a limit=20")
    if opts.explain or opts.html:
        return _tell(next((one for one in read if one.article), read[0]), opts)
    summary = _summary(outlet, read)
    sys.stdout.write(
        json.dumps(summary, indent=2, ensure_ascii=False) + "\n" if opts.json else without_controls(_as_text(summary))
    )
    return 0 if summary["good"] else 1


def _summary(outlet: Outlet, read: list[Explanation]) -> dict[str, Any]:
    """Over all pages: how many have each field, what flags they bear, and where the reading may be poor."""
    articles = [one.article for one in read if one.article]
    missing: dict[str, list[str]] = {}
    found: Counter[str] = Counter()
    for article in articles:
        for field in fields(article):
            found[field.name] += field.value is not None
            if field.is_missed:
                missing.setdefault(field.name, []).append(article.url)
    poor = {name: urls for name, urls in missing.items() if 2 * len(urls) > len(articles)}
    flags = Counter(flag for article in articles for flag in article.quality.flags)
    return {
        "outlet": outlet.id,
        "pages": len(read),
        "articles": len(articles),
        "good": bool(articles) and not poor and "rule_miss" not in flags,
        "rejected": dict(Counter(one.rejected for one in read if one.rejected)),
        "engines": dict(Counter(one.provenance.extraction.engine for one in articles if one.provenance)),
        "flags": dict(flags),
        "fields": dict(found),
        "missing": missing,
    }


def _as_text(summary: dict[str, Any]) -> str:
    total, column = summary["articles"], max(map(len, summary["fields"]), default=0)
    lines = [
        f"{summary['outlet']}: {counted(total, 'article')} on {counted(summary['pages'], 'page')}, the newest first"
    ]
    for label, counts in (("no article", "rejected"), ("read by", "engines"), ("flags", "flags")):
        lines.append(f"{label:<{column}}  {by_reason(summary[counts]) or '-'}")
    lines.append("")
    for name, count in summary["fields"].items():
        lines.append(f"{name:<{column}}  {count:>{len(str(total))}} of {total}")
        examples = summary["missing"].get(name, [])
        lines += [f"{'':<{column}}  missing: {url}" for url in examples[:_EXAMPLES]]
    lines += ["", "the reading is good" if summary["good"] else "the reading is poor: see --explain"]
    return "\n".join(lines) + "\n"
