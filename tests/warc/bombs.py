"""Small payloads that expand to 2 GB, and processes with little memory to decode them in."""

import gzip
import resource
import subprocess
import sys
import zlib
from pathlib import Path

import brotli
from backports import zstd

_CHUNK = bytes(1 << 24)
_TIMES = 128
PROJECT = Path(__file__).parent.parent.parent


def bomb(coding: str) -> bytes:
    """Return a payload in this coding, or in several, that expands to 2 GB of zeros."""
    return _BOMBS[coding]()


def _brotli() -> bytes:
    packer = brotli.Compressor(quality=5)
    first, again = (packer.process(_CHUNK) + packer.flush() for _ in range(2))
    return bytes(first + again * (_TIMES - 1) + packer.finish())


def _deflate() -> bytes:
    packer = zlib.compressobj()
    first, again = (packer.compress(_CHUNK) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + again * (_TIMES - 1)


_BOMBS = {
    "br": _brotli,
    "deflate": _deflate,
    "gzip": lambda: gzip.compress(_CHUNK) * _TIMES,
    "zstd": lambda: zstd.compress(_CHUNK) * _TIMES,
    "br, gzip": lambda: gzip.compress(_brotli()),
    "gzip, gzip": lambda: gzip.compress(gzip.compress(_CHUNK) * _TIMES),
    "gzip, br, zstd": lambda: zstd.compress(brotli.compress(gzip.compress(_CHUNK) * _TIMES, quality=5)),
}
CODINGS = tuple(_BOMBS)


def run(*arguments: str, megabytes: int, stdin: bytes = b"", **options: object) -> subprocess.CompletedProcess[bytes]:
    """Run Python in a process that, like each of its children, cannot take more memory than that."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (megabytes << 20, megabytes << 20))

    command = [sys.executable, *arguments]
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        command, input=stdin, capture_output=True, preexec_fn=limit, check=False, timeout=120, **options
    )
