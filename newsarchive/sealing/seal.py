"""The seal: which files a snapshot has, with the SHA-256 of each, and which snapshot came before it."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from types import UnionType
from typing import Any

import rfc8785

from newsarchive.errors import SnapshotError
from newsarchive.sealing.container import FileFact, is_name
from newsarchive.sealing.documents import parsed
from newsarchive.sealing.names import UNSEALED

SCHEMA = "snapshot-seal/1"
ALGORITHM = "ECDSA-P384-SHA256"
STRICT = "snapshot-form/2"
"""In the `software` of a seal, as a product token: signatures have the lower `s`, and WARC files are in order.

Seals without it are of a version that wrote either `s`, and WARC files in the order of their folders.
"""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PROVEN = (
    "These bytes are what this crawler recorded, and no byte has changed since the seal was made; "
    "with a time stamp, since the time that it states."
)
NOT_PROVEN = (
    "What the publisher's server sent to others; that the crawler and its clock were honest before the seal; "
    "that nothing else was captured; without a signature by a key that you know, who made the seal; "
    "without a time stamp, when; without a head published elsewhere, that no later snapshot was dropped."
)
_KEYS = {
    "schema",
    "created",
    "sequence",
    "prev_seal",
    "key",
    "software",
    "scope",
    "counts",
    "first_captured_at",
    "last_captured_at",
    "outlets",
    "files",
    "unsealed",
    "proven",
    "not_proven",
}
_MAY = {"supersedes", "tombstones"}
"""Keys that only seals have which stand for another, or which name files with tombstones in them."""
_KINDS: dict[str, type | UnionType] = {
    "created": str,
    "software": str,
    "scope": dict,
    "counts": dict,
    "outlets": list,
    "files": list,
    "key": dict | None,
    "first_captured_at": str | None,
    "last_captured_at": str | None,
}
_COUNTS = {"pairs", "captures", "articles", "rejections", "files", "bytes"}
_SCOPE = {"outlets", "runs", "first_day", "last_day", "urls"}
_SCOPE_MAY = {"queries", "leaves_out_reserved"}
"""What seals of older versions do not say of their scope."""
_FILE_KEYS = {"path", "bytes", "sha256"}


@dataclass(frozen=True, slots=True)
class Seal:
    """What a seal says; `octets` is the document itself."""

    octets: bytes
    created: datetime
    sequence: int
    prev_seal: str | None
    key_id: str | None
    files: tuple[FileFact, ...]
    facts: dict[str, Any]
    """The whole document."""

    @property
    def digest(self) -> str:
        """`sha256:` of the document: by this the next seal names it."""
        return digest_of(self.octets)

    @property
    def tombstones(self) -> Counter[str]:
        """How many records were erased under each act."""
        return Counter(one["act"] for one in self.facts.get("tombstones", ()))

    @property
    def superseded(self) -> tuple[str | None, list[str]]:
        """The digest of the seal in whose place this one stands, and the acts for which it does."""
        told = self.facts.get("supersedes")
        return (told["seal"], told["acts"]) if told else (None, [])

    @property
    def is_strict(self) -> bool:
        """Whether the snapshot must have the form that `STRICT` names."""
        return STRICT in str(self.facts["software"]).split(" ")

    @property
    def head(self) -> str:
        """`SEQUENCE:SHA256`, to be published where nobody who holds the archive can change it."""
        return f"{self.sequence}:{self.digest.removeprefix('sha256:')}"


def digest_of(octets: bytes) -> str:
    """`sha256:` of these bytes."""
    return "sha256:" + hashlib.sha256(octets).hexdigest()


def write_seal(
    *,
    created: str,
    sequence: int,
    prev_seal: str | None,
    key: dict[str, str] | None,
    software: str,
    scope: dict[str, Any],
    counts: dict[str, int],
    captured: tuple[str | None, str | None],
    outlets: list[str],
    files: list[FileFact],
    supersedes: dict[str, Any] | None = None,
    tombstones: list[dict[str, str]] | None = None,
) -> bytes:
    """The document, in the canonical form of RFC 8785.

    `supersedes`: `number` and `seal` of the one in whose place it stands, and `acts` for which; `tombstones`: for each
    record that was erased `act`, `erased` (its id) and `record` (the id of what stands in its place).
    """
    more = {"supersedes": supersedes, "tombstones": tombstones}
    return rfc8785.dumps(
        {
            **{name: value for name, value in more.items() if value},
            "schema": SCHEMA,
            "created": created,
            "sequence": sequence,
            "prev_seal": prev_seal,
            "key": key,
            "software": software,
            "scope": scope,
            "counts": counts,
            "first_captured_at": captured[0],
            "last_captured_at": captured[1],
            "outlets": outlets,
            "files": [fact.as_json() for fact in sorted(files, key=lambda fact: fact.path)],
            "unsealed": list(UNSEALED),
            "proven": PROVEN,
            "not_proven": NOT_PROVEN,
        }
    )


def read_seal(octets: bytes, subject: object) -> Seal:
    """Raises `SnapshotError` for what is no seal, or a seal that contradicts itself."""
    facts = parsed(octets, subject)
    if facts.get("schema") != SCHEMA:
        raise SnapshotError(subject, f"is not of the form {SCHEMA}")
    if wrong := (set(facts) - _MAY) ^ _KEYS:
        raise SnapshotError(subject, f"has other keys than a seal: {', '.join(sorted(wrong))[:200]}")
    try:
        _refuse_other_shapes(facts)
        seal = Seal(
            octets,
            created=moment(facts["created"]),
            sequence=_sequence(facts),
            prev_seal=_digest_or_none(facts["prev_seal"]),
            key_id=None if facts["key"] is None else _digest_or_none(facts["key"]["id"]),
            files=tuple(_file(told) for told in facts["files"]),
            facts=facts,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SnapshotError(subject, f"is no seal: {str(error)[:120]}") from error
    _refuse_contradictions(seal, subject)
    return seal


def moment(text: str) -> datetime:
    """A time as a seal states it: UTC, to the second, in one spelling; raises `ValueError`."""
    found = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    if found.isoformat() != text.removesuffix("Z") + "+00:00":
        raise ValueError("a time in it is spelled otherwise")
    return found


def _refuse_contradictions(seal: Seal, subject: object) -> None:
    paths = [fact.path for fact in seal.files]
    if paths != sorted(set(paths)) or set(paths) & set(UNSEALED) or seal.facts["unsealed"] != list(UNSEALED):
        raise SnapshotError(subject, "does not name each file once, and those that it cannot name")
    if (seal.sequence == 1) != (seal.prev_seal is None):
        raise SnapshotError(subject, "only the first seal of a chain has none before it")
    if (seal.facts["proven"], seal.facts["not_proven"]) != (PROVEN, NOT_PROVEN):
        raise SnapshotError(subject, f"claims something else to be proven than {SCHEMA} does")


def _refuse_other_shapes(facts: dict[str, Any]) -> None:
    """Raises `TypeError` or `ValueError` where a reader would meet something else than is expected."""
    for name, kind in _KINDS.items():
        if not isinstance(facts[name], kind):
            raise TypeError(f"its {name} is of another kind")
    counts = facts["counts"]
    if set(counts) != _COUNTS or not all(type(count) is int and count >= 0 for count in counts.values()):
        raise ValueError("its counts are no numbers, or of other things")
    if not all(isinstance(name, str) for name in facts["outlets"]):
        raise ValueError("its outlets are no names")
    _refuse_other_acts(facts)
    _refuse_other_scope(facts["scope"])
    _refuse_other_key(facts["key"])


def _refuse_other_key(key: dict[str, Any] | None) -> None:
    if key is None:
        return
    if set(key) != {"algorithm", "id"} or key["algorithm"] != ALGORITHM or _digest_or_none(key["id"]) is None:
        raise ValueError(f"its key is not described by id and the algorithm {ALGORITHM}")


def _refuse_other_scope(scope: dict[str, Any]) -> None:
    days = [scope["first_day"], scope["last_day"]]
    lists = [scope["outlets"], scope["runs"], scope["urls"], *scope.get("queries", [])]
    is_right = (
        set(scope) - _SCOPE_MAY == _SCOPE
        and all(day is None or (isinstance(day, str) and _DAY.fullmatch(day)) for day in days)
        and isinstance(scope.get("queries", []), list)
        and all(isinstance(one, list) and all(isinstance(word, str) for word in one) for one in lists)
        and isinstance(scope.get("leaves_out_reserved", False), bool)
    )
    if not is_right:
        raise ValueError("its scope is described otherwise")


def _refuse_other_acts(facts: dict[str, Any]) -> None:
    if not isinstance(facts.get("tombstones", []), list):
        raise TypeError("its tombstones are of another kind")
    for one in facts.get("tombstones", []):
        if set(one) != {"act", "erased", "record"} or not all(isinstance(value, str) for value in one.values()):
            raise ValueError("a tombstone in it is not described by act, erased and record")
    if "supersedes" in facts:
        told = facts["supersedes"]
        is_listed = isinstance(told.get("acts"), list) and all(isinstance(act, str) for act in told["acts"])
        if set(told) != {"number", "seal", "acts"} or not is_listed:
            raise ValueError("what it supersedes is not described by number, seal and acts")
        if type(told["number"]) is not int or not 0 < told["number"] < facts["sequence"]:
            raise ValueError("it supersedes none that was before it")
        if _digest_or_none(told["seal"]) is None:
            raise ValueError("it supersedes a seal without a digest")


def _sequence(facts: dict[str, Any]) -> int:
    sequence = facts["sequence"]
    if type(sequence) is not int or sequence < 1:
        raise ValueError("its sequence is no number from 1 on")
    return sequence


def _digest_or_none(text: object) -> str | None:
    if text is None:
        return None
    if not isinstance(text, str) or not text.startswith("sha256:") or not is_sha256(text[7:]):
        raise ValueError("a digest in it is none")
    return text


def is_sha256(text: object) -> bool:
    """64 hexadecimal digits in lower case."""
    return isinstance(text, str) and len(text) == 64 and set(text) <= set("0123456789abcdef")


def _file(told: dict[str, Any]) -> FileFact:
    fact = FileFact(told["path"], told["bytes"], told["sha256"])
    is_right = is_name(fact.path) and type(fact.bytes) is int and fact.bytes >= 0 and is_sha256(fact.sha256)
    if set(told) != _FILE_KEYS or not is_right:
        raise ValueError("a file in it is not described by path, bytes and sha256")
    return fact
