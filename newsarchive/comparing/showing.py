"""Samples as a person reads them: what stayed the same is left out, what is long is cut."""

from dataclasses import dataclass
from typing import Any, Literal

from newsarchive.comparing.comparing import printed
from newsarchive.comparing.comparison import Comparison, Sample
from newsarchive.comparing.fields import FOLLOWS
from newsarchive.comparing.wording import Kind, Passage, Run, items, line, passages
from newsarchive.plurals import counted

_MOST_PASSAGES = 24
_MOST_LETTERS = 600
_AROUND = 48
"""Letters of what is the same that are shown on either side of a change."""
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"

REASONLESS = "no reason given"


@dataclass(frozen=True, slots=True)
class Shown:
    """One paragraph, value or item; `skipped` says in words what is left out."""

    kind: Kind | Literal["changed", "skipped"]
    runs: tuple[Run, ...]


def shown(path: str, sample: Sample) -> list[Shown]:
    """What changed in a sample of a field, in the order of the text."""
    found, left = _condensed(_passages(path, sample.old, sample.new)), 0
    if len(found) > _MOST_PASSAGES:
        left = sum(one.kind != "skipped" for one in found[_MOST_PASSAGES:])
        found = found[:_MOST_PASSAGES]
    if left:
        found.append(_skipped(f"{counted(left, 'more change')}"))
    return found


def beginning(sample: Sample) -> str:
    """How the text of a row that is alone begins."""
    return _cut(sample.old if sample.old is not None else sample.new)


def order(told: Comparison) -> list[str]:
    """Changed fields: the most frequent first, what is counted from the text last."""
    return sorted(told.by_field, key=lambda path: (path in FOLLOWS, -told.by_field[path], path))


def _passages(path: str, old: Any, new: Any) -> list[Passage]:
    if path == "text" and isinstance(old, str) and isinstance(new, str):
        return passages(old, new)
    if isinstance(old, list) and isinstance(new, list):
        return items([printed(one) for one in old], [printed(one) for one in new])
    before, after = (None if value is None else printed(value) for value in (old, new))
    if isinstance(old, str) and isinstance(new, str):
        return line(before, after)
    lost, gained = line(before or "nothing", None), line(None, after or "nothing")
    return [*lost, *gained]


def _condensed(found: list[Passage]) -> list[Shown]:
    result: list[Shown] = []
    same = 0
    for passage in found:
        if passage.kind == "same":
            same += 1
            continue
        if same:
            result.append(_skipped(f"{same} the same"))
            same = 0
        last = len(passage.runs) - 1
        runs = (_clipped(run, is_first=n == 0, is_last=n == last) for n, run in enumerate(passage.runs))
        result.append(Shown(passage.kind, tuple(runs)))
    return [*result, _skipped(f"{same} the same")] if same else result


def _clipped(run: Run, *, is_first: bool, is_last: bool) -> Run:
    """Beside a change no more than a few words of what stayed."""
    text = run.text
    if run.kind != "same":
        return Run(run.kind, _cut(text))
    if is_first and len(text) > _AROUND:
        return Run("same", f"{_ELLIPSIS}{text[-_AROUND:]}")
    if is_last and len(text) > _AROUND:
        return Run("same", f"{text[:_AROUND]}{_ELLIPSIS}")
    if len(text) > 2 * _AROUND:
        return Run("same", f"{text[:_AROUND]} {_ELLIPSIS} {text[-_AROUND:]}")
    return run


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]}{_ELLIPSIS} ({len(text):,} letters)"


def _skipped(what: str) -> Shown:
    return Shown("skipped", (Run("same", f"{_ELLIPSIS} {what}"),))
