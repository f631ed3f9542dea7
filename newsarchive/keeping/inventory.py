"""What lies in an archive, as retention sees it: whole pairs, the reports of crawls, and snapshots; each has one class.

A pair is of the class of the most that it holds: `articles` where it has a line, or an article that was the same when
it was captured again; else `rejected` where it has a rejection; else `discovery`: robots.txt, feeds, sitemaps, lists.
"""

import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from newsarchive import walking
from newsarchive.deriving.crawled import Exchanges
from newsarchive.errors import ArchiveError, SnapshotError
from newsarchive.outlets import Retention
from newsarchive.sealing import names
from newsarchive.sealing.chain import Chain
from newsarchive.sealing.indexing import Line, lines_beside, read_line
from newsarchive.sealing.opening import Opened
from newsarchive.sealing.pairs import REJECTED, STEM, Pair, all_pairs, stem_of
from newsarchive.sealing.seal import Seal
from newsarchive.store import manifests
from newsarchive.warc.packing import SUFFIXES
from newsarchive.warc.reader import read_records

Class = Literal["articles", "rejected", "discovery", "reports", "snapshots"]
PAIRS: tuple[Class, ...] = ("articles", "rejected", "discovery")
REPORTS = "reports"
_UNFINISHED = (".open", ".part")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is kept or removed as a whole."""

    kind: Class
    outlet: str
    """Empty for a snapshot, which may hold several."""
    name: str
    """Its path in the archive or in the keepers' folder, without endings."""
    files: tuple[Path, ...]
    """In the order in which they are to go."""
    captures: int
    first: datetime
    last: datetime
    """Of its captures; of a report both are the beginning of its crawl, of a snapshot its making."""
    days: int
    """For which its class is kept."""
    snapshot: int | None = None
    """Its number in the chain of seals."""

    @property
    def due(self) -> datetime:
        """From when on it may go."""
        return self.last + timedelta(days=self.days)

    @property
    def warc(self) -> Path:
        """Of a pair."""
        return next(path for path in self.files if path.name.endswith(SUFFIXES))

    @property
    def rule(self) -> str:
        return f"{self.kind}: {self.days}d"


def pair_past(pair: Pair, archive: Path, policy: Retention, *, now: datetime) -> Item | None:
    """A closed pair, when it is past its time.

    Raises `ArchiveError`, `RecordError` or `SnapshotError` where it cannot be read.
    """
    shortest = min((days for days in map(policy.of, PAIRS) if days is not None), default=None)
    # The name alone says that most are too young.
    if shortest is None or moment(pair.run) + timedelta(days=shortest) > now:
        return None
    kind = _class(pair, policy)
    days = policy.of(kind)
    if days is None:
        return None
    moments = [moment(line.digits) for line in lines_beside(pair)] or [moment(pair.run)]
    name = _name(pair.warc, archive)
    item = Item(kind, pair.outlet, name, _files(pair), len(moments), min(moments), max(moments), days)
    if item.due > now:
        return None
    if not any(pair.warc.parent.glob(f"NA-{pair.outlet}-{pair.run}-*{manifests.SUFFIX}")):
        raise ArchiveError(pair.warc, "is older than the manifests, so nothing would tell that it was there")
    return item


def reports_past(archive: Path, outlet: str, policy: Retention, *, now: datetime) -> Iterator[Item]:
    """The reports of an outlet's crawls that are past their time, all forms of one together."""
    days = policy.reports
    found: dict[str, list[Path]] = {}
    for path in sorted((archive / outlet / REPORTS).glob(f"NA-{outlet}-*")) if days else ():
        found.setdefault(path.name.partition(".")[0], []).append(path)
    for name, files in found.items():
        run = name.rpartition("-")[2]
        if days and _is_run(run):
            at = moment(run)
            item = Item("reports", outlet, f"{outlet}/{REPORTS}/{name}", tuple(files), 0, at, at, days)
            if item.due <= now:
                yield item


def snapshots_past(folder: Path, policies: Mapping[str, Retention], *, now: datetime) -> Iterator[Item]:
    """The snapshots that are past the time of all their outlets; raises `SnapshotError`."""
    for seal in Chain(folder).seals():
        path = next(iter(sorted(folder.glob(f"{seal.sequence:06d}-*{names.SUFFIX}"))), None)
        days = _longest(seal, policies)
        if path is None or days is None:
            continue
        files = (*sorted(folder.glob(f"{path.name}.*")), path)
        captures = int(seal.facts["counts"].get("captures", 0))
        item = Item(
            "snapshots", "", path.name, files, captures, seal.created, seal.created, days, snapshot=seal.sequence
        )
        if item.due <= now:
            yield item


def pairs_of(archive: Path, outlet: str) -> list[Pair]:
    """The closed pairs in the folder of an outlet."""
    return [
        pair
        for pair in all_pairs(archive / outlet)
        if pair.outlet == outlet and not pair.warc.name.endswith(_UNFINISHED)
    ]


def pair_of(warc: Path) -> Pair:
    """The pair of a WARC file that `pairs_of` has given."""
    found = STEM.fullmatch(stem_of(warc.name))
    assert found
    return Pair(warc, found["outlet"], found["run"])


def moment(digits: str) -> datetime:
    """Of 14 digits, or of the name of a run; raises `SnapshotError` where that is no time."""
    try:
        return datetime.strptime(digits.replace("T", "").replace("Z", ""), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise SnapshotError(digits, "is no time, such as 20261122040000") from error


def captures_in(snapshot: Path) -> Iterator[tuple[str, Line]]:
    """Outlet and index line of each capture in a snapshot; raises `SnapshotError`."""
    for line in _lines_in(snapshot):
        named = STEM.fullmatch(str(line.facts.get("filename", "")).partition(".warc")[0])
        yield named["outlet"] if named else "", line


def _lines_in(snapshot: Path) -> Iterator[Line]:
    with Opened(snapshot) as opened:
        member = opened.members.get(names.INDEX)
        if member is None:
            raise SnapshotError(snapshot, f"has no {names.INDEX}")
        rest = b""
        for piece in opened.pieces(member):
            *whole, rest = (rest + piece).split(b"\n")
            yield from (read_line(text.decode(errors="replace"), snapshot) for text in whole)


def refuse_unfinished(collection: Path) -> None:
    """Raises `ArchiveError` while something in the folder of an outlet waits to be finished, and as `refuse_links`."""
    for path in walking.all_files(collection):
        if path.name.endswith(_UNFINISHED):
            raise ArchiveError(path, "is open: the next crawl of the outlet, or the act that left it, finishes it")
        _refuse_link(path)


def refuse_links(collection: Path) -> None:
    """Raises `ArchiveError` where a file of an outlet is a link: what it leads to would outlive what is destroyed."""
    for path in walking.all_files(collection):
        _refuse_link(path)


def _refuse_link(path: Path) -> None:
    if path.is_symlink() and path.name.startswith("NA-"):
        aim = path.readlink()
        raise ArchiveError(path, f"is a link to {aim}, which would be left: put the file here, or link its folder")


def _class(pair: Pair, policy: Retention) -> Class:
    rejected = _has_lines(pair.warc.with_name(pair.stem + REJECTED))
    other: Class = "rejected" if rejected else "discovery"
    # All that is captured is read only where that decides.
    if _has_lines(pair.rows) or (policy.of("articles") != policy.of(other) and _has_article_again(pair.warc)):
        return "articles"
    return other


def _has_lines(path: Path) -> bool:
    try:
        with gzip.open(path, "rb") as lines:
            return bool(lines.read(1))
    except FileNotFoundError:
        return False
    except (OSError, EOFError) as error:
        raise ArchiveError(path, f"cannot be read ({error})") from error


def _has_article_again(warc: Path) -> bool:
    """Some article was captured again and was the same: that has no line."""
    exchanges = Exchanges()
    for record in read_records(warc):
        answered = exchanges.ended_by(record)
        if answered and answered.kind == "revisit" and record.block_fields().get("role") == "article":
            return True
    return False


def _files(pair: Pair) -> tuple[Path, ...]:
    """The captures last: while they are there, it can be told what was there. The manifest of the run stays."""
    lines = [path for path in pair.companions() if not path.name.endswith(manifests.SUFFIX)]
    return (*lines, pair.warc, *([pair.index] if pair.index.exists() else []))


def _longest(seal: Seal, policies: Mapping[str, Retention]) -> int | None:
    """For which a snapshot is kept: the longest of its outlets; None, for ever, where one is not known."""
    days = [policies[name].snapshots if name in policies else None for name in seal.facts["outlets"]]
    return max((one for one in days if one is not None), default=None) if None not in days else None


def _is_run(text: str) -> bool:
    try:
        moment(text)
    except SnapshotError:
        return False
    return True


def _name(warc: Path, archive: Path) -> str:
    return warc.with_name(stem_of(warc.name)).relative_to(archive).as_posix()
