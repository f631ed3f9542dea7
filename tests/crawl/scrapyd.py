"""scrapyd, as anybody would run it: an egg of this project is handed to it, and a job scheduled.

It is a program of its own in an environment of its own (`make scrapyd`); nothing here imports it.
"""

import os
import shutil
import socket
import subprocess
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Self

import requests

from tests.conftest import PROJECT

PYTHON = PROJECT / ".venv" / "scrapyd" / "bin" / "python"
_CONFIG = """[scrapyd]
bind_address = 127.0.0.1
http_port = {port}
eggs_dir = eggs
logs_dir = logs
dbs_dir = dbs
poll_interval = 0.2
"""
_SETUP = "import setuptools; setuptools.setup()"


def egg(folder: Path) -> Path:
    """The project as scrapyd takes it, built as docs/operating.md says, from a copy."""
    source = folder / "source"
    source.mkdir()
    for name in ("newsarchive", "spiders"):
        shutil.copytree(PROJECT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, source)
    subprocess.run([PYTHON, "-c", _SETUP, "-q", "bdist_egg"], cwd=source, check=True, capture_output=True, timeout=60)
    (built,) = (source / "dist").glob("*.egg")
    return built


class Scrapyd(AbstractContextManager["Scrapyd"]):
    """The server, while it runs."""

    def __init__(self, folder: Path, *, home: Path) -> None:
        self._home = home
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self._url = f"http://127.0.0.1:{port}/"
        (folder / "scrapyd.conf").write_text(_CONFIG.format(port=port))

    def __enter__(self) -> Self:
        with (self.folder / "scrapyd.log").open("w") as log:
            self._server = subprocess.Popen(
                [PYTHON, "-m", "scrapyd", "--pidfile="],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                env=os.environ | {"NEWSARCHIVE_HOME": str(self._home)},
            )
        self._until(self._answers, 30)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.terminate()
        self._server.wait(20)

    def ask(self, command: str, *, files: dict | None = None, **given: object) -> dict:
        """Say something by its JSON interface, and have what it says."""
        if command in ("addversion", "schedule"):
            answer = requests.post(f"{self._url}{command}.json", data=given, files=files, timeout=50).json()
        else:
            answer = requests.get(f"{self._url}{command}.json", params=given, timeout=50).json()
        assert answer["status"] == "ok", answer
        return answer

    def finished(self, job: str, *, seconds: int) -> str:
        """Wait until the job is over; its log."""
        self._until(lambda: job in [one["id"] for one in self.ask("listjobs")["finished"]], seconds)
        (log,) = self.folder.rglob(f"{job}.log")
        return log.read_text()

    def _answers(self) -> bool:
        try:
            return bool(self.ask("daemonstatus"))
        except requests.ConnectionError:
            return False

    def _until(self, is_so, seconds: int) -> None:
        end = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < end, (self.folder / "scrapyd.log").read_text()
            time.sleep(0.25)
