"""robots.txt in real crawls: what it says is kept to, as the server's own log shows."""

from newsarchive import clock
from tests.middlewares.conftest import Outlets
from tests.middlewares.site import HTML, Says, Site

NO = "User-agent: *\nDisallow: /a-no\n"
HANGS = 20.0


def to(location: str) -> Says:
    return Says(301, b"", (("Location", location),))


def test_every_answer_for_robots_txt_means_what_rfc_9309_says(site: Site, outlets: Outlets):
    site.robots("plain.test", NO)
    site.robots("bom.test", b"\xef\xbb\xbf" + NO.encode())
    site.robots("cr.test", NO.replace("\n", "\r"))
    site.robots("latin.test", "# für alle\nUser-agent: *\nDisallow: /a-nö\n".encode("latin-1"))
    site.robots("utf16.test", NO.encode("utf-16"))
    site.robots("html.test", b"<html><title>Home</title><p>User-agents welcome</p></html>")
    site.robots("empty.test", b"")
    site.robots("large.test", NO + "#" * 600_000 + "\nUser-agent: *\nDisallow: /a-yes\n")
    # Larger than DOWNLOAD_MAXSIZE.
    site.robots("giant.test", NO + "#" * 12_000_000 + "\nUser-agent: *\nDisallow: /a-yes\n")
    site.robots("cut.test", "#" * (500 * 1024 - 30) + "\n" + "User-agent: *\nDisallow: /a-no-x\n")
    site.robots("other.test", "User-agent: news\nDisallow: /\n\nUser-agent: newsarchives\nDisallow: /\n")
    site.robots("ours.test", "User-agent: *\nDisallow: /a-yes\n\nUser-agent: NewsArchive/1.0\nDisallow: /a-no\n")
    for status in (401, 403, 404, 410):
        site.say(f"s{status}.test", "/robots.txt", Says(status, NO.encode()))
    for status in (429, 500, 503):
        site.say(f"s{status}.test", "/robots.txt", Says(status, b"", (("Retry-After", "0"),)))
    site.say("slow.test", "/robots.txt", Says(delay=HANGS))
    for number in range(6):
        site.say("five.test", f"/robots.txt{number or ''}", to(f"/robots.txt{number + 1}"))
        site.say("six.test", f"/robots.txt{number or ''}", to(f"/robots.txt{number + 1}"))
    site.say("five.test", "/robots.txt5", Says(body=NO.encode()))
    site.say("six.test", "/robots.txt6", Says(body=NO.encode()))
    site.say("away.test", "/robots.txt", to("http://plain.test/robots.txt"))
    site.say("home.test", "/robots.txt", to("/"))

    odd = (("X Cache", "HIT"), ("X-Long", "a" * 20_000), ("Content-Type", "text/plain"))
    site.say("odd.test", "/robots.txt", Says(body=NO.encode(), headers=odd))
    site.say("bad.test", "/robots.txt", Says(body=NO.encode(), headers=(("Content-Length", "1"),)))

    obeyed = ["plain", "bom", "cr", "utf16", "large", "giant", "ours", "five", "away", "odd"]
    allowed = ["html", "empty", "cut", "other", "s401", "s403", "s404", "s410", "six", "home", "latin"]
    closed = ["s429", "s500", "s503", "slow", "refused", "bad"]
    hosts = [f"{name}.test" for name in (*obeyed, *allowed, *closed)]
    outlets.add("all_kinds", *hosts)
    done = outlets.crawl(
        "all_kinds",
        [f"http://{host}/{page}" for host in hosts for page in ("a-yes", "a-no", "a-n%F6")],
        CONNECT_TO=f"refused.test:80:127.0.0.1:1,{site.connect_to}",
        DOWNLOAD_TIMEOUT=6,
        CONCURRENT_REQUESTS=32,
    )

    def pages(name: str) -> set[str]:
        return {path for path in site.paths(f"{name}.test") if path.startswith("/a")}

    assert {name: pages(name) for name in obeyed} == {name: {"/a-yes", "/a-n%F6"} for name in obeyed}
    assert pages("latin") == {"/a-yes", "/a-no"}
    for name in allowed[:-1]:
        assert pages(name) == {"/a-yes", "/a-no", "/a-n%F6"}, name
    assert {name: pages(name) for name in closed} == {name: set() for name in closed}
    assert "s503.test/robots.txt cannot be had (http_503): nothing is asked for on this host" in done.err
    assert "bad.test/robots.txt cannot be had (bad_response): nothing is asked for on this host" in done.err
    assert len(site.asked("home.test", "/robots.txt")) == 1
    page = outlets.state.page("all_kinds", "http://s503.test/a-yes")
    assert (page.standing, page.tries) == ("pending", 0)


def test_robots_txt_is_asked_for_once_a_day_over_all_runs(site: Site, outlets: Outlets):
    site.robots("news.test", NO)
    outlets.add("paper", "news.test")
    outlets.crawl("paper", ["http://news.test/a-1", "http://news.test/a-2"])
    outlets.crawl("paper", ["http://news.test/a-3", "http://news.test/a-no"])
    assert sorted(site.paths("news.test")) == ["/a-1", "/a-2", "/a-3", "/robots.txt"]


def test_the_last_good_copy_stands_in_while_robots_txt_cannot_be_had_and_not_for_ever(site: Site, outlets: Outlets):
    site.say("news.test", "/robots.txt", Says(body=NO.encode(), headers=HTML), Says(500, b""))
    outlets.add("paper", "news.test")
    outlets.crawl("paper", ["http://news.test/a-1"])
    book, day = outlets.book, 24 * 60 * 60
    kept = book.robots("http://news.test")

    def grown_old(days: float) -> None:
        moment = clock.seconds() - days * day
        book.keep_robots("http://news.test", type(kept)(moment, "read", kept.body, moment))

    grown_old(2)
    outlets.crawl("paper", ["http://news.test/a-2", "http://news.test/a-no"])
    grown_old(8)
    outlets.crawl("paper", ["http://news.test/a-3"])
    assert site.paths("news.test") == ["/robots.txt", "/a-1", "/robots.txt", "/a-2", "/robots.txt"]


def test_401_and_403_forbid_everything_where_a_setting_says_so(site: Site, outlets: Outlets):
    site.say("news.test", "/robots.txt", Says(403, b""))
    outlets.add("paper", "news.test")
    outlets.crawl("paper", ["http://news.test/a-1"], ROBOTS_OBEY_BARRED=True)
    assert site.paths("news.test") == ["/robots.txt"]


def test_crawl_delay_is_kept_over_the_delay_of_the_outlet_and_up_to_a_limit(site: Site, outlets: Outlets):
    site.robots("slow.test", "User-agent: *\nCrawl-delay: 0.4\n")
    site.robots("slower.test", "User-agent: *\nCrawl-delay: 1000\n")
    outlets.add("paper", "slow.test", "slower.test")
    urls = [f"http://{host}/a-{number}" for number in range(3) for host in ("slow.test", "slower.test")]
    done = outlets.crawl("paper", urls, HOST_LONGEST_CRAWL_DELAY=0.6)
    assert min(site.gaps("slow.test")) > 0.4 - 0.05
    assert min(site.gaps("slower.test")) > 0.6 - 0.05
    assert len(site.log) == 8
    assert "http://slower.test asks for 1000 s between requests; 0.6 are kept" in done.err


def test_the_crawl_delay_of_a_host_outlives_the_robots_txt_of_its_other_origins(site: Site, outlets: Outlets):
    site.robots("news.test", "User-agent: *\nCrawl-delay: 1\n")
    outlets.add("origins", "news.test", "www.news.test")
    for number, origin in enumerate(("news.test", "www.news.test", "news.test:8080")):
        outlets.crawl("origins", [f"http://{origin}/a{number}"])
        assert outlets.book.robots(f"http://{origin}")
        assert outlets.book.standing("news.test").crawl_delay == 1.0
    assert len([path for path in site.paths("www.news.test") if path.startswith("/a")]) == 1
