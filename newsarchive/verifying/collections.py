"""All runs of an outlet: the chain of their manifests, its head, and the rules that they name."""

import json
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from newsarchive import walking
from newsarchive.errors import ArchiveError
from newsarchive.store import rules
from newsarchive.store.chain import ACTS, HEAD
from newsarchive.store.manifests import ACTS as OF_ACTS
from newsarchive.store.manifests import SUFFIX, Manifest
from newsarchive.verifying import manifests, reextractions, rulebooks, superseded
from newsarchive.verifying.families import run_of
from newsarchive.verifying.manifests import strays
from newsarchive.verifying.reextractions import Reextraction
from newsarchive.warc.verdict import Finding, Verdict

REPORTS = "reports"
_DAY = re.compile(r"\d{4}/\d{2}/\d{2}")
_LONGEST_HEAD = 1 << 16
_YEAR = re.compile(r"\d{4}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
# They help a crawl, and can be thrown away: nothing that was captured or read depends on them.
_NO_EVIDENCE = re.compile(r"\.lock|\.closed|\.begun|state\.sqlite(-wal|-shm|-journal)?")


def judge(top: Path, verdict: Verdict) -> None:
    """Judge a folder and all beneath it: files by their manifests, and manifests by each other."""
    known: dict[Path, _Collection] = {}
    trees: dict[Path, Reextraction] = {}
    if above := reextractions.around(top, {}):
        trees[above.folder] = above
    top_collection = around(top)

    def unread(error: OSError) -> None:
        verdict.wrong(Finding(Path(error.filename), None, "manifest", None, f"cannot be read ({error.strerror})"))

    for path, below, names in walking.walk(top, unread=unread):
        if reextractions.is_here(path):
            trees[path] = reextractions.Reextraction(path)
        if tree := next((trees[one] for one in (path, *path.parents) if one in trees), None):
            reextractions.judge(tree, path, names, verdict)
            continue
        if _is_collection(below, names):
            known[path] = _Collection(path, verdict)
        below[:] = [name for name in below if name != REPORTS]
        home = next((one for one in (path, *path.parents) if one in known), top_collection)
        if home is None:
            folder = manifests.see(path, names, verdict)
            manifests.judge(folder, verdict, begun=run_of(folder.runs[0][0]) if folder.runs else None)
        else:
            if home not in known:
                known[home] = _Collection(home, verdict)
            known[home].take(path, names, verdict)
    for collection in known.values():
        if top == collection.path or top in collection.path.parents:
            collection.judge_whole(verdict)
        else:
            collection.judge_acts(verdict)


def _is_collection(below: list[str], names: list[str]) -> bool:
    return HEAD in names or rules.FOLDER in below or any(_YEAR.fullmatch(name) for name in below)


def around(top: Path) -> Path | None:
    """The collection in which a folder lies: one of its years, months or days, its rules, or its acts."""
    whole = top.resolve()
    for depth, shape in ((1, rf"\d{{4}}|{rules.FOLDER}|{ACTS}"), (2, r"\d{4}/\d{2}"), (3, _DAY.pattern)):
        if re.fullmatch(shape, "/".join(whole.parts[-depth:])):
            return Path(*whole.parts[:-depth])
    return None


class Whole:
    """Knows of which files the whole collection is verified, so that the original of each revisit must be found."""

    def __init__(self, tops: Iterable[Path], open_days: Iterable[Path]) -> None:
        """`tops`: what is verified; `open_days`: folders with files that are being written, or were left open."""
        self._tops = {_absolute(top) for top in tops}
        self._open = {_collection_of(_absolute(day)) for day in open_days}
        self._known: dict[Path, bool] = {}

    def __call__(self, file: Path) -> bool:
        day = _absolute(file.parent)
        if day not in self._known:
            self._known[day] = self._is_whole(day)
        return self._known[day]

    def _is_whole(self, day: Path) -> bool:
        collection = _collection_of(day)
        if collection is None:
            return False
        is_verified = any(one in self._tops for one in (collection, *collection.parents))
        # What is unpacked of a snapshot has no manifests: it may hold a revisit without its original.
        has_manifests = (collection / HEAD).exists() or any(day.glob(f"*{SUFFIX}"))
        # Files that were disposed of may have held the original.
        has_disposals = any((collection / ACTS).glob("D-*"))
        return is_verified and collection not in self._open and has_manifests and not has_disposals


class _Collection:
    """The folder of an outlet while its days go by, in order."""

    def __init__(self, path: Path, verdict: Verdict) -> None:
        self.path = path
        self._acts = superseded.of(path, verdict)
        self._begun: str | None = None
        """The earliest run that has a manifest."""
        self._is_open = False
        """A run has not ended, or was killed and waits for the next."""
        self._chained: set[Path] = set()
        self._first: list[Path] = []
        """Manifests that name none before them."""
        self._followed: set[Path] = set()
        """Manifests that another names."""
        self._placeless: list[Finding] = []
        self._needed: set[str] = set()
        """Digests of rules."""

    def take(self, path: Path, names: list[str], verdict: Verdict) -> None:
        """Judge one folder of it."""
        inside = os.path.relpath(path, self.path)
        if inside == rules.FOLDER:
            self._judge_rules(path, names, verdict)
            return
        if inside == ACTS:
            # Judged when all files are.
            return
        folder = manifests.see(path, names, verdict)
        self._is_open = self._is_open or bool(folder.open_runs)
        if not _DAY.fullmatch(inside) and not folder.runs:
            known = [name for name in names if _is_known(name)] if inside == "." else []
            self._placeless += strays(path, set(names) - set(known))
            return
        if folder.runs and self._begun is None:
            self._begun = run_of(folder.runs[0][0])
        folder.acted = self._acts.before_in(path)
        manifests.judge(folder, verdict, begun=self._begun, judge_file=self._acts.judge_listed)
        for name, manifest in folder.runs:
            self._follow(Path(os.path.normpath(path / name)), manifest, verdict)

    def judge_acts(self, verdict: Verdict) -> None:
        """Judge what stands for changes in the part of it that was looked at."""
        self._acts.judge_itself(verdict, whole=False)
        if self._begun or self._acts.runs:
            self._acts.judge_tombstones(self.path, verdict)

    def judge_whole(self, verdict: Verdict) -> None:
        """Judge what only all of it shows."""
        for path, manifest in self._acts.runs:
            self._follow(Path(os.path.normpath(path)), manifest, verdict)
        self._acts.judge_itself(verdict, whole=True)
        if self._begun is None and not (self.path / HEAD).exists():
            return
        self._acts.judge_tombstones(self.path, verdict)
        for finding in self._placeless:
            verdict.wrong(finding)
        self._judge_rules_needed(verdict)
        for path, what in self._chain_mistakes():
            verdict.wrong(Finding(path, None, "manifest", None, what))

    def _follow(self, path: Path, manifest: Manifest, verdict: Verdict) -> None:
        """Judge the link from one manifest to the one before it."""
        self._need(manifest)
        previous = manifest.previous
        if previous is None:
            # Runs that may overlap have no order, and no rows.
            if manifest.kind in OF_ACTS or (manifest.config.get("outlet") and manifest.kind == "crawl"):
                self._chained.add(path)
                self._first.append(path)
            return
        self._chained.add(path)
        before = Path(os.path.normpath(path.parent / previous.path))
        self._followed.add(before)
        wrong = _link_mistake(before, previous.digest, path)
        if wrong:
            verdict.wrong(Finding(before, None, "manifest", None, wrong))

    def _chain_mistakes(self) -> Iterator[tuple[Path, str]]:
        if len(self._first) > 1:
            yield from ((path, "names no manifest before it, and is not the first") for path in self._first[1:])
        head = self.path / HEAD
        try:
            last, digest = _head(head)
        except FileNotFoundError:
            if self._chained and not self._is_open:
                yield head, "is missing: it names the last manifest"
            return
        except (OSError, ValueError) as error:
            yield head, f"cannot be read ({error})"
            return
        self._take_later(last)
        wrong = _link_mistake(last, digest, head)
        if wrong:
            # One of both was changed, and neither says which.
            yield last, wrong
            yield head, f"names {last.name}, which is not there with that digest"
        elif last in self._followed and not self._is_open:
            yield head, f"names {last.name}, which is not the last"
        if not self._is_open:
            for path in sorted(self._chained - self._followed - {last}):
                yield path, f"is named neither by a manifest after it nor by {HEAD}"

    def _take_later(self, last: Path) -> None:
        """Follow the manifests of runs that have ended since the folders were looked through."""
        while last not in self._chained:
            try:
                previous = manifests.read(last).previous
            except ArchiveError:
                return
            self._chained.add(last)
            if previous is None:
                return
            last = Path(os.path.normpath(last.parent / previous.path))
            self._followed.add(last)

    def _need(self, manifest: Manifest) -> None:
        """Take note of the rules that a run has used."""
        config = manifest.config
        self._needed |= {str(config[name]) for name in ("outlet", "learned") if config.get(name)}
        for extraction, document in manifest.extractions.items():
            if document is not None:
                self._needed.add(extraction)

    def _judge_rules(self, path: Path, names: list[str], verdict: Verdict) -> None:
        for name in sorted(names):
            rulebooks.judge(path / name, verdict)

    def _judge_rules_needed(self, verdict: Verdict) -> None:
        book = rules.RuleBook(self.path / rules.FOLDER)
        for digest in sorted(self._needed):
            path = book.path(digest) if _DIGEST.fullmatch(digest) else None
            try:
                is_missing = path is not None and not path.is_file()
            except OSError:
                # Its folder cannot be read, which is told.
                continue
            if path and is_missing:
                verdict.wrong(Finding(path, None, "manifest", None, "is missing: a run has read by it"))


def _collection_of(day: Path) -> Path | None:
    """The collection to which the folder of a day belongs by its name, without following links."""
    return Path(*day.parts[:-3]) if _DAY.fullmatch("/".join(day.parts[-3:])) else None


def _absolute(path: Path) -> Path:
    return Path(os.path.normpath(path.absolute()))


def _is_known(name: str) -> bool:
    """A file of that name may lie in the folder of an outlet."""
    return bool(_NO_EVIDENCE.fullmatch(name)) or name == HEAD or manifests.is_left_over(name)


def _head(path: Path) -> tuple[Path, str]:
    """The last manifest and its digest; raises `OSError`, `ValueError`."""
    size = path.stat().st_size
    content = path.read_bytes() if path.is_file() and size <= _LONGEST_HEAD else b""
    try:
        told = json.loads(content)
        last, digest = told["path"], told["digest"]
        own_form = (json.dumps({"path": last, "digest": digest}, sort_keys=True) + "\n").encode()
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"no path and digest of a manifest: {error}") from None
    if content != own_form:
        raise ValueError("its bytes are not those in which its content is written")
    return Path(os.path.normpath(path.parent / str(last))), str(digest)


def _link_mistake(before: Path, digest: str, named_by: Path) -> str | None:
    """What is wrong with a manifest that another names."""
    try:
        found = manifests.read(before).digest
    except ArchiveError:
        try:
            is_there = before.is_file()
        except OSError:
            is_there = True
        # One that is there, and is broken, is told where it lies.
        return None if is_there else f"is missing: {named_by.name} names it"
    return None if found == digest else f"has the digest {found}; {named_by.name} says {digest}"
