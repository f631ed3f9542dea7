"""The reading processes of a crawl that is killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import PROJECT, environment

READING = """
import asyncio, sys
from newsarchive.readers.worker import Worker

async def main():
    worker = await Worker.started(niceness=0)
    print(worker.pid, flush=True)
    sys.stdin.read()

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_readers_end_with_the_crawl_that_is_killed(tmp_path: Path):
    script = tmp_path / "reading.py"
    script.write_text(READING)
    crawl = subprocess.Popen(
        [sys.executable, script],
        cwd=PROJECT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert crawl.stdout
    assert crawl.stdin
    reader = int(crawl.stdout.readline())
    crawl.send_signal(signal.SIGKILL)
    crawl.wait()
    patience = time.monotonic() + 30
    while _lives(reader) and time.monotonic() < patience:
        time.sleep(0.05)
    assert not _lives(reader)
    crawl.stdin.close()
    crawl.stdout.close()


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # One that nobody waited for is still in the table.
    return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
