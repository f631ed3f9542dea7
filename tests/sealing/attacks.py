"""Everything that can be done to a snapshot, by whom, and the level that must tell.

An attack changes a folder of snapshots of which the third is judged. `script` says that verify.sh must find it, too: it
finds all that does not need a look into WARC files or rows.
"""

import gzip
import io
import json
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import rfc8785

from newsarchive.sealing import names
from newsarchive.sealing.chain import Chain
from newsarchive.sealing.documents import parsed
from newsarchive.sealing.judgement import Level
from newsarchive.sealing.keys import SigningKey
from newsarchive.sealing.rotation import rotate
from newsarchive.sealing.seal import digest_of, read_seal
from tests.sealing.conftest import World
from tests.sealing.forging import (
    Members,
    RawZip,
    directory_entry,
    members_of,
    patched,
    repackaged,
    resealed,
    write,
)

STRANGER = SigningKey.new()


@dataclass(frozen=True)
class Case:
    """`path` is the third snapshot in a copy of the folder."""

    world: World
    path: Path

    @property
    def folder(self) -> Path:
        return self.path.parent

    @property
    def token(self) -> Path:
        return self.path.with_name(self.path.name + ".tsr.1")

    def members(self) -> Members:
        return members_of(self.path)

    def write(self, members: Members) -> None:
        write(self.path, members)

    def insider(self, members: Members, **changes: Any) -> None:
        """One who has the key, the authority and the folder: all but the head that was published."""
        members = resealed(members, key=self.world.key, **changes)
        self.write(members)
        seal = read_seal_of(members)
        Chain(self.folder).append(seal)
        self.token.write_bytes(self.world.authority.stamp(members[names.DIGEST]))


def read_seal_of(members: Members) -> Any:
    return read_seal(members[names.SEAL], "seal")


@dataclass(frozen=True)
class Attack:
    name: str
    level: Level
    act: Callable[[Case], None]
    demands: dict[str, Any] = field(default_factory=dict)
    script: bool = True


ATTACKS: list[Attack] = []


def attack(level: Level, *, script: bool = True, **demands: Any) -> Callable[[Callable[[Case], None]], None]:
    """Add a case; `demands` are those of the verification, `head`, `trusted` and `within` being the right ones.

    `gcc`: the case needs a clock of its own.
    """

    def add(act: Callable[[Case], None]) -> None:
        ATTACKS.append(Attack(act.__name__, level, act, demands, script))

    return add


# The container.


def raw(case: Case, **how: Any) -> None:
    case.path.write_bytes(RawZip(case.members()).octets(**how))


def with_entry(case: Case, name: str, octets: bytes = b"x") -> None:
    case.path.write_bytes(RawZip(case.members() | {name: octets}).octets())


@attack("container")
def a_second_member_of_the_same_name(case: Case) -> None:
    members, stream = case.members(), io.BytesIO(case.path.read_bytes())
    with zipfile.ZipFile(stream, "a") as zipped, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        zipped.writestr(zipfile.ZipInfo(names.PAGES), members[names.PAGES].replace(b"the", b"teh"))
    case.path.write_bytes(stream.getvalue())


@attack("container")
def a_second_member_that_differs_in_case_alone(case: Case) -> None:
    with_entry(case, names.PAGES.upper())


@attack("container")
def a_path_that_leads_out(case: Case) -> None:
    with_entry(case, "archive/../../../etc/cron.d/evil")


@attack("container")
def a_path_from_the_root(case: Case) -> None:
    with_entry(case, "/etc/passwd")


@attack("container")
def a_path_with_backslashes(case: Case) -> None:
    with_entry(case, "archive\\..\\evil")


@attack("container")
def a_hidden_file(case: Case) -> None:
    with_entry(case, "archive/.hidden")


@attack("container")
def a_folder_entry(case: Case) -> None:
    with_entry(case, "extra/", b"")


@attack("container")
def a_name_with_a_line_end(case: Case) -> None:
    with_entry(case, "archive/a\nb")


@attack("container")
def another_name_in_the_local_header(case: Case) -> None:
    raw(case, local=lambda name, head: head.replace(b"pages.jsonl", b"pages.jsonx") if name == names.PAGES else None)


@attack("container")
def another_size_in_the_local_header(case: Case) -> None:
    raw(case, local=lambda name, head: patched(head, 22, "<I", 7) if name == names.PAGES else None)


@attack("container")
def a_zip64_local_header(case: Case) -> None:
    def long(name: str, head: bytes) -> bytes | None:
        if name != names.PAGES:
            return None
        size = struct.unpack_from("<I", head, 22)[0]
        changed = patched(patched(patched(head, 18, "<I", 0xFFFFFFFF), 22, "<I", 0xFFFFFFFF), 28, "<H", 20)
        return changed + struct.pack("<HHQQ", 1, 16, size, size)

    raw(case, local=long)


@attack("container")
def bytes_between_members(case: Case) -> None:
    raw(case, before=lambda name: b"hidden" if name == names.PAGES else b"")


@attack("container")
def bytes_before_the_directory(case: Case) -> None:
    raw(case, gap=b"hidden")


@attack("container")
def bytes_before_the_first_member(case: Case) -> None:
    case.path.write_bytes(b"#!/bin/sh\nevil\n" + case.path.read_bytes())


@attack("container")
def bytes_after_the_end(case: Case) -> None:
    raw(case, tail=b"hidden")


@attack("container")
def a_second_zip_file_behind_the_first(case: Case) -> None:
    case.path.write_bytes(case.path.read_bytes() + RawZip({"a": b"b"}).octets())


@attack("container")
def a_comment(case: Case) -> None:
    raw(case, comment=b"hidden")


@attack("container")
def a_bomb(case: Case) -> None:
    stream = io.BytesIO(case.path.read_bytes())
    with zipfile.ZipFile(stream, "a") as zipped:
        bomb = zipfile.ZipInfo("archive/bomb.warc.gz")
        bomb.external_attr = 0o100644 << 16
        zipped.writestr(bomb, bytes(50_000_000), zipfile.ZIP_DEFLATED)
    case.path.write_bytes(stream.getvalue())


@attack("container")
def members_that_overlap(case: Case) -> None:
    members = case.members()
    name, octets = next(iter(members.items()))
    twin = directory_entry("archive/twin.warc.gz", octets, 0)
    raw(case, central=lambda entry, right: right + twin if entry == name else None, count=len(members) + 1)


@attack("container")
def an_encrypted_member(case: Case) -> None:
    raw(case, central=lambda name, entry: patched(entry, 8, "<H", 1) if name == names.PAGES else None)


@attack("container")
def a_symbolic_link(case: Case) -> None:
    raw(case, central=lambda name, entry: patched(entry, 38, "<I", 0o120777 << 16) if name == names.PAGES else None)


@attack("container")
def a_member_without_sizes_before_it(case: Case) -> None:
    raw(case, local=lambda name, head: patched(head, 6, "<H", 8) if name == names.PAGES else None)


@attack("container")
def a_file_that_was_cut(case: Case) -> None:
    case.path.write_bytes(case.path.read_bytes()[:-1000])


@attack("container")
def a_directory_that_counts_too_few(case: Case) -> None:
    raw(case, count=len(case.members()) - 1)


@attack("container")
def an_empty_file(case: Case) -> None:
    case.path.write_bytes(b"")


@attack("container")
def something_else(case: Case) -> None:
    case.path.write_bytes(b"<html>not found</html>" * 1000)


@attack("container")
def a_zip64_ending_that_leads_nowhere(case: Case) -> None:
    octets = case.path.read_bytes()
    case.path.write_bytes(patched(octets, len(octets) - 6, "<I", 0xFFFFFFFF))


# Files and their bytes.


@attack("files")
def a_file_that_is_not_listed(case: Case) -> None:
    case.write(case.members() | {"archive/EXTRA": b"x"})


@attack("files")
def a_file_that_is_listed_but_not_sealed(case: Case) -> None:
    case.write(repackaged(case.members() | {"archive/extra.warc.gz": b"x"}))


@attack("files")
def a_missing_file(case: Case) -> None:
    members = case.members()
    del members[names.TERMS]
    case.write(members)


@attack("files")
def a_renamed_file(case: Case) -> None:
    members = case.members()
    case.write({("compliance/x.jsonl" if name == names.TERMS else name): octets for name, octets in members.items()})


@attack("files")
def no_pages_though_all_else_is_made_anew(case: Case) -> None:
    members = case.members()
    del members[names.PAGES]
    case.insider(members)


def changed(case: Case, ending: str, change: Callable[[bytes], bytes]) -> Members:
    members = case.members()
    name = next(name for name in sorted(members) if name.endswith(ending))
    return members | {name: change(members[name])}


def flipped(octets: bytes) -> bytes:
    middle = len(octets) // 2
    return octets[:middle] + bytes([octets[middle] ^ 1]) + octets[middle + 1 :]


@attack("hashes")
def a_flipped_bit_in_a_warc_file(case: Case) -> None:
    case.write(changed(case, ".warc.gz", flipped))


@attack("hashes")
def a_flipped_bit_in_place(case: Case) -> None:
    octets = case.path.read_bytes()
    case.path.write_bytes(octets[:5000] + bytes([octets[5000] ^ 1]) + octets[5001:])


@attack("hashes")
def a_checksum_that_is_none(case: Case) -> None:
    false = zlib.crc32(b"other")
    raw(
        case,
        local=lambda name, head: patched(head, 14, "<I", false) if name == names.PAGES else None,
        central=lambda name, entry: patched(entry, 16, "<I", false) if name == names.PAGES else None,
    )


@attack("hashes")
def an_article_that_was_rewritten(case: Case) -> None:
    case.write(changed(case, rows_of(case), lambda octets: gzip.compress(gzip.decompress(octets) + b"{}\n")))


@attack("hashes")
def a_page_that_was_rewritten(case: Case) -> None:
    case.write(changed(case, "pages.jsonl", lambda octets: octets.replace(b"the", b"teh", 1)))


@attack("hashes")
def a_rewritten_warc_with_the_package_hashed_again(case: Case) -> None:
    case.write(repackaged(changed(case, ".warc.gz", flipped)))


@attack("hashes")
def swapped_files(case: Case) -> None:
    members = case.members()
    one, other = [name for name in members if name.endswith(".warc.gz")][:2]
    case.write(members | {one: members[other], other: members[one]})


# The package.


@attack("package")
def a_stripped_digest(case: Case) -> None:
    members = case.members()
    del members[names.DIGEST]
    case.write(members)


@attack("package")
def a_stripped_package(case: Case) -> None:
    members = case.members()
    del members[names.PACKAGE]
    case.write(members)


@attack("package")
def a_package_that_leaves_out_a_file(case: Case) -> None:
    members = case.members()
    listed = parsed(members[names.PACKAGE], "package")["resources"]
    case.write(repackaged(members, key=case.world.key, resources=listed[1:]))


@attack("package")
def a_package_of_another_version(case: Case) -> None:
    case.write(repackaged(case.members(), key=case.world.key, wacz_version="1.2.0"))


@attack("package")
def a_digest_of_another_package(case: Case) -> None:
    case.write(changed(case, names.PACKAGE, lambda octets: octets.replace(b"Snapshot of", b"Snapshot 0f")))


@attack("package")
def a_package_with_a_key_twice(case: Case) -> None:
    members = changed(case, names.PACKAGE, lambda octets: b'{"title":"x",' + octets[1:])
    digest = parsed(members[names.DIGEST], "digest") | {"hash": digest_of(members[names.PACKAGE])}
    case.write(members | {names.DIGEST: rfc8785.dumps(digest)})


# The seal.


@attack("seal")
def no_seal(case: Case) -> None:
    members = case.members()
    del members[names.SEAL]
    case.write(members)


@attack("seal")
def a_seal_that_is_not_canonical(case: Case) -> None:
    case.write(changed(case, names.SEAL, lambda octets: json.dumps(json.loads(octets), indent=1).encode()))


@attack("seal")
def a_seal_of_another_form(case: Case) -> None:
    case.write(changed(case, names.SEAL, lambda octets: octets.replace(b"snapshot-seal/1", b"snapshot-seal/9")))


@attack("seal")
def counts_that_are_false(case: Case) -> None:
    case.insider(case.members(), counts={"captures": 1_000_000})


@attack("seal", script=False)
def counts_that_are_no_numbers(case: Case) -> None:
    case.write(resealed(case.members(), key=case.world.key, counts={"captures": "\x1b[2J"}))


@attack("seal", script=False)
def outlets_that_are_no_list(case: Case) -> None:
    case.write(resealed(case.members(), key=case.world.key, outlets=7))


@attack("seal", script=False)
def a_key_that_is_a_word(case: Case) -> None:
    seal = parsed(case.members()[names.SEAL], "seal") | {"key": "x"}
    case.write(repackaged(case.members() | {names.SEAL: rfc8785.dumps(seal)}))


@attack("seal", script=False)
def a_seal_of_a_hundred_thousand_brackets(case: Case) -> None:
    case.write(repackaged(case.members() | {names.SEAL: b"[" * 100_000 + b"]" * 100_000}))


@attack("seal", script=False)
def a_seal_that_claims_more(case: Case) -> None:
    case.write(resealed(case.members(), key=case.world.key, proven="Everything."))


@attack("seal")
def a_seal_without_a_number(case: Case) -> None:
    case.write(resealed(case.members(), key=case.world.key, sequence=0))


@attack("seal")
def a_first_seal_that_follows(case: Case) -> None:
    case.write(resealed(case.members(), key=case.world.key, prev_seal=None))


@attack("seal", script=False)
def custody_lines_in_another_order(case: Case) -> None:
    case.insider(changed(case, names.CUSTODY, lambda octets: b"".join(reversed(octets.splitlines(keepends=True)))))


@attack("seal", script=False)
def a_custody_line_that_was_dropped(case: Case) -> None:
    case.insider(changed(case, names.CUSTODY, lambda octets: octets.split(b"\n", 1)[1]))


# Signature and key.


@attack("signature")
def a_stripped_signature(case: Case) -> None:
    members = case.members()
    del members[names.SIGNATURE]
    case.write(repackaged(members, key=case.world.key))


@attack("signature")
def signed_data_that_was_stripped(case: Case) -> None:
    case.write(repackaged(case.members(), key=None))


@attack("signature")
def a_signature_of_other_bytes(case: Case) -> None:
    members = case.members()
    case.write(repackaged(members | {names.SIGNATURE: case.world.key.sign(b"other")}, key=case.world.key))


@attack("signature")
def a_signature_that_is_none(case: Case) -> None:
    case.write(repackaged(case.members() | {names.SIGNATURE: b"x"}, key=case.world.key))


@attack("signature")
def another_key_in_the_snapshot(case: Case) -> None:
    members = resealed(case.members(), key=case.world.key)
    members |= {names.KEY: STRANGER.public.pem, names.SIGNATURE: STRANGER.sign(members[names.SEAL])}
    case.write(repackaged(members, key=STRANGER))


@attack("signature")
def a_key_that_cannot_be_read(case: Case) -> None:
    case.write(resealed(case.members(), key=case.world.key) | {names.KEY: b"x"})


@attack("signature")
def a_package_signed_by_another_key_than_the_seal(case: Case) -> None:
    case.write(repackaged(case.members(), key=STRANGER))


@attack("signature")
def a_title_that_was_changed(case: Case) -> None:
    members = repackaged(case.members(), title="Snapshot of what never was")
    signed = parsed(case.members()[names.DIGEST], "digest")["signedData"]
    digest = parsed(members[names.DIGEST], "digest") | {"signedData": signed}
    case.write(members | {names.DIGEST: rfc8785.dumps(digest)})


@attack("signature", signature=True)
def all_made_anew_and_unsigned(case: Case) -> None:
    members = resealed(changed(case, names.PAGES, lambda octets: octets.replace(b"the", b"teh", 1)))
    case.write(members)
    Chain(case.folder).append(read_seal_of(members))
    case.token.unlink()


@attack("key", trusted=True)
def all_made_anew_and_signed_by_a_stranger(case: Case) -> None:
    members = resealed(changed(case, names.PAGES, lambda octets: octets.replace(b"the", b"teh", 1)), key=STRANGER)
    case.write(members)
    Chain(case.folder).append(read_seal_of(members))
    case.token.write_bytes(case.world.authority.stamp(members[names.DIGEST]))


@attack("key", trusted=True)
def a_change_of_key_that_a_stranger_signed(case: Case) -> None:
    rotation = rotate(STRANGER, STRANGER.public, created="2026-11-22T03:00:00Z")
    statement = parsed(rotation.statement, "statement") | {"old_key": case.world.first_key.public.id}
    octets = rfc8785.dumps(statement)
    false = {
        "rotation-0001.json": octets,
        "rotation-0001.json.sig": STRANGER.sign(octets),
        "rotation-0001.pem": STRANGER.public.pem,
    }
    members = case.members() | {names.COMPLIANCE + name: part for name, part in false.items()}
    members = resealed(members, key=STRANGER)
    case.write(members)
    Chain(case.folder).append(read_seal_of(members))
    case.token.write_bytes(case.world.authority.stamp(members[names.DIGEST]))


@attack("key", trusted=True)
def a_change_of_key_that_names_another_one(case: Case) -> None:
    members = case.members() | {names.COMPLIANCE + "rotation-0001.pem": STRANGER.public.pem}
    members = resealed(members, key=STRANGER)
    case.write(members)
    Chain(case.folder).append(read_seal_of(members))


@attack("key", trusted=True)
def a_change_of_key_that_was_taken_away(case: Case) -> None:
    case.insider({name: octets for name, octets in case.members().items() if "rotation-" not in name})


# Time.


@attack("timestamp")
def a_token_of_other_bytes(case: Case) -> None:
    case.token.write_bytes(case.world.authority.stamp(b"other"))


@attack("timestamp")
def a_token_that_cannot_be_read(case: Case) -> None:
    case.token.write_bytes(case.token.read_bytes()[:-20])


@attack("timestamp")
def a_page_in_place_of_a_token(case: Case) -> None:
    case.token.write_bytes(b"<html>502 Bad Gateway</html>")


@attack("timestamp", timestamp=True)
def a_token_of_an_authority_that_nobody_knows(case: Case) -> None:
    case.token.write_bytes(case.world.expired.stamp(case.members()[names.DIGEST]))


@attack("timestamp", roots="expired")
def a_token_by_a_certificate_that_had_ended(case: Case) -> None:
    case.token.write_bytes(case.world.expired.stamp(case.members()[names.DIGEST]))


@attack("timestamp")
def a_refusal_in_place_of_a_token(case: Case) -> None:
    case.token.write_bytes(bytes.fromhex("30053003020102"))


@attack("timestamp")
def a_token_whose_signature_was_changed(case: Case) -> None:
    octets = bytearray(case.token.read_bytes())
    octets[-5] ^= 1
    case.token.write_bytes(octets)


@attack("timestamp")
def a_seal_that_says_to_be_younger_than_its_token(case: Case) -> None:
    case.insider(case.members(), created="2031-01-01T00:00:00Z")


@attack("timestamp", within=True)
def all_made_anew_and_dated_back_by_the_holder_of_the_key(case: Case) -> None:
    members = changed(case, names.PAGES, lambda octets: octets.replace(b"the ", b"teh ", 1))
    case.insider(members, created="2026-11-21T06:00:00Z")


@attack("timestamp", within=True, gcc=True)
def a_snapshot_before_that_was_stamped_later(case: Case) -> None:
    second = case.world.path(2, case.folder)
    token = second.with_name(second.name + ".tsr.1")
    later = datetime.now(UTC) + timedelta(minutes=20)
    token.write_bytes(case.world.authority.stamp(members_of(second)[names.DIGEST], at=later))


@attack("timestamp", within=True)
def a_token_that_was_taken_away_where_it_was_to_be_soon(case: Case) -> None:
    case.token.unlink()


@attack("timestamp", gcc=True)
def a_token_from_before_the_seal(case: Case) -> None:
    before = datetime(2026, 11, 22, 5, tzinfo=UTC)
    case.token.write_bytes(case.world.authority.stamp(case.members()[names.DIGEST], at=before))


@attack("timestamp", timestamp=True)
def a_stripped_token(case: Case) -> None:
    case.token.unlink()


# The chain.


@attack("chain", head=True)
def the_newest_snapshot_dropped(case: Case) -> None:
    case.token.unlink()
    case.path.unlink()
    (case.folder / "chain" / "00000003.json").unlink()
    second = case.world.path(2, case.folder)
    (case.folder / "HEAD").write_text(read_seal(members_of(second)[names.SEAL], "seal").head + "\n")


@attack("chain")
def a_seal_in_the_middle_dropped(case: Case) -> None:
    (case.folder / "chain" / "00000002.json").unlink()


@attack("chain")
def a_seal_of_the_chain_changed(case: Case) -> None:
    file = case.folder / "chain" / "00000002.json"
    file.write_bytes(file.read_bytes().replace(b"2026-11-22T05", b"2026-11-22T04"))


@attack("chain")
def a_seal_dated_before_the_one_that_it_follows(case: Case) -> None:
    case.insider(case.members(), created="2026-11-22T04:30:00Z")


@attack("chain", head=True)
def a_chain_that_was_cut_at_this_seal(case: Case) -> None:
    """What is judged is the first snapshot: all after it are gone."""
    for number in (2, 3):
        case.world.path(number, case.folder).unlink()
        (case.folder / "chain" / f"{number:08d}.json").unlink()
    first = case.world.path(1, case.folder)
    (case.folder / "HEAD").write_text(read_seal(members_of(first)[names.SEAL], "seal").head + "\n")
    case.token.unlink()


@attack("chain")
def a_chain_of_others(case: Case) -> None:
    for file in (case.folder / "chain").iterdir():
        file.write_bytes(rfc8785.dumps(parsed(file.read_bytes(), file) | {"software": "other"}))


@attack("chain")
def a_head_that_names_an_older_seal(case: Case) -> None:
    second = case.world.path(2, case.folder)
    (case.folder / "HEAD").write_text(read_seal(members_of(second)[names.SEAL], "seal").head + "\n")


@attack("chain", head=True)
def all_rewritten_by_the_holder_of_the_key(case: Case) -> None:
    case.insider(changed(case, names.TERMS, lambda octets: b""))


@attack("chain")
def another_snapshot_of_the_same_number(case: Case) -> None:
    members = resealed(case.members(), key=case.world.key, outlets=["others"])
    case.write(members)
    case.token.write_bytes(case.world.authority.stamp(members[names.DIGEST]))


# What lies in the files, changed by one who has the key and makes all else anew.


def other_record(octets: bytes) -> bytes:
    """The first member with an article's text in it, with a word changed, and its digests left as they were."""
    out, rest, done = b"", octets, False
    while rest:
        unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
        record = unpacker.decompress(rest) + unpacker.flush()
        packed, rest = rest[: len(rest) - len(unpacker.unused_data)], unpacker.unused_data
        if not done and b"WARC-Type: request" in record and b"GET /robots.txt" in record:
            packed, done = gzip.compress(record.replace(b"GET /robots.txt", b"GET /Robots.txt"), mtime=0), True
        out += packed
    assert done
    return out


@attack("records", script=False, deep=True)
def a_record_that_was_replaced(case: Case) -> None:
    case.insider(changed(case, ".warc.gz", other_record))


@attack("records", script=False, deep=True)
def a_warc_file_that_was_cut(case: Case) -> None:
    case.insider(changed(case, ".warc.gz", lambda octets: octets[:-500]))


@attack("index", script=False, deep=True)
def records_in_another_order(case: Case) -> None:
    def swapped(octets: bytes) -> bytes:
        first = zlib.decompressobj(16 + zlib.MAX_WBITS)
        first.decompress(octets)
        return first.unused_data + octets[: len(octets) - len(first.unused_data)]

    case.insider(changed(case, ".warc.gz", swapped))


@attack("index", script=False, deep=True)
def an_index_without_one_capture(case: Case) -> None:
    members = changed(case, names.INDEX, lambda octets: octets.split(b"\n", 1)[1])
    counts = parsed(members[names.SEAL], "seal")["counts"]
    case.insider(members, counts={"captures": counts["captures"] - 1})


@attack("index", script=False, deep=True)
def an_index_with_another_digest(case: Case) -> None:
    case.insider(
        changed(
            case,
            names.INDEX,
            lambda octets: octets.replace(b'"recordDigest": "sha256:', b'"recordDigest": "sha256:0', 1),
        )
    )


@attack("index", script=False, deep=True)
def a_robots_txt_that_was_never_answered(case: Case) -> None:
    case.insider(changed(case, names.TERMS, lambda octets: octets.replace(b"Disallow", b"Allow", 1)))


@attack("index", script=False, deep=True)
def a_robots_txt_that_was_left_out(case: Case) -> None:
    case.insider(changed(case, names.TERMS, lambda octets: octets.split(b"\n", 1)[1]))


@attack("pages", script=False, deep=True)
def pages_that_say_something_else(case: Case) -> None:
    case.insider(changed(case, names.PAGES, lambda octets: octets.replace(b"the ", b"teh ", 1)))


@attack("rows", script=False, deep=True)
def a_row_of_no_capture(case: Case) -> None:
    def astray(octets: bytes) -> bytes:
        first, *rest = gzip.decompress(octets).splitlines()
        row = json.loads(first)
        row["provenance"]["warc"]["offset"] += 1
        return packed_rows([row, *map(json.loads, rest)])

    case.insider(changed(case, rows_of(case), astray))


@attack("derivation", script=False, deep=True, readers=1)
def an_article_that_its_page_does_not_give(case: Case) -> None:
    def misread(octets: bytes) -> bytes:
        rows = [json.loads(line) for line in gzip.decompress(octets).splitlines()]
        rows[0]["headline"] = "What was never written"
        return packed_rows(rows)

    members = changed(case, rows_of(case), misread)
    told = [json.loads(line) for line in members[names.PAGES].splitlines()]
    told[1]["title"] = "What was never written"
    case.insider(members | {names.PAGES: b"".join(rfc8785.dumps(one) + b"\n" for one in told)})


@attack("derivation", script=False, deep=True, readers=1)
def a_row_that_names_another_line_of_robots_txt(case: Case) -> None:
    def misread(octets: bytes) -> bytes:
        rows = [json.loads(line) for line in gzip.decompress(octets).splitlines()]
        rows[0]["rights"]["robots_txt"]["rule"] = "Allow: /what-never-stood-there"
        return packed_rows(rows)

    case.insider(changed(case, rows_of(case), misread))


@attack("seal", script=False, deep=True)
def captures_said_to_be_older(case: Case) -> None:
    case.insider(case.members(), first_captured_at="2020-01-01T00:00:00.000000Z")


def packed_rows(rows: list[Any]) -> bytes:
    """As a crawl packs them."""
    stream = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0) as file:
        file.writelines(rfc8785.dumps(row) + b"\n" for row in rows)
    return stream.getvalue()


def rows_of(case: Case) -> str:
    """The first file of articles."""
    return next(
        name
        for name in sorted(case.members())
        if name.endswith(".jsonl.gz") and not name.endswith(".rejected.jsonl.gz")
    )
