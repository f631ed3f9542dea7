"""The standard streams of a command, and the end of one that is interrupted."""

import codecs
import io
import os
import sys
from contextlib import suppress
from types import TracebackType
from typing import TextIO

_ESCAPE = "newsarchive.escape"
_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def prepare() -> None:
    """Make all standard streams usable, also closed ones and ASCII terminals. May be called twice."""
    codecs.register_error(_ESCAPE, _escaped)
    for descriptor, (name, mode) in enumerate(_STREAMS):
        if getattr(sys, name) is None:
            setattr(sys, name, _opened(descriptor, mode))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ESCAPE)
    sys.excepthook = _report


def is_output_lost() -> bool:
    """Whether standard output cannot be written; a line break is tried."""
    try:
        # An unbuffered stream keeps nothing of a failed write that could be tried again.
        sys.stdout.write("\n")
        sys.stdout.flush()
    except OSError:
        return True
    return False


def discard_output() -> None:
    """Write nothing more to a standard output whose reader is gone, neither now nor at exit."""
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """Return characters that the encoding lacks in the form of JSON, so that a line of JSON stays one."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4)), error.end


def _opened(descriptor: int, mode: str) -> TextIO:
    """Return a stream that discards, and occupy its descriptor: programs write to 2, which must not be a WARC file."""
    try:
        os.fstat(descriptor)
    except OSError:
        null = os.open(os.devnull, os.O_RDWR)
        if null != descriptor:
            os.dup2(null, descriptor)
            os.close(null)
        return io.TextIOWrapper(open(descriptor, f"{mode}b", closefd=False), encoding="utf-8")
    return io.TextIOWrapper(open(os.devnull, f"{mode}b"), encoding="utf-8")  # noqa: PTH123 - it stays open


def _report(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """Print one line for Ctrl-C, after which Python exits as interrupted programs do (130 in a shell)."""
    if issubclass(kind, KeyboardInterrupt):
        with suppress(OSError):
            sys.stderr.write("scrapy: interrupted\n")
        return
    sys.__excepthook__(kind, error, traceback)
