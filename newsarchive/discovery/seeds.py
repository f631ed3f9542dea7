"""Seed lists: where to begin."""

import re

from newsarchive import urls
from newsarchive.errors import SettingError
from newsarchive.facts import WITHOUT_USERINFO
from newsarchive.items import Link

_COMMENT = re.compile(r"(?:^|\s)#.*")


def read_seeds(text: str, *, name: str) -> tuple[Link, ...]:
    """One URL a line, each once; empty lines and what follows a `#` at the start or after a blank are passed over.

    Raises `SettingError` at the first line that is neither.
    """
    lines = (_COMMENT.sub("", line).strip() for line in text.removeprefix("\ufeff").splitlines())
    links = [_seed(line, name, number) for number, line in enumerate(lines, start=1) if line]
    return tuple({link.url: link for link in links}.values())


def _seed(line: str, name: str, number: int) -> Link:
    url = urls.absolute(line, line) if len(line.split()) == 1 else None
    if url is None:
        raise SettingError(f"{name}, line {number}", urls.redacted(line), "one absolute http or https URL")
    if urls.has_userinfo(line):
        raise SettingError(f"{name}, line {number}", urls.redacted(line), WITHOUT_USERINFO)
    return Link(url, name, "seed")
