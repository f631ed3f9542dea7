"""A reading for a terminal: aligned, wrapped to its width, coloured where colours are wanted."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from newsarchive.explanation.explaining import KEPT, REASONS, Block, Explanation
from newsarchive.explanation.fields import Field, fields, read_by
from newsarchive.plurals import number
from newsarchive.report.phrases import printable

_NARROWEST, _MOST_LINES = 40, 3
_MISSED = "missing"
_GREEN, _RED, _YELLOW, _FAINT, _BOLD, _PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[2m", "\x1b[1m", "\x1b[0m"
# Of what is dropped, these are worth a look: they could have been text.
_DOUBTFUL = frozenset({"model", "outside", "furniture", "rule", "no article"})


def as_text(explanation: Explanation, *, width: int, colour: bool) -> str:
    """What was read, field by field; or why nothing was."""
    lines = [*_wrapped(explanation.url, "", width), ""]
    article = explanation.article
    if article is None:
        lines.append(_painted(f"no article: {explanation.rejected}", _RED, colour=colour))
    else:
        told = [*fields(article), *read_by(article)]
        lines += _table(told, width=width, colour=colour)
    return "\n".join(lines) + "\n"


def blocks_as_text(explanation: Explanation, *, width: int, colour: bool) -> str:
    """Each block, what became of it and why; of what was dropped, the beginning; and the reasons with their counts."""
    blocks, counts = explanation.blocks, explanation.counts
    column = max((len(reason) for reason, _ in counts), default=0)
    lines = [line for block in blocks for line in _block(block, column, width=width, colour=colour)]
    figure = max((len(number(count)) for _, count in counts), default=0)
    lines += ["", f"{number(len(blocks))} blocks"]
    for reason, count in counts:
        first = f"  {number(count):>{figure}}  {reason:<{column}}  "
        told = _wrapped(REASONS.get(reason, ""), first, width)
        lines += [_painted(line, _colour_of(reason), colour=colour) for line in told]
    return "\n".join(lines) + "\n"


def _table(told: Sequence[Field], *, width: int, colour: bool) -> Iterator[str]:
    column = max(len(field.name) for field in told)
    for field in told:
        value = field.value or (_MISSED if field.is_missed else "-")
        paint = _RED if field.is_missed else _BOLD if field.name == "headline" else _PLAIN if field.value else _FAINT
        for line in _wrapped(value, f"{field.name:<{column}}  ", width):
            yield line if paint == _PLAIN else _painted(line, paint, colour=colour)


def _block(block: Block, column: int, *, width: int, colour: bool) -> Iterator[str]:
    mark = "\N{BOX DRAWINGS HEAVY VERTICAL}" if block.kept else "\N{MIDDLE DOT}"
    lines = _wrapped(block.text, f"{block.reason:<{column}} {mark} ", width, then=f"{'':<{column}} {mark} ")
    if not block.kept and len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], f"{lines[_MOST_LINES - 1][: width - 2]} \N{HORIZONTAL ELLIPSIS}"]
    return (_painted(line, _colour_of(block.reason), colour=colour) for line in lines)


def _colour_of(reason: str) -> str:
    return _GREEN if reason == KEPT else _YELLOW if reason in _DOUBTFUL else _FAINT


def _painted(line: str, paint: str, *, colour: bool) -> str:
    return f"{paint}{line}{_PLAIN}" if colour else line


def _wrapped(printed: str, first: str, width: int, *, then: str | None = None) -> list[str]:
    """Lines of at most that width, all text beneath its own beginning."""
    indent = " " * len(first) if then is None else then
    room = max(_NARROWEST, width)
    lines = wrap(printable(printed), room, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)
    return lines or [first.rstrip()]
