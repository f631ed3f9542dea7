"""Every command of the README works as it is printed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from newsarchive.commands.demo import OUTLETS as DEMO_OUTLETS
from newsarchive.demoweb import DemoWeb
from tests.conftest import PROJECT

pytestmark = pytest.mark.long

README = (PROJECT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)


def test_every_command_of_the_readme_runs(web: DemoWeb, tmp_path: Path):
    (tmp_path / "seeds").symlink_to(PROJECT / "seeds")
    shutil.copytree(PROJECT / "config", tmp_path / "config")
    for file in (tmp_path / "config" / "outlets").iterdir():
        # Only the outlets that the demo web plays: no test asks a real host.
        if file.stem not in DEMO_OUTLETS:
            file.unlink()
    defaults = tmp_path / "config" / "defaults.yaml"
    defaults.write_text(re.sub(r"(?m)^  delay: .*$", "  delay: 0.01", defaults.read_text(encoding="utf-8")))
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(PROJECT),
        "SCRAPY_SETTINGS_MODULE": "tests.readme_settings",
        "README_CONNECT_TO": ",".join(web.connect_to),
        "README_ARCHIVE": str(tmp_path / "archive"),
        "README_CONFIG": str(tmp_path / "config"),
    }
    commands = [line for block in BLOCKS for line in block.splitlines()]
    assert len(commands) >= 9
    for command in commands:
        done = subprocess.run(
            command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        # A page of the demo web fails on purpose, which a crawl reports with 1.
        assert done.returncode in ((0, 1) if re.search("crawl|harvest|health", command) else (0,)), (
            command,
            done.stderr,
        )
        assert "Traceback" not in done.stderr, (command, done.stderr)


def test_the_two_commands_of_the_readme_are_targets_of_the_makefile():
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    for target in ("demo", "test"):
        assert f"make {target}" in README
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_the_demo_runs_and_shows_its_files_twice(tmp_path: Path):
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-m", "scrapy.cmdline", "demo", "--archive", str(tmp_path / "demo")],
            cwd=PROJECT, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert ".warc.gz" in done.stdout
        assert "Traceback" not in done.stderr
