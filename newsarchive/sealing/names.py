"""Where things lie in a snapshot."""

import re

PACKAGE = "datapackage.json"
DIGEST = "datapackage-digest.json"
ARCHIVE = "archive/"
INDEX = "indexes/index.cdxj"
PAGES = "pages/pages.jsonl"
# One level deep: py-wacz knows files by the last two parts of their paths alone.
COMPLIANCE = "compliance/"
SEAL = COMPLIANCE + "seal.json"
SIGNATURE = COMPLIANCE + "seal.json.sig"
KEY = COMPLIANCE + "key.pem"
ROTATION = "rotation-"
TERMS = COMPLIANCE + "robots.jsonl"
ENVIRONMENT = COMPLIANCE + "environment.json"
CUSTODY = COMPLIANCE + "custody.jsonl"
SCRIPT = COMPLIANCE + "verify.sh"
README = COMPLIANCE + "VERIFY.md"

UNSEALED = (SEAL, SIGNATURE, DIGEST, PACKAGE)
"""What a seal cannot name, as it is made later; each is bound to the seal in another way."""
SUFFIX = ".wacz"

_OF_RUNS = re.compile(r"compliance/(?:NA-|act-|rules-).*")
_GROUPS = (re.compile(f"{ARCHIVE}.*"), re.compile(INDEX), re.compile(PAGES), _OF_RUNS, re.compile(re.escape(TERMS)))
_LAST = (SEAL, SIGNATURE, PACKAGE, DIGEST)


def place(name: str) -> tuple[int, str]:
    """Return the key by which the members of a snapshot are in order."""
    if name in _LAST:
        return len(_GROUPS) + 1 + _LAST.index(name), name
    return next((number for number, group in enumerate(_GROUPS) if group.fullmatch(name)), len(_GROUPS)), name
