"""Which further sources are read: each once, not too deep, not too many, and nowhere the YAML does not say."""

import pytest

from newsarchive.discovery import Findings, Lead
from newsarchive.discovery.following import Following, newest_first
from newsarchive.discovery.scope import Bounds, Trail
from newsarchive.items import Link

SITE = "https://news.example"
HOSTS = frozenset({"news.example"})


def following(*, sitemaps: int = 10, known: frozenset[str] = frozenset()) -> Following:
    return Following(
        hosts=HOSTS,
        steps={"sitemap": 3, "section": 2, "feed": 0},
        sitemaps=sitemaps,
        trail=Trail(Bounds(10, 10), hosts=HOSTS),
        is_known=known.__contains__,
    )


def named(*leads: Lead, links: tuple[str, ...] = ()) -> Findings:
    return Findings(tuple(Link(SITE + path, SITE, "follow") for path in links), leads, ())


def sitemap(path: str, modified: str | None = None) -> Lead:
    return Lead(SITE + path, "sitemap", modified)


@pytest.mark.parametrize(
    ("lead", "kind", "steps", "expected"),
    [
        (sitemap("/s.xml"), "robots", 0, 2),
        (sitemap("/s.xml"), "sitemap", 2, 1),
        (sitemap("/s.xml"), "sitemap", 0, "not followed (SITEMAP_DEPTH): 1"),
        (Lead(f"{SITE}/page/2/", "section"), "section", 1, 0),
        (Lead(f"{SITE}/page/2/", "section"), "section", 0, "not followed (further pages): 1"),
        (Lead(f"{SITE}/page/2/", "section"), "follow", 0, 1),
        (Lead("https://elsewhere.example/s.xml", "sitemap"), "robots", 0, "not followed (on a host that the outlet's YAML does not name): 1"),
        (Lead("http://169.254.169.254/s.xml", "sitemap"), "robots", 0, "not followed (on a host that the outlet's YAML does not name): 1"),
    ],
)  # fmt: skip
def test_a_lead_is_followed_or_the_reason_is_told(lead: Lead, kind: str, steps: int, expected: int | str):
    chosen, refused = following().choose(named(lead), kind=kind, steps=steps)
    assert ([one.steps for one in chosen] or str(refused)) == ([expected] if isinstance(expected, int) else expected)


def test_each_is_followed_once_in_a_crawl():
    crawl = following()
    found = named(sitemap("/a.xml"), sitemap("/b.xml"))
    assert len(crawl.choose(found, kind="sitemap", steps=3)[0]) == 2
    chosen, refused = crawl.choose(found, kind="sitemap", steps=3)
    assert (chosen, str(refused)) == ([], "")


def test_only_sitemaps_that_nobody_knew_count():
    known = frozenset(f"{SITE}/{number}.xml" for number in range(50))
    leads = tuple(sitemap(f"/{number}.xml") for number in range(100))
    chosen, refused = following(sitemaps=5, known=known).choose(named(*leads), kind="sitemap", steps=3)
    assert len(chosen) == 55
    assert str(refused) == "not followed (SITEMAPS_PER_CRAWL): 45"


def test_the_sitemaps_that_changed_last_come_first():
    leads = (
        sitemap("/old.xml", "2024-01-01"),
        sitemap("/undated.xml"),
        sitemap("/2026-11-24.xml"),
        sitemap("/new.xml", "2026-11-25T08:00:00+02:00"),
        sitemap("/newer.xml", "2026-11-25T07:00:00Z"),
        sitemap("/wrong.xml", "2026-13-45"),
    )
    assert [lead.url.removeprefix(SITE) for lead in newest_first(leads)] == [
        "/newer.xml", "/new.xml", "/2026-11-24.xml", "/old.xml", "/undated.xml", "/wrong.xml",
    ]  # fmt: skip


def test_only_a_source_that_is_followed_leads_to_pages():
    found = named(links=("/world/", "/world/?utm_source=x", "/sport/"))
    assert [lead.url for lead in following().choose(found, kind="follow", steps=1)[0]] == [
        f"{SITE}/world/",
        f"{SITE}/sport/",
    ]
    assert following().choose(found, kind="follow", steps=0)[0] == []
    assert following().choose(found, kind="section", steps=5)[0] == []
