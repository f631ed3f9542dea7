"""What docs/operating.md tells an operator to write is what cron and systemd take."""

import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import get_args

import pytest

from newsarchive import settings
from newsarchive.health.findings import Cause
from tests.conftest import PROJECT

PAGE = (PROJECT / "docs" / "operating.md").read_text(encoding="utf-8")
_CRON = re.compile(r"(?:[*\d,/-]+\s+){5}cd /srv/newsarchive && \.venv/bin/scrapy harvest\b")


def block(heading: str) -> str:
    """The first indented block after these words."""
    after = PAGE.split(heading, 1)[1]
    found = re.search(r"\n\n((?:    .*\n|\n)+)", after)
    assert found
    return textwrap.dedent(found[1]).strip() + "\n"


def test_the_line_of_cron_has_five_times_and_a_command():
    lines = block("## Cron").splitlines()
    assert lines[0].startswith("NEWSARCHIVE_CONTACT=")
    assert _CRON.match(lines[1])


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_takes_the_units(tmp_path: Path):
    service, timer = tmp_path / "newsarchive.service", tmp_path / "newsarchive.timer"
    # It looks whether the program is there.
    program = str(Path(sys.executable).with_name("scrapy"))
    service.write_text(block("`newsarchive.service`:").replace("/srv/newsarchive/.venv/bin/scrapy", program))
    timer.write_text(block("`newsarchive.timer`:"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", str(service), str(timer)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    own = [line for line in done.stderr.splitlines() if "newsarchive." in line]
    assert (done.returncode, own) == (0, []), done.stderr


def test_every_cause_and_every_setting_is_told():
    told = re.findall(r"^\| ([a-z ]+) \| ", PAGE, re.MULTILINE)
    assert set(get_args(Cause)) <= {one.replace(" ", "_") for one in told}
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]+) \|", PAGE, re.MULTILINE))
    assert {name for name in vars(settings) if name.startswith("HEALTH_")} <= set(rows)
    for name, printed in rows.items():
        assert float(getattr(settings, name)) == float(printed), name
