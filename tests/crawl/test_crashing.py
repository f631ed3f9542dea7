"""One crash of each kind; `make test-all` does more of them, `make kills-crawl` hundreds."""

import os
import random
from pathlib import Path

import pytest

from tests.crawl.crashing import crash
from tests.crawl.powerloss import can_compile

pytestmark = pytest.mark.long


@pytest.mark.parametrize("crashes", [1, pytest.param(3, marks=pytest.mark.slow)])
@pytest.mark.parametrize("mode", ["diskfull", "power"])
def test_a_crawl_that_crashes_is_resumed_and_has_lost_nothing(tmp_path: Path, mode: str, crashes: int):
    if not (os.geteuid() == 0 if mode == "diskfull" else can_compile()):
        assert "CI" not in os.environ, "the tests run as root in CI, and have a compiler"
        pytest.skip("a disk that fills up needs root, a loss of power a C compiler")
    told = crash(tmp_path, random.Random(mode), mode=mode, crashes=crashes, pages=12)
    assert told.problems == []
    assert told.crashes == crashes
    assert told.rows >= 12
