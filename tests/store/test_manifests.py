"""Manifests as bytes: one form for one content, and every other byte is seen."""

import hashlib
import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import rfc8785

from newsarchive.errors import ArchiveError
from newsarchive.store import manifests
from newsarchive.store.manifests import File, Manifest, Previous

DOCUMENT = {"version": "0.1.0", "rules": [["outlet/times", "sha256:" + "a" * 64]]}
SPELLED = "sha256:" + hashlib.sha256(rfc8785.dumps(DOCUMENT)).hexdigest()
SMALL = Manifest(
    kind="crawl",
    collection="times",
    run="NA-times-20261122T040000Z-00000-host",
    started_at="2026-11-22T04:00:00Z",
    ended_at=None,
    reason="killed",
    version="0.1.0",
    environment={"python": "3.11.7"},
    config={"outlet": None, "settings": {"DOWNLOAD_DELAY": 0.5}},
    extractions={SPELLED: DOCUMENT, "sha256:" + "b" * 64: None},
    inputs=(),
    outputs=(
        File("NA-x.jsonl.gz", 20, "sha256:" + "c" * 64, rows=3),
        File("NA-x.rejected.jsonl.gz", 20, "sha256:" + "e" * 64, rows=2),
        File("NA-x.warc.gz", 700, "sha256:" + "d" * 64, records=9),
    ),
    previous=Previous("../21/NA-w.manifest.json", "sha256:" + "f" * 64),
)


def test_a_manifest_comes_back_from_its_bytes():
    for manifest in (SMALL, replace(SMALL, previous=None, ended_at="2026-11-22T04:01:00Z", reason="„fertig“")):
        back = manifests.parse(manifest.to_json())
        assert back == manifest
        assert back.to_json() == manifest.to_json()
        assert back.counts == {"records": 9, "rows": 3, "rejections": 2}


def test_its_digest_can_be_checked_without_this_project(tmp_path: Path):
    (tmp_path / "x").write_bytes(SMALL.to_json())
    line = f"grep -v '^ \"digest\"' {tmp_path}/x | sha256sum"
    summed = subprocess.run(line, shell=True, capture_output=True, text=True, check=True).stdout.split()[0]
    assert f'\n "digest": "sha256:{summed}",\n'.encode() in SMALL.to_json()
    assert SMALL.digest == f"sha256:{summed}"


def test_every_bit_that_is_flipped_every_byte_that_is_missing_and_every_one_too_many_is_seen():
    whole = SMALL.to_json()
    changed = [whole[:n] + bytes([whole[n] ^ 1 << bit]) + whole[n + 1 :] for n in range(len(whole)) for bit in range(8)]
    changed += [whole[:n] + whole[n + 1 :] for n in range(len(whole))]
    changed += [whole[:n] + b" " + whole[n:] for n in range(len(whole) + 1)]
    assert len(changed) == 10 * len(whole) + 1
    for one in changed:
        with pytest.raises(ValueError):  # noqa: PT011 - whichever it is
            manifests.parse(one)


def test_the_same_content_in_another_form_is_a_change():
    told = json.loads(SMALL.to_json())
    for other in (json.dumps(told), json.dumps(told, indent=1), json.dumps(told, indent=1, sort_keys=True)):
        with pytest.raises(ValueError, match=r"digest|form"):
            manifests.parse(other.encode())


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"form": "run-manifest/2"}, "not of the form"),
        ({"more": 1}, "not of the form"),
        ({"kind": "guess"}, "unknown kind"),
        ({"run": 7}, "not text"),
        ({"ended_at": 7}, "not text"),
        ({"config": []}, "not a mapping"),
        ({"counts": {"records": 9, "rows": 3, "rejections": 3}}, "its counts"),
        ({"extractions": {SPELLED: {"version": "0.2.0"}}}, "does not fit"),
        ({"outputs": [{"path": "x", "bytes": 1, "sha256": "md5:1"}]}, "is no digest"),
        ({"outputs": [{"path": "x", "bytes": True, "sha256": SPELLED}]}, "not a file"),
        ({"outputs": [{"path": 1, "bytes": 1, "sha256": SPELLED}]}, "not a file"),
        ({"outputs": [{"path": "x"}]}, "not of the form"),
        ({"outputs": {"path": "x"}}, "not of the form"),
        ({"previous": {"path": 1, "digest": SPELLED}}, "not a path"),
        ({"previous": "x"}, "not of the form"),
    ],
    ids=str,
)
def test_what_is_no_manifest_is_told_though_its_digest_fits(change: dict, what: str):
    told = {**json.loads(SMALL.to_json()), **change}
    del told["digest"]
    whole = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    digest = hashlib.sha256(whole.encode()).hexdigest()
    with pytest.raises(ValueError, match=what):
        manifests.parse(whole.replace('\n "ended_at"', f'\n "digest": "sha256:{digest}",\n "ended_at"').encode())


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b'"x"', b"{}", b"\xff", b"[" * 10**6, b'{"form": NaN}'])
def test_anything_else_is_told_in_one_line(tmp_path: Path, content: bytes):
    path = tmp_path / "x.manifest.json"
    path.write_bytes(content)
    with pytest.raises(ArchiveError) as told_of:
        manifests.read(path)
    assert str(path) in str(told_of.value)
    assert "\n" not in str(told_of.value)


def test_a_missing_manifest_is_told(tmp_path: Path):
    with pytest.raises(ArchiveError, match="cannot be read"):
        manifests.read(tmp_path / "x.manifest.json")
