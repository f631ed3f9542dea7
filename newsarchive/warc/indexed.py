"""The captures of a WARC file beside the lines of its index."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

_LONGEST_LINE = 1 << 20
_SHOWN = 200


class Indexed:
    """What an index must name; of each line only a digest is kept, as there may be very many."""

    def __init__(self) -> None:
        self._offsets: dict[bytes, int] = {}

    def add(self, line: str, offset: int) -> None:
        """Take note of a capture: its line in the index, without its end, and its place in the WARC file."""
        self._offsets[_short(line.encode(errors="surrogateescape"))] = offset

    def compare(self, index: Path) -> Iterator[tuple[int | None, str | None]]:
        """For each line where it begins and what is wrong with it, then what is lacking; raises `OSError`."""
        missing, before, start = dict(self._offsets), b"", 0
        with index.open("rb") as lines:
            while line := lines.readline(_LONGEST_LINE):
                known = missing.pop(_short(line.removesuffix(b"\n")), None)
                yield start, _mistake(line, before, is_known=known is not None)
                before, start = line, start + len(line)
        yield from ((None, f"lacks the capture at {offset}") for offset in sorted(missing.values()))


def _mistake(line: bytes, before: bytes, *, is_known: bool) -> str | None:
    if not is_known:
        return f"a line fits no record, or stands there twice: {line[:_SHOWN].decode(errors='replace').strip()}"
    if not line.endswith(b"\n"):
        return "the last line has no line end"
    # Where the order is lost, the line after it is told.
    return "is not sorted" if line < before else None


def _short(line: bytes) -> bytes:
    return hashlib.blake2b(line, digest_size=12).digest()
