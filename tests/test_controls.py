"""Control characters from outside reach neither pages nor terminals."""

import io
import logging
from pathlib import Path

from jinja2 import DictLoader

from newsarchive import templates
from newsarchive.commands.saying import say
from newsarchive.controls import guard_logs, without_controls
from newsarchive.errors import ArchiveError
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
