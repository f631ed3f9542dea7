"""Folders of an archive that lies on several disks."""

from pathlib import Path

from newsarchive import walking


def _file(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    return path


def test_a_link_to_a_folder_elsewhere_is_followed(tmp_path: Path):
    _file(tmp_path / "disk" / "11" / "a")
    top = tmp_path / "archive"
    b = _file(top / "b")
    (top / "2026").symlink_to(tmp_path / "disk")
    assert list(walking.files(top)) == [top / "2026" / "11" / "a", b]


def test_no_folder_is_gone_into_twice(tmp_path: Path):
    top, disk = tmp_path / "archive", tmp_path / "disk"
    a = _file(top / "2026" / "a")
    _file(disk / "b")
    for name, aim in {"latest": top / "2026", "up": tmp_path, "self": top, "x": disk, "y": disk}.items():
        (top / name).symlink_to(aim)
    assert list(walking.files(top)) == [a, top / "x" / "b"]


def test_a_link_that_leads_nowhere_is_told_by_whoever_opens_it(tmp_path: Path):
    (tmp_path / "a").symlink_to("nowhere")
    assert list(walking.files(tmp_path)) == [tmp_path / "a"]


def test_what_a_disk_keeps_for_itself_is_none_of_ours(tmp_path: Path):
    _file(tmp_path / "lost+found" / "#1")
    a = _file(tmp_path / "a")
    assert list(walking.files(tmp_path)) == [a]


def test_of_a_folder_that_is_not_there_no_file_is_missed(tmp_path: Path):
    assert list(walking.all_files(tmp_path / "none")) == []
