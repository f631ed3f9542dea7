"""Traps that are no article, though they are at an article's address; and what only looks like one of them."""

from newsarchive.demoweb.answers import failure, redirect
from newsarchive.demoweb.trap import Trap, day, dropped, told
from newsarchive.demoweb.trap_pages import article, page, prose, sent

_CONSENT = page(
    "Before you continue",
    """<h1>We value your privacy</h1>
    <p>We and our 842 partners store and/or access information on a device, such as cookies, and process personal data,
    such as unique identifiers, for personalised ads and content.</p>
    <p>You can change your consent at any time. Some partners do not ask for your consent and rely on their legitimate
    interest.</p><button>Accept all</button><button>Manage options</button>""",
)
_APOLOGY = """<h1>Page not found</h1>
<p>The address that you followed leads nowhere. Perhaps the article has been moved, or there is a mistake in the link.
Look for it with the search above, or go on to the latest news from the valley, where there is always something to read
for everybody who has lost the way.</p>"""
_LATEST = "<h2>Latest</h2><ul>{}</ul>".format(
    "".join(
        f'<li><a href="/2024/10/15/plain">The {n}th quarrel about the bridge over the Sarn</a></li>' for n in range(25)
    )
)
_CHALLENGE = """<!DOCTYPE html><html lang="en"><head><title>Just a moment...</title></head>
<body><p>Checking if the site connection is secure.</p><script>window._cf_chl_opt={cType:'managed'}</script></body>"""
_CAPTCHA = page(
    "Security check",
    '<h1>Are you a robot?</h1><p>Solve the puzzle to go on to the article.</p><div class="g-recaptcha"></div>',
)
_CALLED_ARTICLE = '<meta property="og:type" content="article">'
_BANNER = """The data regulator fined a bakery in Ostrin because its banner offered a button called "Accept all" and
none beside it. The shop had told its visitors that "we and our partners" rely on legitimate interest, which the office
rejected. The baker, who sells rolls and no advertisements, said that she had never asked for such a banner."""
LOST_LEAF = """The last leaf of the Ostrin chronicle, torn out by an officer, was never found again. A librarian has
looked for it in nine castles, and tells why an empty place between two leaves is worth a journey of three thousand
miles."""


def walls() -> tuple[Trap, ...]:
    """Consent pages, apologies, lists, challenges, and what only looks like them."""
    away = redirect("https://consent.trapgazette.example/collect?next=%2Fharbour", 302)
    elsewhere = redirect("https://cmp.supplier.example/v2/collect?next=x", 302)
    as_article = page("Page not found", f"<article>{_APOLOGY}</article>", head=_CALLED_ARTICLE)
    return (
        dropped("harbour-dues", "a consent wall with status 200", sent(_CONSENT), "consent_wall"),
        dropped("harbour-master", "a redirect to the outlet's consent host", away, "consent_wall"),
        dropped("harbour-lights", "a redirect to a consent host elsewhere", elsewhere, "consent_wall"),
        told(
            "banner-fine",
            "a short article about cookies",
            "Regulator fines bakery over cookie banner",
            article("Regulator fines bakery over cookie banner", [_BANNER], path=day("banner-fine")),
            has="rolls and no advertisements",
        ),
        dropped("mill-closes", "a soft 404", sent(page("Page not found", _APOLOGY + _LATEST)), "soft_404"),
        dropped(
            "mill-opens",
            "a soft 404 that calls itself an article",
            sent(as_article),
            "soft_404",
        ),
        told(
            "lost-leaf",
            "an article of that title",
            "Page not found",
            article("Page not found", [LOST_LEAF, *prose("leaf", 2)], path=day("lost-leaf")),
            has="Ostrin chronicle",
        ),
        dropped(
            "valley-news",
            "a list instead of an article",
            sent(page("Valley news", "<h1>Valley</h1>" + _LATEST)),
            "listing",
        ),
        dropped("gate-story", "a challenge with status 200", sent(_CAPTCHA), "challenge"),
        Trap(
            "a challenge page",
            day("mast-story"),
            sent(_CHALLENGE, status=403, headers=(("cf-mitigated", "challenge"),)),
            "failed",
            "challenge",
        ),
        Trap("a refusal", day("toll-story"), failure(403), "failed", "blocked"),
        dropped(
            "lamp-story",
            "withheld by law",
            failure(451, ("Link", '<https://court.example/>; rel="blocked-by"')),
            "http_451",
        ),
        dropped("pear-story", "vanished", failure(404), "http_404"),
        dropped("bell-story", "withdrawn", failure(410), "http_410"),
    )
