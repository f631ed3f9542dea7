"""Figures of a comparison in words, for terminal and page."""

from collections.abc import Iterator

from newsarchive.comparing.comparison import SHARES, Versions, Wording
from newsarchive.plurals import counted, number

_DIGEST = len("sha256:") + 12
_ARROW = "\N{RIGHTWARDS ARROW}"


def amounts(wording: Wording) -> str:
    """How much all texts changed."""
    gained, lost = (f"{number(count)} ({_per_mille(count, wording.words)})" for count in (wording.gained, wording.lost))
    return (
        f"{counted(wording.changed, 'text')} changed: {gained} words gained, {lost} lost,"
        f" of {counted(wording.words, 'word')} in OLD"
    )


def classes(wording: Wording) -> list[tuple[str, int]]:
    """Texts by how much of them changed."""
    ends = [*SHARES[1:], None]
    found = [
        (f"less than {end} ‰ of its words" if not start else f"{start} to {end} ‰" if end else f"{start} ‰ and more",
         wording.shares[start])
        for start, end in zip(SHARES, ends, strict=True)
    ]  # fmt: skip
    return [*found, ("only reordered or spaced anew (counted above, too)", wording.reordered)]


def version_lines(versions: Versions) -> Iterator[str]:
    """Which versions differ, and in how many rows."""
    yield f"{number(versions.same)} by one extraction.id, {number(versions.projects.total())} by another"
    for (old, new), rows in sorted(versions.projects.items()):
        if old != new:
            yield f"project {old} {_ARROW} {new}: {counted(rows, 'row')}"
    for (name, before, after), rows in sorted(versions.rules.items(), key=lambda one: tuple(map(str, one[0]))):
        yield f"{name} {_short(before)} {_ARROW} {_short(after)}: {counted(rows, 'row')}"
    if versions.unnamed:
        yield f"same version and rules, other sources, libraries or Python: {counted(versions.unnamed, 'row')}"
    for (old, new), rows in sorted(versions.engines.items()):
        yield f"engine {old} {_ARROW} {new}: {counted(rows, 'row')}"


def _short(digest: str | None) -> str:
    return digest[:_DIGEST] if digest else "none"


def _per_mille(count: int, total: int) -> str:
    share = count * 1000 // max(1, total)
    return "<1 ‰" if count and not share else f"{number(share)} ‰"
