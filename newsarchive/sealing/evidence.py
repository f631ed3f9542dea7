"""What a snapshot keeps beside the captures: robots.txt as it was answered, configuration, environment."""

import platform
import ssl
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import rfc8785

from newsarchive import outlets
from newsarchive.errors import NewsArchiveError, RecordError
from newsarchive.sealing.indexing import Line
from newsarchive.warc.frame import read_answer
from newsarchive.warc.payload import decoded
from newsarchive.warc.reader import StoredRecord, read_stream

_TERMS = ("/robots.txt", "/.well-known/tdmrep.json")
_LONGEST = 512 * 1024


def terms(warc: Path, lines: Iterable[Line]) -> Iterator[tuple[str, bytes]]:
    """Each robots.txt and tdmrep.json among these captures: its record's id, and what was answered as a JSON line."""
    chosen = [line for line in lines if line.url.partition("?")[0].endswith(_TERMS)]
    if not chosen:
        return
    with warc.open("rb") as stream:
        for line in sorted(chosen, key=lambda line: line.offset):
            stream.seek(line.offset)
            try:
                record = next(read_stream(stream, warc))
            except (RecordError, StopIteration):
                continue  # what the record level of a verification is for
            told = _term(record, line, warc.name)
            yield str(told["warc"]["record_id"]), rfc8785.dumps(told) + b"\n"


def named_in(row: dict[str, Any]) -> set[str]:
    """The records that a row names as the terms of its page; none in rows of older versions."""
    rights = row.get("rights")
    told = [rights.get(name) for name in ("robots_txt", "tdmrep")] if isinstance(rights, dict) else []
    return {str(one["record_id"]) for one in told if isinstance(one, dict) and one.get("record_id")}


def environment() -> bytes:
    """The versions of all that took part in making a snapshot."""
    packages = {found.metadata["Name"]: found.version for found in metadata.distributions()}
    return rfc8785.dumps(
        {
            "python": platform.python_version(),
            "implementation": sys.implementation.name,
            "system": platform.system(),
            "machine": platform.machine(),
            "openssl": ssl.OPENSSL_VERSION,
            "distributions": dict(sorted(packages.items())),
        }
    )


def configuration(config: Path, names: Iterable[str]) -> dict[str, bytes]:
    """The YAML files of these outlets, and the facts that follow from them with their digest; by the file's name."""
    kept: dict[str, bytes] = {}
    defaults = config / "defaults.yaml"
    if defaults.exists():
        kept["config-defaults.yaml"] = defaults.read_bytes()
    for name in names:
        file = config / "outlets" / f"{name}.yaml"
        if not file.exists():
            continue
        kept[f"config-{name}.yaml"] = file.read_bytes()
        try:
            outlet = outlets.untaught(config, name)
        except NewsArchiveError:
            continue  # a YAML that has been broken since is kept as it is
        kept[f"config-{name}.json"] = rfc8785.dumps(outlet.model_dump(mode="json"))
    return kept


def _term(record: StoredRecord, line: Line, filename: str) -> dict[str, Any]:
    answer = read_answer(record.octets, method="GET")
    return {
        "url": line.url,
        "captured_at": record.field("WARC-Date"),
        "status": answer.status if answer else None,
        "body": _text(record, b"".join(map(bytes, answer.entity_pieces())), answer.header("content-encoding"))
        if answer
        else None,
        "refers_to": record.field("WARC-Refers-To"),
        "warc": {
            "filename": filename,
            "offset": line.offset,
            "length": line.length,
            "record_id": record.field("WARC-Record-ID"),
        },
    }


def _text(record: StoredRecord, entity: bytes, coding: str | None) -> str | None:
    """What a person can read of it; None for a revisit, and for what cannot be unpacked."""
    if record.kind == "revisit":
        return None
    try:
        return decoded(entity, coding, limit=_LONGEST).decode("utf-8", errors="replace")
    except ValueError:
        return None
