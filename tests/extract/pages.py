"""Pages in the skeletons of the two first outlets, to be filled with any text."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from newsarchive import outlets
from newsarchive.extract import extract
from newsarchive.items import Article
from newsarchive.outlets import Outlet

CONFIG = Path(__file__).parents[2] / "config"
CAPTURED = datetime(2026, 11, 22, 4, tzinfo=UTC)
IN_LAYOUT_B = datetime(2024, 11, 25, 4, tzinfo=UTC)
RS, KI = "https://responsiblestatecraft.org", "https://kyivindependent.com"

PROSE = (
    "The harbour of Tessaly was closed on Monday after the last of its cranes had been sold to a neighbour.",
    "Nobody on the quay could say who had signed the contract, though three ministers had been seen to smile.",
    "A spokeswoman said that “the matter will be looked at,” and that the harbour would open again in spring.",
    "Fishermen have moved their boats to the next bay, where there are no cranes and never have been any.",
)


def outlet(name: str) -> Outlet:
    return outlets.load(CONFIG, name)


def read(page: str | bytes, *, url: str, captured_at: datetime = CAPTURED, by: str | None = None) -> Article:
    """One reading of a page; `by` names the outlet whose rules are used."""
    payload = page.encode() if isinstance(page, str) else page
    rules = outlet(by) if by else None
    return extract(payload, content_type="text/html", url=url, captured_at=captured_at, outlet=rules)


def paragraphs(texts: Iterable[str]) -> str:
    return "\n".join(f"<p>{escape(text, quote=False)}</p>" for text in texts)


def without_names(page: str) -> str:
    """The page with every class and id attribute gone."""
    return re.sub(r"""\s(?:class|id)=(?:"[^"]*"|'[^']*')""", "", page)


def plain(body: str, head: str = "") -> str:
    """A page of no known system."""
    return f"<!DOCTYPE html><html lang='en'><head><title>A title</title>{head}</head><body>{body}</body></html>"


def json_ld(**facts: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@context": "https://schema.org", **facts})}</script>'


def rs_teaser(number: int, headline: str, credit: str, brief: Iterable[str], rest: Iterable[str]) -> str:
    return f"""
<div class="widget" elid="{number}"><article elid="{number}" class="clearfix post-{number}">
 <div class="widget__head"><picture><img class="rm-hero-media" alt="{escape(headline)}" src="/media-library/{number}.jpg"></picture></div>
 <div class="photo-caption">{escape(credit)}</div>
 <h2 class="widget__headline h2"><a class="widget__headline-text" href="{RS}/other-{number}/">{escape(headline)}</a></h2>
 <div class="all-related-sections"><a href="/qiosk/">QiOSK</a></div>
 <div class="body js-expandable" data-headline="{escape(headline)}"><div class="body-description">
  <div class="widget__brief">{paragraphs(brief)}</div>
  <div class="js-appear-on-expand"><template>{paragraphs(rest)}</template></div>
  <div class="widget__show-more js-keep-reading"><span class="show-more">keep reading</span><span class="show-less">Show less</span></div>
 </div></div></article></div>"""


def rs_page(
    *,
    headline: str,
    dek: str,
    kicker: str,
    body: str,
    credit: str,
    head: str = "",
    alt: str = "",
    teasers: str = "",
    foreign: str = "",
    blocks: str = 'data-source="current_post"',
) -> str:
    """A post of Responsible Statecraft; teasers stand below, `foreign` within the post's own block."""
    cta = '<div class="cta"><a href="https://www.google.com/"><img alt="google cta" src="/media-library/cta.png"></a></div>'
    label = "".join(f'<a href="/{part.lower()}/">{part}</a> | ' for part in kicker.split(" | ")).removesuffix(" | ")
    sections = f'<div class="all-related-sections">{label}</div>'
    return f"""<!DOCTYPE html><html lang="en"><head>
<meta property="og:type" content="article"><meta property="og:title" content="{escape(headline)}">
<meta property="og:site_name" content="Responsible Statecraft"><title>{escape(headline)} - Responsible Statecraft</title>
{head}
<script>window.REBELMOUSE_BOOTSTRAP_DATA = {{"site":{{"id":1}},"post":{{"id":2669000001,"sections":[1]}}}};</script>
</head><body>
<div class="follow"><span>Follow us on social</span></div>{cta}
<div class="posts-custom" {blocks}><div class="widget"><article elid="2669000001" class="post-2669000001">
 <div class="widget__head"><picture><img class="rm-hero-media" alt="{escape(alt)}" src="/media-library/own.jpg?id=1"></picture></div>
 <div class="widget__body">
  <h1 class="widget__headline h1"><span class="widget__headline-text">{escape(headline)}</span></h1>
  <h2 class="widget__subheadline-text h2">{escape(dek, quote=False)}</h2>
  {sections}
  <div class="widget__shares"><a href="#">Share</a></div>{cta}{cta}
 </div></article></div></div>
<div class="posts-custom" {blocks}><article elid="2669000001">
 <div class="body js-expandable" data-headline="{escape(headline)}"><div class="body-description">{body}</div></div>
 <div class="photo-credit">{escape(credit)}</div></article>{foreign}</div>
{cta}{sections}
<div class="posts-custom" data-source="current_page">{teasers}</div>
{cta}<div class="more"><p>Want more of our stories on Google?</p><p><a href="https://www.google.com/">Click here to make us a Preferred Source.</a></p></div>
<aside><h3>LATEST</h3><h3>QIOSK</h3><h3>Newsletter</h3><p>Subscribe now to our weekly round-up and don't miss a beat with your favorite RS contributors and reporters, as well as staff analysis, opinion, and news promoting a positive, non-partisan vision of U.S. foreign policy.</p></aside>
</body></html>"""


def ghost_head(headline: str, extra: str = "") -> str:
    return f"""<head><meta charset="utf-8"><title>{escape(headline)}</title><meta property="og:type" content="article">
<meta property="og:title" content="{escape(headline)}"><meta property="og:site_name" content="The Kyiv Independent">
<meta name="generator" content="Ghost 5.39">{extra}</head>"""


def ki_page(
    *, headline: str, byline: str, caption: str, body: str, around: str = "", head: str = "", dek: str = ""
) -> str:
    """An article of The Kyiv Independent in layout B."""
    return f"""<!DOCTYPE html><html lang="en">{ghost_head(headline, head)}<body>
<div class="banner"><p>It’s the last day of our birthday campaign, and it would mean a lot to us if you become our member today</p><a href="/membership/">Become a member</a></div>
<a href="#content">Skip to content</a><main><a href="/ghost/">Edit post</a>
<div class="c-topper"><h1 class='c-topper__title'>{escape(headline)}</h1>{dek}{byline}</div>
<figure><img alt="" src="https://assets.kyivindependent.com/content/images/lead.jpg"><figcaption>{escape(caption)}</figcaption></figure>
<div class="audio"><span>This audio is created with AI assistance</span></div>
<article class="c-post post"><div class='c-content '>{body}</div><div id="reading-progress-end"></div></article>
{around}</main></body></html>"""


def ki_c_page(*, headline: str, body: str, head: str = "", after: str = "") -> str:
    """An article in a Next.js front end whose class names change with every build."""
    return f"""<!DOCTYPE html><html lang="en">{ghost_head(headline, head)}<body><div id="__next">
<div class="Counter_root__p3aL9"><p>25,000 people chose to be part of something that matters to all of us.</p></div>
<main class="Page_main__c81Qd"><header class="Top_root__t6Yb4"><a class="Top_tag__Rk0m3" href="/tag/news-feed/">News Feed</a>
<h1 class="Top_title__Jq9v7">{escape(headline)}</h1><span>1 min read</span></header>
<figure><img src="/_next/image?url=https%3A%2F%2Fassets.kyivindependent.com%2Flead.jpg&amp;w=1536&amp;q=75" alt="Cranes">
<figcaption>Cranes on the quay. (A. Lens (left) / Agency)</figcaption></figure>
{body}
<section class="AuthorCard_root__h3Kt7"><a href="/author/ada-lens/">Ada Lens</a><span>Reporter</span><p>{"Ada Lens has written about harbours for ten years and lives beside one of them. " * 4}</p></section></main>
<section class="NewsFeed_root__q6Zk9"><h2>News Feed</h2>{after}<button>Show More</button></section></div></body></html>"""
