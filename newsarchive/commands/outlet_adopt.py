"""`scrapy outlet adopt FILE --outlet NAME`: a site configuration of Full-Text RSS, tried before it is switched on."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from newsarchive import outlets
from newsarchive.commands.outlet_files import write_whole
from newsarchive.commands.outlet_learn import of_name
from newsarchive.commands.outlet_pages import Subject, of_urls
from newsarchive.controls import without_controls
from newsarchive.errors import ArchiveError, NotAnArticle, OutletError, PageError
from newsarchive.extract import extract, ftr
from newsarchive.extract.decode import decode
from newsarchive.extract.document import Document
from newsarchive.outlets import Layout, Outlet

_MOST_TRIALS = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one page of the configuration's own came out."""

    url: str
    wrong: str | None
    """Why the page is not read as the configuration says; None when it is."""


def run(args: list[str], opts: argparse.Namespace, settings: Settings) -> int:
    """Try the configuration on the pages it names, and tell; with --write, switch it on where all is well."""
    if len(args) != 1 or not opts.outlet:
        raise UsageError("give a site configuration, and with --outlet the outlet that it is for")
    outlet = of_name(Path(settings["CONFIG_DIR"]), opts.outlet)
    config = ftr.read(_text_of(Path(args[0])))
    trials = [trial for trial in config.trials if trial.contains][:_MOST_TRIALS]
    if not config.bodies or not trials:
        lacking = "body that CSS can say" if not config.bodies else "test_url with a test_contains: nothing proves it"
        raise ArchiveError(Path(args[0]), f"has no {lacking}")
    pages = of_urls([trial.url for trial in trials], settings)
    body = _body(config, trials, pages)
    facts = config.layout(body)
    outcomes = [_tried(trial, page, outlet, facts) for trial, page in zip(trials, pages, strict=True)]
    is_good = body is not None and all(outcome.wrong is None for outcome in outcomes)
    place = _write(Path(settings["CONFIG_DIR"]), outlet, facts) if is_good and opts.write else None
    sys.stdout.write((_as_json if opts.json else _as_text)(config, outcomes, facts, place))
    return 0 if is_good else 1


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ArchiveError(file, f"cannot be read ({getattr(error, 'strerror', None) or error})") from error


def _body(config: ftr.SiteConfig, trials: Sequence[ftr.Trial], pages: Sequence[Subject | PageError]) -> str | None:
    """The body that fits the first page which could be had."""
    for trial, page in zip(trials, pages, strict=True):
        if isinstance(page, Subject):
            try:
                document = Document(decode(page.payload, page.content_type).text, page.url)
            except NotAnArticle:
                continue
            texts = {body: [node.text(separator=" ") for node in document.css(body)] for body in config.bodies}
            if body := ftr.fitting_body(config, texts.__getitem__, trial):
                return body
    return None


def _tried(trial: ftr.Trial, page: Subject | PageError, outlet: Outlet, facts: dict[str, Any]) -> Outcome:
    """Read the page as the outlet would with this layout."""
    if isinstance(page, PageError):
        return Outcome(trial.url, page.what)
    dressed = outlet.model_copy(update={"layouts": (_layout(facts),)})
    try:
        article = extract(
            page.payload,
            content_type=page.content_type,
            url=page.url,
            captured_at=page.captured_at,
            outlet=dressed,
        )
    except NotAnArticle as error:
        return Outcome(trial.url, f"gives no article: {error.what}")
    if "rule_miss" in article.quality.flags:
        return Outcome(trial.url, "the rules do not fit it")
    told = " ".join(article.text.split())
    missing = next((phrase for phrase in trial.contains if " ".join(phrase.split()) not in told), None)
    return Outcome(trial.url, f"lacks {missing!r}" if missing else None)


def _layout(facts: dict[str, Any]) -> Layout:
    return Layout.model_validate({**facts, "drop": tuple(facts.get("drop", ()))})


def _write(config: Path, outlet: Outlet, facts: dict[str, Any]) -> Path:
    """Add the layout to the outlet's YAML, whose comments stay; raises `OutletError` when it has layouts already."""
    file = config / outlets.FOLDER / f"{outlet.id}.yaml"
    if outlet.layouts:
        raise OutletError(file, [("layouts", "some already", "none; put the new one among them by hand")])
    text = file.read_text(encoding="utf-8").rstrip()
    write_whole(file, f"{text}\n{_yaml(facts)}".encode())
    return file


def _yaml(facts: dict[str, Any]) -> str:
    return yaml.safe_dump({"layouts": [facts]}, sort_keys=False, allow_unicode=True, width=120)


def _as_text(config: ftr.SiteConfig, outcomes: Sequence[Outcome], facts: dict[str, Any], place: Path | None) -> str:
    lines = [f"ok     {one.url}" for one in outcomes if one.wrong is None]
    lines += [f"wrong  {one.url}: {one.wrong}" for one in outcomes if one.wrong]
    lines += [f"left out, {reason}" for reason in config.left_out]
    if any(one.wrong for one in outcomes):
        return "\n".join([*map(without_controls, lines), "not adopted: it does not read its own pages"]) + "\n"
    lines = [without_controls(line) for line in lines]
    return "\n".join([*lines, f"written to {place}" if place else "for the outlet's YAML:", "", _yaml(facts)])


def _as_json(config: ftr.SiteConfig, outcomes: Sequence[Outcome], facts: dict[str, Any], place: Path | None) -> str:
    told = {
        "pages": [{"url": one.url, "wrong": one.wrong} for one in outcomes],
        "left_out": list(config.left_out),
        "layout": facts,
        "written": str(place) if place else None,
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"
