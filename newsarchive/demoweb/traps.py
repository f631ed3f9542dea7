"""The traps of the Trap Gazette: each an address, what is answered there, and what a good crawler makes of it."""

from newsarchive.demoweb.answers import redirect
from newsarchive.demoweb.trap import Trap, copy, day, dropped, plain, told
from newsarchive.demoweb.trap_pages import article, prose, sent
from newsarchive.demoweb.trap_walls import LOST_LEAF, walls


def redirects() -> tuple[Trap, ...]:
    """What became of articles that have moved, and of those that have not."""
    refresh = (
        f'<html><head><meta http-equiv="refresh" content="0; url={day("tram-new")}"></head><body>Moved.</body></html>'
    )
    return (
        dropped("old-tram", "a redirect to the home page", redirect("/"), "redirected_home"),
        dropped("old-mast", "a redirect to a section", redirect("/calendar/2026/11/"), "redirected_section"),
        dropped("old-door", "a redirect to a login", redirect("/login?next=old-door", 302), "login_wall"),
        dropped(
            "old-shop",
            "a redirect to a parked domain",
            redirect("https://parked.example/lander", 302),
            "redirected_away",
        ),
        Trap("a circle of redirects", day("ring"), redirect(day("ring-two"), 302), "failed", "redirect_loop"),
        Trap("the circle's other half", day("ring-two"), redirect(day("ring"), 302), "failed", is_listed=False),
        Trap("a moved article", day("sarn-old"), redirect(day("sarn-new")), "copy", day("sarn-new")),
        told(
            "sarn-new",
            "where it has moved",
            "The Sarn gets its second bridge",
            plain("sarn-new", "The Sarn gets its second bridge"),
            is_listed=False,
        ),
        Trap("moved by a page that refreshes itself", day("tram-old"), sent(refresh), "copy", day("tram-new")),
        told(
            "tram-new",
            "where that has moved",
            "Trams will run at night",
            plain("tram-new", "Trams will run at night"),
            is_listed=False,
        ),
    )


def addresses() -> tuple[Trap, ...]:
    """One article under several addresses, and several articles that look like one."""
    bridge, ferry = day("bridge"), day("ferry")
    bridge_page = plain("bridge", "The bridge is weighed")
    ferry_page = plain("ferry", "A ferry without a captain")
    twin = article("Two addresses, one choir", prose("choir"))
    story = {n: article(f"Story number {n}", prose(f"story {n}"), path=f"/story?id={n}") for n in (101, 102)}
    return (
        Trap("an ordinary article", bridge, sent(bridge_page), "told", headline="The bridge is weighed"),
        copy(day("bridge-amphtml"), "its AMP copy", bridge, bridge_page.replace("<html", "<html amp")),
        copy(f"{bridge}?view=print", "its print copy", bridge, bridge_page.replace('class="single"', 'class="print"')),
        Trap("an article", ferry, sent(ferry_page), "told", headline="A ferry without a captain"),
        copy("/sid-k3j2h1abc/2024/10/15/ferry", "a session in its path", ferry, ferry_page),
        *(
            Trap("an article named by a parameter", f"/story?id={n}", sent(html), "told", headline=f"Story number {n}")
            for n, html in story.items()
        ),
        Trap("a text", day("choir"), sent(twin), "told", headline="Two addresses, one choir"),
        Trap(
            "the same text elsewhere, without a word of it",
            day("choir-sings"),
            sent(twin),
            "told",
            headline="Two addresses, one choir",
        ),
        told(
            "lies-home",
            "a canonical address that is the home page",
            "The canonical home",
            plain("lies-home", "The canonical home", path="/"),
        ),
        told(
            "lies-section",
            "a canonical address that is a section",
            "The canonical section",
            plain("lies-section", "The canonical section", path="/calendar/2026/11/"),
        ),
    )


def contents() -> tuple[Trap, ...]:
    """Paywalls, live blogs, clocks and charsets."""
    free, locked = prose("paywall", 2), prose("locked", 3)
    box = '<div class="paywall"><p>Subscribe to read on. Already a subscriber? Log in.</p></div></div></article>'
    refresh = '<meta http-equiv="refresh" content="60">'
    accents = [
        "Überraschend früh öffnete das Café in Čáslav – “zu früh”, said the waiter, für €3 a cup.",
        *prose("cafe", 3),
    ]
    return (
        told(
            "locked-json",
            "a paywall with the whole text for machines",
            "A locked ledger",
            article("A locked ledger", free, path=day("locked-json"), is_free=False, locked=locked).replace(
                "</div></article>", box
            ),
            flags=frozenset({"paywalled"}),
            has=free[0],
            has_not=locked[0],
        ),
        told(
            "locked-teaser",
            "a paywall with a teaser",
            "A locked teaser",
            article("A locked teaser", prose("teaser", 2), path=day("locked-teaser"), is_free=False).replace(
                "</div></article>", box
            ),
            flags=frozenset({"paywalled"}),
            has_not="Subscribe to read on",
        ),
        told(
            "metered",
            "a meter",
            "A metered story",
            plain("metered", "A metered story", is_free=True).replace(
                "<main>", '<div class="meter">You have read 2 of 3 free articles.</div><main>'
            ),
            has_not="free articles",
        ),
        told(
            "live-typed",
            "a live blog by its structured data",
            "Flood: as it happens",
            plain("live-typed", "Flood: as it happens", kind="LiveBlogPosting", head=refresh),
            flags=frozenset({"live_blog"}),
        ),
        told(
            "live-marked",
            "a live blog by its platform's marks",
            "Election night",
            plain("live-marked", "Election night", body_class="single live-blog"),
            flags=frozenset({"live_blog"}),
        ),
        told(
            "autumn",
            "an hour that was shown twice",
            "Clocks go back",
            plain("autumn", "Clocks go back", published=None, shown="November 3, 2024 1:30 AM"),
            flags=frozenset({"ambiguous_hour"}),
            published="2024-11-03T01:30:00-04:00",
        ),
        told(
            "spring",
            "an hour that was never shown",
            "Clocks go forward",
            plain("spring", "Clocks go forward", published=None, shown="March 10, 2024 2:30 AM"),
            flags=frozenset({"missing_hour"}),
            published="2024-03-10T02:30:00-05:00",
        ),
        Trap(
            "a header that lies about UTF-8",
            day("cafe-utf"),
            sent(article("Café utf", accents), declared="iso-8859-1"),
            "told",
            headline="Café utf",
            has="Čáslav",
        ),
        Trap(
            "a header that lies about an old charset",
            day("cafe-old"),
            sent(article("Café old", accents).replace('<meta charset="utf-8">', ""), charset="cp1252"),
            "told",
            headline="Café old",
            has="für €3",
        ),
        Trap(
            "another article than the feed names",
            day("swapped"),
            sent(plain("swapped", "Nine geese cross the river")),
            "told",
            headline="Nine geese cross the river",
            listed_as="Minister resigns after tennis scandal",
        ),
        *(
            Trap(
                "one short text at many addresses",
                day(f"sorry-{n}"),
                sent(article(f"Please wait {n}", [LOST_LEAF], path=day(f"sorry-{n}"))),
                "told",
                headline=f"Please wait {n}",
            )
            for n in range(3)
        ),
        told("plain", "news of a wire", "A wire story about the mast", plain("plain", "A wire story about the mast")),
    )


def all_traps() -> tuple[Trap, ...]:
    """Every trap of the Gazette; no address stands here twice."""
    return (*walls(), *redirects(), *addresses(), *contents())
