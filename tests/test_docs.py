"""The pages under docs/ name what there is."""

import re
from pathlib import Path

import pytest

from newsarchive import settings
from newsarchive.capture.options import DEFAULTS
from newsarchive.middlewares import options as politeness
from tests.conftest import PROJECT

POLITENESS = (PROJECT / "docs" / "politeness.md").read_text(encoding="utf-8")
LIMITS = (PROJECT / "docs" / "limits.md").read_text(encoding="utf-8")
CAPTURE = (PROJECT / "docs" / "capture.md").read_text(encoding="utf-8")


def test_every_setting_of_capture_is_documented_with_its_default():
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", CAPTURE, re.MULTILINE))
    for name, default in DEFAULTS.items():
        if name in ("OPERATOR", "CONTACT"):
            assert f"`{name}`" in CAPTURE
            continue
        printed = rows[name].strip().strip("`")
        assert printed == {True: "on", None: "the spider's name", (): "none"}.get(
            tuple(default) if isinstance(default, list) else default, str(default)
        )


def test_no_page_promises_a_setting_that_is_not_read():
    sources = "".join(path.read_text() for path in (PROJECT / "newsarchive").rglob("*.py"))
    for name in re.findall(r"`([A-Z][A-Z_]{6,})`", CAPTURE):
        assert name in sources, name


def test_every_setting_of_politeness_is_documented_with_its_default():
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]+) \|", POLITENESS, re.MULTILINE))
    assert set(politeness.DEFAULTS) <= set(rows)
    for name, printed in rows.items():
        assert float(getattr(settings, name)) == float({"True": 1, "False": 0}.get(printed, printed)), name
        assert name not in politeness.DEFAULTS or politeness.DEFAULTS[name] == getattr(settings, name)


def test_every_setting_among_the_limits_has_its_default():
    checked = set()
    for limit, default in re.findall(r"^\| (.*?) \| (.*?) \|", LIMITS, re.MULTILINE):
        for name in re.findall(r"`([A-Z]{2,}(?:_[A-Z]+)+)`", limit) + re.findall(r"^`([A-Z_]+)`, \d", default):
            value = getattr(settings, name, DEFAULTS.get(name))
            if value is not None:
                printed = {f"{value:.0f}", f"{value:g}", f"{value / 2**20:g} MiB"}
                assert any(re.search(rf"\b{form}\b", default) for form in printed), (name, default)
                checked.add(name)
    assert len(checked) > 30


@pytest.mark.parametrize(
    "page", [*sorted((PROJECT / "docs").glob("*.md")), PROJECT / "README.md"], ids=lambda page: page.name
)
def test_every_file_that_a_page_names_is_there(page: Path):
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`((?:newsarchive|benchmarks|tests|config|docs|seeds)/[\w./-]+)`", text)
    pictures = [f"docs/{name}" for name in re.findall(r"!\[[^\]]*\]\((\S+?)\)", text)]
    # An outlet of that name is what the README tells how to make.
    for name in {*named, *pictures} - {"config/outlets/example_times.yaml"}:
        assert (PROJECT / name).exists(), name
