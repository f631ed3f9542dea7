"""Which files of two archives belong together: those of one stem."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from newsarchive import walking
from newsarchive.comparing.rows import REJECTED, SUFFIXES
from newsarchive.errors import ArchiveError


@dataclass(frozen=True, slots=True)
class Side:
    """The files of one of two archives, in order."""

    root: Path
    articles: tuple[Path, ...]
    refusals: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files of one stem; one that has none on the other side stands alone."""

    old: Path | None
    new: Path | None


def side(root: Path) -> Side:
    """The files of a folder, or one file and its rejections; raises `ArchiveError` where there are none."""
    if root.is_file():
        if not root.name.endswith(SUFFIXES) or REJECTED in root.name:
            raise ArchiveError(root, f"is no file of articles ({', '.join(SUFFIXES)})")
        beside = (root.with_name(_stem(root) + REJECTED + suffix) for suffix in SUFFIXES)
        return Side(root, (root,), tuple(path for path in beside if path.is_file()))
    if not root.is_dir():
        raise ArchiveError(root, "there is no such file or folder")
    named = (path for path in walking.all_files(root) if path.name.endswith(SUFFIXES))
    # A hidden file is some program's own: a re-extraction keeps a journal in one.
    found = [path for path in named if not path.name.startswith(".")]
    refusals = tuple(path for path in found if _stem(path).endswith(REJECTED))
    articles = tuple(path for path in found if not _stem(path).endswith(REJECTED))
    if not articles:
        raise ArchiveError(root, f"holds no file of articles ({', '.join(SUFFIXES)})")
    return Side(root, articles, refusals)


def pairs(old: Side, new: Side) -> list[Pair]:
    """By place and stem, then by stem alone where only one file on each side has it; two files are a pair anyhow."""
    if old.root.is_file() and new.root.is_file():
        return [Pair(old.root, new.root)]
    found: list[Pair] = []
    left_old, left_new = list(old.articles), list(new.articles)
    for key in (_place, _name):
        by_old, by_new = _by(left_old, old.root, key), _by(left_new, new.root, key)
        matched = [(by_old[one], by_new[one]) for one in by_old if one in by_new]
        found += [Pair(ours, theirs) for ours, theirs in matched]
        taken = {path for match in matched for path in match}
        left_old = [path for path in left_old if path not in taken]
        left_new = [path for path in left_new if path not in taken]
    found.sort(key=lambda pair: str(pair.old))
    return [*found, *(Pair(path, None) for path in left_old), *(Pair(None, path) for path in left_new)]


def _by(paths: list[Path], root: Path, key: Callable[[Path, Path], str]) -> dict[str, Path]:
    groups: defaultdict[str, list[Path]] = defaultdict(list)
    for path in paths:
        groups[key(path, root)].append(path)
    return {name: group[0] for name, group in groups.items() if len(group) == 1}


def _place(path: Path, root: Path) -> str:
    return str(path.relative_to(root).with_name(_stem(path))) if path != root else _stem(path)


def _name(path: Path, root: Path) -> str:  # noqa: ARG001 - beside `_place`
    return _stem(path)


def _stem(path: Path) -> str:
    return path.name.removesuffix(next(end for end in SUFFIXES if path.name.endswith(end)))
