"""Files that are written whole, or not at all."""

import stat
import subprocess
from pathlib import Path

import pytest

from newsarchive import durable


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path):
    pipe = tmp_path / "pipe"
    subprocess.run(["mkfifo", pipe], check=True)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
        durable.write(pipe, b"42\n", is_synced=False)
        assert reader.communicate(timeout=20)[0] == b"42\n"
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_file_is_replaced_only_when_its_content_is_whole(tmp_path: Path):
    file = tmp_path / "file"
    durable.write(file, b"old")
    with pytest.raises(ZeroDivisionError), durable.replacing(file) as out:
        out.write(b"%d" % (1 / 0))
    assert file.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
