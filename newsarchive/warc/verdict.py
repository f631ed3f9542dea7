"""What a verification found: for each level how much is right, what is wrong, and what could not be checked."""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Level = Literal[
    "members", "syntax", "blocks", "payloads", "revisits", "originals", "pairs", "index",
    "rows", "pointers", "rejected", "manifest", "derivation",
]  # fmt: skip

LEVELS: dict[Level, str] = {
    "members": "each record is a compressed member of its own, and nothing is torn",
    "syntax": "records have the fields that the standard demands, and ids of their own",
    "blocks": "blocks are those of their block digests",
    "payloads": "payloads are those of their payload digests, and end where they should or are marked as truncated",
    "revisits": "the record that a revisit refers to has the payload that the revisit says",
    "originals": "in whole collections: the record that a revisit refers to exists",
    "pairs": "answers have their requests",
    "index": "the CDXJ beside a file names its captures, all of them and no others",
    "rows": "lines are canonical JSON after their schema, in order, and their ids and digests are their own",
    "pointers": "lines and rejections point at records of their WARC file, and say of them what they are",
    "rejected": "rejections are canonical and in order, and no capture has both a line and a rejection",
    "manifest": "folders hold the files that the manifests of their runs list, unchanged, and no others",
    "derivation": "with --deep: the lines are those that the captures give, read again by the rules of their time",
}

# What is counted stands first in a reason, if it is named at all.
_NOUN = re.compile(r"^((?:WARC |WACZ )?(?:file|input|line))s\b")

MOST_KEPT = 10_000
"""So many findings are kept; the tallies count all."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong."""

    file: Path
    offset: int | None
    level: Level
    record_id: str | None
    what: str

    def __str__(self) -> str:
        place = "" if self.offset is None else f" offset {self.offset}:"
        record = f" {self.record_id}" if self.record_id else ""
        return f"{self.file}:{place} {self.level}: {self.what}{record}"


@dataclass(slots=True)
class Tally:
    """How one level came out; `not_checked` counts by reason, and is never taken for right."""

    right: int = 0
    wrong: int = 0
    not_checked: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        """Take what was counted elsewhere."""
        self.right += other.right
        self.wrong += other.wrong
        self.not_checked += other.not_checked

    def __str__(self) -> str:
        unchecked = "; ".join(_some(count, why) for why, count in sorted(self.not_checked.items()))
        parts = [f"{self.right:,} ok", f"{self.wrong:,} wrong" if self.wrong else ""]
        return ", ".join([*filter(None, parts), *([f"not checked: {unchecked}"] if unchecked else [])])


def _some(count: int, why: str) -> str:
    """`2 files without a manifest`, `1 file without a manifest`."""
    noun = _NOUN.match(why) if count == 1 else None
    return f"{count:,} {noun[1] + why[noun.end() :] if noun else why}"


@dataclass(slots=True)
class Verdict:
    """Of any number of files."""

    files: int = 0
    findings: list[Finding] = field(default_factory=list)
    levels: dict[Level, Tally] = field(default_factory=lambda: {level: Tally() for level in LEVELS})
    acts: dict[str, Counter[str]] = field(default_factory=dict)
    """By acts of keepers, such as T-2026-004: how much of what kind they took away."""
    tombstones: dict[Path, dict[str, set[str]]] = field(default_factory=dict)
    """By folders and acts: ids of records that were erased, as what stands in their place says."""

    def under(self, act: str, what: str, count: int = 1) -> None:
        """Something is not as it was captured, and an act says why: it is no finding."""
        self.acts.setdefault(act, Counter())[what] += count

    def right(self, level: Level) -> None:
        self.levels[level].right += 1

    def wrong(self, finding: Finding) -> None:
        self.levels[finding.level].wrong += 1
        if len(self.findings) < MOST_KEPT:
            self.findings.append(finding)

    def unchecked(self, level: Level, why: str, count: int = 1) -> None:
        if count:
            self.levels[level].not_checked[why] += count

    def add(self, other: "Verdict") -> None:
        """Take what was found elsewhere."""
        self.files += other.files
        self.findings += other.findings[: MOST_KEPT - len(self.findings)]
        for level, tally in other.levels.items():
            self.levels[level].add(tally)
        for act, counted in other.acts.items():
            self.acts.setdefault(act, Counter()).update(counted)
        for folder, named in other.tombstones.items():
            for act, ids in named.items():
                self.tombstones.setdefault(folder, {}).setdefault(act, set()).update(ids)

    def told_of_acts(self) -> list[str]:
        """A line for each act: `erased under T-2026-004: 3 records, 4 files rewritten`."""
        return [
            f"{act_phrase(act)}: " + ", ".join(f"{count:,} {what}" for what, count in _counts(counted))
            for act, counted in sorted(self.acts.items())
        ]

    @property
    def wrongs(self) -> int:
        """How much is wrong, at all levels."""
        return sum(tally.wrong for tally in self.levels.values())

    @property
    def is_empty(self) -> bool:
        """There was nothing to look at: that nothing is wrong would say nothing."""
        tallies = self.levels.values()
        return not (self.files or self.acts or any(one.right or one.wrong or one.not_checked for one in tallies))

    @property
    def is_clean(self) -> bool:
        """Nothing is wrong; something may not have been checked."""
        return not self.wrongs

    def as_json(self) -> dict[str, Any]:
        """Plain values: files, levels, findings."""
        return {
            "files": self.files,
            "levels": {
                name: {"ok": tally.right, "wrong": tally.wrong, "not_checked": dict(tally.not_checked)}
                for name, tally in self.levels.items()
            },
            "acts": {act: dict(sorted(counted.items())) for act, counted in sorted(self.acts.items())},
            "findings": [
                {
                    "file": str(one.file),
                    "offset": one.offset,
                    "level": one.level,
                    "record_id": one.record_id,
                    "what": one.what,
                }
                for one in self.findings
            ],
        }


def act_phrase(act: str) -> str:
    """How what is not there by an act is called: `erased under T-…`, `disposed under D-…`, of `T-…/withheld` so."""
    name, _, kind = act.partition("/")
    return f"{kind or ('disposed' if act.startswith('D-') else 'erased')} under {name}"


def _counts(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counted.items(), reverse=True)
