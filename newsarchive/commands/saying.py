"""How a command says what is wrong with what it was told, or with what it found."""

import stat
import sys
from pathlib import Path

from newsarchive.controls import without_controls
from newsarchive.errors import ArchiveError, CaptureError, HeldError, NewsArchiveError, OutletError


def require_path(path: Path) -> None:
    """Raises `ArchiveError` where nothing is, or nobody can look, or what cannot be read twice: a pipe, a device."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise ArchiveError(path, "there is no such file or folder") from None
    except (OSError, ValueError) as error:
        raise ArchiveError(path, f"cannot be read ({getattr(error, 'strerror', None) or error})") from None
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise ArchiveError(path, "is neither a file nor a folder")


def say(error: NewsArchiveError) -> int:
    """Print what is wrong, a line for each mistake; the exit code is 1 for a failed capture or a hold, else 2."""
    lines = error.lines() if isinstance(error, OutletError) else [str(error)]
    sys.stderr.writelines(f"scrapy: {without_controls(line)}\n" for line in lines)
    return 1 if isinstance(error, CaptureError | HeldError) else 2
