"""Plain lists: sitemaps as text, one URL a line."""

from newsarchive.discovery.findings import ENOUGH, HOST_LINE, Lead, Mention, Reading, is_address, is_path

_ROBOTS = "sitemap:"


def read(source: str) -> Reading:
    """Read each line that is an address, without its scheme too; `Sitemap:` names a lead (RFC 9309, 2.2.4).

    Other lines are counted as a problem, unless the list is a robots.txt.
    """
    mentions: list[Mention] = []
    leads: list[Lead] = []
    unread = 0
    for line in filter(None, map(str.strip, source.splitlines())):
        if max(len(mentions), len(leads)) >= ENOUGH:
            break
        if line.lower().startswith(_ROBOTS):
            leads.append(Lead(line[len(_ROBOTS) :].strip(), "sitemap"))
        elif reference := _reference(line):
            mentions.append(Mention(reference))
        else:
            unread += not line.startswith("#")
    problems = (f"lines that are not a URL: {unread}",) if unread and not leads else ()
    return Reading(tuple(mentions), tuple(leads), problems)


def _reference(line: str) -> str | None:
    """Return a line that has to be a URL as a reference: `news.example/a` leads to that host."""
    if is_address(line) or is_path(line):
        return line
    return f"//{line}" if HOST_LINE.fullmatch(line) else None
