"""What a verification found, level by level. What was not checked is never called right."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

Level = Literal[
    "container",
    "files",
    "hashes",
    "package",
    "seal",
    "signature",
    "key",
    "timestamp",
    "chain",
    "records",
    "index",
    "pages",
    "rows",
    "derivation",
]
State = Literal["ok", "wrong", "not checked"]

LEVELS: dict[Level, str] = {
    "container": "the ZIP file has the one form of snapshots: nothing compressed, hidden, doubled or between the files",
    "files": "the files are those that the seal names, all of them and no others, each in its place",
    "hashes": "every file has the bytes that the seal says (SHA-256)",
    "package": "datapackage.json and its digest are of WACZ 1.1.1, and list the same files with the same digests",
    "seal": "the seal is canonical (RFC 8785), whole, and fits what is in the file",
    "signature": "the seal and the package are signed by the key that the seal names",
    "key": "that key is one you trust, or follows from it by signed changes of key",
    "timestamp": "authorities that you trust stated the time at which these bytes were there",
    "chain": "the seal has its place among those before and after it, up to the head that you know",
    "records": "every WARC record has the block and payload that its own digests say",
    "index": "the index names the captures in the WARC files, all and no others, with their bytes' digests; "
    "the answers of robots.txt and tdmrep.json are told as they are kept",
    "pages": "the pages are the articles of the rows",
    "rows": "the rows are canonical, and each points to the capture that it was read from",
    "derivation": "the rows are those that the captures give, read again by the rules of their time",
}
DEEP: tuple[Level, ...] = ("records", "index", "pages", "rows", "derivation")
_SHOWN = 20


@dataclass(slots=True)
class Outcome:
    """How one level came out."""

    state: State = "not checked"
    notes: list[str] = field(default_factory=list)
    """What is wrong, why it was not checked, or what was found."""


@dataclass(slots=True)
class Judgement:
    """Of one snapshot."""

    path: str
    demanded: frozenset[Level] = frozenset()
    levels: dict[Level, Outcome] = field(default_factory=lambda: {level: Outcome() for level in LEVELS})
    facts: dict[str, Any] = field(default_factory=dict)
    """What the snapshot says of itself, for those who read the result."""

    def ok(self, level: Level, note: str = "") -> None:
        """Nothing is wrong with a level, unless something was already."""
        outcome = self.levels[level]
        if outcome.state != "wrong":
            outcome.state = "ok"
            outcome.notes += [note] if note else []

    def wrong(self, level: Level, *notes: str) -> None:
        """Once wrong, a level stays so."""
        outcome = self.levels[level]
        if outcome.state != "wrong":
            outcome.notes.clear()
        outcome.state = "wrong"
        outcome.notes += notes

    def unchecked(self, level: Level, why: str) -> None:
        """Nobody looked, and this is why."""
        outcome = self.levels[level]
        if outcome.state != "wrong":
            outcome.state = "not checked"
            outcome.notes.append(why)

    def told(self, level: Level, mistakes: Iterable[str], note: str = "") -> None:
        """Wrong if there are mistakes, right if there are none."""
        found = list(mistakes)
        if found:
            self.wrong(level, *found)
        else:
            self.ok(level, note)

    @property
    def is_wrong(self) -> bool:
        """Something was found that must not be."""
        return any(outcome.state == "wrong" for outcome in self.levels.values())

    @property
    def unmet(self) -> tuple[Level, ...]:
        """Levels that were demanded, and are not right."""
        return tuple(level for level in LEVELS if level in self.demanded and self.levels[level].state != "ok")

    @property
    def holds(self) -> bool:
        """Nothing is wrong, and all that was demanded was checked and is right."""
        return not self.is_wrong and not self.unmet

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "file": self.path,
            "holds": self.holds,
            "demanded": [level for level in LEVELS if level in self.demanded],
            "unmet": list(self.unmet),
            "levels": {name: {"state": one.state, "notes": one.notes} for name, one in self.levels.items()},
            "snapshot": self.facts,
        }

    def as_text(self) -> str:
        """A line for each level, and one for the whole."""
        lines = [_printable(self.path)]
        for level, outcome in self.levels.items():
            first, *more = map(_printable, outcome.notes or [""])
            lines.append(f"  {level:10}  {outcome.state:11}  {first}".rstrip())
            lines += [f"{'':27}{note}" for note in more[:_SHOWN]]
            lines += [f"{'':27}… and {len(more) - _SHOWN:,} more; --json has them all"] * (len(more) > _SHOWN)
        return "\n".join([*lines, self.conclusion]) + "\n"

    @property
    def conclusion(self) -> str:
        """One line."""
        if self.is_wrong:
            return "something is wrong"
        if self.unmet:
            return f"nothing is wrong, but this was demanded and could not be shown: {', '.join(self.unmet)}"
        unchecked = [level for level, outcome in self.levels.items() if outcome.state == "not checked"]
        return "nothing is wrong" + (f"; not checked: {', '.join(unchecked)}" if unchecked else "")


def _printable(note: str) -> str:
    """What somebody else has named is not to move a terminal's cursor."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in note)
