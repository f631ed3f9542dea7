"""WARC files within WACZ files, as other people keep and send them."""

import gzip
import hashlib
import zipfile
from pathlib import Path

import pytest

from newsarchive.verifying import archive
from newsarchive.warc.verdict import Verdict
from tests.deriving.test_foreign import HTML, OK, warc

DIGEST = "sha256:" + hashlib.sha256(HTML).hexdigest()
ONE = warc(OK, HTML, WARC_Payload_Digest=DIGEST)
OTHER = warc(OK, HTML, WARC_Payload_Digest=DIGEST, WARC_Record_ID="<urn:x:2>")


def packed(path: Path, *, compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as pack:
        pack.writestr("archive/one.warc.gz", ONE)
        pack.writestr("archive/two.warc", gzip.decompress(OTHER))
        pack.writestr("pages/pages.jsonl", "{}")
    return path


def found(verdict: Verdict) -> list[tuple[str, int | None, str]]:
    return [("/".join(one.file.parts[-3:]), one.offset, one.level) for one in verdict.findings]


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_the_warc_files_within_are_judged_and_what_lies_beside_them_is_not_called_right(
    tmp_path: Path, compression: int
):
    wacz = packed(tmp_path / "x.wacz", compression=compression)
    for given in (wacz, tmp_path):
        verdict = archive.verify([given])
        assert (verdict.files, found(verdict)) == (2, [])
        assert [verdict.levels[level].right for level in ("members", "syntax", "payloads")] == [2, 2, 2]
        for level in ("rows", "pointers", "rejected", "manifest", "derivation"):
            assert verdict.levels[level].right == 0
            assert any("`scrapy snapshot verify`" in why for why in verdict.levels[level].not_checked)


def test_a_copy_of_what_lies_elsewhere_is_no_mistake(tmp_path: Path):
    packed(tmp_path / "x.wacz")
    packed(tmp_path / "y.wacz")
    (tmp_path / "one.warc.gz").write_bytes(ONE)
    assert archive.verify([tmp_path]).is_clean


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_change_is_found_with_file_and_place(tmp_path: Path, compression: int):
    wacz = packed(tmp_path / "x.wacz", compression=compression)
    with zipfile.ZipFile(wacz) as pack:
        infos = pack.infolist()
    octets = wacz.read_bytes()
    for info in infos[:2]:
        middle = info.header_offset + 30 + len(info.filename) + info.compress_size // 2
        wacz.write_bytes(octets[:middle] + bytes([octets[middle] ^ 0x10]) + octets[middle + 1 :])
        told = found(archive.verify([wacz]))
        assert told
        assert {one[:2] for one in told} == {(f"x.wacz/{info.filename}", 0)}


def test_what_is_no_zip_file_or_holds_no_warc_file_is_told(tmp_path: Path):
    (tmp_path / "x.wacz").write_bytes(ONE)
    assert [level for _, _, level in found(archive.verify([tmp_path / "x.wacz"]))] == ["members"]
    with zipfile.ZipFile(tmp_path / "x.wacz", "w") as pack:
        pack.writestr("archive/readme.txt", "nothing")
    verdict = archive.verify([tmp_path])
    assert verdict.levels["members"].not_checked == {"WACZ files without a WARC file": 1}
