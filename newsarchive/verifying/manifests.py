"""Folders against the manifests of the runs that wrote them: every file as it was, and none too many."""

import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from newsarchive.errors import ArchiveError
from newsarchive.store import manifests
from newsarchive.store.manifests import File, Manifest
from newsarchive.verifying.families import is_open, run_of, stem_of
from newsarchive.warc.verdict import Finding, Verdict

LEFT_OVER = ".part"
UNFINISHED = "files of runs that have not ended"
_BLOCK = 1 << 20
_LONGEST = 1 << 26
Judge = Callable[[Path, File, Verdict], None]


@dataclass(slots=True)
class Folder:
    """One folder: its files, then its manifests, seen in that order, so that a run that ends meanwhile is no alarm."""

    path: Path
    names: list[str]
    runs: list[tuple[str, Manifest]] = field(default_factory=list)
    """Manifests with the names of their files, in the order of their runs."""
    open_runs: set[str] = field(default_factory=set)
    """What the names of their files begin with: `run_of`."""
    broken_runs: set[str] = field(default_factory=set)
    """Those whose manifests cannot be read, likewise."""
    acted: dict[str, File] = field(default_factory=dict)
    """What keepers have replaced or taken away here, as it was before."""

    def listed(self) -> dict[str, File]:
        """What must lie here; of a file that a later run wrote anew, what that says."""
        runs = (manifest for _, manifest in self.runs if manifest.kind not in manifests.ACTS)
        return {one.path: one for manifest in runs for one in manifest.outputs}

    def unlisted_before(self, begun: str | None) -> dict[str, File]:
        """What keepers have replaced or taken away of runs that have no manifest."""
        runs = {name: run_of(stem_of(name) or name) for name in self.acted}
        return {
            name: replace(self.acted[name], path=name)
            for name, run in runs.items()
            if begun is None or (run and is_older(run, begun))
        }


def see(path: Path, names: list[str], verdict: Verdict) -> Folder:
    """A folder, some of whose files are to be judged; its manifests are judged by themselves."""
    folder = Folder(path, names)
    for name in sorted(one.name for one in path.iterdir()):
        if name.endswith(manifests.OPEN):
            folder.open_runs.add(run_of(name) or name)
        elif name.endswith(manifests.SUFFIX):
            try:
                folder.runs.append((name, read(path / name)))
            except ArchiveError as error:
                verdict.wrong(Finding(error.path, None, "manifest", None, error.what))
                folder.broken_runs.add(run_of(name) or name)
    folder.runs.sort(key=lambda one: (one[1].started_at, one[1].run))
    return folder


def judge(folder: Folder, verdict: Verdict, *, begun: str | None, judge_file: Judge | None = None) -> None:
    """Judge the files of a folder.

    `begun`: the earliest run that has a manifest; what is older has none. None where no run has one. `judge_file`:
    judges a file that is listed, where more is known of it than its manifest says.
    """
    listed = {**folder.unlisted_before(begun), **folder.listed()}
    for name, manifest in folder.runs:
        if name.removesuffix(manifests.SUFFIX) != manifest.run or manifest.kind in manifests.ACTS:
            what = f"is the manifest of {manifest.run}, a {manifest.kind}"
            verdict.wrong(Finding(folder.path / name, None, "manifest", None, what))
        else:
            verdict.right("manifest")
    for one in listed.values():
        (judge_file or judge_listed)(folder.path / one.path, one, verdict)
    for name in folder.names:
        if name not in listed and not name.endswith(manifests.SUFFIX):
            judge_unlisted(folder, name, verdict, begun=begun)


def read(path: Path) -> Manifest:
    """A manifest; raises `ArchiveError`, also for a file that is much too long for one."""
    try:
        is_likely = path.is_file() and path.stat().st_size <= _LONGEST
    except (OSError, ValueError) as error:
        raise ArchiveError(path, f"cannot be read ({error})") from error
    if not is_likely:
        raise ArchiveError(path, "is no file, or too long for a manifest")
    return manifests.read(path)


def judge_listed(path: Path, listed: File, verdict: Verdict) -> None:
    """Judge one file by what its manifest says of it."""
    wrong = _difference(path, listed)
    if wrong:
        verdict.wrong(Finding(path, None, "manifest", None, wrong))
    else:
        verdict.right("manifest")


def _difference(path: Path, listed: File) -> str | None:
    """What a file is otherwise than its manifest says."""
    try:
        size = path.stat().st_size if path.is_file() or not path.exists() else -1
        if size != listed.bytes:
            return f"has {size:,} bytes; its manifest says {listed.bytes:,}"
        digest = sha256(path)
    except FileNotFoundError:
        return "is missing; a manifest lists it"
    except (OSError, ValueError) as error:
        return f"cannot be read ({error})"
    return None if digest == listed.sha256 else f"is another file than its manifest says: {digest}, not {listed.sha256}"


def judge_unlisted(folder: Folder, name: str, verdict: Verdict, *, begun: str | None) -> None:
    """Judge a file that no manifest lists."""
    run = run_of(name)
    is_passing = is_open(name) or name.endswith(manifests.OPEN)
    if is_left_over(name):
        verdict.unchecked("manifest", "files that a kill left behind unfinished")
    elif (run and run in folder.open_runs) or (begun is None and is_passing):
        verdict.unchecked("manifest", UNFINISHED)
    elif run and run in folder.broken_runs:
        verdict.unchecked("manifest", "files whose manifest cannot be read")
    elif begun is None or (run and is_older(run, begun)):
        if stem_of(name):
            verdict.unchecked("manifest", "files without a manifest")
    elif not is_passing or (folder.path / name).exists():
        # Those of a run that has ended since they were seen have other names now.
        verdict.wrong(Finding(folder.path / name, None, "manifest", None, "is in no manifest: no run has written it"))


def is_left_over(name: str) -> bool:
    """A kill left it behind on the way to its name."""
    whole = name.removesuffix(LEFT_OVER)
    return whole != name and (stem_of(whole) is not None or whole.endswith(".json"))


def is_older(run: str, begun: str) -> bool:
    """A run of the same outlet was before the first that has a manifest."""
    return run.rpartition("-")[0] == begun.rpartition("-")[0] and run < begun


def strays(folder: Path, names: Collection[str]) -> Iterator[Finding]:
    """Files where no run writes any."""
    for name in sorted(names):
        yield Finding(folder / name, None, "manifest", None, "is in no manifest: no run has written it")


def sha256(path: Path) -> str:
    """`sha256:…` of a file, a little at a time; raises `OSError`, also for a pipe, on which it would wait for ever."""
    if path.exists() and not path.is_file():
        raise OSError("is no file")
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return f"sha256:{digest.hexdigest()}"
