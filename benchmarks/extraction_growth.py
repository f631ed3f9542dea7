"""Time against size: pages of one kind, each twice as long as the one before, must take about twice as long to read.

    python -m benchmarks.extraction_growth [--largest 50] [--plot FILE.svg]

Prints the milliseconds of each size, and for each kind the exponent of the growth between its last sizes: 1 is linear,
2 is quadratic. The plot has both axes in powers, so that a straight line of slope 1 is what is wanted.
"""

import argparse
import contextlib
import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from newsarchive.errors import NotAnArticle
from newsarchive.extract import extract

_NOW = datetime(2026, 11, 22, tzinfo=UTC)
_SMALLEST = 1 << 16
_MB = 1 << 20
_PARAGRAPH = (
    "<p>The ferry came back at noon, with <a href='/x'>forty</a> people and one goat on board, as the mayor said.</p>\n"
)
_CARD = (
    "<li class='card'><a href='/story'><img src='/a.jpg' alt='x'><h3>Another story</h3></a><p>Short teaser.</p></li>"
)


_JSON_LD = '<script type="application/ld+json">[{}{{}}]</script>'


def _repeated(part: str) -> Callable[[int], str]:
    return lambda size: part * (size // len(part))


KINDS: dict[str, Callable[[int], str]] = {
    "paragraphs": _repeated(_PARAGRAPH),
    "cards": _repeated(_CARD),
    "divs": _repeated("<div class='a b c'><span>word</span></div>"),
    "nested 900 deep": _repeated("<div>" * 900 + "text " * 20 + "</div>" * 900),
    "unclosed": _repeated("<b><i>one two three"),
    "table": lambda size: "<table>" + "<tr><td>1<td>2<td>three" * (size // 24) + "</table>",
    "one paragraph": lambda size: "<p>" + "word " * (size // 5),
    "one attribute": lambda size: "<p title='" + "a" * size + "'>text</p>",
    "entities": _repeated("&amp;&lt;&nbsp;&eacute; "),
    "script": lambda size: "<script>" + "if(a<b){c()}" * (size // 12) + "</script>",
    "json-ld": lambda size: _JSON_LD.format('{"@type":"Thing","name":"x"},' * (size // 29)),
    "comments": _repeated("<!-- nothing -->"),
    "breaks": _repeated("line<br><br>"),
    "metas": _repeated("<meta property='article:tag' content='harbour'>"),
    "null bytes": _repeated("<p>a\0b</p>"),
}  # fmt: skip


def page(kind: str, size: int) -> bytes:
    """A page of one kind, about so many bytes long, with a headline and a few paragraphs that are an article."""
    head = "<!doctype html><html lang=en><head><meta property=og:type content=article><title>Goat</title></head><body>"
    return (head + "<article><h1>Goat on the ferry</h1>" + _PARAGRAPH * 5 + KINDS[kind](size) + "</article>").encode()


def milliseconds(payload: bytes) -> float:
    """Of the processor, for one reading; a page without an article is read too."""
    started = time.process_time()
    with contextlib.suppress(NotAnArticle):
        extract(payload, content_type="text/html", url="https://times.example/goat", captured_at=_NOW)
    return 1000 * (time.process_time() - started)


def main() -> None:
    """Print a row for each kind, and draw the plot."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--largest", type=int, default=50, metavar="MB")
    parser.add_argument("--plot", type=Path)
    chosen = parser.parse_args()
    sizes = [_SMALLEST << step for step in range(40) if _SMALLEST << step <= chosen.largest * _MB]
    print(f"{'milliseconds':18}" + "".join(f"{size / _MB:>9.2g}M" for size in sizes) + f"{'exponent':>10}")
    found = {}
    for kind in KINDS:
        found[kind] = [min(milliseconds(page(kind, size)) for _ in range(3 if size < _MB else 1)) for size in sizes]
        row = "".join(f"{one:10.1f}" for one in found[kind])
        print(f"{kind:18}{row}{_exponent(sizes, found[kind]):10.2f}", flush=True)
    if chosen.plot:
        chosen.plot.write_text(_plot(sizes, found), encoding="utf-8")


def _exponent(sizes: list[int], times: list[float]) -> float:
    """Slope of the logarithms over the last three doublings."""
    first = max(0, len(sizes) - 4)
    grown = math.log(max(times[-1], 0.01) / max(times[first], 0.01))
    return grown / math.log(sizes[-1] / sizes[first]) if len(sizes) > 1 else 0.0


def _plot(sizes: list[int], found: dict[str, list[float]]) -> str:
    """An SVG with a line for each kind."""
    wide, high, margin = 640, 480, 60
    most, least = math.log10(max(map(max, found.values()))), -1.0

    def place(size: int, took: float) -> str:
        x = margin + (wide - 200) * math.log(size / sizes[0]) / math.log(sizes[-1] / sizes[0])
        y = high - margin - (high - 2 * margin) * (math.log10(max(took, 0.1)) - least) / (most - least)
        return f"{x:.1f},{y:.1f}"

    drawn = []
    for number, (kind, times) in enumerate(found.items()):
        colour = f"hsl({360 * number // len(found)} 70% 40%)"
        points = " ".join(place(size, took) for size, took in zip(sizes, times, strict=True))
        drawn.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        drawn.append(f'<text x="{wide - 130}" y="{margin + 16 * number}" fill="{colour}" font-size="12">{kind}</text>')
    ends = f"{sizes[0] // 1024} KB … {sizes[-1] // _MB} MB (each step twice)"
    axes = (
        f'<text x="{margin}" y="{high - 20}" font-size="12">{ends}</text>'
        f'<text x="10" y="30" font-size="12">ms, 0.1 … {10**most:.0f} (powers of ten)</text>'
    )
    shape = f'viewBox="0 0 {wide} {high}" font-family="sans-serif"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {shape}>{axes}{"".join(drawn)}</svg>\n'


if __name__ == "__main__":
    main()
