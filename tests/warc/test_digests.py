"""Digests are compared by their bytes, in whatever form a program states them."""

import base64
import hashlib

import pytest

from newsarchive.warc import digests

OCTETS = b"what was sent"


def forms(value: bytes) -> list[str]:
    """A digest in each form that programs write."""
    base32, base64_ = base64.b32encode(value).decode(), base64.b64encode(value).decode()
    safe = base64.urlsafe_b64encode(value).decode()
    plain = [value.hex(), value.hex().upper(), base32, base32.lower(), base64_, safe]
    return [*plain, *(one.rstrip("=") for one in plain)]


@pytest.mark.parametrize(
    ("label", "algorithm"),
    [
        ("sha1", "sha1"), ("SHA-1", "sha1"), ("sha", "sha1"), ("md5", "md5"), ("sha224", "sha224"),
        ("sha-256", "sha256"), ("SHA256", "sha256"), ("sha384", "sha384"), ("sha-512", "sha512"),
        ("sha3-256", "sha3_256"), ("SHA3_512", "sha3_512"), ("blake2b", "blake2b"), ("blake2s", "blake2s"),
    ],
)  # fmt: skip
def test_a_digest_of_any_algorithm_is_known_in_any_form(label: str, algorithm: str):
    value = hashlib.new(algorithm, OCTETS).digest()
    other = hashlib.new(algorithm, b"something else").digest()
    for form in forms(value):
        assert digests.is_of(f"{label}:{form}", [OCTETS]) is True, form
        assert digests.are_equal(f"{label}:{form}", f"{algorithm}:{value.hex()}") is True, form
        assert digests.plain(f"{label}:{form}") == f"{algorithm}:{value.hex()}"
    for form in forms(other):
        assert digests.is_of(f"{label}:{form}", [OCTETS]) is False, form
        assert digests.are_equal(f"{label}:{form}", f"{algorithm}:{value.hex()}") is False, form


def test_base64_that_differs_in_case_alone_is_another_digest():
    value = base64.b64encode(hashlib.sha1(OCTETS).digest()).decode()
    assert digests.is_of(f"sha1:{value.swapcase()}", [OCTETS]) is False


@pytest.mark.parametrize("stated", ["sha1:", "sha1:zz", "sha1", "sha256:" + "é" * 64, "sha1:" + "A" * 39])
def test_a_value_of_no_form_is_no_digest_of_anything(stated: str):
    assert digests.is_of(stated, [OCTETS]) is False


def test_a_digest_of_an_unknown_algorithm_is_not_compared():
    assert digests.is_of("crc32:01020304", [OCTETS]) is None
    assert digests.are_equal("crc32:01020304", "crc32:05060708") is None
    assert digests.are_equal("crc32:01020304", "crc32:01020304") is True
    assert digests.are_equal("sha1:" + "0" * 40, "md5:" + "0" * 32) is None
