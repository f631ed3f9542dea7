"""The rules that digests stand for: each file is called by its content."""

import re
from pathlib import Path

from newsarchive.verifying import manifests
from newsarchive.verifying.manifests import is_left_over, strays
from newsarchive.warc.verdict import Finding, Verdict

_RULE = re.compile(r"[0-9a-f]{64}\.json")


def judge(path: Path, verdict: Verdict) -> None:
    """Judge a file among the rules, which is called by its content."""
    if is_left_over(path.name):
        verdict.unchecked("manifest", "files that a kill left behind unfinished")
    elif not _RULE.fullmatch(path.name):
        verdict.wrong(next(strays(path.parent, [path.name])))
    elif wrong := _rule_mistake(path):
        verdict.wrong(Finding(path, None, "manifest", None, wrong))
    else:
        verdict.right("manifest")


def _rule_mistake(path: Path) -> str | None:
    try:
        digest = manifests.sha256(path)
    except OSError as error:
        return f"cannot be read ({error.strerror or error})"
    return None if digest == f"sha256:{path.stem}" else "its content does not fit its name"
