"""Names that a user types: settings and outlets. An unknown one is reported with the one that is most like it."""

import sys
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path

from scrapy.settings import default_settings
from scrapy.utils.project import get_project_settings

from newsarchive.errors import ArchiveError, SubjectError

_LIKENESS = 0.85


def require_settings(chosen: Sequence[str]) -> None:
    """Check the names of `-s NAME=VALUE`; raises `SubjectError` for one that is almost a name of ours.

    Any other unknown name is a warning: it may belong to an extension that the project uses.
    """
    typed = [pair.partition("=")[0] for pair in chosen]
    unknown = [name for name in typed if not hasattr(default_settings, name)]
    if not unknown:
        return
    ours = _ours()
    known = ours | set(get_project_settings()) | set(dir(default_settings))
    for name in unknown:
        if name in known:
            continue
        if suggestion := _like(name.upper(), ours):
            raise SubjectError(f"-s {name}", f"unknown setting; did you mean {suggestion}?")
        hint = f"; did you mean {like}?" if (like := _like(name.upper(), known)) else ""
        sys.stderr.write(f"scrapy: warning: -s {name}: neither Scrapy nor newsarchive has such a setting{hint}\n")


def require_config(config: Path) -> None:
    """Raises `ArchiveError` when the folder with the YAML files of outlets is missing."""
    # Only here, because `scrapy -h` reads no YAML.
    from newsarchive.outlets import FOLDER  # noqa: PLC0415

    if not (config / FOLDER).is_dir():
        raise ArchiveError(
            config / FOLDER, "the folder does not exist; NEWSARCHIVE_HOME must name the one with config/"
        )


def require_outlets(typed: Iterable[str], known: Iterable[str], *, subject: str = "outlet", place: str = "") -> None:
    """Raises `SubjectError` for the first name that is not known."""
    existing = list(known)
    for name in typed:
        if name not in existing:
            like = _like(name.lower().replace("-", "_"), existing, likeness=0.6)
            remedy = f"did you mean {like}?" if like else "'scrapy list' prints all"
            raise SubjectError(subject, f"unknown outlet {name!r}{place and f' in {place}'}; {remedy}")


def _ours() -> set[str]:
    from newsarchive import settings  # noqa: PLC0415 - the project's own may be others
    from newsarchive.capture import options as capture  # noqa: PLC0415 - large, and seldom needed
    from newsarchive.middlewares import options as politeness  # noqa: PLC0415

    return {name for name in vars(settings) if name.isupper()} | {*capture.DEFAULTS, *politeness.DEFAULTS}


def _like(name: str, known: Iterable[str], *, likeness: float = _LIKENESS) -> str | None:
    return next(iter(get_close_matches(name, known, n=1, cutoff=likeness)), None)
