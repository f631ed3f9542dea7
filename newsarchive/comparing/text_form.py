"""A comparison for a terminal."""

from collections import Counter
from collections.abc import Iterable, Iterator
from textwrap import wrap

from newsarchive.comparing.comparison import Comparison, Sample, Samples, Tally
from newsarchive.comparing.fields import FOLLOWS
from newsarchive.comparing.phrases import amounts, classes, version_lines
from newsarchive.comparing.showing import REASONLESS, Shown, beginning, order, shown
from newsarchive.comparing.wording import Run
from newsarchive.plurals import counted, number
from newsarchive.report.phrases import most_first, printable, share

_MOST_KINDS = 30
_MOST_FILES = 10
_MARKS = {"lost": "- ", "gained": "+ ", "changed": "~ ", "skipped": "  ", "same": "  "}
_RED, _GREEN, _FAINT, _BOLD, _PLAIN = "\x1b[31m", "\x1b[32m", "\x1b[2m", "\x1b[1m", "\x1b[0m"
_PAINTS = {"lost": _RED, "gained": _GREEN, "skipped": _FAINT}


def as_text(told: Comparison, *, width: int, colour: bool) -> str:
    """Figures first, then samples; of words, `[-lost-]` and `{+gained+}`."""
    paint = _Paint(colour=colour)
    parts = [_sides(told), _rows(told), _versions(told), _fields(told), _texts(told)]
    parts += [_kinds(name, told.tallies[name]) for name in sorted(told.tallies)] if not told.is_unchanged else []
    parts += [_samples(path, told, width, paint) for path in order(told) if path in told.samples]
    parts += [_lone(side, told.lone[side], width, paint) for side in sorted(told.lone, reverse=True)]
    blocks = ("\n".join(lines) for lines in map(list, parts) if lines)
    return "\n\n".join(blocks) + "\n"


class _Paint:
    def __init__(self, *, colour: bool) -> None:
        self._colour = colour

    def __call__(self, line: str, paint: str | None) -> str:
        return f"{paint}{line}{_PLAIN}" if paint and self._colour else line


def _sides(told: Comparison) -> Iterator[str]:
    yield f"OLD  {printable(told.old)}"
    yield f"NEW  {printable(told.new)}"
    yield f"{counted(told.files, 'file')} with a counterpart"
    for name, alone in (("OLD", told.old_files), ("NEW", told.new_files)):
        if alone:
            yield f"{counted(len(alone), 'file')} only in {name}:"
            yield from (f"  {printable(path)}" for path in alone[:_MOST_FILES])
            if len(alone) > _MOST_FILES:
                yield f"  … and {number(len(alone) - _MOST_FILES)} more"
    if told.fields:
        yield f"only compared: {', '.join(told.fields)}"


def _rows(told: Comparison) -> Iterator[str]:
    yield f"rows in both      {number(told.both):>10}"
    for name, count in (
        ("equal", told.equal), ("another extraction says the same", told.but_for_identity), ("changed", told.changed),
    ):  # fmt: skip
        yield f"  {number(count):>10}  {share(count, told.both):>4}  {name}"
    for name, reasons in (("OLD", told.only_old), ("NEW", told.only_new)):
        yield f"rows only in {name}  {number(reasons.total()):>10}{_reasons(name, reasons)}"


def _reasons(name: str, reasons: Counter[str]) -> str:
    other = {"OLD": "NEW", "NEW": "OLD"}[name]
    said = ", ".join(f"{number(count)} {printable(reason) or REASONLESS}" for reason, count in most_first(reasons))
    return f"  (in {other}: {said})" if said else ""


def _versions(told: Comparison) -> Iterator[str]:
    if told.versions.projects or told.versions.engines:
        yield "versions that read the rows in both"
        yield from (f"  {printable(line)}" for line in version_lines(told.versions))


def _fields(told: Comparison) -> Iterator[str]:
    if told.by_field:
        column = max(map(len, told.by_field))
        yield "changed rows by field"
        for path in order(told):
            count = told.by_field[path]
            note = "  (counted from the text)" if path in FOLLOWS else ""
            yield f"  {printable(path):<{column}}  {number(count):>8}  {share(count, told.both):>4}{note}".rstrip()


def _texts(told: Comparison) -> Iterator[str]:
    if told.wording.changed:
        yield amounts(told.wording)
        yield from (f"  {number(count):>8}  {name}" for name, count in classes(told.wording))


def _kinds(dimension: str, tallies: dict[str, Tally]) -> Iterator[str]:
    """The most changed first."""
    ranked = sorted(tallies.items(), key=lambda one: (-one[1].changed - one[1].only_old - one[1].only_new, one[0]))
    column = max(len(dimension) + 3, *(len(printable(value)) for value in tallies))
    yield f"{'by ' + dimension:<{column + 2}}  {'both':>8}  {'changed':>8}        {'only OLD':>8}  {'only NEW':>8}"
    for value, one in ranked[:_MOST_KINDS]:
        figures = f"{number(one.both):>8}  {number(one.changed):>8}  {share(one.changed, one.both):>4}"
        yield f"  {printable(value):<{column}}  {figures}  {number(one.only_old):>8}  {number(one.only_new):>8}"
    if len(ranked) > _MOST_KINDS:
        yield f"  … and {number(len(ranked) - _MOST_KINDS)} more; --json has them all"


def _samples(path: str, told: Comparison, width: int, paint: _Paint) -> Iterator[str]:
    chosen = told.samples[path].biggest_first()
    if chosen:
        yield paint(f"{printable(path)}: {len(chosen)} of {counted(told.by_field[path], 'changed row')}", _BOLD)
    for sample in chosen:
        yield from _head(sample)
        for one in shown(path, sample):
            yield from _wrapped(one, width, paint)


def _lone(side: str, samples: Samples, width: int, paint: _Paint) -> Iterator[str]:
    chosen = samples.biggest_first()
    if chosen:
        yield paint(f"only in {side.upper()}: the longest", _BOLD)
    for sample in chosen:
        yield from _head(sample)
        yield f"    {printable(sample.reason or REASONLESS)}"
        text = Shown("lost" if side == "old" else "gained", (Run("same", beginning(sample)),))
        yield from _wrapped(text, width, paint)


def _head(sample: Sample) -> Iterable[str]:
    yield f"  {printable(sample.url)}"
    yield f"    {printable(' '.join(filter(None, (sample.captured_at, sample.place))))}"


def _wrapped(one: Shown, width: int, paint: _Paint) -> Iterator[str]:
    """Each line stands behind a mark; a paragraph that changed shows its words between marks of their own."""
    marked = one.kind == "changed"
    text = " ".join(_marked(run) if marked else run.text for run in one.runs)
    first = f"    {_MARKS[one.kind]}"
    lines = wrap(_flat(text), max(40, width), initial_indent=first, subsequent_indent=first, break_on_hyphens=False)
    yield from (paint(line, _PAINTS.get(one.kind)) for line in lines or [first.rstrip()])


def _marked(run: Run) -> str:
    return {"lost": "[-{}-]", "gained": "{{+{}+}}", "same": "{}"}[run.kind].format(run.text)


def _flat(text: str) -> str:
    return printable(" ".join(text.split()))
