"""The memory that a worker process may take: a page that needs more costs no other page anything."""

import resource
from pathlib import Path

MEMORY_MB = 1000
"""The default of EXTRACT_MEMORY_MB."""
OUT_OF_MEMORY_CODE = 80
"""With this code a worker process ends when a task needs more."""
_HELD_PAGES = 5


def limit_memory(megabytes: int) -> None:
    """Let this process take so much more than it holds now; what needs more raises `MemoryError`.

    The address space is not limited: libraries reserve much of it, and on many cores more, without using it.
    """
    wanted = _held() + megabytes * 1_000_000
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _held() -> int:
    """Return the size of the process's data in bytes; 0 on systems without /proc."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[_HELD_PAGES])
    except OSError:
        return 0
    return pages * resource.getpagesize()
