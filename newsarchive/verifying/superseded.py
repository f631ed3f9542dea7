"""What keepers did to the files of an archive, by the manifests of their acts: which were replaced, and which went.

`acts/` in the folder of an outlet: for each act its own file (`T-2026-004.json`), and a manifest in the outlet's chain
that names the file's digest, the files as they were before, and as they are since.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from newsarchive.errors import ArchiveError
from newsarchive.store import manifests
from newsarchive.store.chain import ACTS
from newsarchive.store.manifests import File, Manifest
from newsarchive.verifying.families import REJECTED
from newsarchive.verifying.manifests import is_left_over, judge_listed, read, sha256, strays
from newsarchive.warc.verdict import Finding, Verdict

ACT = re.compile(r"(?P<letter>[TD])-\d{4}-\d{3,}")
_KINDS = {"T": "takedown", "D": "disposal"}
_UNENDED = "files of an act that has not ended"


@dataclass(frozen=True, slots=True)
class Step:
    """What one act did to one file."""

    manifest: Path
    act: str
    before: File
    after: File | None
    """None: the file went."""


@dataclass(slots=True)
class Superseded:
    """The acts on one collection. Files are called by their normal absolute paths."""

    folder: Path
    runs: list[tuple[Path, Manifest]] = field(default_factory=list)
    """Manifests that can be read, in the order of the acts."""
    _steps: dict[Path, list[Step]] = field(default_factory=dict)
    _unended: dict[str, frozenset[Path]] = field(default_factory=dict)
    """Acts that have not ended, and what they were to change."""
    _seen: set[Path] = field(default_factory=set)

    @property
    def acts(self) -> frozenset[str]:
        """Those that are told of."""
        return frozenset({manifest.run for _, manifest in self.runs} | set(self._unended))

    def before_in(self, folder: Path) -> dict[str, File]:
        """Files in a folder that acts have replaced or taken away, by name, as they were before the first act."""
        folder = _absolute(folder)
        return {path.name: steps[0].before for path, steps in self._steps.items() if path.parent == folder}

    def first(self, path: Path) -> File | None:
        """A file as it was before the first act on it."""
        steps = self._steps.get(_absolute(path))
        return steps[0].before if steps else None

    def judge_listed(self, path: Path, listed: File, verdict: Verdict) -> None:
        """Judge a file by what the manifest of its run says, and every act since."""
        known = _absolute(path)
        self._seen.add(known)
        now: File | None = listed
        steps = self._steps.get(known, [])
        for step in steps:
            if now is None or (step.before.sha256, step.before.bytes) != (now.sha256, now.bytes):
                was = f"{now.bytes:,} bytes, {now.sha256}" if now else "gone before"
                what = f"says of {path.name} what it was not: {was}"
                verdict.wrong(Finding(step.manifest, None, "manifest", None, what))
                return
            now = step.after
        unended = next((act for act, paths in self._unended.items() if known in paths), None)
        if unended and not _is(path, now):
            verdict.unchecked("manifest", _UNENDED)
        elif now is None:
            self._judge_gone(path, steps[-1].act, verdict)
        else:
            judge_listed(path, now, verdict)
            if steps:
                verdict.under(steps[-1].act, "files rewritten")

    def judge_itself(self, verdict: Verdict, *, whole: bool) -> None:
        """Judge the folder of the acts. `whole`: all files of the collection were judged by it."""
        names = sorted(one.name for one in self.folder.iterdir()) if self.folder.is_dir() else []
        expected: set[str] = set()
        for path, manifest in self.runs:
            expected |= {path.name, f"{manifest.run}.json"}
            wrong = next(_mistakes(path, manifest), None)
            if wrong:
                verdict.wrong(Finding(wrong[0], None, "manifest", None, wrong[1]))
            else:
                verdict.right("manifest")
        for act in self._unended:
            expected |= {act + manifests.OPEN, f"{act}.json"}
            what = f"{act} has not ended: scrapy takedown list, or scrapy retention, ends what was killed"
            verdict.wrong(Finding(self.folder / (act + manifests.OPEN), None, "manifest", None, what))
        for name in names:
            if name in expected or name.endswith(manifests.SUFFIX):
                continue
            if is_left_over(name):
                verdict.unchecked("manifest", "files that a kill left behind unfinished")
            else:
                verdict.wrong(next(strays(self.folder, [name])))
        for path, steps in self._steps.items() if whole else ():
            if path not in self._seen:
                what = f"says of {path.name} that it was there, which no run has written"
                verdict.wrong(Finding(steps[0].manifest, None, "manifest", None, what))

    def judge_tombstones(self, folder: Path, verdict: Verdict) -> None:
        """Whatever says in this folder and beneath it that it was erased must have been erased by an act."""
        for one, named in verdict.tombstones.items():
            if folder != one and folder not in one.parents:
                continue
            for act, ids in sorted(named.items()):
                if act not in self.acts:
                    what = f"holds records that were erased under {act}, of which there is no manifest"
                    verdict.wrong(Finding(one, None, "manifest", None, what))
                elif others := ids - _named(self.folder / f"{act}.json"):
                    what = f"says of {len(others)} records that they were erased under {act}, which does not name them"
                    verdict.wrong(Finding(one, None, "manifest", min(others), what))

    def _judge_gone(self, path: Path, act: str, verdict: Verdict) -> None:
        if path.exists():
            verdict.wrong(Finding(path, None, "manifest", None, f"is there, though {act} took it away"))
        else:
            verdict.right("manifest")
            verdict.under(act, "files")

    def take(self, path: Path, manifest: Manifest) -> None:
        """Take note of an act that has ended."""
        self.runs.append((path, manifest))
        after = {one.path: one for one in manifest.outputs}
        for one in manifest.inputs:
            step = Step(path, manifest.run, one, after.get(one.path))
            self._steps.setdefault(_absolute(path.parent / one.path), []).append(step)

    def take_unended(self, journal: Path) -> None:
        """Take note of an act that has not."""
        try:
            told = json.loads(journal.read_bytes())
            paths = [str(one["path"]) for one in told["inputs"]]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            paths = []
        act = journal.name.removesuffix(manifests.OPEN)
        self._unended[act] = frozenset(_absolute(journal.parent / one) for one in paths)


def of(collection: Path, verdict: Verdict) -> Superseded:
    """The acts on a collection; of those whose manifests cannot be read it is told."""
    found = Superseded(collection / ACTS)
    if not found.folder.is_dir():
        return found
    runs = []
    for path in sorted(found.folder.iterdir()):
        if path.name.endswith(manifests.OPEN):
            found.take_unended(path)
        elif path.name.endswith(manifests.SUFFIX):
            try:
                runs.append((path, read(path)))
            except ArchiveError as error:
                verdict.wrong(Finding(error.path, None, "manifest", None, error.what))
    for path, manifest in sorted(runs, key=lambda one: (one[1].started_at, one[1].run)):
        found.take(path, manifest)
    return found


def _mistakes(path: Path, manifest: Manifest) -> Iterator[tuple[Path, str]]:
    """What is wrong with an act by itself, and in which file."""
    act = ACT.fullmatch(manifest.run)
    if path.name != manifest.run + manifests.SUFFIX or not act or manifest.kind != _KINDS[act["letter"]]:
        yield path, f"is the manifest of {manifest.run}, a {manifest.kind}"
        return
    before, after = ({one.path: one for one in files} for files in (manifest.inputs, manifest.outputs))
    if not before or set(after) - set(before):
        yield path, "lists files that it did not find there"
    for name, one in after.items() if manifest.kind == "takedown" else ():
        # Something stands in the place of each record and each line.
        is_reduced = name in before and (before[name].records, before[name].rows) != (one.records, one.rows)
        if is_reduced and not name.endswith(REJECTED):
            yield (
                path,
                f"says that {Path(name).name} has {one.records or one.rows} records or lines, and had another number",
            )
    own = path.with_name(f"{manifest.run}.json")
    try:
        digest = sha256(own)
    except FileNotFoundError:
        yield own, f"is missing: {path.name} names it"
        return
    except OSError as error:
        yield own, f"cannot be read ({error.strerror or error})"
        return
    if digest != manifest.config.get("act"):
        yield own, f"is another file than {path.name} says: {digest}, not {manifest.config.get('act')}"


def _named(act: Path) -> set[str]:
    """The records that an act names; none where it cannot be read, which is told by itself."""
    try:
        return {str(one["record_id"]) for one in json.loads(act.read_bytes())["records"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return set()


def _is(path: Path, listed: File | None) -> bool:
    try:
        if listed is None:
            return not path.exists()
        return path.is_file() and path.stat().st_size == listed.bytes and sha256(path) == listed.sha256
    except OSError:
        return False


def _absolute(path: Path) -> Path:
    return Path(os.path.normpath(path.absolute()))
