"""What a re-extraction did, in figures."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from newsarchive.plurals import counted, number
from newsarchive.report.phrases import most_first, printable
from newsarchive.warc.problem import Problem

_SHOWN = 100


@dataclass(slots=True)
class Told:
    """What is said of one file."""

    articles: int = 0
    erased: int = 0
    """Lines that stand where articles were erased."""
    rejected: Counter[str] = field(default_factory=Counter)
    extractions: dict[str, list[list[str]]] = field(default_factory=dict)
    """For each `extraction.id` its rules: [name, digest]."""
    problems: list[Problem] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Plain values; from which `of` makes it again."""
        return {
            "articles": self.articles,
            "erased": self.erased,
            "rejected": dict(self.rejected),
            "extractions": self.extractions,
            "problems": [[str(one.file), one.offset, one.what] for one in self.problems],
        }


@dataclass(slots=True)
class Summary:
    """Of all files."""

    files: int = 0
    done_before: int = 0
    """Of these, files whose rows were there from an earlier run."""
    articles: int = 0
    erased: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    is_stopped: bool = False

    @property
    def pages(self) -> int:
        """All that was read or refused."""
        return self.articles + self.rejected.total()

    @property
    def is_clean(self) -> bool:
        """Everything was read."""
        return not self.problems and not self.is_stopped

    def add(self, told: Told) -> None:
        """A file is done."""
        self.files += 1
        self.articles += told.articles
        self.erased += told.erased
        self.rejected.update(told.rejected)

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "files": self.files,
            "done_before": self.done_before,
            "pages": self.pages,
            "articles": self.articles,
            "erased": self.erased,
            "rejected": dict(sorted(self.rejected.items())),
            "problems": [{"file": str(one.file), "offset": one.offset, "what": one.what} for one in self.problems],
            "stopped": self.is_stopped,
        }

    def as_text(self) -> str:
        """A line for each problem, then the figures."""
        lines = [printable(str(problem)) for problem in self.problems[:_SHOWN]]
        if len(self.problems) > _SHOWN:
            lines.append(f"… and {number(len(self.problems) - _SHOWN)} more problems; --json has them all")
        before = f", {number(self.done_before)} of them done before" if self.done_before else ""
        lines.append(f"{counted(self.files, 'file')}{before}: {counted(self.pages, 'page')}")
        lines.append(f"  {counted(self.articles, 'article')}")
        lines += [f"  {number(self.erased)} erased by takedowns"] if self.erased else []
        lines += [f"  {number(count)} rejected: {reason}" for reason, count in most_first(self.rejected)]
        if self.problems:
            lines.append(f"  {counted(len(self.problems), 'problem')}, told above")
        if self.is_stopped:
            lines.append("stopped; the same command goes on where it was")
        return "\n".join(lines) + "\n"
