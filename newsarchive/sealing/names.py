"""Where things lie in a snapshot."""

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
