"""Drafts from pages and probes as literals: names, languages, sources, and the YAML's own words."""

import pytest
import yaml

from newsarchive import scouting
from newsarchive.discovery import Lead
from newsarchive.items import Link
from newsarchive.scouting import Probe
from newsarchive.scouting.sources import kept

HOME = "https://times.example/"


def page(html: str, url: str = HOME) -> scouting.SitePage:
    return scouting.read_page(html.encode(), content_type="text/html", url=url, headers={})


def links(
    count: int, *, path: str = "2026/01/20/story-{n}", headline: str = "Harbour closed after its cranes were sold"
) -> tuple[Link, ...]:
    return tuple(
        Link(HOME + path.format(n=n), "", "feed", headline=headline, published_raw="2026-01-20T10:00:00Z")
        for n in range(count)
    )


def feed(url: str, named: tuple[Link, ...]) -> Probe:
    return Probe(Lead(url, "feed"), named, ())


@pytest.mark.parametrize(
    ("html", "name", "sureness"),
    [
        ('<title>x</title><meta property="og:site_name" content="The Example Times">', "The Example Times", "sure"),
        (
            '<script type="application/ld+json">{"@type":"NewsMediaOrganization","name":"Example Times"}</script>',
            "Example Times",
            "likely",
        ),
        ("<title>News from everywhere | Times</title>", "Times", "likely"),
        ('<meta property="og:site_name" content="Times:\n  # late">', "Times: # late", "sure"),
        ("<title>News from everywhere</title>", "News from everywhere", "guessed"),
    ],
)
def test_a_name_is_found_where_sites_say_it(html: str, name: str, sureness: str):
    found = page(html).name
    assert found
    assert (found.value, found.sureness) == (name, sureness)


def test_feeds_are_those_that_head_and_links_name_but_not_of_comments():
    found = page(
        '<link rel="alternate" type="application/atom+xml" href="/atom.xml"><link rel="alternate" hreflang="fr" href="/fr/">'
        '<link rel="alternate" type="application/rss+xml" href="/comments/feed/"><a href="/rss">RSS</a><a href="/rsvp">R</a>'
    ).feeds
    assert [lead.url for lead in found] == ["https://times.example/atom.xml", "https://times.example/rss"]


def test_a_feed_that_repeats_another_is_no_source_of_its_own():
    many, few = links(20), links(19)
    assert [
        one.lead.url for one in kept([feed("b", few), feed("a", many), feed("c", links(5, path="sport/{n}-x"))])
    ] == ["a", "c"]


def test_an_english_theme_is_not_believed_against_the_headlines():
    headline = "Der Hafen wurde geschlossen, nachdem die letzten Kräne an den Nachbarn verkauft worden waren"
    found = scouting.draft([page("<html lang=en><title>T")], [feed("a", links(12, headline=headline))])
    assert found
    assert (found.language.value, found.language.sureness) == ("de", "likely")


def test_the_yaml_says_of_each_value_how_sure_it_is_and_reads_back_as_it_was():
    html = '<html lang="en-GB"><title>Q: «yes» | Times</title><a href="/world/">World</a><a href="/2026/">2026</a>'
    found = scouting.draft([page(html)], [feed("https://times.example/rss?a=1&b=#2", links(12))])
    assert found
    text = scouting.as_yaml(found)
    facts = yaml.safe_load(text)
    assert facts["sources"] == [{"feed": "https://times.example/rss?a=1&b=#2"}]
    assert facts["articles"] == {"allow": [r"^/\d{4}/\d{1,2}/\d{1,2}/[^/]+/?$"]}
    valued = [line for line in text.splitlines() if line.startswith(("name", "language", "timezone", "  - "))]
    assert all(any(f"# {word}: " in line for word in ("sure", "likely", "guessed")) for line in valued)
    assert "they let in 12 of 12 articles that the sources name, and 0 of 2 other links of the home page" in text


def test_without_articles_there_is_no_draft():
    assert scouting.draft([page("<title>T")], [feed("a", ())]) is None


def test_robots_txt_names_sitemaps_and_those_of_news_come_first():
    text = b"User-agent: *\nSITEMAP: /sitemap.xml\nSitemap: https://times.example/news-sitemap.xml\nSitemap:\n"
    found = scouting.sitemaps_of_robots(text, HOME)
    assert [lead.url for lead in found] == [
        "https://times.example/news-sitemap.xml",
        "https://times.example/sitemap.xml",
    ]
