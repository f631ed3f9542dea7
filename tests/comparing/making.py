"""Rows and files of rows, as literals."""

import gzip
import json
from pathlib import Path
from typing import Any


def row(number: int, text: str = "One.\n\nTwo.", **fields: Any) -> dict[str, Any]:
    """An article of the capture at that number; `extraction` and `warc` replace parts of its provenance."""
    extraction = {"id": "sha256:e1", "version": "1.0", "engine": "generic/blocks", "rules": []}
    warc = {"filename": "x.warc.gz", "offset": number * 100, "record_id": f"<urn:uuid:{number}>"}
    provenance = {
        "captured_at": f"2026-01-01T00:00:{number % 60:02}Z",
        "warc": fields.pop("warc", warc),
        "extraction": extraction | fields.pop("extraction", {}),
    }
    plain = {
        "schema": "news-article/1", "id": f"{number}-{provenance['extraction']['id']}", "outlet": "times",
        "url": f"https://times.example/{number}", "text": text, "headline": f"Headline {number}", "authors": [],
        "language": {"code": "en", "declared": None}, "published_at": None, "provenance": provenance,
    }  # fmt: skip
    return plain | fields


def refusal(number: int, reason: str) -> dict[str, Any]:
    return {
        "url": f"https://times.example/{number}", "reason": reason, "captured_at": f"2026-01-01T00:00:{number:02}Z",
        "warc": {"filename": "x.warc.gz", "offset": number * 100, "record_id": f"<urn:uuid:{number}>"},
    }  # fmt: skip


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(one) + "\n" for one in rows).encode()
    path.write_bytes(gzip.compress(lines) if path.name.endswith(".gz") else lines)
    return path
