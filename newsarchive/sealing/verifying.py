"""Judging a snapshot: what it says against its bytes, its bytes against keys, times and heads that you trust."""

import hashlib
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from cryptography import x509

from newsarchive.errors import SnapshotError
from newsarchive.plurals import counted
from newsarchive.sealing import chain_level, custody, deep, names, package_level, time_level
from newsarchive.sealing.container import FileFact
from newsarchive.sealing.judgement import DEEP, Judgement, Level
from newsarchive.sealing.keys import PublicKey, read_public_key
from newsarchive.sealing.opening import Opened
from newsarchive.sealing.rotation import of_files, require_order, trusted_by
from newsarchive.sealing.seal import Seal, read_seal
from newsarchive.warc.verdict import act_phrase

_REQUIRED = (names.INDEX, names.PAGES, names.ENVIRONMENT, names.SCRIPT, names.README)
_ALWAYS: tuple[Level, ...] = ("container", "files", "hashes", "package", "seal")


@dataclass(frozen=True, slots=True)
class Demands:
    """What a verification is to show, and by what."""

    signature: bool = False
    timestamp: bool = False
    trusted: tuple[PublicKey, ...] = ()
    roots: tuple[x509.Certificate, ...] = ()
    head: tuple[int, str] | None = None
    stamped_within: timedelta | None = None
    """No later than so long after the seal an authority must have stamped it."""
    deep: bool = False
    readers: int = 0
    """Processes that read articles again for `deep`; with none, the level `derivation` is not looked at."""

    @property
    def levels(self) -> frozenset[Level]:
        """Those that must be right."""
        chosen: set[Level] = set(_ALWAYS)
        chosen |= {"signature"} if self.signature or self.trusted else set()
        chosen |= {"key"} if self.trusted else set()
        chosen |= {"timestamp"} if self.timestamp or self.stamped_within is not None else set()
        chosen |= {"chain"} if self.head else set()
        # A later version of this software reads otherwise, and can then neither confirm nor deny.
        return frozenset(chosen | (set(DEEP) - {"derivation"} if self.deep else set()))


@dataclass(slots=True)
class Found:
    """What a pass over all bytes found."""

    files: dict[str, FileFact] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    """Line ends in the index and the pages."""
    broken: list[str] = field(default_factory=list)
    """Files whose checksum in the container is another."""


def verify(path: Path, demands: Demands) -> Judgement:
    """Judge one file, level by level; raises `OSError` where it cannot be read at all."""
    judgement = Judgement(str(path), demands.levels)
    try:
        opened = Opened(path)
    except SnapshotError as error:
        judgement.wrong("container", error.what)
        for level in judgement.levels:
            if level != "container":
                judgement.unchecked(level, "the container cannot be read")
        return judgement
    with opened:
        _Verification(opened, demands, judgement).run()
    return judgement


class _Verification:
    """One file while it is judged."""

    def __init__(self, opened: Opened, demands: Demands, judgement: Judgement) -> None:
        self._opened = opened
        self._demands = demands
        self._judgement = judgement

    def run(self) -> None:
        """All levels, each told what those before it found."""
        judgement = self._judgement
        found = _look_through(self._opened)
        seal = self._seal()
        what = f"{counted(len(self._opened.members), 'file')}, all stored as they are"
        judgement.told("container", self._opened.mistakes, what)
        if seal is None:
            for level in ("files", "hashes", "signature", "key", "chain"):
                judgement.unchecked(level, "there is no seal to judge by")
        else:
            self._judge_files(seal, found)
            self._judge_seal(seal, found)
            self._judge_signature(seal)
            chain_level.judge(judgement, seal, self._opened.path, self._demands.head)
        package_level.judge(judgement, self._opened, found.files, seal)
        roots, within = list(self._demands.roots), self._demands.stamped_within
        time_level.judge(judgement, self._opened, seal, roots, within)
        if self._demands.deep and seal:
            deep.judge(judgement, self._opened, seal, readers=self._demands.readers)
        else:
            for level in DEEP:
                judgement.unchecked(level, "there is no seal to judge by" if self._demands.deep else "only with --deep")

    def _seal(self) -> Seal | None:
        try:
            octets = self._opened.small(names.SEAL)
            if octets is None:
                self._judgement.wrong("seal", f"{names.SEAL} is missing: this is no snapshot, or was one")
                return None
            seal = read_seal(octets, names.SEAL)
        except SnapshotError as error:
            self._judgement.wrong("seal", str(error))
            return None
        facts = {name: value for name, value in seal.facts.items() if name != "files"}
        self._judgement.facts = facts | {"seal": seal.digest, "head": seal.head}
        return seal

    def _judge_files(self, seal: Seal, found: Found) -> None:
        """Both ways, and then byte by byte."""
        sealed, there = {fact.path: fact for fact in seal.files}, set(self._opened.members)
        mistakes = [f"missing: {name}" for name in sorted(set(sealed) - there)]
        mistakes += [f"not sealed: {name}" for name in sorted(there - set(sealed) - set(names.UNSEALED))]
        mistakes += [f"the seal names no {name}, which every snapshot has" for name in _REQUIRED if name not in sealed]
        if not any(name.startswith(names.ARCHIVE) for name in sealed):
            mistakes.append(f"the seal names no WARC file in {names.ARCHIVE}")
        mistakes += _disorder(list(self._opened.members), is_strict=seal.is_strict)
        self._judgement.told("files", mistakes, f"{counted(len(sealed), 'sealed file')}, no others")
        changed = [
            f"{name} is not as it was sealed" for name, fact in sealed.items() if found.files.get(name, fact) != fact
        ]
        changed += [f"{name} has another checksum than the ZIP file says" for name in found.broken]
        self._judgement.told("hashes", changed, counted(sum(fact.bytes for fact in seal.files), "byte"))

    def _judge_seal(self, seal: Seal, found: Found) -> None:
        """What the seal counts."""
        archived = sum(1 for fact in seal.files if fact.path.startswith(names.ARCHIVE))
        there = {
            "files": len(seal.files),
            "bytes": sum(fact.bytes for fact in seal.files),
            "pairs": archived,
            "captures": found.lines.get(names.INDEX, 0),
            "articles": found.lines.get(names.PAGES, 1) - 1,
        }
        said = seal.facts["counts"]
        mistakes = [
            f"it says {said.get(name)} {name}, but there are {count}"
            for name, count in there.items()
            if said.get(name) != count
        ]
        if log := self._opened.members.get(names.CUSTODY):
            try:
                # With years of accesses it may be long.
                deque(custody.lines_in(self._opened.pieces(log), names.CUSTODY), maxlen=0)
            except SnapshotError as error:
                mistakes.append(str(error))
        self._judgement.told("seal", mistakes, f"number {seal.sequence}, made {seal.facts['created']}")
        notes = self._judgement.levels["seal"].notes
        notes += [f"{act_phrase(act)}: {counted(count, 'record')}" for act, count in sorted(seal.tombstones.items())]

    def _judge_signature(self, seal: Seal) -> None:
        judgement, signature = self._judgement, self._opened.small(names.SIGNATURE)
        if seal.key_id is None:
            if signature is not None or package_level.is_signed(self._opened):
                judgement.wrong("signature", "there is a signature, but the seal says that it has none")
            else:
                judgement.unchecked("signature", "unsigned")
                judgement.unchecked("key", "unsigned")
            return
        try:
            pem = self._opened.small(names.KEY)
            key = read_public_key(pem or b"", names.KEY)
            judgement.told("signature", self._signature_mistakes(seal, key, pem or b"", signature), f"by {key.id}")
            self._judge_key(key)
        except SnapshotError as error:
            judgement.wrong("signature", str(error))
            judgement.unchecked("key", "there is no valid signature")

    def _signature_mistakes(self, seal: Seal, key: PublicKey, pem: bytes, signature: bytes | None) -> list[str]:
        mistakes = []
        if key.id != seal.key_id or pem != key.pem:
            mistakes.append(f"{names.KEY} is not the key that the seal names")
        if signature is None:
            mistakes.append(f"the seal names a key, but {names.SIGNATURE} is missing: the signature was taken away")
        elif not key.has_signed(seal.octets, signature, only_low=seal.is_strict):
            mistakes.append("the seal is not signed by the key that it names")
        return mistakes + package_level.signature_mistakes(self._opened, key, seal)

    def _judge_key(self, key: PublicKey) -> None:
        judgement, demands = self._judgement, self._demands
        if judgement.levels["signature"].state != "ok":
            judgement.unchecked("key", "there is no valid signature")
            return
        if not demands.trusted:
            judgement.unchecked("key", "no --trusted-key was given: anybody can sign with a key of their own")
            return
        kept = {
            name.removeprefix(names.COMPLIANCE): self._opened.small(name) or b""
            for name in self._opened.members
            if name.startswith(names.COMPLIANCE + names.ROTATION)
        }
        try:
            rotations = of_files(kept)
            require_order(rotations, key)
            trusted = any(trusted_by(one, key, rotations) for one in demands.trusted)
        except SnapshotError as error:
            judgement.wrong("key", str(error))
            return
        judgement.told(
            "key", [] if trusted else [f"{key.id} is not a key that you trust, nor follows from one"], key.id
        )


def _disorder(found: list[str], *, is_strict: bool) -> Iterator[str]:
    """Yield the first member that is not in its place; WARC files among themselves have one only in the strict form."""
    places = [names.place(name) if is_strict or not name.startswith(names.ARCHIVE) else (0, "") for name in found]
    for before, after, name in zip(places, places[1:], found[1:], strict=False):
        if after < before:
            yield f"not in its place: {name}"
            return


def _look_through(opened: Opened) -> Found:
    """Read every byte once."""
    found = Found()
    for name, member in opened.members.items():
        digest, crc, lines, counts = hashlib.sha256(), 0, 0, name in (names.INDEX, names.PAGES)
        for piece in opened.pieces(member):
            digest.update(piece)
            crc = zlib.crc32(piece, crc)
            lines += piece.count(b"\n") if counts else 0
        found.files[name] = FileFact(name, member.size, digest.hexdigest())
        if counts:
            found.lines[name] = lines
        if crc != member.crc:
            found.broken.append(name)
    return found
