"""Time stamps by RFC 3161 authorities: questions, answers, and what an answer proves under roots that were pinned.

What is stamped is `datapackage-digest.json`: it holds the digest of the package, which lists every file with its
digest, the seal and its signature among them. Answers lie beside the snapshot (`x.wacz.tsr.1`, …), for they come after
it; a question that is not answered yet is `x.wacz.tsq.1`, with the authority's address in `x.wacz.tsq.1.json`.
"""

import hashlib
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rfc8785
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import NameOID

from newsarchive.errors import SnapshotError
from newsarchive.sealing.der import with_sorted_certificates
from newsarchive.sealing.documents import parsed

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

ANSWER, QUESTION, NOTE, OPENTIMESTAMPS = ".tsr", ".tsq", ".json", ".ots"
_NUMBERED = re.compile(r"\.(?:tsr|tsq)\.([0-9]+)(?:\.json)?$")
_HASHES = {"2.16.840.1.101.3.4.2.1": "sha256", "2.16.840.1.101.3.4.2.2": "sha384", "2.16.840.1.101.3.4.2.3": "sha512"}
_REJECTED = {2: "rejected", 3: "waiting", 4: "revocation warning", 5: "revocation notification"}


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an answer says: who states which time."""

    stamped_at: datetime
    authority: str
    valid_until: datetime | None
    """End of the authority's certificate: stamp again before."""
    proven: bool
    """A pinned root stands behind it. Without, it is no more than somebody's word."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question that was not answered yet."""

    question: Path
    url: str

    @property
    def answer(self) -> Path:
        """Where the answer belongs."""
        snapshot, _, number = self.question.name.rpartition(f"{QUESTION}.")
        return self.question.with_name(f"{snapshot}{ANSWER}.{number}")


def is_available() -> bool:
    """The extra `tsa` is installed."""
    try:
        import rfc3161_client  # noqa: F401, PLC0415 - an extra
    except ImportError:
        return False
    return True


def ask(snapshot: Path, octets: bytes, url: str) -> Waiting:
    """Write a question about these bytes beside a snapshot; raises `SnapshotError` without the extra `tsa`."""
    _need()
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder  # noqa: PLC0415 - an extra

    question = TimestampRequestBuilder().data(octets).hash_algorithm(HashAlgorithm.SHA256).build()
    number = 1 + max((int(found[1]) for found in _numbered(snapshot)), default=0)
    path = snapshot.with_name(f"{snapshot.name}{QUESTION}.{number}")
    note = {"url": url, "nonce": str(question.nonce)}
    path.with_name(path.name + NOTE).write_bytes(rfc8785.dumps(note))
    path.write_bytes(question.as_bytes())
    return Waiting(path, url)


def waiting(snapshot: Path) -> Iterator[Waiting]:
    """The questions about a snapshot that have no answer yet."""
    for question in sorted(snapshot.parent.glob(f"{_escaped(snapshot.name)}{QUESTION}.*")):
        if _is_number(question.suffix[1:]):
            yield Waiting(question, str(_noted(question).get("url", "")))


def answered(one: Waiting, answer: bytes, octets: bytes) -> None:
    """Keep an answer that fits its question and these bytes, and drop the question; raises `SnapshotError`."""
    response = _decoded(answer, one.url)
    _refuse_rejected(response, one.url)
    asked = _noted(one.question).get("nonce")
    if asked is not None and str(response.tst_info.nonce) != asked:
        raise SnapshotError(one.url, "answered another question (the nonce differs)")
    _refuse_other_imprint(response, octets, one.url)
    one.answer.write_bytes(answer)
    one.question.unlink()
    one.question.with_name(one.question.name + NOTE).unlink(missing_ok=True)


def answers(snapshot: Path) -> list[Path]:
    """The answers beside a snapshot."""
    found = snapshot.parent.glob(f"{_escaped(snapshot.name)}{ANSWER}.*")
    return sorted(file for file in found if _is_number(file.suffix[1:]))


def others(snapshot: Path) -> list[Path]:
    """Proofs of OpenTimestamps beside a snapshot, which are kept, and judged by other programs."""
    return sorted(snapshot.parent.glob(f"{_escaped(snapshot.name)}*{OPENTIMESTAMPS}"))


def judge(answer: bytes, octets: bytes, roots: list[x509.Certificate], subject: object) -> Stamp:
    """What an answer proves of these bytes; raises `SnapshotError` for one that is unreadable, or false.

    One that leads to none of the roots may be as good as any other, but is not proven.
    """
    # What a certificate has that the standard does not allow is for its authority, and not for whoever verifies.
    with warnings.catch_warnings(action="ignore", category=CryptographyDeprecationWarning):
        return _judged(answer, octets, roots, subject)


def _judged(answer: bytes, octets: bytes, roots: list[x509.Certificate], subject: object) -> Stamp:
    response = _decoded(answer, subject)
    _refuse_rejected(response, subject)
    _refuse_other_imprint(response, octets, subject)
    try:
        certificates = [x509.load_der_x509_certificate(der) for der in response.signed_data.certificates]
        signer = next(iter(response.signed_data.signer_infos))
        own = next((one for one in certificates if one.serial_number == signer.serial_number), None)
        stamped_at = response.tst_info.gen_time
        proven = own is not None and _leads_to(own, certificates, {root.subject for root in roots})
        stamp = Stamp(stamped_at, _name(own), own.not_valid_after_utc if own else None, proven=proven)
    # What is wrong with a certificate shows when a name in it is asked for, and in many ways.
    except (ValueError, TypeError, StopIteration, x509.InvalidVersion, UnsupportedAlgorithm) as error:
        raise SnapshotError(subject, "the token in it cannot be read") from error
    if proven:
        _refuse_untrusted(response, octets, roots, subject)
    return stamp


def read_roots(paths: list[Path]) -> list[x509.Certificate]:
    """The pinned certificates in PEM files; raises `SnapshotError`."""
    roots: list[x509.Certificate] = []
    for path in paths:
        try:
            roots += x509.load_pem_x509_certificates(path.read_bytes())
        except (OSError, ValueError) as error:
            raise SnapshotError(path, "no certificate in PEM can be read from it") from error
    return roots


def beside(snapshot: Path) -> list[Path]:
    """Everything about the time of a snapshot that lies beside it: answers, questions that wait, other proofs."""
    asked = (one.question for one in waiting(snapshot))
    return [*answers(snapshot), *asked, *others(snapshot)]


def _need() -> None:
    if not is_available():
        raise SnapshotError("time stamps", "need the extra tsa: pip install newsarchive[tsa]")


def _decoded(answer: bytes, subject: object) -> "TimeStampResponse":
    _need()
    from rfc3161_client import decode_timestamp_response  # noqa: PLC0415 - an extra

    try:
        return decode_timestamp_response(with_sorted_certificates(answer))
    except ValueError as error:
        raise SnapshotError(subject, "is no answer of a time-stamp authority that can be read") from error


def _refuse_rejected(response: "TimeStampResponse", subject: object) -> None:
    if response.status not in (0, 1):
        why = _REJECTED.get(response.status, f"status {response.status}")
        raise SnapshotError(subject, f"holds no token, but a refusal ({why})")


def _refuse_other_imprint(response: "TimeStampResponse", octets: bytes, subject: object) -> None:
    try:
        imprint = response.tst_info.message_imprint
        name = _HASHES.get(imprint.hash_algorithm.dotted_string)
    except ValueError as error:
        raise SnapshotError(subject, "the token in it cannot be read") from error
    if name is None or hashlib.new(name, octets).digest() != imprint.message:
        raise SnapshotError(subject, "is the token of other bytes than these")


def _refuse_untrusted(
    response: "TimeStampResponse", octets: bytes, roots: list[x509.Certificate], subject: object
) -> None:
    """One of the pinned roots must stand behind the token."""
    from rfc3161_client import VerificationError, VerifierBuilder  # noqa: PLC0415 - an extra

    builder = VerifierBuilder(roots=list(roots))
    try:
        builder.build().verify_message(response, octets)
    except (VerificationError, ValueError) as error:
        what = "its signature is false, or a certificate is not of the root, or had ended when it was made"
        raise SnapshotError(subject, f"the token in it proves nothing: {what}") from error


def _noted(question: Path) -> dict[str, Any]:
    """What was written down about a question; nothing where the note is gone."""
    note = question.with_name(question.name + NOTE)
    return parsed(note.read_bytes(), note) if note.exists() else {}


def _leads_to(certificate: x509.Certificate, others: list[x509.Certificate], roots: set[x509.Name]) -> bool:
    """The issuers named from a certificate on end with one of the roots."""
    issuers, current = {one.subject: one for one in others}, certificate
    for _ in range(len(others) + 1):
        if current.issuer in roots or current.subject in roots:
            return True
        if current.issuer not in issuers or current.issuer == current.subject:
            return False
        current = issuers[current.issuer]
    return False


def _name(certificate: x509.Certificate | None) -> str:
    if certificate is None:
        return "an authority that sent no certificate"
    named = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(named[0].value) if named else certificate.subject.rfc4514_string()


def _numbered(snapshot: Path) -> Iterator[re.Match[str]]:
    for file in snapshot.parent.glob(f"{_escaped(snapshot.name)}.ts[qr].*"):
        if found := _NUMBERED.search(file.name):
            yield found


def _is_number(text: str) -> bool:
    """Digits of ASCII alone; other files beside a snapshot are not time stamps."""
    return text.isascii() and text.isdigit()


def _escaped(name: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", name)
