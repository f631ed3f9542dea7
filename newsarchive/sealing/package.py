"""`datapackage.json` and `datapackage-digest.json`, as WACZ 1.1.1 and wacz-auth 0.1.0 want them."""

import base64
from typing import Any

import rfc8785

from newsarchive.sealing.container import FileFact
from newsarchive.sealing.keys import SigningKey
from newsarchive.sealing.names import PACKAGE
from newsarchive.sealing.seal import digest_of

VERSION = "1.1.1"
# Of the specification's drafts after 1.1.1 no viewer opens what they ask for.
PROFILE = "data-package"


def write_package(files: list[FileFact], *, title: str, created: str, software: str) -> bytes:
    """The list of all files but itself and the digest of it."""
    return rfc8785.dumps(
        {
            "profile": PROFILE,
            "wacz_version": VERSION,
            "title": title,
            "created": created,
            "modified": created,
            "software": software,
            "resources": [resource(fact) for fact in sorted(files, key=lambda fact: fact.path)],
        }
    )


def resource(fact: FileFact) -> dict[str, Any]:
    """A file as the package lists it; names there are in lower case."""
    return {
        "name": fact.path.lower(),
        "path": fact.path,
        "hash": f"sha256:{fact.sha256}",
        "bytes": fact.bytes,
    }


def write_digest(package: bytes, *, created: str, software: str, key: SigningKey | None) -> bytes:
    """The digest of the package, signed in the one form that ReplayWeb.page finds valid (wacz-auth, 2.2.1).

    The signature is over the text `sha256:<hex>`, as two numbers of 48 bytes, with the public key in DER.
    """
    digest = digest_of(package)
    told: dict[str, Any] = {"path": PACKAGE, "hash": digest}
    if key:
        told["signedData"] = {
            "hash": digest,
            "created": created,
            "software": software,
            "signature": base64.b64encode(key.sign_raw(digest.encode())).decode(),
            "publicKey": base64.b64encode(key.public.der).decode(),
        }
    return rfc8785.dumps(told)
