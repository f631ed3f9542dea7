"""Keys that sign snapshots: ECDSA over P-384 with SHA-256, the one kind that openssl and ReplayWeb.page both check.

One signature is written in two forms: DER, which openssl reads, and the two numbers behind each other (IEEE P1363),
which browsers read. Signing is deterministic (RFC 6979): the same key and bytes give the same signature. Of the two
values of `s` that fit a signature (s and n-s) the lower one is written, since anybody could exchange them.
"""

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from newsarchive.errors import SnapshotError

_HALF = 48
_SIGNING = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
_CHECKING = ec.ECDSA(hashes.SHA256())
# The order of P-384 (SEC 2, 2.5.1).
_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that checks signatures."""

    key: ec.EllipticCurvePublicKey

    @property
    def der(self) -> bytes:
        """SubjectPublicKeyInfo."""
        return self.key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    @property
    def pem(self) -> bytes:
        """As `openssl pkey -pubin` reads it."""
        return self.key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    @property
    def id(self) -> str:
        """`sha256:` of the DER form."""
        return "sha256:" + hashlib.sha256(self.der).hexdigest()

    def has_signed(self, octets: bytes, signature: bytes, *, only_low: bool = False) -> bool:
        """Whether the signature, in DER, is of these bytes by this key; `only_low`: with the lower value of `s`."""
        try:
            self.key.verify(signature, octets, _CHECKING)
        except InvalidSignature:
            return False
        return not only_low or decode_dss_signature(signature)[1] <= _ORDER // 2

    def has_signed_raw(self, octets: bytes, signature: bytes, *, only_low: bool = False) -> bool:
        """As `has_signed`, for the form of two numbers."""
        if len(signature) != 2 * _HALF:
            return False
        numbers = (int.from_bytes(signature[:_HALF]), int.from_bytes(signature[_HALF:]))
        return self.has_signed(octets, encode_dss_signature(*numbers), only_low=only_low)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key."""

    key: ec.EllipticCurvePrivateKey

    @classmethod
    def new(cls) -> "SigningKey":
        """A key that nobody has had before."""
        return cls(ec.generate_private_key(ec.SECP384R1()))

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.key.public_key())

    def sign(self, octets: bytes) -> bytes:
        """The signature in DER."""
        r, s = decode_dss_signature(self.key.sign(octets, _SIGNING))
        return encode_dss_signature(r, min(s, _ORDER - s))

    def sign_raw(self, octets: bytes) -> bytes:
        """The signature as two numbers of 48 bytes."""
        r, s = decode_dss_signature(self.sign(octets))
        return r.to_bytes(_HALF) + s.to_bytes(_HALF)

    def write(self, path: Path, *, passphrase: str | None) -> Path:
        """Write the key for its owner alone, and `x.pub.pem` for everybody; never over a file that is there."""
        sealed = serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else None
        private = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            sealed or serialization.NoEncryption(),
        )
        public = path.with_name(path.stem + ".pub.pem")
        if public.exists():
            raise SnapshotError(public, "is there already, and is not written over")
        for file, octets, mode in ((path, private, 0o600), (public, self.public.pem, 0o644)):
            _write_new(file, octets, mode)
        return public


def read_signing_key(path: Path, *, passphrase: str | None) -> SigningKey:
    """A private key in PEM; raises `SnapshotError`."""
    try:
        octets = path.read_bytes()
        key = serialization.load_pem_private_key(octets, passphrase.encode() if passphrase else None)
    except TypeError as error:
        wrong = "it has no passphrase, but one is set" if passphrase else "it needs its passphrase"
        raise SnapshotError(path, f"not usable: {wrong} (NEWSARCHIVE_KEY_PASSPHRASE)") from error
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise SnapshotError(path, f"no private key can be read from it ({_short(error)})") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP384R1):
        raise SnapshotError(path, "not a key over P-384; scrapy snapshot keygen makes one")
    return SigningKey(key)


def read_public_key(octets: bytes, subject: object) -> PublicKey:
    """A public key in PEM or DER; raises `SnapshotError` that names `subject`."""
    is_pem = octets.lstrip().startswith(b"-----BEGIN")
    load = serialization.load_pem_public_key if is_pem else serialization.load_der_public_key
    try:
        key = load(octets)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SnapshotError(subject, f"no public key can be read from it ({_short(error)})") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP384R1):
        raise SnapshotError(subject, "not a key over P-384")
    return PublicKey(key)


def from_base64(text: object) -> bytes:
    """Return the bytes of the one text that base64 gives for them; no bytes for any other text."""
    try:
        octets = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (ValueError, binascii.Error):
        return b""
    return octets if base64.b64encode(octets).decode() == text else b""


def _write_new(path: Path, octets: bytes, mode: int) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    except FileExistsError as error:
        raise SnapshotError(path, "is there already, and is not written over") from error
    except OSError as error:
        raise SnapshotError(path, f"cannot be written ({error.strerror})") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(descriptor)


def _short(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or str(error).partition("\n")[0].partition(".")[0])[:80]
