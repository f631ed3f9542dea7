"""`scrapy outlet new URL`: look at a site as a stranger, and write the YAML of its outlet."""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urljoin

from scrapy.exceptions import UsageError
from scrapy.http import Response
from scrapy.settings import Settings

from newsarchive import outlets, scouting, urls
from newsarchive.commands import names
from newsarchive.commands.asking import Ask, converse
from newsarchive.commands.outlet_files import write_whole
from newsarchive.discovery import Lead
from newsarchive.errors import ArchiveError, NotAnArticle, PageError
from newsarchive.items import PAGES
from newsarchive.plurals import counted
from newsarchive.scouting import Draft, Probe, SitePage


def run(args: list[str], opts: argparse.Namespace, settings: Settings) -> int:
    """Print the draft, or with --write put it among the outlets, where it never replaces another."""
    if len(args) != 1:
        raise UsageError("give the home page of an outlet, such as https://times.example/")
    home = urls.absolute(args[0], args[0] if "//" in args[0] else f"https://{args[0]}/")
    if home is None:
        raise UsageError(f"{args[0]!r} is no address of a home page; one is https://times.example/")
    if opts.write:
        names.require_config(Path(settings["CONFIG_DIR"]))
    scout = Scout(home, settings.getint("SCOUT_MAX_REQUESTS"))
    converse(scout.look, settings)
    found = scout.draft()
    if found is None:
        tried = f"{len(scout.tried)} addresses tried"
        raise PageError(scout.home, f"no feed and no sitemap of it answers with articles ({tried}); nothing to write")
    place = _write(Path(settings["CONFIG_DIR"]), opts.outlet or found.id, found) if opts.write else None
    if opts.json:
        told = {**scouting.as_facts(found), "tried": scout.tried, "written": str(place) if place else None}
        sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(f"written to {place}\n" if place else scouting.as_yaml(found))
    return 0


def _write(config: Path, name: str, found: Draft) -> Path:
    file = config / outlets.FOLDER / f"{name}.yaml"
    if not outlets.is_name(name):
        raise UsageError(f"--outlet: {name!r} is no name of an outlet; small letters, digits and _ are")
    if file.exists():
        raise ArchiveError(file, "is there already, and is not replaced; choose another name with --outlet")
    write_whole(file, scouting.as_yaml(found).encode())
    return file


class Scout:
    """One look at a site: what it answered, asked for one after the other until a limit."""

    def __init__(self, home: str, most_requests: int) -> None:
        self.home = home
        self.tried: dict[str, str] = {}
        """What came of each address."""
        self._left = most_requests
        self._pages: list[SitePage] = []
        self._probes: list[Probe] = []

    def draft(self) -> Draft | None:
        """What can be said of the outlet."""
        return scouting.draft(self._pages, self._probes)

    async def look(self, ask: Ask) -> None:
        """Raises `PageError` where there is no home page."""
        page = _page(await self._asked(ask, self.home), self.home)
        self.home = page.url
        self._pages.append(page)
        robots = await self._answer(ask, urljoin(page.url, "/robots.txt"))
        in_robots = scouting.sitemaps_of_robots(robots.body, page.url) if robots else ()
        await self._probe_all(ask, scouting.named(page, in_robots))
        await self._look_at_article(ask)
        platform = next((one.platform.value for one in self._pages if one.platform), None)
        await self._probe_all(ask, scouting.conventional(platform, page.url, self._probes))
        if len(self._pages) == 1:
            await self._look_at_article(ask)

    async def _look_at_article(self, ask: Ask) -> None:
        """An article tells its platform and the offset of its dates, and may name feeds that the home page does not."""
        links = (link.url for one in self._probes if one.is_dated for link in one.links)
        url = next(links, None) or next((link.url for one in self._probes for link in one.links), None)
        answer = await self._answer(ask, url) if url else None
        if answer is None:
            return
        try:
            page = _page(answer, answer.url)
        except PageError:
            return
        self._pages.append(page)
        await self._probe_all(ask, page.feeds)

    async def _probe_all(self, ask: Ask, leads: Iterable[Lead]) -> None:
        for lead in leads:
            one = await self._probe(ask, lead)
            if one and one.children:
                read = [await self._probe(ask, child) for child in scouting.children(one)]
                one = scouting.with_children(one, filter(None, read))
            if one:
                self._probes.append(one)

    async def _probe(self, ask: Ask, lead: Lead) -> Probe | None:
        """None for an address that was asked before, or has no answer."""
        answer = await self._answer(ask, lead.url) if lead.url not in self.tried else None
        if answer is None:
            return None
        try:
            one = scouting.probe(lead, answer.body, content_type=_type(answer), home=self.home)
        except PageError as error:
            self.tried[lead.url] = f"{error.what} ({error.detail})"
            return None
        self.tried[lead.url] = counted(len(one.links), "link") if one.links or not one.children else "an index"
        return one

    async def _answer(self, ask: Ask, url: str) -> Response | None:
        try:
            return await self._asked(ask, url)
        except PageError as error:
            self.tried[url] = error.what
            return None

    async def _asked(self, ask: Ask, url: str) -> Response:
        if self._left <= 0:
            raise PageError(url, "not asked: SCOUT_MAX_REQUESTS is reached")
        self._left -= 1
        self.tried[url] = "ok"
        answer = await ask(url, dont_retry=url != self.home)
        if answer.status not in PAGES:
            raise PageError(url, f"answers {answer.status}")
        return answer


def _page(answer: Response, url: str) -> SitePage:
    headers = {str(name): value for name, value in answer.headers.to_unicode_dict().items() if value}
    try:
        return scouting.read_page(answer.body, content_type=_type(answer), url=answer.url, headers=headers)
    except NotAnArticle as error:
        raise PageError(url, f"cannot be read: {error.what}") from error


def _type(answer: Response) -> str | None:
    return (answer.headers.get("Content-Type") or b"").decode("latin-1") or None
