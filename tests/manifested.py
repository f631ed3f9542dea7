"""What the manifests of a collection should say of it, looked at by plain means."""

import gzip
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from newsarchive.store import manifests

DAY = re.compile(r"\d{4}/\d\d/\d\d/[^/]+")


def found(collection: Path) -> dict[str, dict]:
    """The manifests of a collection by their paths in it."""
    paths = sorted(collection.rglob("*.manifest.json"))
    return {path.relative_to(collection).as_posix(): json.loads(path.read_bytes()) for path in paths}


def problems(collection: Path, *, is_chained: bool) -> Iterator[str]:
    """Every file of a day is in exactly one manifest, as it is; rows are told once; and the chain is whole."""
    told, listed = found(collection), Counter[str]()
    for name, manifest in told.items():
        folder = (collection / name).parent
        manifests.read(collection / name)
        for one in manifest["outputs"]:
            content = (folder / one["path"]).read_bytes()
            listed[(folder / one["path"]).relative_to(collection).as_posix()] += 1
            if one["sha256"] != f"sha256:{hashlib.sha256(content).hexdigest()}" or one["bytes"] != len(content):
                yield f"{one['path']} is not as {name} says"
        yield from _rows(folder, manifest)
    files = [path.relative_to(collection).as_posix() for path in collection.rglob("*") if path.is_file()]
    for name in sorted({*listed, *filter(DAY.fullmatch, files)} - set(told)):
        if listed[name] != 1:
            yield f"{name} is in {listed[name]} manifests"
    yield from (f"{name} is left over" for name in files if name.endswith((".open", ".part")))
    if is_chained:
        yield from _chain(collection, told)


def _rows(folder: Path, manifest: dict) -> Iterator[str]:
    places, readings = Counter[tuple[str, int]](), set()
    for one in manifest["outputs"]:
        if not one["path"].endswith(".jsonl.gz"):
            continue
        rows = [json.loads(line) for line in gzip.open(folder / one["path"])]
        if len(rows) != one["rows"]:
            yield f"{one['path']} has {len(rows)} rows"
        for row in rows:
            place = row["provenance"]["warc"] if "provenance" in row else row["warc"]
            places[place["filename"], place["offset"]] += 1
            readings |= {row["provenance"]["extraction"]["id"]} if "provenance" in row else set()
    yield from (f"{place} is told {count} times" for place, count in places.items() if count > 1)
    if readings != {name for name, document in manifest["extractions"].items() if document}:
        yield f"{manifest['run']} spells out other readings than its rows have"


def _chain(collection: Path, told: dict[str, dict]) -> Iterator[str]:
    head = json.loads((collection / "last-manifest.json").read_bytes())
    visited = []
    link: tuple[str, str] | None = (head["path"], head["digest"])
    while link and link[0] not in visited:
        name, digest = link
        if name not in told or told[name]["digest"] != digest:
            yield f"the chain breaks at {name}"
            return
        visited.append(name)
        before = told[name]["previous"]
        path = (collection / name).parent / before["path"] if before else None
        link = (path.resolve().relative_to(collection.resolve()).as_posix(), before["digest"]) if path else None
    if sorted(visited) != sorted(told):
        yield f"the chain has {len(visited)} of {len(told)} manifests"
