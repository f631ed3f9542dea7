"""An archive of which a year lies on another disk: a link leads there."""

import os
import shutil
import subprocess
from pathlib import Path

from newsarchive.commands.verify import as_text
from newsarchive.verifying import archive as verifying
from tests.conftest import PROJECT, environment
from tests.keeping.command import takedown
from tests.keeping.conftest import ARTICLE, OUTLET, World
from tests.keeping.test_erasing import WHY, places, take, texts
from tests.linking import moved
from tests.sealing.command import snapshot

# Root may read everything, as long as it is not told otherwise.
_FREEDOMS = "-dac_override,-dac_read_search"
_BOUND = ["setpriv", f"--inh-caps={_FREEDOMS}", f"--bounding-set={_FREEDOMS}"] if os.geteuid() == 0 else []


def test_what_is_erased_is_erased_there_too(world: World, tmp_path: Path):
    needles = texts(world.archive, ARTICLE)
    year = moved(world.collection, tmp_path / "disk")
    assert places(year, needles)
    take(world, "erase", "--url", ARTICLE, "--mentions", "all")
    assert places(tmp_path / "disk", needles) == places(world.archive, needles) == []
    verdict = verifying.verify([world.archive])
    assert verdict.is_clean, as_text(verdict)


def test_what_lies_there_is_sealed_too(world: World, tmp_path: Path):
    line = ("create", "--scope", f"outlet={OUTLET}", "--plan", "--json", "--out", tmp_path / "snapshots")
    whole = snapshot(*line, archive=world.archive)
    moved(world.collection, tmp_path / "disk")
    assert snapshot(*line, archive=world.archive).out == whole.out
    assert ".warc.gz" in whole.out


def test_nothing_is_erased_where_a_file_is_a_link(world: World, tmp_path: Path):
    warc = min(world.collection.rglob("NA-*.warc.gz"))
    warc.symlink_to(shutil.move(warc, tmp_path / "elsewhere.warc.gz"))
    done = takedown("erase", "--url", ARTICLE, *WHY, "--yes", archive=world.archive)
    assert done.code == 2
    assert done.err == (
        f"scrapy: {warc}: is a link to {tmp_path / 'elsewhere.warc.gz'}, which would be left: "
        "put the file here, or link its folder\n"
    )


def test_a_folder_that_cannot_be_read_stops_an_erasure(world: World):
    odd = min(world.collection.rglob("NA-*.warc.gz")).with_name("odd")
    odd.mkdir()
    odd.chmod(0)
    line = world.crawler.command("takedown", "erase", "--url", ARTICLE, *WHY, "--yes")
    done = subprocess.run([*_BOUND, *line], cwd=PROJECT, env=environment(), capture_output=True, text=True, check=False)
    odd.chmod(0o755)
    assert (done.returncode, done.stderr) == (2, f"scrapy: {odd}: cannot be read (Permission denied)\n")
