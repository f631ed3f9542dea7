"""An outlet's YAML that is hostile, damaged or not a file is refused with its file and key, within limits."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from newsarchive import outlets
from newsarchive.errors import OutletError
from tests.conftest import PROJECT, Crawler, environment

GOOD = "name: X\nhome: https://x.example/\nsources: [{feed: https://x.example/rss}]\n"
DAILY = GOOD.replace("feed: https://x.example/rss", "daily: '%s'")
LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(letter)}: &{chr(letter)} [{', '.join([f'*{chr(letter - 1)}'] * 10)}]\n" for letter in range(98, 107)
)
HOSTILE = {
    "a day that does not exist": (GOOD + "layouts: [{body: p}, {until: 2025-02-30, body: p}]\n", "layouts.1.until"),
    "a month that does not exist": (GOOD + "layouts: [{body: p}, {until: 2025-13-01, body: p}]\n", "layouts.1.until"),
    "a mapping as a key": (GOOD + "{a: 1}: 2\n", "line 4"),
    "a list with a mapping as a key": (GOOD + "articles: {? [a, {b: 1}] : 2}\n", "line 4"),
    "an empty key": (GOOD + "crawl: {~: 2}\n", "line 4"),
    "a number as a key": (GOOD + "crawl: {5: 2}\n", "crawl.5"),
    "nesting": (GOOD + "publisher: " + "[" * 3000 + "]" * 3000 + "\n", "line 4"),
    "an alias inside its value": (GOOD + "publisher: &a [*a]\n", "line 4"),
    "an alias without a value": (GOOD + "publisher: *a\n", "line 4"),
    "a wide field": (DAILY % "https://x.example/{year:>2000000000}/{month}/{day}", "sources.0.daily"),
    "an attribute": (DAILY % "https://x.example/{year.real}/{month}/{day}", "sources.0.daily"),
    "a brace": (DAILY % "https://x.example/{{/{day}", "sources.0.daily"),
    "a tag of Python": (GOOD + "evidence: !!python/object/apply:os.getcwd []\n", "line 4"),
    "a set": (GOOD + "evidence: !!set {a, b}\n", "line 4"),
    "a word with the tag of a mapping": (GOOD + "evidence: !!map word\n", "line 4"),
    "a word with the tag of a switch": (GOOD + "unverified: !!bool word\n", "unverified"),
    "a long number": (GOOD + "crawl: {delay: 0x" + "f" * 10_000 + "}\n", "crawl.delay"),
    "a number of many parts": (GOOD + "crawl: {delay: " + ":".join(["1"] * 100_000) + "}\n", "crawl.delay"),
    "a number that SQLite does not store": (GOOD + f"crawl: {{daily_requests: {2**63}}}\n", "crawl.daily_requests"),
    "an infinite delay": (GOOD + "crawl: {delay: .inf}\n", "crawl.delay"),
    "a long duration": (GOOD + "crawl: {live: 99999999999999999999d}\n", "crawl.live"),
    "a zone with a long name": (GOOD + "timezone: " + "a" * 300 + "\n", "timezone"),
    "a file that is not a zone": (GOOD + "timezone: leapseconds\n", "timezone"),
    "a deep pattern": (GOOD + "articles: {allow: ['" + "(" * 1500 + ")" * 500 + "']}\n", "articles.allow.0"),
    "a pattern that repeats too often": (GOOD + "articles: {allow: ['a{99999999999999}']}\n", "articles.allow.0"),
    "a pattern of files": (GOOD.replace("feed: https://x.example/rss", "warc: '**.gz'"), "sources.0.warc"),
    "files of an unknown user": (GOOD.replace("feed: https://x.example/rss", "warc: '~nobody9/x'"), "sources.0.warc"),
    "an empty file": ("", "file"),
    "two documents": (GOOD + "---\n" + GOOD, "line 4"),
    "a NUL": (GOOD + 'evidence: "\0"\n', "file"),
    "a file of another size": (GOOD + "#" * 2_000_000, "file"),
}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "outlets").mkdir()
    shutil.copy(PROJECT / "config/defaults.yaml", tmp_path)
    return tmp_path


def errors_of(config: Path, name: str = "x") -> list[str]:
    with pytest.raises(OutletError) as raised:
        outlets.load(config, name)
    return raised.value.lines()


@pytest.mark.parametrize("case", sorted(HOSTILE))
def test_a_hostile_yaml_is_one_line_with_its_key(config: Path, case: str):
    text, key = HOSTILE[case]
    file = config / "outlets/x.yaml"
    file.write_text(text)
    (line,) = errors_of(config)
    assert line.startswith(f"{file}: {key}: found ")
    assert "\n" not in line


@pytest.mark.parametrize("text", ["a: " + "[" * 100_000, LAUGHS], ids=["brackets", "laughs"])
def test_endless_brackets_and_aliases_stay_within_1_gb(config: Path, text: str):
    """A limit of 1 GB holds for the process; SIGSEGV would be its exit code."""
    (config / "outlets/x.yaml").write_text(text)
    load = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30));"
        "from pathlib import Path; from newsarchive import outlets, errors\n"
        "try: outlets.load(Path(sys.argv[1]), 'x')\n"
        "except errors.OutletError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", load, str(config)], env=environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{config}/outlets/x.yaml: line " in done.stdout
    assert ", expected at most " in done.stdout


def test_a_byte_order_mark_is_accepted(config: Path):
    (config / "outlets/x.yaml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert outlets.load(config, "x").name == "X"


def _directory(file: Path) -> None:
    file.mkdir()


def _link(file: Path) -> None:
    file.symlink_to("nowhere")


def _endless(file: Path) -> None:
    file.symlink_to("/dev/zero")


def _latin(file: Path) -> None:
    file.write_bytes(b"name: Caf\xe9\n")


@pytest.mark.parametrize("make", [_directory, _link, os.mkfifo, _endless, _latin])
@pytest.mark.parametrize("place", ["outlets/x.yaml", "learned/x.json", "defaults.yaml"])
def test_an_unreadable_file_is_one_line_with_its_name(config: Path, place: str, make):
    (config / "outlets/x.yaml").write_text(GOOD)
    (config / "learned").mkdir()
    (config / place).unlink(missing_ok=True)
    make(config / place)
    (line,) = errors_of(config)
    assert line.startswith(f"{config / place}: file: found ")
    assert outlets.names(config) == ["x"]


@pytest.mark.parametrize("text", ["[" * 100_000, '{"form": []}', "5", '{"form": 1e999}'])
def test_a_learned_table_that_is_hostile_is_one_line(config: Path, text: str):
    (config / "outlets/x.yaml").write_text(GOOD)
    (config / "learned").mkdir()
    (config / "learned/x.json").write_text(text)
    (line,) = errors_of(config)
    assert line.startswith(f"{config}/learned/x.json: file: found ")


def test_a_wrong_value_of_the_defaults_is_reported_as_theirs(config: Path):
    (config / "outlets/x.yaml").write_text(GOOD + "crawl: {live: 5}\n")
    defaults = (config / "defaults.yaml").read_text()
    (config / "defaults.yaml").write_text(defaults.replace("delay: 2.0", "delay: -1"))
    delay, live = errors_of(config)
    assert ": crawl.delay (from defaults.yaml): found -1," in delay
    assert ": crawl.live: found 5," in live


def test_of_many_errors_the_first_are_reported_and_the_others_counted(config: Path):
    (config / "outlets/x.yaml").write_text(GOOD + f"articles: {{allow: [{', '.join(['5'] * 1000)}]}}\n")
    lines = errors_of(config)
    assert len(lines) == 101
    assert lines[-1] == f"{config}/outlets/x.yaml: 900 more errors"


def test_hidden_files_are_not_outlets_and_a_wrong_name_is_an_error(config: Path):
    (config / "outlets/.#x.yaml").symlink_to("lock")
    (config / "outlets/Big-Name.yaml").write_text(GOOD)
    assert outlets.names(config) == ["Big-Name"]
    assert "found the name 'Big-Name', expected " in errors_of(config, "Big-Name")[0]


@pytest.fixture
def mixed(config: Path) -> Path:
    """A config folder with one good outlet among bad ones."""
    shutil.copy(PROJECT / "config/outlets/responsible_statecraft.yaml", config / "outlets")
    (config / "outlets/zz.yaml").mkdir()
    (config / "outlets/aa.yaml").write_text(HOSTILE["a day that does not exist"][0])
    (config / "outlets/Big-Name.yaml").write_text(GOOD)
    return config


def test_bad_outlets_stop_no_command_and_are_reported(crawler: Crawler, mixed: Path):
    """`list` exits with 0, so that scrapyd still schedules the others."""
    expected = {
        ("crawl", "responsible_statecraft", "-a", "limit=1"): (0, 1),
        ("harvest", "--unverified"): (1,),
        ("outlet", "health"): (1,),
        ("outlet", "check", "--all"): (1,),
        ("list",): (0,),
    }
    for command, codes in expected.items():
        done = crawler.run(*command, CONFIG_DIR=mixed, HARVEST_PAGES=1)
        assert done.code in codes, (command, done)
        assert "Traceback" not in done.err, (command, done.err)
        assert "responsible_statecraft" in done.out + done.err, command
        if command[0] != "crawl":
            told = done.out + done.err
            for name, key in (("aa", "layouts.1.until"), ("zz", "file"), ("Big-Name", "file")):
                assert f"{name}.yaml: {key}: found " in told, (command, told)


def test_a_seed_list_that_cannot_be_read_is_one_line(crawler: Crawler, tmp_path: Path):
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "responsible_statecraft.txt").write_bytes(b"https://responsiblestatecraft.org/caf\xe9\n")
    done = crawler.run("crawl", "responsible_statecraft", SEEDS_DIR=seeds)
    assert done.code == 2
    assert f"seeds: found '{seeds}/responsible_statecraft.txt', expected a text file with one URL a line" in done.err
    assert "Traceback" not in done.err
