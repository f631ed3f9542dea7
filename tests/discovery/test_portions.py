"""What a source names, in portions."""

from newsarchive.discovery import Findings, Lead
from newsarchive.discovery.portions import PORTION, Outline, outline, portions
from newsarchive.items import Link

SITE = "https://times.example"


def test_portions_hold_all_links_in_order_and_the_leads_that_changed_last_first():
    links = tuple(Link(f"{SITE}/{number}", SITE, "sitemap") for number in range(PORTION + 1))
    leads = tuple(
        Lead(f"{SITE}/{year}.xml", "sitemap", f"{year}-01-01") for year in range(1800, 1800 + 2 * PORTION + 1)
    )
    parts = list(portions(Findings(links, leads, ("odd",))))
    assert [(len(part.links), len(part.leads)) for part in parts] == [(PORTION, PORTION), (1, PORTION), (0, 1)]
    assert [link for part in parts for link in part.links] == list(links)
    assert [lead for part in parts for lead in part.leads] == list(reversed(leads))


def test_dates_that_no_newsroom_makes_are_seen_before_the_first_portion():
    said = {"modified_raw": "2026-01-05T10:00:00Z", "published_raw": "2020-01-05T10:00:00Z"}
    found = Findings(tuple(Link(f"{SITE}/{number}", SITE, "sitemap", **said) for number in range(50)), (), ("odd",))
    assert outline(found, now=1_767_607_200) == Outline(50, True, ("odd",))
    assert outline(Findings((), (), ()), now=0) == Outline(0, False, ())
