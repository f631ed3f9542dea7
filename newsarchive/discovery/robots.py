"""The `Sitemap:` lines of a robots.txt."""

from itertools import islice

from newsarchive.discovery.findings import ENOUGH, Lead, Reading

_FIELD = "sitemap"


def read(source: str) -> Reading:
    """Each sitemap that the file names, for all crawlers alike (RFC 9309, 2.2.4); its rules are read elsewhere."""
    parted = (line.partition("#")[0].partition(":") for line in source.splitlines())
    named = (value.strip() for field, _, value in parted if field.strip().lower() == _FIELD)
    leads = tuple(Lead(value, "sitemap") for value in islice(filter(None, named), ENOUGH))
    return Reading(leads=leads, problems=() if leads else ("no Sitemap line",))
