"""Plain lists: sitemaps as text, one URL a line."""

from collections.abc import Iterator
from itertools import islice

from newsarchive.discovery.findings import ENOUGH, Lead, Mention, Reading, is_address

_ROBOTS = "sitemap:"


def read(source: str) -> Reading:
    """Each line that is an address; what `Sitemap:` names is a lead (RFC 9309, 2.2.4)."""
    found = list(islice(_entries(source), ENOUGH))
    return Reading(
        tuple(entry for entry in found if isinstance(entry, Mention)),
        tuple(entry for entry in found if isinstance(entry, Lead)),
    )


def _entries(source: str) -> Iterator[Mention | Lead]:
    for line in map(str.strip, source.splitlines()):
        if is_address(line):
            yield Mention(line)
        elif line.lower().startswith(_ROBOTS):
            yield Lead(line[len(_ROBOTS) :].strip(), "sitemap")
