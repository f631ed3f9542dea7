"""The comparison of two archives, row by row, with no more in memory than two rows, the figures and the samples."""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from newsarchive.comparing import wording
from newsarchive.comparing.comparison import Comparison, Sample, Samples, Tally, Versions
from newsarchive.comparing.fields import FOLLOWS, IDENTITY, Change, changes
from newsarchive.comparing.files import Pair, pairs, side
from newsarchive.comparing.matching import Alone, Both, matches
from newsarchive.comparing.rows import Row

Watch = Callable[[Iterable[Pair]], Iterable[Pair]]
_TEXT = "text"


def compare(old: Path, new: Path, *, fields: Sequence[str] = (), samples: int = 3, watch: Watch = iter) -> Comparison:
    """Compare two files or folders of rows; `watch` may show the progress over pairs of files.

    Raises `ArchiveError` where there are no rows, and `LineError` at the first line that is no row.
    """
    ours, theirs = side(old), side(new)
    found = pairs(ours, theirs)
    told = Comparison(
        str(old),
        str(new),
        tuple(fields),
        old_files=tuple(str(pair.old) for pair in found if pair.new is None),
        new_files=tuple(str(pair.new) for pair in found if pair.old is None),
        files=sum(pair.old is not None and pair.new is not None for pair in found),
    )
    for match in matches(ours, theirs, watch(found)):
        if isinstance(match, Both):
            _add_both(told, match, samples)
        else:
            _add_alone(told, match, samples)
    return told


def _add_both(told: Comparison, match: Both, samples: int) -> None:
    old, new = match.old, match.new
    same_bytes = old.line == new.line
    found = {} if same_bytes else changes(old.record, new.record, told.fields)
    told.changed += bool(found)
    is_equal = not found and (same_bytes or not changes(old.record, new.record, told.fields or IDENTITY))
    told.equal += is_equal
    told.but_for_identity += not found and not is_equal
    _add_versions(told.versions, old.record, new.record)
    told.by_field.update(found.keys())
    for dimension, value in _kinds(old.record, new.record).items():
        tally = told.tallies.setdefault(dimension, {}).setdefault(value, Tally())
        tally.both += 1
        tally.changed += bool(found)
        tally.fields.update(found.keys())
    _add_wording(told, found, old)
    for path, (before, after) in found.items():
        if path not in FOLLOWS or told.fields:
            sample = Sample(size(path, before, after), new.url, new.captured_at, _place(new), before, after)
            told.samples.setdefault(path, Samples(samples)).add(sample)


def _add_wording(told: Comparison, found: dict[str, Change], old: Row) -> None:
    text = str(old.record.get(_TEXT) or "")
    told.wording.words += wording.count(text)
    if _TEXT in found:
        told.wording.add(wording.amount(text, str(found[_TEXT][1] or "")))


def _add_alone(told: Comparison, match: Alone, samples: int) -> None:
    row, is_old = match.row, match.side == "old"
    (told.only_old if is_old else told.only_new)[match.reason or ""] += 1
    for dimension, value in _kinds(row.record, row.record).items():
        tally = told.tallies.setdefault(dimension, {}).setdefault(value, Tally())
        tally.only_old += is_old
        tally.only_new += not is_old
    text = str(row.record.get(_TEXT) or "")
    before, after = (text, None) if is_old else (None, text)
    sample = Sample(wording.count(text), row.url, row.captured_at, _place(row), before, after, match.reason)
    told.lone.setdefault(match.side, Samples(samples)).add(sample)


def size(path: str, old: Any, new: Any) -> int:
    """How big a change is: words of a text, characters of anything else, without what both begin and end with."""
    if path == _TEXT and isinstance(old, str) and isinstance(new, str):
        amount = wording.amount(old, new)
        return amount.gained + amount.lost
    ours, theirs = printed(old), printed(new)
    shorter = min(len(ours), len(theirs))
    head = next((n for n in range(shorter) if ours[n] != theirs[n]), shorter)
    tail = next((n for n in range(shorter - head) if ours[-1 - n] != theirs[-1 - n]), shorter - head)
    return len(ours) + len(theirs) - 2 * (head + tail)


def printed(value: Any) -> str:
    """A value as it is shown: a string as it is, nothing as nothing, anything else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _add_versions(told: Versions, old: dict[str, Any], new: dict[str, Any]) -> None:
    ours, theirs = _extraction(old), _extraction(new)
    if ours.get("engine") != theirs.get("engine"):
        told.engines[str(ours.get("engine")), str(theirs.get("engine"))] += 1
    if ours.get("id") == theirs.get("id"):
        told.same += 1
        return
    told.ids[str(ours.get("id")), str(theirs.get("id"))] += 1
    versions = str(ours.get("version")), str(theirs.get("version"))
    told.projects[versions] += 1
    before, after = _rules(ours), _rules(theirs)
    differing = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    told.rules.update((name, before.get(name), after.get(name)) for name in differing)
    told.unnamed += versions[0] == versions[1] and not differing


def _extraction(record: dict[str, Any]) -> dict[str, Any]:
    return _object(_object(record, "provenance"), "extraction")


def _object(record: dict[str, Any], name: str) -> dict[str, Any]:
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def _rules(extraction: dict[str, Any]) -> dict[str, str]:
    rules = extraction.get("rules")
    named = (rule for rule in rules if isinstance(rule, dict)) if isinstance(rules, list) else ()
    return {str(rule.get("name")): str(rule.get("digest")) for rule in named}


def _kinds(old: dict[str, Any], new: dict[str, Any]) -> dict[str, str]:
    """What a row is counted under; an engine or language that changed is told as the change."""
    engine, language = ((_of(kind, old), _of(kind, new)) for kind in (_engine, _language))
    return {
        "outlet": str(new.get("outlet") or "none"),
        "engine": engine[1] if engine[0] == engine[1] else " \N{RIGHTWARDS ARROW} ".join(engine),
        "language": language[1] if language[0] == language[1] else " \N{RIGHTWARDS ARROW} ".join(language),
    }


def _of(kind: Callable[[dict[str, Any]], object], record: dict[str, Any]) -> str:
    return str(kind(record) or "none")


def _engine(record: dict[str, Any]) -> object:
    return _extraction(record).get("engine")


def _language(record: dict[str, Any]) -> object:
    return _object(record, "language").get("code")


def _place(row: Row) -> str:
    warc = _object(_object(row.record, "provenance"), "warc")
    return f"{warc['filename']}:{row.offset}" if warc.get("filename") else ""
