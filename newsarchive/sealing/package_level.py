"""Judging `datapackage.json` and its digest, more strictly than `wacz validate` does."""

from typing import Any

import rfc8785

from newsarchive.errors import SnapshotError
from newsarchive.sealing import names, package
from newsarchive.sealing.container import FileFact
from newsarchive.sealing.documents import parsed
from newsarchive.sealing.judgement import Judgement
from newsarchive.sealing.keys import PublicKey, from_base64
from newsarchive.sealing.opening import Opened
from newsarchive.sealing.seal import Seal

_KEYS = {"profile", "wacz_version", "title", "created", "modified", "software", "resources"}
_SIGNED_KEYS = {"hash", "created", "software", "signature", "publicKey"}


def judge(judgement: Judgement, opened: Opened, files: dict[str, FileFact], seal: Seal | None) -> None:
    """`files` are all that there are, as their bytes say."""
    try:
        mistakes = _package_mistakes(_document(opened, names.PACKAGE), files, seal)
        mistakes += _digest_mistakes(_document(opened, names.DIGEST), files)
    except SnapshotError as error:
        mistakes = [str(error)]
    judgement.told("package", mistakes, f"WACZ {package.VERSION}")


def signature_mistakes(opened: Opened, key: PublicKey, seal: Seal) -> list[str]:
    """What is wrong with the `signedData` of the digest."""
    try:
        digest = _document(opened, names.DIGEST)
    except SnapshotError as error:
        return [f"the package cannot be judged: {error}"]
    signed = digest.get("signedData")
    if set(digest) != {"path", "hash", "signedData"} or not isinstance(signed, dict) or set(signed) != _SIGNED_KEYS:
        return [f"{names.DIGEST} has no signedData, or another form of it: the signature was taken away"]
    mistakes = []
    if from_base64(signed["publicKey"]) != key.der:
        mistakes.append("the package is signed by another key than the seal")
    stated = (digest.get("hash"), seal.facts["created"], seal.facts["software"])
    if (signed["hash"], signed["created"], signed["software"]) != stated:
        mistakes.append("signedData is of another package")
    signature = from_base64(signed["signature"])
    if not key.has_signed_raw(str(signed["hash"]).encode(), signature, only_low=seal.is_strict):
        mistakes.append("the package is not signed by the key that the seal names")
    return mistakes


def is_signed(opened: Opened) -> bool:
    """Somebody has signed the package, whether or not the signature is right."""
    try:
        return "signedData" in _document(opened, names.DIGEST)
    except SnapshotError:
        return False  # which the level of the package tells


def _document(opened: Opened, name: str) -> dict[str, Any]:
    octets = opened.small(name)
    if octets is None:
        raise SnapshotError(name, "is missing")
    return parsed(octets, name)


def _package_mistakes(told: dict[str, Any], files: dict[str, FileFact], seal: Seal | None) -> list[str]:
    mistakes = []
    if set(told) != _KEYS or (told["profile"], told["wacz_version"]) != (package.PROFILE, package.VERSION):
        mistakes.append(f"{names.PACKAGE} is not of the form that snapshots have")
    if not isinstance(told.get("title"), str):
        mistakes.append(f"{names.PACKAGE} has a title that is no text")
    listed = told.get("resources")
    expected = [
        package.resource(fact) for name, fact in sorted(files.items()) if name not in (names.PACKAGE, names.DIGEST)
    ]
    # As bytes: in Python true is 1.
    if not isinstance(listed, list) or rfc8785.dumps(listed) != rfc8785.dumps(expected):
        mistakes += _differences(listed if isinstance(listed, list) else [], expected)
    if seal and (told.get("created"), told.get("software")) != (seal.facts["created"], seal.facts["software"]):
        mistakes.append(f"{names.PACKAGE} says that it was made at another time, or by other software, than the seal")
    return mistakes


def _differences(listed: list[Any], expected: list[dict[str, Any]]) -> list[str]:
    said = {str(one.get("path")): one for one in listed if isinstance(one, dict)}
    there = {str(one["path"]): one for one in expected}
    mistakes = [f"listed, but missing: {path}" for path in sorted(set(said) - set(there))]
    mistakes += [f"not listed: {path}" for path in sorted(set(there) - set(said))]
    mistakes += [
        f"{path} is not as it is listed" for path in sorted(set(there) & set(said)) if said[path] != there[path]
    ]
    return mistakes or [f"{names.PACKAGE} lists its files in another order, or twice, or with other kinds of values"]


def _digest_mistakes(told: dict[str, Any], files: dict[str, FileFact]) -> list[str]:
    digest = f"sha256:{files[names.PACKAGE].sha256}"
    if set(told) - {"signedData"} != {"path", "hash"} or told["path"] != names.PACKAGE:
        return [f"{names.DIGEST} is not of the form that snapshots have"]
    return [] if told["hash"] == digest else [f"{names.PACKAGE} is not as {names.DIGEST} says"]
