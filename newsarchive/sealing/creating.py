"""Making a snapshot: the files of an archive into one WACZ file, sealed, signed, and put at the end of the chain."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import newsarchive
from newsarchive.errors import SnapshotError
from newsarchive.sealing import custody, evidence, names, terms
from newsarchive.sealing.chain import Chain
from newsarchive.sealing.choosing import LeftOut, choose
from newsarchive.sealing.container import FileFact, Writer
from newsarchive.sealing.folder import WORK, alone, clear, leave_script, mend, script, written
from newsarchive.sealing.indexing import Meter, Span, lines_beside, merged, write_lines
from newsarchive.sealing.keys import SigningKey
from newsarchive.sealing.package import write_digest, write_package
from newsarchive.sealing.pages import header, pages_of, rows_of
from newsarchive.sealing.pairs import (
    REJECTED,
    Pair,
    act_manifests,
    folder_of,
    may_have_tombstones,
    rule_files,
    run_files,
)
from newsarchive.sealing.rotation import Rotation
from newsarchive.sealing.scope import Scope
from newsarchive.sealing.seal import ALGORITHM, STRICT, Seal, read_seal, write_seal
from newsarchive.warc.reader import read_records
from newsarchive.warc.tombstones import WITHHELD, act_key, tombstones

_STEP = 1 << 20
_SCRIPTS = {names.SCRIPT: "verify.sh", names.README: "VERIFY.md"}
SOFTWARE = f"newsarchive/{newsarchive.__version__}"
_MAKER = f"{SOFTWARE} {STRICT}"


def _nothing(_: Pair) -> None:
    pass


def _as_it_is(pair: Pair, _: Path) -> Pair:
    return pair


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be sealed, and by whom."""

    archive: Path
    scope: Scope
    created: datetime
    config: Path | None = None
    key: SigningKey | None = None
    rotations: tuple[Rotation, ...] = ()
    title: str = ""
    actor: str | None = None
    reason: str | None = None
    supersedes: int | None = None
    """The number of the snapshot in whose place this one is to stand, since something of it was taken down."""
    redacted: Callable[[Pair, Path], Pair] = _as_it_is
    """What goes in for a pair: a copy in this folder, without what is withheld; or the pair itself."""
    seen: Callable[[Pair], None] = _nothing
    """Told of each pair that is in."""


@dataclass(frozen=True, slots=True)
class Made:
    """A snapshot that lies where it belongs."""

    path: Path
    seal: Seal
    digest: bytes
    """`datapackage-digest.json`: what time-stamp authorities are asked about."""
    left_out: list[LeftOut]
    """Pairs that fit, but hold what is reserved."""
    terms_elsewhere: int
    """Answers of robots.txt and tdmrep.json that rows name, and that were not found."""


def create(order: Order, folder: Path) -> Made:
    """Seal what the order says into a new file in `folder`, and put its seal at the end of the chain that is there.

    The same archive, order and chain give the same bytes. Raises `SnapshotError` where a pair is open or contradicts
    itself; then nothing is left behind.
    """
    with alone(folder):
        clear(folder)
        chain = Chain(folder)
        mend(folder, chain)
        before = chain.head()
        if before and order.created < before.created:
            raise SnapshotError("--created", f"lies before the seal that is there ({before.facts['created']})")
        path = folder / f"{(before.sequence if before else 0) + 1:06d}-{order.created:%Y%m%dT%H%M%SZ}{names.SUFFIX}"
        superseded = _superseded(chain, order.supersedes) if order.supersedes else None
        chosen = choose(order.archive, order.scope)
        with written(path) as stream, tempfile.TemporaryDirectory(dir=folder, prefix=WORK) as work:
            making = _Making(order, Writer(stream), Path(work))
            pairs = sorted(chosen.pairs, key=lambda pair: pair.warc.name)
            seal, digest = making.make(pairs, folder, before, superseded)
        chain.append(seal)
        custody.append(folder, "seal", seal.digest, actor=order.actor, reason=order.reason)
        leave_script(folder)
    return Made(path, seal, digest, chosen.left_out, making.terms_elsewhere)


class _Making:
    """One snapshot in the making."""

    def __init__(self, order: Order, writer: Writer, work: Path) -> None:
        self._order = order
        self._writer = writer
        self._work = work
        self._files: list[FileFact] = []
        self._span = Span()
        self._terms: set[str] = set()
        self._named: dict[str, set[str]] = {}
        self._tombstones: list[dict[str, str]] = []
        self._counts = {"pairs": 0, "captures": 0, "articles": 0, "rejections": 0}

    def make(self, pairs: list[Pair], folder: Path, before: Seal | None, superseded: Seal | None) -> tuple[Seal, bytes]:
        """Write all members; the seal, and the digest of the package."""
        given = [self._order.redacted(pair, self._work / f"redacted-{number}") for number, pair in enumerate(pairs)]
        self._add_captures(given)
        self._add_pages(given)
        self._tell_earlier_terms(pairs)
        self._add_companions(given, pairs)
        self._add_circumstances(pairs, folder)
        instead = self._instead_of(superseded) if superseded else None
        return self._finish(before, sorted({pair.outlet for pair in pairs}), instead)

    def _instead_of(self, superseded: Seal) -> dict[str, Any]:
        """What the seal says of the one in whose place it is to stand; raises `SnapshotError` where it cannot."""
        there = {fact.path for fact in self._files}
        lacking = [fact.path for fact in superseded.files if fact.path.startswith(names.ARCHIVE)]
        if missing := [path for path in lacking if path not in there]:
            raise SnapshotError(f"--supersedes {superseded.sequence}", f"needs {missing[0]}, which is not in the scope")
        known = {one["record"] for one in superseded.facts.get("tombstones", ())}
        acts = sorted({one["act"].removesuffix(WITHHELD) for one in self._tombstones if one["record"] not in known})
        if not acts:
            raise SnapshotError(f"--supersedes {superseded.sequence}", "nothing of it was taken down since it was made")
        return {"number": superseded.sequence, "seal": superseded.digest, "acts": acts}

    @property
    def terms_elsewhere(self) -> int:
        """Records that rows name as the terms of their pages, and that were not found."""
        return len(set().union(*self._named.values()) - self._terms)

    def _add_captures(self, pairs: list[Pair]) -> None:
        """The WARC files, and one index of them all; terms are told on the way."""
        parts: list[Path] = []
        with (self._work / "terms").open("wb") as told:
            for number, pair in enumerate(pairs):
                meter = Meter(pair.warc, lines_beside(pair), self._span)
                self._add(names.ARCHIVE + pair.warc.name, pair.warc.stat().st_size, meter.pieces())
                indexed = list(meter.indexed())
                parts.append(write_lines(self._work / f"part-{number}", indexed))
                self._write_terms(told, pair.outlet, terms.answers(pair.warc, indexed))
                self._note_tombstones(pair)
                self._order.seen(pair)
        self._counts["pairs"] = len(pairs)
        self._counts["captures"] = self._span.captures
        self._add_file(names.INDEX, merged(parts, self._work))

    def _write_terms(self, told: BinaryIO, outlet: str, answers: Iterable[terms.Answer]) -> None:
        named = self._named.setdefault(outlet, set())
        for answer in answers:
            self._terms.add(answer.record_id)
            named |= {answer.refers_to} if answer.refers_to else set()
            told.write(answer.line)

    def _tell_earlier_terms(self, pairs: list[Pair]) -> None:
        """What was in force may have been asked for by a crawl before."""
        with (self._work / "terms").open("ab") as told:
            for outlet, named in sorted(self._named.items()):
                if missing := named - self._terms:
                    own = [pair for pair in pairs if pair.outlet == outlet]
                    self._write_terms(told, outlet, terms.answers_before(own, missing))

    def _note_tombstones(self, pair: Pair) -> None:
        """Only files that an act has written anew, or which are redacted copies, are read for them."""
        if not may_have_tombstones(pair):
            return
        for record, told in tombstones(read_records(pair.warc)):
            own = record.field("WARC-Record-ID") or ""
            self._tombstones.append({"act": act_key(told), "erased": told.erased_id, "record": own})

    def _add_pages(self, pairs: list[Pair]) -> None:
        path = self._work / "pages"
        with path.open("wb") as pages:
            pages.write(header())
            for pair in pairs:
                named = self._named.setdefault(pair.outlet, set())
                for row, line in pages_of(pair.rows):
                    pages.write(line)
                    named |= terms.named_in(row)
                    self._counts["articles"] += 1
        self._add_file(names.PAGES, path)

    def _add_companions(self, given: list[Pair], pairs: list[Pair]) -> None:
        """Rows, rejections, manifests, reports, rules: all that is not a capture, once each.

        `given` are the pairs as they go in, some of which may be copies of `pairs`.
        """
        for pair in given:
            rejected = pair.warc.with_name(pair.stem + REJECTED)
            if rejected.exists():
                with rejected.open("rb") as stream:
                    self._counts["rejections"] += sum(1 for _ in rows_of(stream, rejected.name))
        files = {file.name: file for pair in given for file in pair.companions()}
        files |= {file.name: file for file in run_files(pairs)}
        files |= {f"rules-{file.name}": file for file in rule_files(pairs)}
        files |= {f"act-{folder_of(pair).name}-{file.name}": file for pair in pairs for file in act_manifests(pair)}
        for name, file in sorted(files.items()):
            self._add_file(names.COMPLIANCE + name, file)

    def _add_circumstances(self, pairs: list[Pair], folder: Path) -> None:
        order = self._order
        outlets = sorted({pair.outlet for pair in pairs})
        small = {names.ENVIRONMENT: evidence.environment()}
        configuration = evidence.configuration(order.config, outlets) if order.config else {}
        small |= {names.COMPLIANCE + name: octets for name, octets in configuration.items()}
        if order.key:
            small[names.KEY] = order.key.public.pem
        for number, rotation in enumerate(order.rotations, start=1):
            small |= {names.COMPLIANCE + name: octets for name, octets in rotation.files(number).items()}
        small |= {name: script(file) for name, file in _SCRIPTS.items()}
        # py-wacz takes an empty file of this kind for a broken one.
        if (told := self._work / "terms").stat().st_size:
            self._add_file(names.TERMS, told)
        log = folder / custody.FILE
        for name in sorted([*small, *([names.CUSTODY] if log.exists() else [])]):
            if name == names.CUSTODY:
                self._add_file(name, log)
            else:
                self._files.append(self._writer.add_bytes(name, small[name]))

    def _finish(self, before: Seal | None, outlets: list[str], supersedes: dict[str, Any] | None) -> tuple[Seal, bytes]:
        order, created = self._order, f"{self._order.created:%Y-%m-%dT%H:%M:%SZ}"
        octets = write_seal(
            created=created,
            sequence=before.sequence + 1 if before else 1,
            prev_seal=before.digest if before else None,
            key={"algorithm": ALGORITHM, "id": order.key.public.id} if order.key else None,
            software=_MAKER,
            scope=order.scope.as_json(),
            counts=self._counts | {"files": len(self._files), "bytes": sum(fact.bytes for fact in self._files)},
            captured=(self._span.first, self._span.last),
            outlets=outlets,
            files=self._files,
            supersedes=supersedes,
            tombstones=sorted(self._tombstones, key=lambda one: (one["act"], one["record"])),
        )
        listed = [*self._files, self._writer.add_bytes(names.SEAL, octets)]
        if order.key:
            listed.append(self._writer.add_bytes(names.SIGNATURE, order.key.sign(octets)))
        title = order.title or f"Snapshot of {', '.join(outlets)}"
        package = write_package(listed, title=title, created=created, software=_MAKER)
        digest = write_digest(package, created=created, software=_MAKER, key=order.key)
        self._writer.add_bytes(names.PACKAGE, package)
        self._writer.add_bytes(names.DIGEST, digest)
        self._writer.close()
        return read_seal(octets, names.SEAL), digest

    def _add_file(self, name: str, path: Path) -> None:
        with path.open("rb", buffering=0) as file:
            self._add(name, path.stat().st_size, iter(lambda: file.read(_STEP), b""))

    def _add(self, name: str, size: int, pieces: Iterator[bytes]) -> None:
        self._files.append(self._writer.add(name, size, pieces))


def _superseded(chain: Chain, number: int) -> Seal:
    seal = next((one for one in chain.seals() if one.sequence == number), None)
    if seal is None:
        raise SnapshotError(f"--supersedes {number}", "there is no such seal in the chain")
    return seal


def created_now(moment: datetime) -> datetime:
    """To the second, as a seal states it."""
    return moment.astimezone(UTC).replace(microsecond=0)
