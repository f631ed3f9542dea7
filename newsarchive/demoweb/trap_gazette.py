"""The Trap Gazette and the Echo Gazette as sites: a broken feed, a sitemap that lies, a calendar without end."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from importlib.resources import files
from pathlib import Path

from newsarchive.demoweb.answers import Answer, page
from newsarchive.demoweb.sites import Site
from newsarchive.demoweb.trap import Trap
from newsarchive.demoweb.trap_pages import HOME, article, prose, sent
from newsarchive.demoweb.trap_pages import page as trap_page
from newsarchive.demoweb.traps import all_traps

ECHO = "https://echogazette.example"
ECHO_COPY = "/2024/10/16/mast-again"
OUTLETS = ("trap_gazette", "echo_gazette")
_MONTH = re.compile(r"^/calendar/(\d{4})/(\d{2})/$")
_XML = "application/xml; charset=utf-8"
_ROBOTS = b"User-agent: *\nDisallow: /private/\n"


class TrapGazette(Site):
    """Answers with its traps; nothing of it is in the demo's own lists."""

    def __init__(self) -> None:
        super().__init__("trap_gazette", (), home=HOME)
        self.traps: Mapping[str, Trap] = {trap.path: trap for trap in all_traps()}

    def listing(self, path: str, query: str) -> Answer | None:
        trap = self.traps.get(f"{path}?{query}" if query else path)
        if trap:
            return trap.answer
        listed = [one for one in self.traps.values() if one.is_listed]
        found = {
            "/": sent(article("The Trap Gazette", prose("home", 1), published=None)),
            "/robots.txt": page(_ROBOTS, content_type="text/plain"),
            "/feed.xml": page(_feed(listed).encode(), content_type=_XML),
            "/sitemap.xml": page(_sitemap(listed).encode(), content_type=_XML),
        }
        return found.get(path) or _calendar(path)


class EchoGazette(Site):
    """Prints one story of the Trap Gazette once more, cut and under another headline."""

    def __init__(self) -> None:
        super().__init__("echo_gazette", (), home=ECHO)

    def listing(self, path: str, query: str) -> Answer | None:  # noqa: ARG002 - nothing here goes by the query
        story = prose("plain")
        found = {
            "/robots.txt": page(_ROBOTS, content_type="text/plain"),
            "/feed.xml": page(
                f"<rss version='2.0'><channel><title>Echo</title><item><title>Once more, the mast</title>"
                f"<link>{ECHO}{ECHO_COPY}</link></item></channel></rss>".encode(),
                content_type=_XML,
            ),
            ECHO_COPY: sent(
                article("Once more, the mast", ["OSTRIN (Gazette) - In short:", *story[:-1], story[-1][:80]])
            ),
        }
        return found.get(path)


def write_outlets(folder: Path) -> None:
    """Put the YAML files of both outlets into a config folder's `outlets`."""
    for outlet in OUTLETS:
        text = files("newsarchive.demoweb").joinpath("outlets", f"{outlet}.yaml").read_text(encoding="utf-8")
        (folder / f"{outlet}.yaml").write_text(text, encoding="utf-8")


def _feed(listed: list[Trap]) -> str:
    """A bare ampersand, an entity that XML does not know, and a tracking parameter at every link."""
    titles = {trap.path: escape(_headline(trap)) for trap in listed}
    items = "".join(
        f"<item><title>{title}</title><link>{_tracked(path)}</link></item>\n" for path, title in titles.items()
    )
    return f"<rss version='2.0'><channel><title>Traps & Snares&nbsp;</title>\n{items}</channel></rss>\n"


def _headline(trap: Trap) -> str:
    own = next((one.headline for one in all_traps() if one.path == trap.reason), None)
    return trap.listed_as or trap.headline or own or trap.name


def _tracked(path: str) -> str:
    return f"{HOME}{path}{'&' if '?' in path else '?'}utm_source=rss&utm_medium=feed"


def _sitemap(listed: list[Trap]) -> str:
    """Everything was changed a moment ago: so it says every time."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    entries = "".join(f"<url><loc>{escape(HOME + one.path)}</loc><lastmod>{now}</lastmod></url>\n" for one in listed)
    return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>\n{entries}</urlset>\n"


def _calendar(path: str) -> Answer | None:
    """A month, and the month before it; there is always one."""
    found = _MONTH.match(path)
    if not found:
        return None
    year, month = int(found[1]), int(found[2])
    before = f"/calendar/{year - (month == 1)}/{(month - 2) % 12 + 1:02}/"
    links = f"<a href='/2024/10/15/bridge'>The bridge is weighed</a> <a rel='next' href='{before}'>Earlier</a>"
    return sent(trap_page(f"{year}-{month:02}", f"<h1>{year}-{month:02}</h1>{links}"))
