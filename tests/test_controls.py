"""Control characters from outside reach neither pages nor terminals."""

import io
import logging
import subprocess
import sys
from pathlib import Path

from jinja2 import DictLoader

from newsarchive import sealing, templates
from newsarchive.commands.saying import say
from newsarchive.controls import guard_logs, without_controls
from newsarchive.errors import ArchiveError
from tests.conftest import PROJECT, environment
from tests.keeping.command import hold

HOSTILE = "a\x1b[2J\x07b\x9b31m\r\x7f\x00c"


def test_a_page_from_a_template_holds_no_control_characters():
    environment = templates.environment("newsarchive.sealing").overlay(loader=DictLoader({"x": "<p>{{ it }}</p>\n"}))
    assert environment.get_template("x").render(it=HOSTILE + "<i>") == (
        "<p>a\N{REPLACEMENT CHARACTER}[2J\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}31m"
        "\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}c&lt;i&gt;</p>\n"
    )


def test_tab_and_line_feed_stay():
    assert without_controls("a\tb\nc é \N{ARABIC LETTER BEH}") == "a\tb\nc é \N{ARABIC LETTER BEH}"


MARKS = "\u061c\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069"


def test_marks_of_direction_and_line_separators_are_replaced():
    assert without_controls(f"a{MARKS}b") == "a" + "\N{REPLACEMENT CHARACTER}" * len(MARKS) + "b"
    assert without_controls("\u05d0\u200d\u0915") == "\u05d0\u200d\u0915"


def test_a_hold_shows_no_mark_of_direction(tmp_path: Path):
    placed = hold(
        "add", "case-8", "--scope", "everything", "--reason", f"a{MARKS}b", "--actor", MARKS, "--out", tmp_path
    )
    listed = hold("list", "--out", tmp_path)
    for done in (placed, listed):
        assert (done.code, set(MARKS) & set(done.out + done.err)) == (0, set())
    assert "a\N{REPLACEMENT CHARACTER}" in listed.out


def test_a_path_that_is_not_there_shows_no_mark_of_direction(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "scrapy.cmdline", "verify", str(tmp_path / MARKS)],
        cwd=PROJECT, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "there is no such file" in done.stderr
    assert not set(MARKS) & set(done.stderr)


def test_verify_sh_shows_a_name_without_controls_and_marks(tmp_path: Path):
    script = Path(sealing.__file__).parent / "script" / "verify.sh"
    path = tmp_path / f"caf\u00e9 \u05d0{MARKS}\x9b\x1b.wacz"
    path.write_bytes(b"no ZIP")
    done = subprocess.run(["sh", script, path], capture_output=True, check=False)
    assert done.returncode == 1
    shown = done.stdout.decode().splitlines()[0]
    assert shown.endswith("caf\u00e9 \u05d0" + "?" * (len(MARKS) + 2) + ".wacz")


def test_an_error_moves_no_cursor(capsys):
    assert say(ArchiveError(Path("x"), HOSTILE)) == 2
    assert "\x1b" not in capsys.readouterr().err


def test_the_reason_of_a_hold_moves_no_cursor(tmp_path: Path):
    words = ("add", "case-7", "--scope", "everything", "--reason", HOSTILE, "--actor", HOSTILE)
    done = hold(*words, "--out", tmp_path)
    assert (done.code, "\x1b" in done.out, "a\N{REPLACEMENT CHARACTER}[2J" in done.out) == (0, False, True)


def test_a_log_line_moves_no_cursor():
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    logging.root.addHandler(handler)
    try:
        guard_logs()
        logging.getLogger("newsarchive.test").error("the title is %s", HOSTILE)
    finally:
        logging.root.removeHandler(handler)
    assert "\x1b" not in written.getvalue()
    assert "the title is a\N{REPLACEMENT CHARACTER}[2J" in written.getvalue()
