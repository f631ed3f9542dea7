"""What `scrapy` lists is what there is, and listing it loads nothing that it need not."""

import importlib
import pkgutil
import subprocess
import sys

import pytest

from newsarchive import command_line, commands
from tests.conftest import PROJECT, environment

NAMED = [found.name for found in pkgutil.iter_modules(command_line.__path__)]
_HEAVY = {
    "numpy",
    "selectolax",
    "feedparser",
    "py3langid",
    "sqlite3",
    "yaml",
    "jinja2",
    "newsarchive.commands",
}


def is_command(name: str) -> bool:
    command = getattr(importlib.import_module(f"newsarchive.commands.{name}"), "Command", None)
    return command is not None and command.__module__ == f"newsarchive.commands.{name}"


def test_every_command_is_named():
    assert [found.name for found in pkgutil.iter_modules(commands.__path__) if is_command(found.name)] == NAMED


@pytest.mark.parametrize("name", NAMED)
def test_a_command_is_listed_as_it_is_and_becomes_itself_when_it_is_chosen(name: str):
    listed = importlib.import_module(f"newsarchive.command_line.{name}").Command
    whole = importlib.import_module(f"newsarchive.commands.{name}").Command
    assert listed.__module__ == f"newsarchive.command_line.{name}"
    assert (listed().short_desc(), listed.requires_project) == (whole().short_desc(), whole.requires_project)
    chosen = listed()
    assert chosen.syntax() == whole().syntax()
    assert type(chosen) is whole
    assert chosen.settings is None


def test_listing_commands_loads_none_of_them():
    listing = (
        "import sys; from scrapy.cmdline import _get_commands_dict as listed;"
        "from scrapy.utils.project import get_project_settings as settings;"
        "print(len(listed(settings(), True))); print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", listing], cwd=PROJECT, env=environment(), capture_output=True, text=True, check=True
    )
    count, modules = done.stdout.splitlines()
    assert int(count) >= len(NAMED)
    assert not _HEAVY & set(modules.split()), _HEAVY & set(modules.split())
