"""What else a stranger may try: to be read in one way by `verify` and in another by verify.sh, or to keep either busy.

As `attacks`, whose list these cases join.
"""

import base64
import json
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from newsarchive.sealing import names
from newsarchive.sealing.container import END, END_SIGN
from newsarchive.sealing.documents import parsed
from newsarchive.sealing.rotation import rotate
from newsarchive.sealing.seal import digest_of
from tests.sealing.attacks import ATTACKS, STRANGER, Attack, Case, attack, changed, raw, with_entry
from tests.sealing.forging import (
    OtherSigner,
    RawZip,
    directory_entry,
    exchanged,
    exchanged_raw,
    facts_of,
    header,
    patched,
    repackaged,
    resealed,
)

# The container: numbers that most programs never look at.


def in_both(case: Case, local: int, central: int, form: str, value: int) -> None:
    """The same false number before the pages and in the directory."""
    raw(
        case,
        local=lambda name, head: patched(head, local, form, value) if name == names.PAGES else None,
        central=lambda name, entry: patched(entry, central, form, value) if name == names.PAGES else None,
    )


@attack("container")
def another_time_in_both_headers(case: Case) -> None:
    in_both(case, 10, 12, "<H", 0x6000)


@attack("container")
def another_time_in_the_local_header_alone(case: Case) -> None:
    raw(case, local=lambda name, head: patched(head, 10, "<H", 0x6000) if name == names.PAGES else None)


@attack("container")
def another_checksum_in_the_local_header_alone(case: Case) -> None:
    raw(case, local=lambda name, head: patched(head, 14, "<I", 7) if name == names.PAGES else None)


@attack("container")
def names_said_to_be_unicode(case: Case) -> None:
    in_both(case, 6, 8, "<H", 0x800)


@attack("container")
def a_file_that_anybody_may_run(case: Case) -> None:
    raw(case, central=lambda name, entry: patched(entry, 38, "<I", 0o100777 << 16) if name == names.SCRIPT else None)


@attack("container")
def an_extra_field_with_another_name(case: Case) -> None:
    """Info-ZIP's field for a name in Unicode, which some programs prefer to the name itself."""
    extra = struct.pack("<HHBI", 0x7075, 5 + 8, 1, 0) + b"evil.txt"
    raw(
        case,
        central=lambda name, entry: patched(entry, 30, "<H", len(extra)) + extra if name == names.PAGES else None,
    )


@attack("container")
def a_file_inside_of_a_file(case: Case) -> None:
    case.insider(case.members() | {"archive": b"x"})


@attack("container")
def a_folder_in_a_folder(case: Case) -> None:
    with_entry(case, "archive/a/b")


@attack("container")
def a_name_like_an_option(case: Case) -> None:
    with_entry(case, "-")


@attack("container")
def a_very_long_name(case: Case) -> None:
    with_entry(case, "archive/" + "a" * 400)


@attack("container")
def an_empty_directory_before_much_of_nothing(case: Case) -> None:
    with case.path.open("wb") as file:
        file.truncate(20_000_000_000)
        file.seek(0, os.SEEK_END)
        file.write(END.pack(END_SIGN, 0, 0, 0, 0, 0, 0, 0))


@attack("container")
def a_thousand_names_for_the_same_bytes(case: Case) -> None:
    """Whoever reads them all reads ten gigabytes."""
    octets = bytes(10_000_000)
    first = header("archive/0", octets) + octets
    entries = [directory_entry(f"archive/{number}", octets, 0, crc=7) for number in range(1000)]
    end = END.pack(END_SIGN, 0, 0, 1000, 1000, sum(map(len, entries)), len(first), 0)
    case.path.write_bytes(first + b"".join(entries) + end)


# Documents that are read in two ways.


def reseal_as(case: Case, octets: bytes) -> None:
    """These bytes as the seal, signed and packaged by the holder of the key."""
    members = case.members() | {names.SEAL: octets, names.SIGNATURE: case.world.key.sign(octets)}
    case.write(repackaged(members, key=case.world.key))


def seal_of(case: Case) -> dict[str, Any]:
    return parsed(case.members()[names.SEAL], "seal")


@attack("seal")
def a_scope_with_other_files_in_it(case: Case) -> None:
    """Whoever looks for the last `files` in the text finds those."""
    members = case.members()
    true = seal_of(case)
    members |= {names.TERMS: b"{}\n"}
    case.write(resealed(members, key=case.world.key, scope=true["scope"] | {"files": true["files"]}))


@attack("seal")
def another_key_with_another_number_in_it(case: Case) -> None:
    case.write(resealed(case.members(), key=case.world.key, zz={"sequence": 3, "created": "2020-01-01T00:00:00Z"}))


@attack("seal")
def a_seal_with_a_line_end_behind_it(case: Case) -> None:
    reseal_as(case, case.members()[names.SEAL] + b"\n")


@attack("seal")
def a_seal_with_a_mark_of_its_byte_order(case: Case) -> None:
    reseal_as(case, b"\xef\xbb\xbf" + case.members()[names.SEAL])


@attack("seal")
def a_seal_with_nothing_behind_it(case: Case) -> None:
    reseal_as(case, case.members()[names.SEAL] + bytes(10))


@attack("seal")
def a_seal_with_a_number_twice(case: Case) -> None:
    reseal_as(case, case.members()[names.SEAL].replace(b'"sequence":3', b'"sequence":9,"sequence":3'))


@attack("seal")
def a_seal_whose_number_is_a_fraction(case: Case) -> None:
    reseal_as(case, case.members()[names.SEAL].replace(b'"sequence":3', b'"sequence":3.0'))


@attack("seal")
def a_seal_whose_number_is_beyond_all_numbers(case: Case) -> None:
    reseal_as(case, case.members()[names.SEAL].replace(b'"sequence":3', b'"sequence":' + b"9" * 5000))


@attack("seal")
def a_seal_whose_number_is_read_as_another_one(case: Case) -> None:
    """From 2^53 on programs that read numbers as JavaScript does take it for its neighbour."""
    reseal_as(case, case.members()[names.SEAL].replace(b'"sequence":3', b'"sequence":9007199254740993'))


@attack("seal")
def a_seal_that_counts_more_than_all_programs_can(case: Case) -> None:
    octets = case.members()[names.SEAL]
    count = seal_of(case)["counts"]["rejections"]
    reseal_as(case, octets.replace(b'"rejections":%d' % count, b'"rejections":9007199254740992'))


@attack("seal")
def a_seal_with_a_backspace_spelled_out(case: Case) -> None:
    reseal_as(case, case.members()[names.SEAL].replace(b'"software":"', b'"software":"\\u0008'))


@attack("seal")
def a_seal_with_a_path_of_empty_folders(case: Case) -> None:
    seal = seal_of(case)
    *rest, last = seal["files"]
    reseal_as(case, rfc8785.dumps(seal | {"files": [*rest, last | {"path": "pages//pages.jsonl"}]}))


def superseding(case: Case, **changes: Any) -> None:
    """The seal says that it stands in the place of the second one."""
    told = {"acts": ["T-2026-001"], "number": 2, "seal": digest_of(b"x")} | changes
    case.write(resealed(case.members(), key=case.world.key, supersedes=told))


@attack("seal")
def a_seal_that_supersedes_itself(case: Case) -> None:
    superseding(case, number=3)


@attack("seal")
def a_seal_that_supersedes_under_a_word(case: Case) -> None:
    superseding(case, acts="T")


@attack("seal")
def a_seal_with_tombstones_that_are_no_list(case: Case) -> None:
    case.write(resealed(case.members(), key=case.world.key, tombstones={}))


@attack("seal")
def a_seal_with_letters_spelled_out(case: Case) -> None:
    reseal_as(case, case.members()[names.SEAL].replace(b'"software":"n', b'"software":"\\u006e'))


@attack("seal")
def a_seal_with_half_a_sign_in_it(case: Case) -> None:
    reseal_as(case, case.members()[names.SEAL].replace(b'"software":"', b'"software":"\\ud800'))


@attack("seal")
def a_seal_that_is_no_text(case: Case) -> None:
    reseal_as(case, case.members()[names.SEAL].replace(b'"software":"', b'"software":"\xff\xfe'))


@attack("seal")
def a_seal_with_the_same_file_twice(case: Case) -> None:
    seal = seal_of(case)
    reseal_as(case, rfc8785.dumps(seal | {"files": [seal["files"][0], *seal["files"]]}))


@attack("seal")
def a_seal_with_its_files_in_another_order(case: Case) -> None:
    seal = seal_of(case)
    reseal_as(case, rfc8785.dumps(seal | {"files": seal["files"][::-1]}))


@attack("seal")
def a_seal_that_counts_other_bytes(case: Case) -> None:
    case.insider(case.members(), counts={"bytes": 1})


@attack("seal")
def a_seal_that_counts_other_pairs(case: Case) -> None:
    case.insider(case.members(), counts={"pairs": 99})


@attack("seal")
def a_seal_that_counts_other_files(case: Case) -> None:
    case.insider(case.members(), counts={"files": 99})


@attack("seal")
def a_seal_that_claims_what_is_not_proven(case: Case) -> None:
    case.write(resealed(case.members(), key=case.world.key, not_proven="Nothing."))


@attack("seal")
def a_seal_that_leaves_more_files_out(case: Case) -> None:
    case.write(resealed(case.members(), key=case.world.key, unsealed=[*seal_of(case)["unsealed"], "archive/x"]))


@attack("seal")
def a_seal_of_a_key_of_another_kind(case: Case) -> None:
    seal = parsed(resealed(case.members(), key=case.world.key)[names.SEAL], "seal")
    reseal_as(case, rfc8785.dumps(seal | {"key": seal["key"] | {"algorithm": "none"}}))


@attack("seal")
def a_seal_of_a_key_without_a_name(case: Case) -> None:
    seal = parsed(resealed(case.members(), key=case.world.key)[names.SEAL], "seal")
    octets = rfc8785.dumps(seal | {"key": seal["key"] | {"id": None}})
    members = {name: part for name, part in case.members().items() if name != names.SIGNATURE}
    case.write(repackaged(members | {names.SEAL: octets}))


@attack("chain")
def a_seal_of_the_year_one(case: Case) -> None:
    case.write(resealed(case.members(), key=case.world.key, created="0001-01-01T00:00:00Z"))


@attack("seal")
def a_seal_of_another_zone(case: Case) -> None:
    case.write(resealed(case.members(), key=case.world.key, created="2026-11-22T06:00:00+14:00"))


@attack("seal")
def a_seal_of_a_day_that_never_was(case: Case) -> None:
    case.write(resealed(case.members(), key=case.world.key, created="2026-11-31T06:00:00Z"))


@attack("seal")
def a_seal_of_a_short_hour(case: Case) -> None:
    case.write(resealed(case.members(), key=case.world.key, created="2026-11-22T6:0:0Z"))


@attack("seal", script=False)
def a_custody_line_whose_number_is_true(case: Case) -> None:
    def first(octets: bytes) -> bytes:
        lines = octets.splitlines(keepends=True)
        return lines[0].replace(b'"sequence":1', b'"sequence":true')

    case.insider(changed(case, names.CUSTODY, first))


@attack("seal", script=False)
def a_custody_line_by_nobody(case: Case) -> None:
    case.insider(changed(case, names.CUSTODY, lambda octets: _line(octets, actor=["nobody"])))


@attack("seal", script=False)
def a_custody_line_without_an_end(case: Case) -> None:
    case.insider(changed(case, names.CUSTODY, lambda octets: octets[:-1]))


def _line(octets: bytes, **changes: Any) -> bytes:
    return rfc8785.dumps(json.loads(octets.splitlines()[0]) | changes) + b"\n"


@attack("hashes")
def a_size_that_is_false_though_the_digest_is_right(case: Case) -> None:
    seal = seal_of(case)
    one, *rest = seal["files"]
    files = [one | {"bytes": one["bytes"] + 1}, *rest]
    counts = seal["counts"] | {"bytes": seal["counts"]["bytes"] + 1}
    reseal_as(case, rfc8785.dumps(seal | {"files": files, "counts": counts}))


@attack("files")
def no_script_though_all_else_is_made_anew(case: Case) -> None:
    case.insider({name: octets for name, octets in case.members().items() if name != names.SCRIPT})


@attack("files")
def no_captures_at_all(case: Case) -> None:
    members = {name: octets for name, octets in case.members().items() if not name.startswith(names.ARCHIVE)}
    case.insider(members | {names.INDEX: b""}, counts={"pairs": 0, "captures": 0})


def with_package(case: Case, octets: bytes) -> None:
    """These bytes as the package, signed by the holder of the key."""
    digest = digest_of(octets)
    signed = parsed(repackaged(case.members(), key=case.world.key)[names.DIGEST], "digest")["signedData"]
    signed |= {"hash": digest, "signature": base64.b64encode(case.world.key.sign_raw(digest.encode())).decode()}
    told = {"path": names.PACKAGE, "hash": digest, "signedData": signed}
    case.write(case.members() | {names.PACKAGE: octets, names.DIGEST: rfc8785.dumps(told)})


def package_of(case: Case) -> dict[str, Any]:
    return parsed(case.members()[names.PACKAGE], "package")


@attack("package")
def a_package_with_another_key(case: Case) -> None:
    with_package(case, rfc8785.dumps(package_of(case) | {"zz": {"resources": []}}))


@attack("package")
def a_package_of_another_profile(case: Case) -> None:
    with_package(case, rfc8785.dumps(package_of(case) | {"profile": "wacz"}))


@attack("package")
def a_package_of_another_time(case: Case) -> None:
    with_package(case, rfc8785.dumps(package_of(case) | {"created": "2020-01-01T00:00:00Z"}))


@attack("package")
def a_package_by_other_software(case: Case) -> None:
    with_package(case, rfc8785.dumps(package_of(case) | {"software": "other/1"}))


@attack("package")
def a_package_with_a_line_end_behind_it(case: Case) -> None:
    with_package(case, case.members()[names.PACKAGE] + b"\n")


@attack("package")
def a_package_with_spaces(case: Case) -> None:
    with_package(case, case.members()[names.PACKAGE].replace(b'","wacz_version"', b'", "wacz_version"'))


@attack("package")
def a_package_with_other_names(case: Case) -> None:
    told = package_of(case)
    told["resources"][0]["name"] = "other"
    with_package(case, rfc8785.dumps(told))


@attack("package")
def a_package_with_other_sizes(case: Case) -> None:
    told = package_of(case)
    told["resources"][0]["bytes"] += 1
    with_package(case, rfc8785.dumps(told))


@attack("package")
def a_package_that_lists_in_another_order(case: Case) -> None:
    told = package_of(case)
    with_package(case, rfc8785.dumps(told | {"resources": told["resources"][::-1]}))


@attack("package")
def a_size_that_is_true(case: Case) -> None:
    members = resealed(case.members() | {names.TERMS: b"x"}, key=case.world.key)
    case.write(members)
    told = package_of(case)
    for one in told["resources"]:
        one["bytes"] = True if one["bytes"] == 1 else one["bytes"]
    with_package(case, rfc8785.dumps(told))


@attack("package")
def a_title_that_is_a_list(case: Case) -> None:
    with_package(case, rfc8785.dumps(package_of(case) | {"title": ["x"]}))


@attack("package")
def a_digest_with_another_key(case: Case) -> None:
    digest = parsed(case.members()[names.DIGEST], "digest")
    case.write(case.members() | {names.DIGEST: rfc8785.dumps(digest | {"also": "x"})})


@attack("package")
def a_digest_with_spaces(case: Case) -> None:
    case.write(changed(case, names.DIGEST, lambda octets: octets.replace(b'","path"', b'", "path"')))


@attack("package")
def a_digest_with_a_line_end_behind_it(case: Case) -> None:
    case.write(changed(case, names.DIGEST, lambda octets: octets + b"\n"))


# Signatures and keys.


def signed_with(case: Case, **changes: Any) -> None:
    digest = parsed(case.members()[names.DIGEST], "digest")
    signed = digest["signedData"] | changes
    case.write(case.members() | {names.DIGEST: rfc8785.dumps(digest | {"signedData": signed})})


@attack("signature")
def a_signature_said_to_be_by_other_software(case: Case) -> None:
    signed_with(case, software="other/1")


@attack("signature")
def a_signature_said_to_be_older(case: Case) -> None:
    signed_with(case, created="2020-01-01T00:00:00Z")


@attack("signature")
def a_signature_with_more_beside_it(case: Case) -> None:
    signed_with(case, domain="trust.example")


@attack("signature")
def a_signature_of_nothing(case: Case) -> None:
    signed_with(case, signature=base64.b64encode(bytes(96)).decode())


@attack("signature")
def a_signature_of_no_length(case: Case) -> None:
    signed_with(case, signature="", publicKey="")


@attack("signature")
def a_signature_that_is_a_number(case: Case) -> None:
    signed_with(case, signature=7)


@attack("signature")
def a_signature_with_bytes_behind_it(case: Case) -> None:
    members = case.members()
    case.write(repackaged(members | {names.SIGNATURE: members[names.SIGNATURE] + b"x"}, key=case.world.key))


@attack("signature")
def a_stranger_signs_the_package_of_an_unsigned_seal(case: Case) -> None:
    """ReplayWeb.page would show it as signed."""
    members = {name: octets for name, octets in case.members().items() if name != names.SIGNATURE}
    case.write(repackaged(resealed(members), key=STRANGER))


def with_key(case: Case, pem: bytes, key_id: str | None = None) -> None:
    """Another form of the key in the file, with all else made anew."""
    members = resealed(case.members(), key=case.world.key)
    rest = {name: octets for name, octets in members.items() if name not in names.UNSEALED} | {names.KEY: pem}
    seal = parsed(members[names.SEAL], "seal")
    facts = sorted(facts_of(rest), key=lambda fact: fact.path)
    seal["files"] = [fact.as_json() for fact in facts]
    seal["counts"]["bytes"] = sum(fact.bytes for fact in facts)
    seal["key"]["id"] = key_id or seal["key"]["id"]
    octets = rfc8785.dumps(seal)
    rest |= {names.SEAL: octets, names.SIGNATURE: case.world.key.sign(octets)}
    case.write(repackaged(rest | {names.PACKAGE: members[names.PACKAGE]}, key=case.world.key))


@attack("signature")
def a_key_with_words_before_it(case: Case) -> None:
    with_key(case, b"The key of the archive:\n" + case.world.key.public.pem)


@attack("signature")
def a_key_with_another_behind_it(case: Case) -> None:
    with_key(case, case.world.key.public.pem + STRANGER.public.pem)


@attack("signature")
def a_key_in_another_form(case: Case) -> None:
    with_key(case, case.world.key.public.der)


@attack("signature")
def a_private_key_in_the_snapshot(case: Case) -> None:
    private = case.world.key.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with_key(case, private)


@attack("signature")
def a_key_on_another_curve(case: Case) -> None:
    other = ec.generate_private_key(ec.SECP521R1()).public_key()
    pem = other.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    der = other.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    with_key(case, pem, digest_of(der))


@attack("signature")
def a_key_that_is_nothing_named_by_the_digest_of_nothing(case: Case) -> None:
    with_key(case, b"x", digest_of(b""))


def with_signature(case: Case, change: Callable[[str], str], field: str = "signature") -> None:
    """The text of a signature, or of the key, in the digest of the package is changed."""
    signed = parsed(case.members()[names.DIGEST], "digest")["signedData"]
    signed_with(case, **{field: change(signed[field])})


@attack("signature")
def the_other_signature_of_the_package(case: Case) -> None:
    """It fits the same bytes and key, and whoever has the file can compute it."""
    with_signature(case, lambda text: base64.b64encode(exchanged_raw(base64.b64decode(text))).decode())


@attack("signature")
def the_other_signature_of_the_seal(case: Case) -> None:
    members = case.members()
    case.write(repackaged(members | {names.SIGNATURE: exchanged(members[names.SIGNATURE])}, key=case.world.key))


@attack("signature")
def a_signature_with_two_signs_of_padding(case: Case) -> None:
    with_signature(case, lambda text: text + "==")


@attack("signature")
def a_signature_with_four_signs_of_padding(case: Case) -> None:
    with_signature(case, lambda text: text + "====")


@attack("signature")
def a_signature_with_a_blank_behind_it(case: Case) -> None:
    with_signature(case, lambda text: text + " ")


@attack("signature")
def a_signature_with_a_blank_in_it(case: Case) -> None:
    with_signature(case, lambda text: f"{text[:64]} {text[64:]}")


@attack("signature")
def a_signature_with_a_line_end_in_it(case: Case) -> None:
    with_signature(case, lambda text: f"{text[:64]}\n{text[64:]}")


@attack("signature")
def a_key_with_padding_behind_it(case: Case) -> None:
    with_signature(case, lambda text: text + "====", "publicKey")


@attack("signature")
def a_key_with_a_blank_in_it(case: Case) -> None:
    with_signature(case, lambda text: f"{text[:64]} {text[64:]}", "publicKey")


@attack("signature")
def a_key_on_another_curve_of_the_same_size(case: Case) -> None:
    other = OtherSigner(ec.generate_private_key(ec.BrainpoolP384R1()))
    case.write(resealed(case.members(), key=other))


# Changes of key.

FIRST, SECOND = names.COMPLIANCE + "rotation-0001", names.COMPLIANCE + "rotation-0002"


def with_change(case: Case, **changed_files: bytes | None) -> None:
    """The holder of the key makes all anew, with other files of the change; `json`, `sig` and `pem` by their endings."""
    endings = {"json": ".json", "sig": ".json.sig", "pem": ".pem"}
    members = case.members() | {FIRST + endings[end]: octets for end, octets in changed_files.items()}
    case.insider({name: octets for name, octets in members.items() if octets is not None})


def with_statement(case: Case, octets: bytes) -> None:
    """Another statement, which the old key has signed."""
    with_change(case, json=octets, sig=case.world.first_key.sign(octets))


def statement_of(case: Case) -> dict[str, Any]:
    return parsed(case.members()[FIRST + ".json"], "statement")


@attack("key", trusted=True)
def a_change_of_key_of_another_form(case: Case) -> None:
    with_statement(case, rfc8785.dumps(statement_of(case) | {"schema": "snapshot-key-rotation/9"}))


@attack("key", trusted=True)
def a_change_of_key_without_a_form(case: Case) -> None:
    with_statement(case, rfc8785.dumps({name: told for name, told in statement_of(case).items() if name != "schema"}))


@attack("key", trusted=True)
def a_change_of_key_with_another_word(case: Case) -> None:
    with_statement(case, rfc8785.dumps(statement_of(case) | {"also": "x"}))


@attack("key", trusted=True)
def a_change_of_key_at_no_time(case: Case) -> None:
    with_statement(case, rfc8785.dumps(statement_of(case) | {"created": "2026-11-31T03:00:00Z"}))


@attack("key", trusted=True)
def a_change_of_key_that_is_not_canonical(case: Case) -> None:
    with_statement(case, json.dumps(statement_of(case)).encode())


@attack("key", trusted=True)
def a_change_of_key_with_a_line_end_behind_it(case: Case) -> None:
    with_statement(case, case.members()[FIRST + ".json"] + b"\n")


@attack("key", trusted=True)
def a_change_of_key_with_words_before_the_key(case: Case) -> None:
    with_change(case, pem=b"The new key:\n" + case.world.key.public.pem)


@attack("key", trusted=True)
def a_change_of_key_without_its_signature(case: Case) -> None:
    with_change(case, sig=None)


@attack("key", trusted=True)
def a_change_of_key_with_a_false_signature(case: Case) -> None:
    with_change(case, sig=STRANGER.sign(case.members()[FIRST + ".json"]))


@attack("key", trusted=True)
def a_second_change_of_key_that_leads_elsewhere(case: Case) -> None:
    change = rotate(case.world.key, STRANGER.public, created="2026-11-22T03:30:00Z")
    files = {names.COMPLIANCE + name: octets for name, octets in change.files(2).items()}
    case.insider(case.members() | files)


@attack("key", trusted=True)
def a_change_of_key_whose_number_is_missing(case: Case) -> None:
    members = case.members()
    third = {name.replace(FIRST, FIRST[:-1] + "3"): octets for name, octets in members.items() if FIRST in name}
    case.insider(members | third)


@attack("key", trusted=True)
def a_change_of_key_half_of_which_is_missing(case: Case) -> None:
    case.insider(case.members() | {SECOND + ".json": case.members()[FIRST + ".json"]})


# Members in another order: viewers read them all the same.


def in_order(case: Case, order: list[str]) -> None:
    members = case.members()
    case.path.write_bytes(RawZip({name: members[name] for name in order}).octets())


@attack("files")
def warc_files_in_another_order(case: Case) -> None:
    order = list(case.members())
    assert all(name.startswith(names.ARCHIVE) for name in order[:2])
    in_order(case, [order[1], order[0], *order[2:]])


@attack("files")
def the_seal_before_what_it_names(case: Case) -> None:
    order = list(case.members())
    in_order(case, [names.SEAL, *(name for name in order if name != names.SEAL)])


@attack("files")
def the_package_behind_its_digest(case: Case) -> None:
    *rest, package, digest = case.members()
    in_order(case, [*rest, digest, package])


@attack("files")
def companions_in_another_order(case: Case) -> None:
    order = list(case.members())
    at = order.index(names.SCRIPT)
    in_order(case, [*order[: at - 1], order[at], order[at - 1], *order[at + 1 :]])


# Time stamps.


@attack("timestamp", timestamp=True)
def a_token_whose_number_has_other_digits(case: Case) -> None:
    case.token.rename(case.token.with_suffix(".\N{ARABIC-INDIC DIGIT THREE}"))


@attack("timestamp", timestamp=True)
def a_token_without_its_answer(case: Case) -> None:
    """The token alone, as some programs keep it, is no answer of an authority."""
    octets = case.token.read_bytes()
    at = octets.index(bytes.fromhex("06092a864886f70d010702"))
    case.token.write_bytes(octets[at - 4 :])


@attack("timestamp")
def an_answer_with_bytes_behind_it(case: Case) -> None:
    case.token.write_bytes(case.token.read_bytes() + b"hidden")


@attack("timestamp")
def a_token_that_is_a_folder(case: Case) -> None:
    case.token.unlink()
    case.token.mkdir()


@attack("timestamp")
def a_token_that_leads_nowhere(case: Case) -> None:
    case.token.unlink()
    case.token.symlink_to("nowhere")


@attack("timestamp")
def a_token_that_never_ends(case: Case) -> None:
    case.token.unlink()
    case.token.symlink_to("/dev/zero")


@attack("timestamp")
def a_token_that_waits_for_a_writer(case: Case) -> None:
    case.token.unlink()
    os.mkfifo(case.token)


@attack("timestamp")
def a_second_token_that_is_false(case: Case) -> None:
    case.token.with_suffix(".2").write_bytes(case.world.authority.stamp(b"other"))


@attack("timestamp")
def an_empty_token(case: Case) -> None:
    case.token.write_bytes(b"")


# The chain.


def link(case: Case, number: int = 2) -> Path:
    return case.folder / "chain" / f"{number:08d}.json"


@attack("chain")
def a_head_that_is_no_text(case: Case) -> None:
    (case.folder / "HEAD").write_bytes(b"\xff\xfe3:")


@attack("chain")
def a_head_that_never_ends(case: Case) -> None:
    (case.folder / "HEAD").unlink()
    (case.folder / "HEAD").symlink_to("/dev/zero")


@attack("chain")
def a_head_that_waits_for_a_writer(case: Case) -> None:
    (case.folder / "HEAD").unlink()
    os.mkfifo(case.folder / "HEAD")


def with_head(case: Case, change: Callable[[bytes], bytes]) -> None:
    file = case.folder / "HEAD"
    file.write_bytes(change(file.read_bytes()))


@attack("chain")
def a_head_with_the_line_end_of_dos(case: Case) -> None:
    with_head(case, lambda octets: octets.replace(b"\n", b"\r\n"))


@attack("chain")
def a_head_without_a_line_end(case: Case) -> None:
    with_head(case, bytes.strip)


@attack("chain")
def a_head_with_blanks_around_it(case: Case) -> None:
    with_head(case, lambda octets: b" " + octets.replace(b"\n", b" \n"))


@attack("chain")
def a_head_with_an_empty_line_behind_it(case: Case) -> None:
    with_head(case, lambda octets: octets + b"\n")


@attack("chain")
def no_head(case: Case) -> None:
    (case.folder / "HEAD").unlink()


@attack("chain")
def a_head_that_is_a_folder(case: Case) -> None:
    (case.folder / "HEAD").unlink()
    (case.folder / "HEAD").mkdir()


@attack("chain")
def a_seal_of_the_chain_that_waits_for_a_writer(case: Case) -> None:
    link(case).unlink()
    os.mkfifo(link(case))


@attack("chain")
def a_seal_of_the_chain_that_leads_nowhere(case: Case) -> None:
    link(case).unlink()
    link(case).symlink_to("nowhere")


@attack("chain")
def a_seal_of_the_chain_that_is_a_folder(case: Case) -> None:
    link(case).unlink()
    link(case).mkdir()


@attack("chain")
def a_seal_of_the_chain_that_is_empty(case: Case) -> None:
    link(case).write_bytes(b"")


@attack("chain")
def an_empty_chain(case: Case) -> None:
    for file in (case.folder / "chain").iterdir():
        file.unlink()


@attack("chain")
def a_seal_in_the_chain_that_is_none(case: Case) -> None:
    """It says what the chain needs, and nothing else."""
    case.token.unlink()
    octets = rfc8785.dumps({"sequence": 1, "prev_seal": None, "created": "2026-11-22T04:00:00Z"})
    link(case, 1).write_bytes(octets)
    second = rfc8785.dumps(parsed(link(case, 2).read_bytes(), "seal") | {"prev_seal": digest_of(octets)})
    link(case, 2).write_bytes(second)
    members = resealed(case.members(), key=case.world.key, prev_seal=digest_of(second))
    case.write(members)
    link(case, 3).write_bytes(members[names.SEAL])
    (case.folder / "HEAD").write_text(f"3:{digest_of(members[names.SEAL]).removeprefix('sha256:')}\n")


# What lies in the files.


@attack("rows", script=False, deep=True)
def rules_without_a_name(case: Case) -> None:
    case.insider(case.members() | {names.COMPLIANCE + "rules-": b"x"})


@attack("records", script=False, deep=True)
def a_capture_that_is_no_warc_file(case: Case) -> None:
    case.insider(case.members() | {"archive/NA-x-20261122T040000Z-00000-h.warc": b"x"}, counts={"pairs": 3})


@attack("index", script=False, deep=True)
def a_line_of_robots_txt_that_never_ends(case: Case) -> None:
    case.insider(case.members() | {names.TERMS: b"[" * 20_000_000})


ALL: list[Attack] = ATTACKS
