"""kill -9 of a disposal before each of its steps on the disk; the next command must end it, and nothing may be amiss.

python -m tests.keeping.disposing.killing ARCHIVE CONFIG WORK
"""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from newsarchive import clock
from newsarchive.keeping import certificates, holds, moving, placing, superseding, whereabouts
from newsarchive.keeping.scope import read_scope
from newsarchive.sealing import custody
from newsarchive.verifying import archive as verifying
from tests.conftest import PROJECT
from tests.keeping.command import retention
from tests.keeping.disposing.conftest import OUTLETS, Place, crawl

DAYS = 100
_STEPS = ("fsync", "unlink", "rename")


def main(archive: Path, config: Path, work: Path, every: int = 1) -> int:
    """Print what is amiss after each kill, before every step or some; how much that is."""
    clock.advance(DAYS * 86_400)
    amiss, point = 0, 0
    while True:
        place = work / str(point)
        shutil.copytree(archive, place / "archive")
        (place / "archive" / whereabouts.FILE).unlink(missing_ok=True)
        moving.begin(place / "archive", place / "snapshots", actor="Ada", reason="first day")
        survived = killed(lambda place=place: _dispose(place, config), before=point)
        # Every third time somebody places a hold before the next command.
        held = point // every % 3 == 2
        if held and not survived:
            placing.add(
                place / "snapshots", "case-12", read_scope(["outlet=kyiv_independent"]), actor="Ada", reason="x"
            )
        before = _pairs(place / "archive" / "kyiv_independent")
        _dispose(place, config)
        wrong = list(_wrongs(place, before if held and not survived else set()))
        sys.stdout.writelines(f"before step {point}: {what}\n" for what in wrong)
        amiss += len(wrong)
        shutil.rmtree(place)
        if survived:
            sys.stdout.write(f"{point} steps\n")
            return amiss
        point += every


def _dispose(place: Path, config: Path) -> None:
    done = retention(
        "dispose", "--yes", "--out", place / "snapshots", archive=place / "archive", CONFIG_DIR=str(config)
    )
    if done.code:
        sys.stdout.write(done.err)


def _wrongs(place: Path, kept: set[Path]) -> list[str]:
    archive, folder = place / "archive", place / "snapshots"
    verdict = verifying.verify([archive])
    wrong = [str(one) for one in verdict.findings]
    wrong += [f"{name} has not ended" for name in certificates.unended(folder)]
    wrong += [
        f"{one} is left" for outlet in archive.iterdir() if outlet.is_dir() for one in superseding.unended(outlet)
    ]
    wrong += [f"{one} is left" for top in (archive, folder) for one in top.rglob("*.part")]
    there = {path for outlet in archive.iterdir() if outlet.is_dir() for path in _pairs(outlet)}
    wrong += [f"{path} is still there" for path in there - kept]
    wrong += [f"{path} was held, and is gone" for path in kept - there]
    certified = {str(one["id"]) for one in certificates.read(folder)}
    logged = [one["object"] for one in custody.read(folder / custody.FILE) if one["object"].startswith("D-")]
    if sorted(certified) != sorted(logged):
        wrong.append(f"certificates are {sorted(certified)}, and the log has {sorted(logged)}")
    gone = {one["path"] for told in certificates.read(folder) for item in told["disposed"] for one in item["files"]}
    of_pairs = [path for path in gone if "/reports/" not in path]
    counted = sum(count for told in verdict.acts.values() for count in told.values())
    if len(of_pairs) != counted:
        wrong.append(f"certificates name {len(of_pairs)} files of pairs, and verify {counted}")
    holds.of(folder)
    return wrong


def _pairs(outlet: Path) -> set[Path]:
    return {path for path in outlet.glob("2*/*/*/*") if not path.name.endswith(".json")}


def killed(work: Callable[[], None], *, before: int) -> bool:
    """Whether it had come to its end."""
    child = os.fork()
    if child == 0:
        _count_down(before)
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFEXITED(status) or os.WTERMSIG(status) == signal.SIGKILL
    return os.WIFEXITED(status)


def _count_down(left: int) -> None:
    def counted(real: Callable) -> Callable:
        def step(*arguments: object, **named: object) -> object:
            nonlocal left
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1
            return real(*arguments, **named)

        return step

    for name in _STEPS:
        setattr(os, name, counted(getattr(os, name)))


def _with_demo() -> int:
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder, "archive"), Path(folder, "snapshots"), Path(folder, "config"))
        shutil.copytree(PROJECT / "config", place.config)
        crawl(place.archive)
        for outlet in OUTLETS:
            place.keep(outlet, articles="30d", reports="30d")
        return main(place.archive, place.config, Path(folder, "killed"))


if __name__ == "__main__":
    given = sys.argv[1:]
    amiss = main(*map(Path, given[:3]), *map(int, given[3:])) if given else _with_demo()
    sys.exit(min(amiss, 100))
