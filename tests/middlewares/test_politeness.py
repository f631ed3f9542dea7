"""Distance, Retry-After, circuits and budgets in real crawls, as the server's own log shows them."""

import time
from email.utils import formatdate

import pytest

from newsarchive import clock
from newsarchive.errors import NotNow
from newsarchive.politeness.hosts import Standing
from tests.middlewares.conftest import Outlets
from tests.middlewares.site import Says, Site

pytestmark = pytest.mark.long

# The server's clock is read a little after the request was sent.
SLACK = 0.05


def pages(host: str, count: int) -> list[str]:
    return [f"http://{host}/a-{number}" for number in range(count)]


def retry(value: str, status: int = 429) -> Says:
    return Says(status, b"", (("Retry-After", value),))


def test_two_outlets_on_one_host_in_one_process_share_one_distance(site: Site, outlets: Outlets):
    outlets.add("morning", "www.news.test", delay=0.2)
    outlets.add("evening", "news.test", delay=0.2)
    outlets.crawl_together({"morning": pages("www.news.test", 4), "evening": pages("news.test", 4)})
    assert len(site.log) == 10
    assert min(site.gaps("news.test", "www.news.test")) > 0.2 - SLACK
    # They take turns: neither waits until the other has done.
    by_host = [one.host for one in sorted(site.log, key=lambda one: one.at)]
    assert by_host[-4:] != [by_host[-1]] * 4


def test_two_processes_on_one_host_share_one_distance(site: Site, outlets: Outlets):
    outlets.add("morning", "news.test", delay=0.2)
    outlets.add("evening", "news.test", delay=0.2)
    running = outlets.start("evening", pages("news.test", 6))
    outlets.crawl("morning", [f"http://news.test/a-x{number}" for number in range(6)])
    assert running.wait(60) in (0, 1)
    assert len([path for path in site.paths("news.test") if path != "/robots.txt"]) == 12
    assert min(site.gaps("news.test")) > 0.2 - SLACK


def test_autothrottle_lowers_no_distance_and_a_floor_is_lowered_by_nobody(site: Site, outlets: Outlets):
    site.robots("delayed.test", "User-agent: *\nCrawl-delay: 0.4\n")
    outlets.add("paper", "news.test", "delayed.test")
    throttle = {"AUTOTHROTTLE_ENABLED": True, "AUTOTHROTTLE_START_DELAY": 0.01, "DOWNLOAD_DELAY": 0}
    outlets.crawl("paper", pages("news.test", 4) + pages("delayed.test", 4), HOST_DELAY_FLOOR=0.25, **throttle)
    assert min(site.gaps("news.test")) > 0.25 - SLACK
    assert min(site.gaps("delayed.test")) > 0.4 - SLACK


@pytest.mark.parametrize(("form", "status"), [("seconds", 429), ("date", 503), ("seconds", 302)])
def test_a_short_retry_after_is_waited_for_by_the_whole_host(site: Site, outlets: Outlets, form: str, status: int):
    ends: list[float] = []

    def busy() -> Says:
        # A date has whole seconds.
        ends.append(time.time() + 1 if form == "seconds" else float(int(time.time()) + 2))
        says = retry("1" if form == "seconds" else formatdate(ends[0], usegmt=True), status)
        return Says(status, b"", (*says.headers, ("Location", "/a-there"))) if status == 302 else says

    site.say("news.test", "/a-0", busy, Says())
    outlets.add("paper", "news.test", concurrency=1)
    outlets.crawl("paper", pages("news.test", 3), RETRY_TIMES=1)
    first = site.asked("news.test", "/a-0")[0]
    later = [one for one in site.log if one.at > first.at]
    assert len(later) == 3
    assert min(one.at for one in later) > ends[0] - SLACK


def test_a_long_retry_after_puts_the_pages_off_and_the_next_run_keeps_to_it(site: Site, outlets: Outlets):
    site.say("news.test", "/a-0", retry("3600"), Says())
    outlets.add("paper", "news.test", concurrency=1)
    before = clock.now()
    outlets.crawl("paper", pages("news.test", 3), RETRY_TIMES=2)
    assert site.paths("news.test") == ["/robots.txt", "/a-0"]
    for url in pages("news.test", 3):
        page = outlets.state.page("paper", url)
        assert (page.standing, page.tries) == ("pending", 0)
    assert outlets.due("paper", before + 3600) == 0
    assert outlets.due("paper", before + 3700) == 3
    outlets.crawl("paper", pages("news.test", 3))
    assert len(site.log) == 2


def test_without_a_retry_after_that_can_be_read_pauses_double(site: Site, outlets: Outlets):
    site.say("news.test", "/a-0", retry("soon"), retry("-5"), Says(503, b""), Says())
    outlets.add("paper", "news.test", concurrency=1)
    outlets.crawl("paper", pages("news.test", 1), RETRY_TIMES=3, HOST_BACKOFF=0.3)
    gaps = site.gaps("news.test")
    assert len(gaps) == 4
    assert [gap > pause - SLACK for gap, pause in zip(gaps[1:], (0.3, 0.6, 1.2), strict=True)] == [True] * 3


def test_a_circuit_that_one_run_opened_is_kept_to_by_the_next_and_closed_by_one_trial(site: Site, outlets: Outlets):
    for number in range(6):
        site.say("news.test", f"/a-{number}", Says(500, b""))
    outlets.add("paper", "news.test", concurrency=2)
    outlets.crawl("paper", pages("news.test", 6), HOST_FAILURES=3, HOST_CIRCUIT=500)
    assert len(site.log) <= 1 + 4
    asked = len(site.log)
    outlets.crawl("paper", pages("news.test", 6), HOST_FAILURES=3, HOST_CIRCUIT=500)
    assert len(site.log) == asked
    _let_pass(outlets, "news.test")
    outlets.crawl("paper", pages("news.test", 6), HOST_FAILURES=3, HOST_CIRCUIT=500)
    assert len(site.log) == asked + 1
    again = outlets.book.standing("news.test")
    assert again.openings == 2
    assert 900 < again.closed_until - clock.seconds() <= 1000
    for number in range(6):
        site.say("news.test", f"/a-{number}", Says())
    _let_pass(outlets, "news.test")
    outlets.crawl("paper", pages("news.test", 6), HOST_FAILURES=3, HOST_CIRCUIT=500)
    assert len(site.log) == asked + 1 + 6
    assert outlets.book.standing("news.test").openings == 0


def _let_pass(outlets: Outlets, host: str) -> None:
    """The circuit's time is over."""

    def decide(standing: Standing) -> tuple[Standing, None]:
        return Standing(failures=standing.failures, openings=standing.openings), None

    outlets.book.change(host, decide)


@pytest.mark.parametrize("trouble", [Says(403, b"no"), Says(delay=2.0), None])
def test_challenges_time_outs_and_refused_connections_open_the_circuit_too(site, outlets: Outlets, trouble):
    outlets.add("paper", "news.test", concurrency=1)
    more = {"CONNECT_TO": f"news.test:80:127.0.0.1:1,{site.connect_to}"} if trouble is None else {}
    for number in range(6):
        site.say("news.test", f"/a-{number}", trouble or Says())
    settings = {"HOST_FAILURES": 2, "DOWNLOAD_TIMEOUT": 0.5, "ROBOTSTXT_OBEY": False}
    done = outlets.crawl("paper", pages("news.test", 6), **settings, **more)
    assert "news.test is left in peace for 300 s (circuit)" in done.err
    assert outlets.book.standing("news.test").failures == 2
    assert len(site.log) == (0 if trouble is None else 2)


def test_a_daily_budget_holds_over_two_runs_and_pages_wait_for_the_next_day(site: Site, outlets: Outlets):
    site.say("news.test", "/a-0", Says(301, b"", (("Location", "/a-moved"),)))
    outlets.add("paper", "news.test", daily_requests=5)
    outlets.crawl("paper", pages("news.test", 2))
    assert sorted(site.paths("news.test")) == ["/a-0", "/a-1", "/a-moved", "/robots.txt"]
    done = outlets.crawl("paper", [f"http://news.test/a-x{number}" for number in range(4)])
    assert len(site.log) == 5
    assert "the 5 requests of today (crawl.daily_requests) are spent" in done.err
    day = 24 * 60 * 60
    midnight = (clock.now() // day + 1) * day
    assert outlets.due("paper", midnight - 1) == 0
    assert outlets.due("paper", midnight + 1) == 3


def test_no_real_host_is_crawled_without_a_contact(site: Site, outlets: Outlets):
    outlets.add("paper", "news.test")
    done = outlets.crawl("paper", pages("news.test", 1), CONNECT_TO="")
    assert done.code == 2
    assert "CONTACT" in done.err
    assert "NEWSARCHIVE_CONTACT" in done.err
    assert "news.test" in done.err
    assert not (outlets.folder / "archive").exists()
    # Its page has no text, so that nothing arrived.
    assert outlets.crawl("paper", pages("news.test", 1)).code == 1
    outlets.crawl("paper", pages("news.test", 1), CONTACT="https://library.example/crawler")
    agents = {one.agent for one in site.log}
    assert agents == {"newsarchive/0.1", "newsarchive/0.1 (+https://library.example/crawler)"}


def test_what_is_only_looked_at_needs_a_contact_too(outlets: Outlets):
    outlets.add("paper", "news.test")
    done = outlets.command("fetch", "http://real.example/", CONNECT_TO="")
    assert done.err.count("CONTACT: found 'newsarchive/0.1', expected a page or a mail address") == 1
    assert not outlets.site.log


def test_a_wrong_limit_is_one_line_and_exit_code_2(outlets: Outlets):
    outlets.add("paper", "news.test")
    done = outlets.crawl("paper", pages("news.test", 1), HOST_LONGEST_WAIT="long")
    assert (done.code, "HOST_LONGEST_WAIT: found 'long', expected a number" in done.err) == (2, True)
    done = outlets.crawl("paper", pages("news.test", 1), ROBOTS_LAST_GOOD_HOURS=1000)
    assert (done.code, "expected a number between 24 and 720" in done.err) == (2, True)


def test_what_is_put_off_says_until_when():
    assert str(NotNow("http://news.test/a", 1_800_000_000.5, "circuit")) == (
        "http://news.test/a: not asked for before 2027-01-15 08:00:00 UTC (circuit)"
    )
