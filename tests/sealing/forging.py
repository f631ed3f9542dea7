"""What an attacker has: a snapshot's members, a writer, and, in some cases, the key."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from newsarchive.sealing import names
from newsarchive.sealing.container import FileFact, Writer
from newsarchive.sealing.documents import parsed
from newsarchive.sealing.keys import SigningKey
from newsarchive.sealing.opening import Opened
from newsarchive.sealing.package import write_digest, write_package

Members = dict[str, bytes]


def members_of(path: Path) -> Members:
    """All members, in order."""
    with Opened(path) as opened:
        assert not opened.mistakes
        return {name: b"".join(opened.pieces(member)) for name, member in opened.members.items()}


def write(path: Path, members: Members) -> None:
    """A container with exactly these members, in the form and order of snapshots."""
    stream = io.BytesIO()
    writer = Writer(stream)
    for name, octets in sorted(members.items(), key=lambda member: names.place(member[0])):
        writer.add_bytes(name, octets)
    writer.close()
    path.write_bytes(stream.getvalue())


def facts_of(members: Members) -> list[FileFact]:
    stream = Writer(io.BytesIO())
    return [stream.add_bytes(name, octets) for name, octets in members.items()]


def repackaged(members: Members, *, key: SigningKey | None = None, **changes: Any) -> Members:
    """The package and its digest made anew over what is there; signed if there is a key."""
    rest = {name: octets for name, octets in members.items() if name not in (names.PACKAGE, names.DIGEST)}
    old = parsed(members[names.PACKAGE], "package")
    created, software = (changes.pop(name, old[name]) for name in ("created", "software"))
    package = write_package(facts_of(rest), title=old["title"], created=created, software=software)
    if changes:
        package = rfc8785.dumps(parsed(package, "package") | changes)
    digest = write_digest(package, created=created, software=software, key=key)
    return rest | {names.PACKAGE: package, names.DIGEST: digest}


def resealed(members: Members, *, key: SigningKey | None = None, **changes: Any) -> Members:
    """Everything made anew, as one who knows all of the format would: seal, signatures, package."""
    seal = parsed(members[names.SEAL], "seal")
    rest = {name: octets for name, octets in members.items() if name not in names.UNSEALED}
    if key:
        rest[names.KEY] = key.public.pem
    else:
        rest.pop(names.KEY, None)
    facts = sorted(facts_of(rest), key=lambda fact: fact.path)
    seal["files"] = [fact.as_json() for fact in facts]
    counts = changes.pop("counts", {})
    seal["counts"] |= {"files": len(facts), "bytes": sum(fact.bytes for fact in facts)} | counts
    seal["key"] = {"algorithm": "ECDSA-P384-SHA256", "id": key.public.id} if key else None
    seal |= changes
    octets = rfc8785.dumps(seal)
    rest[names.SEAL] = octets
    if key:
        rest[names.SIGNATURE] = key.sign(octets)
    told = {name: seal[name] for name in ("created", "software")}
    return repackaged(rest | {names.PACKAGE: members[names.PACKAGE]}, key=key, **told)


class RawZip:
    """A ZIP file written field by field, with any of them false."""

    def __init__(self, members: Members) -> None:
        self._out = bytearray()
        self._central = bytearray()
        self._count = 0
        self._all = list(members.items())

    def octets(
        self,
        *,
        before: Callable[[str], bytes] = lambda name: b"",
        local: Callable[[str, bytes], bytes | None] = lambda name, octets: None,
        central: Callable[[str, bytes], bytes | None] = lambda name, octets: None,
        gap: bytes = b"",
        tail: bytes = b"",
        comment: bytes = b"",
        count: int | None = None,
    ) -> bytes:
        """The file; `local` and `central` may give another header than the right one, from the right one."""
        for name, octets in self._all:
            self._out += before(name)
            offset = len(self._out)
            head = header(name, octets)
            self._out += (local(name, head) or head) + octets
            entry = directory_entry(name, octets, offset)
            self._central += central(name, entry) or entry
            self._count += 1
        self._out += gap
        start = len(self._out)
        told = self._count if count is None else count
        end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, told, told, len(self._central), start, len(comment))
        return bytes(self._out + self._central + end + comment + tail)


def header(name: str, octets: bytes, *, crc: int | None = None) -> bytes:
    """A local header; what follows it is stored."""
    raw, size = name.encode(), len(octets)
    crc = zlib.crc32(octets) if crc is None else crc
    return struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 0, 0, 0x21, crc, size, size, len(raw), 0) + raw


def directory_entry(name: str, octets: bytes, offset: int, *, crc: int | None = None) -> bytes:
    raw, size = name.encode(), len(octets)
    crc = zlib.crc32(octets) if crc is None else crc
    fixed = (0x02014B50, 3 << 8 | 20, 20, 0, 0, 0, 0x21, crc, size, size, len(raw), 0, 0, 0, 0, 0o100644 << 16, offset)
    return struct.pack("<IHHHHHHIIIHHHHHII", *fixed) + raw


ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973
"""Of P-384."""


def exchanged(signature: bytes) -> bytes:
    """The other signature in DER that fits the same bytes and key: s becomes n-s."""
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, ORDER - s)


def exchanged_raw(signature: bytes) -> bytes:
    """As `exchanged`, for two numbers of 48 bytes."""
    return signature[:48] + (ORDER - int.from_bytes(signature[48:])).to_bytes(48)


class OtherSigner(SigningKey):
    """Signs as other software may: with the higher s of the two, and with keys of any curve."""

    def sign(self, octets: bytes) -> bytes:
        signature = self.key.sign(octets, ec.ECDSA(hashes.SHA256()))
        if not isinstance(self.key.curve, ec.SECP384R1):
            return signature
        return max(signature, exchanged(signature), key=lambda one: decode_dss_signature(one)[1])


def patched(octets: bytes, at: int, form: str, value: int) -> bytes:
    """The same bytes with one number replaced."""
    changed = bytearray(octets)
    struct.pack_into(form, changed, at, value)
    return bytes(changed)
