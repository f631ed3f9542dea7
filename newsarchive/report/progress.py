"""The progress bar of a crawl that somebody watches."""

import logging
from typing import Any, TextIO

from tqdm import tqdm

_LINE = "{elapsed} |{bar}| {n_fmt} of {total_fmt} pages{postfix}"


class _Bar(tqdm):  # type: ignore[type-arg]  # only the stubs are generic
    # A crawl must not start the thread by which tqdm watches over slow loops.
    monitor_interval = 0


class Progress:
    """Shows elapsed time, pages done of pages found, new and failed on a terminal; elsewhere it does nothing."""

    def __init__(self, stream: TextIO) -> None:
        self._bar = _bar(stream) if stream.isatty() else None
        self._handlers = _handlers_of(stream) if self._bar is not None else []
        for handler in self._handlers:
            handler.setStream(_AboveBar(stream))
        self._stream = stream

    def update(self, *, found: int, fetched: int, new: int, failed: int) -> None:
        """Tell how far the crawl is; all four count from the start, and the screen follows several times a second."""
        if self._bar is None:
            return
        # Redirects and repeated visits fetch more pages than links were found.
        self._bar.total = max(found, fetched)
        self._bar.set_postfix_str(f"{new:,} new, {failed:,} failed", refresh=False)
        self._bar.update(fetched - self._bar.n)

    def close(self) -> None:
        """Leave the last state on the screen and end the line; may be called twice."""
        if self._bar is not None:
            self._bar.close()
        for handler in self._handlers:
            handler.setStream(self._stream)
        self._handlers = []


class _AboveBar:
    """Writes the lines of a log where the bar is, and the bar again beneath them."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with _Bar.external_write_mode(file=self._stream):
            return self._stream.write(text)

    def flush(self) -> None:
        self._stream.flush()


def _handlers_of(stream: TextIO) -> list[Any]:
    """The handlers of the log that write to the same stream as the bar."""
    handlers = logging.getLogger().handlers
    return [one for one in handlers if isinstance(one, logging.StreamHandler) and one.stream is stream]


def _bar(stream: TextIO) -> _Bar:
    return _Bar(total=0, file=stream, bar_format=_LINE, dynamic_ncols=True, miniters=1)
