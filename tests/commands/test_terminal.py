"""Commands work with whatever streams a shell gives them, and end with one line when they are interrupted."""

import json
import os
import pty
import re
import select
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from newsarchive.demoweb import Answer, DemoWeb
from tests.conftest import PROJECT, Crawler, Ran, environment
from tests.extract import pages

NAME = "kyiv_independent"
ASCII = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def shell(crawler: Crawler, *arguments: str, streams: str = "", env: dict[str, str] | None = None, **settings) -> Ran:
    line = f"set -o pipefail; {shlex.join(crawler.command(*arguments, **settings))} {streams}"
    done = subprocess.run(
        ["bash", "-c", line], cwd=PROJECT, env=environment() | (env or {}), capture_output=True, check=False
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawler:
    folder = tmp_path_factory.mktemp("terminal") / "archive"
    with DemoWeb() as web:
        crawler = Crawler(folder, web.connect_to)
        assert crawler.run("crawl", NAME, "-a", "limit=5").code in (0, 1)
    return Crawler(folder, [])


def test_a_crawl_works_without_stderr_and_stdout(crawler: Crawler):
    done = shell(crawler, "crawl", "responsible_statecraft", "-a", "limit=1", streams=">&- 2>&-")
    assert done.code in (0, 1)
    (report,) = crawler.archive.rglob("reports/*.json")
    assert json.loads(report.read_text())["new"] == 1
    # Nothing that was printed went into a file of the archive.
    assert shell(crawler, "verify", str(crawler.archive), streams=">&-").code == 0


@pytest.mark.parametrize("words", [("--explain",), ("--explain", "--json")])
def test_characters_that_a_terminal_lacks_are_escaped(crawled: Crawler, words: tuple[str, ...], tmp_path: Path):
    file = tmp_path / "saved.html"
    file.write_text(pages.plain(f"<article><h1>Z\u00fcrich</h1>{pages.paragraphs(pages.PROSE)}</article>"), "utf-8")
    done = shell(crawled, "outlet", "check", str(file), *words, env=ASCII)
    assert "Traceback" not in done.err
    assert done.out.isascii()
    assert re.search(r"\\u[0-9a-f]{4}", done.out)
    plain = shell(crawled, "outlet", "check", str(file), *words, env={"PYTHONUTF8": "1"})
    assert done.code == plain.code
    if "--json" in words:
        headlines = [json.loads(ran.out)["article"]["headline"] for ran in (done, plain)]
        assert headlines == ["Z\u00fcrich", "Z\u00fcrich"]


def test_a_reader_that_leaves_is_no_traceback(crawled: Crawler):
    reader, writer = os.pipe()
    os.close(reader)
    command = crawled.command("outlet", "check", NAME, "--explain")
    done = subprocess.run(
        command, cwd=PROJECT, env=environment(), stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize(
    "words", [("outlet", "check", NAME, "--explain"), ("outlet", "health"), ("harvest", NAME), ("list",)], ids=" ".join
)
def test_an_output_that_cannot_be_written_is_one_line(crawled: Crawler, words: tuple[str, ...]):
    done = shell(crawled, *words, streams=">/dev/full", HARVEST_AT_ONCE=1)
    assert done.code == 1
    assert "Traceback" not in done.err
    assert done.err.count("scrapy: standard output: cannot be written (No space left on device)\n") == 1


def interrupted(crawler: Crawler, *arguments: str, when) -> Ran:
    running = subprocess.Popen(
        crawler.command(*arguments), cwd=PROJECT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    end = time.monotonic() + 60
    while not when():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    return Ran(running.returncode, out, err)


@pytest.mark.parametrize("command", ["new", "check"])
def test_an_interrupted_look_at_a_site_is_one_line(tmp_path: Path, command: str):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(0.01)
        accepted: list[socket.socket] = []

        def is_asked() -> bool:
            try:
                accepted.append(silent.accept()[0])
            except TimeoutError:
                return False
            return True

        crawler = Crawler(tmp_path / "archive", [f"::127.0.0.1:{silent.getsockname()[1]}"])
        done = interrupted(crawler, "outlet", command, "http://slow.example/a", when=is_asked)
        for connection in accepted:
            connection.close()
    assert (done.code, done.out, done.err) == (-signal.SIGINT, "", "scrapy: interrupted\n")


def test_an_interrupted_start_is_one_line():
    """From the first module of ours on; before it, only Scrapy is loaded."""
    start = "import sys; sys.argv = ['scrapy', 'list']; from newsarchive import settings; raise KeyboardInterrupt"
    done = subprocess.run([sys.executable, "-c", start], env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, "scrapy: interrupted\n")


def on_a_terminal(command: list[str]) -> tuple[int, str]:
    """Run a command whose stderr is a terminal of 100 columns."""
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        command, cwd=PROJECT, env=environment() | {"COLUMNS": "100"}, stdin=theirs, stdout=subprocess.DEVNULL,
        stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    written = b""
    while True:
        readable, _, _ = select.select([ours], [], [], 60)
        try:
            part = os.read(ours, 65536) if readable else b""
        except OSError:
            break
        if not part:
            break
        written += part
    os.close(ours)
    return running.wait(60), written.decode()


def test_log_lines_are_written_above_the_bar_and_the_report_is_last(web: DemoWeb, crawler: Crawler):
    web.answer("https://responsiblestatecraft.org/", Answer(status=500, repeat=99))
    code, written = on_a_terminal(crawler.command("crawl", "responsible_statecraft", LOG_LEVEL="INFO"))
    assert code in (0, 1)
    logged = re.compile(r"(?m)[^\r\n]*\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[[\w.]+\] ")
    starts = [found[0] for found in logged.finditer(written)]
    assert len(starts) > 5
    assert "pages" in written
    assert [start for start in starts if " pages" in start] == []
    report = written.index("Crawl of responsible_statecraft: ")
    assert written.index("Dumping Scrapy stats") < report
    assert written.index("Spider closed") < report
    assert logged.search(written, report) is None
