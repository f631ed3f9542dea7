"""Judging the WARC files within WACZ files, ours and anybody's; what lies beside them there is judged elsewhere."""

from pathlib import Path

from newsarchive.warc import verifying
from newsarchive.warc.files import said, within
from newsarchive.warc.verdict import Finding, Level, Verdict

_BESIDE: tuple[Level, ...] = ("rows", "pointers", "rejected", "manifest", "derivation")
_ELSEWHERE = "WACZ files; of snapshots `scrapy snapshot verify` does it"


def judge(wacz: Path, verdict: Verdict, *, spool: Path | None = None) -> None:
    """Judge a file alone: its records may be copies of those in other files."""
    try:
        warcs = within(wacz)
    except OSError as error:
        verdict.files += 1
        verdict.wrong(Finding(wacz, None, "members", None, f"cannot be read ({said(error)})"))
        return
    verifying.verify(warcs, verdict=verdict, spool=spool)
    verdict.unchecked("members", "WACZ files without a WARC file", count=not warcs)
    for level in _BESIDE:
        verdict.unchecked(level, _ELSEWHERE)
