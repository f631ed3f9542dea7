"""The lock of an outlet: who holds it is the only one who writes to its folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from newsarchive.errors import ArchiveError, OutletBusyError

LOCK = ".lock"


@contextmanager
def outlet_alone(collection: Path) -> Iterator[None]:
    """Raises `OutletBusyError` while a crawl of the outlet runs, or another act on its files."""
    try:
        with FileLock(collection / LOCK, timeout=0):
            yield
    except Timeout:
        raise OutletBusyError(collection, "a crawl of this outlet is running; wait for it or stop it") from None
    except OSError as error:
        raise ArchiveError(collection, f"cannot be written ({error.strerror})") from error
