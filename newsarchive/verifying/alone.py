"""Files that were given alone, with their neighbours of the same stem, by the manifests that lie beside them."""

from pathlib import Path

from newsarchive.errors import ArchiveError
from newsarchive.store import manifests as kept
from newsarchive.verifying import manifests, superseded
from newsarchive.verifying.collections import around
from newsarchive.verifying.families import run_of, stem_of
from newsarchive.verifying.manifests import Folder, read, see
from newsarchive.warc.verdict import Finding, Verdict


def judge(path: Path, verdict: Verdict) -> None:
    """Judge a file, and its neighbours; of a manifest, the files that it lists."""
    if path.name.endswith(kept.SUFFIX):
        _judge_manifest(path, verdict)
        return
    stem = stem_of(path.name)
    near = (one.name for one in path.parent.iterdir())
    kin = [name for name in near if name == path.name or (stem and stem_of(name) == stem)]
    acts = superseded.of(around(path.parent) or path.parent, Verdict())
    folder = see(path.parent, kin, Verdict())
    begun = run_of(folder.runs[0][0]) if folder.runs else None
    folder.acted = acts.before_in(path.parent)
    listed = {**folder.unlisted_before(begun), **folder.listed()}
    for name in sorted({*kin, *(name for name in listed if stem and stem_of(name) == stem)}):
        if name in listed:
            acts.judge_listed(path.parent / name, listed[name], verdict)
        else:
            manifests.judge_unlisted(folder, name, verdict, begun=begun)
    # A file that was copied elsewhere has no manifests beside it.
    if folder.runs or acts.runs:
        acts.judge_tombstones(path.parent, verdict)


def _judge_manifest(path: Path, verdict: Verdict) -> None:
    try:
        manifest = read(path)
    except ArchiveError as error:
        verdict.wrong(Finding(error.path, None, "manifest", None, error.what))
        return
    if manifest.kind in kept.ACTS:
        acts = superseded.of(path.parent.parent, Verdict())
        acts.judge_itself(verdict, whole=False)
        for one in manifest.inputs:
            acts.judge_listed(path.parent / one.path, acts.first(path.parent / one.path) or one, verdict)
        return
    acts = superseded.of(around(path.parent) or path.parent, Verdict())
    folder = Folder(path.parent, [], [(path.name, manifest)])
    manifests.judge(folder, verdict, begun=None, judge_file=acts.judge_listed)
