"""How a command says what is wrong with what it was told, or with what it found."""

import sys

from newsarchive.errors import CaptureError, HeldError, NewsArchiveError, OutletError


def say(error: NewsArchiveError) -> int:
    """Print what is wrong, a line for each mistake; the exit code is 1 for a failed capture or a hold, else 2."""
    lines = error.lines() if isinstance(error, OutletError) else [str(error)]
    sys.stderr.writelines(f"scrapy: {line}\n" for line in lines)
    return 1 if isinstance(error, CaptureError | HeldError) else 2
