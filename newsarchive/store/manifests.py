"""The run manifest, `run-manifest/1`: what a run wrote, by which rules, in which environment. Pure.

It has the sha256 of each of its files and of itself, and that of the manifest before it: so nothing in an archive can
be changed, added or taken away without being seen. All its paths are relative to the folder in which it lies.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, cast, get_args

import rfc8785

from newsarchive.errors import ArchiveError

FORM = "run-manifest/1"
SUFFIX = ".manifest.json"
OPEN = SUFFIX + ".open"
"""While the crawl runs: a journal of what it writes, no manifest yet."""
_ROWS, _REJECTED = ".jsonl.gz", ".rejected.jsonl.gz"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")

Kind = Literal["crawl", "reextract", "takedown", "disposal"]
"""The last two are acts of a keeper: they say which files of earlier runs were replaced, and which went."""
ACTS: tuple[Kind, ...] = ("takedown", "disposal")


@dataclass(frozen=True, slots=True)
class File:
    """A file that was read or written."""

    path: str
    bytes: int
    sha256: str
    """`sha256:` and 64 hexadecimal digits, of the file as it lies there."""
    records: int | None = None
    """WARC files: records, warcinfo among them."""
    rows: int | None = None
    """JSONL files: lines."""


@dataclass(frozen=True, slots=True)
class Previous:
    """The manifest before this one."""

    path: str
    digest: str
    """As it states it of itself."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One run, or one act. What it does not know is null: the end of a run that was killed."""

    kind: Kind
    collection: str
    """The outlet, or another project's collection."""
    run: str
    """Its name: that of the manifest's file."""
    started_at: str
    """RFC 3339, UTC."""
    ended_at: str | None
    reason: str
    """Why it ended, in Scrapy's words (`finished`, `shutdown`); `killed` where nobody could say it."""
    version: str
    """Of this project."""
    environment: Mapping[str, Any]
    """Python, platform, and versions of libraries."""
    config: Mapping[str, Any]
    """Digests of rules, which lie in `rules/`, and settings that differ from their defaults."""
    extractions: Mapping[str, Mapping[str, Any] | None]
    """Each `extraction.id` of its rows spelled out; null where another installation has read."""
    inputs: tuple[File, ...]
    outputs: tuple[File, ...]
    previous: Previous | None
    """None for the first of a collection, and where runs may overlap."""

    @property
    def counts(self) -> dict[str, int]:
        """Sums over the outputs: records, rows, rejections."""
        return {
            "records": sum(one.records or 0 for one in self.outputs),
            "rows": sum(one.rows or 0 for one in self.outputs if not one.path.endswith(_REJECTED)),
            "rejections": sum(one.rows or 0 for one in self.outputs if one.path.endswith(_REJECTED)),
        }

    @property
    def digest(self) -> str:
        """`sha256:` of the file without the line that states it: `grep -v '^ "digest"' FILE | sha256sum`."""
        return digest_of(self._undigested())

    def to_json(self) -> bytes:
        """The file: one form for one content, sorted and indented, so that any other byte is a change."""
        said = self._undigested()
        # What lies deeper is indented more, and the line ends of a text are escaped.
        place = said.index(b'\n "ended_at": ')
        return b'%b\n "digest": "%b",%b' % (said[:place], digest_of(said).encode(), said[place:])

    def _undigested(self) -> bytes:
        return (json.dumps(self._told(), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()

    def _told(self) -> dict[str, Any]:
        told: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            **told,
            "form": FORM,
            "counts": self.counts,
            "inputs": [file_facts(one) for one in self.inputs],
            "outputs": [file_facts(one) for one in self.outputs],
            "previous": {"path": self.previous.path, "digest": self.previous.digest} if self.previous else None,
        }


def parse(content: bytes) -> Manifest:
    """The manifest of a file's bytes; raises `ValueError` for any other bytes than `to_json` gives."""
    try:
        told = json.loads(content)
        manifest = _manifest(told)
        written = manifest.to_json()
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"not of the form {FORM} ({type(error).__name__}: {error})") from None
    if written != content:
        raise ValueError("its digest is not that of its content, or its bytes are not those in which that is written")
    return manifest


def read(path: Path) -> Manifest:
    """The manifest of a file; raises `ArchiveError` where there is none, or it was changed."""
    try:
        return parse(path.read_bytes())
    except OSError as error:
        raise ArchiveError(path, f"cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise ArchiveError(path, str(error)) from error


def digest_of(content: bytes) -> str:
    """`sha256:…`, as all digests of this project are written."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def file_facts(one: File) -> dict[str, Any]:
    """A file as JSON; counts that it has not are left out."""
    told = {"path": one.path, "bytes": one.bytes, "sha256": one.sha256, "records": one.records, "rows": one.rows}
    return {name: value for name, value in told.items() if value is not None}


def file_of(told: Any) -> File:
    """The file of its JSON; raises `ValueError`, `KeyError` or `TypeError`."""
    one = File(**told)
    counts = (one.bytes, *(count for count in (one.records, one.rows) if count is not None))
    if not isinstance(one.path, str) or not all(type(count) is int and count >= 0 for count in counts):
        raise ValueError(f"not a file with its size: {told!r}")
    _require_digest(one.sha256)
    return one


def _manifest(told: dict[str, Any]) -> Manifest:
    own = {one.name for one in fields(Manifest)}
    if told["form"] != FORM or set(told) != own | {"form", "counts", "digest"}:
        raise ValueError(f"not of the form {FORM}")
    if told["kind"] not in get_args(Kind):
        raise ValueError(f"a run of an unknown kind: {told['kind']!r}")
    strings = ("collection", "run", "started_at", "reason", "version", "digest")
    if not all(isinstance(told[name], str) for name in strings) or not isinstance(told["ended_at"], str | None):
        raise ValueError(f"not text: one of {', '.join(strings)}, ended_at")
    if not all(isinstance(told[name], dict) for name in ("environment", "config", "extractions")):
        raise ValueError("not a mapping: one of environment, config, extractions")
    for extraction, document in told["extractions"].items():
        if document is not None and digest_of(rfc8785.dumps(document)) != extraction:
            raise ValueError(f"what is said of {extraction} does not fit it")
    values = {name: told[name] for name in own - {"inputs", "outputs", "previous"}}
    manifest = Manifest(
        **values,
        inputs=tuple(map(file_of, cast("list[Any]", told["inputs"]))),
        outputs=tuple(map(file_of, cast("list[Any]", told["outputs"]))),
        previous=_previous(told["previous"]),
    )
    if told["counts"] != manifest.counts:
        raise ValueError("its counts are not the sums of its outputs")
    return manifest


def _previous(told: Any) -> Previous | None:
    if told is None:
        return None
    one = Previous(**told)
    if not isinstance(one.path, str):
        raise ValueError(f"not a path: {one.path!r}")  # noqa: TRY004 - it is the file that is wrong
    _require_digest(one.digest)
    return one


def _require_digest(stated: object) -> None:
    if not isinstance(stated, str) or not _DIGEST.fullmatch(stated):
        raise ValueError(f"{stated!r} is no digest, such as sha256: and 64 hexadecimal digits")
