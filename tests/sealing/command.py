"""`scrapy snapshot …` in this process."""

from pathlib import Path
from typing import Any

from newsarchive.commands.snapshot import Command
from tests import commanding
from tests.conftest import Ran


def snapshot(*words: object, archive: Path | None = None, **chosen: Any) -> Ran:
    """`chosen` are settings."""
    return commanding.run(Command, *words, archive=archive, **chosen)
