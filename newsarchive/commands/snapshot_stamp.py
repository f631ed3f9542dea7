"""`scrapy snapshot stamp [FILE…] [--tsa URL]`: ask time-stamp authorities what has not been asked or answered yet."""

import argparse
import sys
import urllib.error
import urllib.request
from pathlib import Path

from scrapy.settings import BaseSettings

from newsarchive.commands.keepers import folder
from newsarchive.controls import without_controls
from newsarchive.errors import SnapshotError
from newsarchive.plurals import counted
from newsarchive.sealing import custody, names, stamps
from newsarchive.sealing.opening import Opened

_LARGEST = 1024 * 1024
_SECONDS = 30
_TYPE = "application/timestamp-query"


def run(args: list[str], opts: argparse.Namespace, settings: BaseSettings) -> int:
    """0 when every question has its answer, 1 when some still wait."""
    snapshots = [Path(name) for name in args] or sorted(folder(opts, settings).glob(f"*{names.SUFFIX}"))
    left = 0
    for snapshot in snapshots:
        if not snapshot.is_file():
            raise SnapshotError(snapshot, "there is no such file")
        ask_all(snapshot, digest_of(snapshot), opts.tsa)
        left += send(snapshot, opts)
        sys.stdout.write(f"{snapshot}: {counted(len(stamps.answers(snapshot)), 'time stamp')}\n")
    return 1 if left else 0


def ask_all(snapshot: Path, octets: bytes, urls: list[str]) -> int:
    """Write a question for each authority, to be sent now or later; how many."""
    for url in urls:
        if not url.startswith(("http://", "https://")):
            raise SnapshotError(f"--tsa {url}", "expected the http or https address of an authority")
    for url in urls:
        stamps.ask(snapshot, octets, url)
    return len(urls)


def send(snapshot: Path, opts: argparse.Namespace) -> int:
    """Send all questions about a snapshot that wait; how many still do, each with a line that says why."""
    left = 0
    for one in list(stamps.waiting(snapshot)):
        try:
            stamps.answered(one, _asked(one.question.read_bytes(), one.url), digest_of(snapshot))
            custody.append(snapshot.parent, "stamp", one.answer.name, actor=opts.actor, reason=opts.reason)
        except SnapshotError as error:
            sys.stderr.write(
                f"scrapy: {without_controls(str(error))}; {one.question.name} waits for scrapy snapshot stamp\n"
            )
            left += 1
    return left


def digest_of(snapshot: Path) -> bytes:
    """What is stamped of a snapshot; raises `SnapshotError`."""
    with Opened(snapshot) as opened:
        octets = opened.small(names.DIGEST)
    if octets is None:
        raise SnapshotError(snapshot, f"has no {names.DIGEST}, which is what is stamped")
    return octets


def _asked(question: bytes, url: str) -> bytes:
    """The answer of an authority; raises `SnapshotError`."""
    request = urllib.request.Request(url, question, {"Content-Type": _TYPE})  # noqa: S310 - http or https, see ask_all
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            return bytes(answer.read(_LARGEST))
    except urllib.error.HTTPError as error:
        with error:
            raise SnapshotError(url, f"answers with status {error.code}") from error
    except (OSError, ValueError) as error:
        raise SnapshotError(url, f"cannot be asked ({getattr(error, 'reason', error)})") from error
