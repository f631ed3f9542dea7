import json
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from twisted.names import dns

from newsarchive.capture.lookups import ResourceRecord, follow
from newsarchive.capture.names import by_preference, read_servers, system_servers, wire_name
from newsarchive.errors import SettingError
from tests.capture.crawling import Ask, Asking
from tests.capture.nameserver import NO_SUCH_NAME, NOTHING, SILENCE, NameServer, Says, records
from tests.conftest import PROJECT, Crawler, environment

# Resolves with a reactor of its own, as a crawl does: a step is hosts asked for at the same time, or a pause.
ASK = """
import json, sys, time
from twisted.internet import asyncioreactor
asyncioreactor.install()
from pathlib import Path
from scrapy.settings import Settings
from twisted.internet import defer, reactor
from twisted.internet.address import IPv4Address, IPv6Address
from newsarchive.capture.resolver import Resolver

order = json.load(sys.stdin)

class Process:
    settings = Settings({"ALLOW_PRIVATE_ADDRESSES": True} | order["settings"], priority="cmdline")

resolver = Resolver.from_crawler(Process, reactor)
if order["hosts_file"]:
    resolver._hosts = Path(order["hosts_file"])
resolver.install_on_reactor()
TYPES = {"4": [IPv4Address], "6": [IPv6Address]}

class Receiver:
    def __init__(self):
        self.addresses, self.done = [], defer.Deferred()
    def resolutionBegan(self, resolution):
        pass
    def addressResolved(self, address):
        self.addresses.append(f"{address.host} {address.port}")
    def resolutionComplete(self):
        self.done.callback(self.addresses)

def one(host):
    host, _, family = host.partition(" ")
    receiver = Receiver()
    reactor.nameResolver.resolveHostName(receiver, host, 443, TYPES.get(family))
    return receiver.done

def told(lookup):
    if lookup is None:
        return None
    left = lookup.expires_at - time.monotonic()
    age = time.time() - lookup.asked_at.timestamp()
    return {"host": lookup.host, "server": lookup.server, "lines": lookup.lines, "age": age,
            "addresses": lookup.addresses, "left": left}

async def ask():
    for step in order["steps"]:
        began = time.monotonic()
        if isinstance(step, list):
            given = await defer.gatherResults([one(host) for host in step])
            took = time.monotonic() - began
            looked = told(resolver.lookup(step[0].partition(" ")[0]))
            print(json.dumps({"addresses": given, "lookup": looked, "seconds": took}))
        elif step == "stop":
            [one(host) for host in order["stopping"]]
            reactor.callLater(0.2, reactor.stop)
            return
        else:
            waited = defer.Deferred()
            reactor.callLater(step, waited.callback, None)
            await waited
    reactor.stop()

def failed(failure):
    failure.printTraceback()
    reactor.stop()

reactor.callWhenRunning(lambda: defer.Deferred.fromCoroutine(ask()).addErrback(failed))
reactor.run()
"""

CONTACT = "mail@library.example"


@dataclass
class Asker:
    """Asks in a process of its own; a warning or a word on standard error is a failure."""

    server: NameServer
    hosts_file: Path

    def __call__(self, *steps: object, stopping: list[str] | None = None, **settings: object) -> list[dict]:
        order = {
            "settings": {"DNS_SERVERS": [self.server.place]} | settings,
            "hosts_file": str(self.hosts_file), "steps": steps, "stopping": stopping or [],
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", ASK],
            input=json.dumps(order), cwd=PROJECT, capture_output=True, text=True, timeout=30, check=False,
            env=environment(),
        )  # fmt: skip
        said = [line for line in done.stderr.splitlines() if not line.endswith("ALLOW_PRIVATE_ADDRESSES lifts that")]
        assert (done.returncode, said) == (0, [])
        assert not done.stderr or settings.get("ALLOW_PRIVATE_ADDRESSES") is False
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def server() -> Iterator[NameServer]:
    with NameServer() as server:
        yield server


@pytest.fixture
def ask(server: NameServer, tmp_path: Path) -> Asker:
    return Asker(server, tmp_path / "hosts")


def test_an_answer_is_kept_for_its_ttl(ask: Asker, server: NameServer):
    server.host("day.test", "192.0.2.1", ttl=300)
    first, *_, last = ask(*[["day.test"]] * 10, ["day.test"] * 40)
    assert first["addresses"] == [["192.0.2.1 443"]]
    assert last["addresses"] == [["192.0.2.1 443"]] * 40
    assert server.questions.count(("UDP", "day.test", "A")) == 1
    assert server.count("day.test", "AAAA") == 1
    assert 295 < last["lookup"]["left"] <= 300


def test_a_host_is_asked_for_again_once_its_ttl_is_over(ask: Asker, server: NameServer):
    server.host("short.test", "192.0.2.1", ttl=1)
    ask(["short.test"], ["short.test"], 1.1, ["short.test"])
    assert server.count("short.test", "A") == 2


def test_a_ttl_of_nothing_is_for_one_connection_but_questions_in_flight_are_shared(ask: Asker, server: NameServer):
    server.host("none.test", "192.0.2.1", ttl=0)
    said = ask(["none.test"] * 20, ["none.test"])
    assert said[0]["addresses"] == [["192.0.2.1 443"]] * 20
    assert server.count("none.test", "A") == 2
    assert said[1]["lookup"]["left"] <= 0


def test_the_smallest_ttl_of_a_chain_counts_and_a_day_is_the_longest(ask: Asker, server: NameServer):
    server.zone["www.test", "A"] = records("www.test 900 CNAME cdn.test", "cdn.test 20 A 192.0.2.7")
    server.host("week.test", "192.0.2.8", ttl=604_800)
    server.host("negative.test", "192.0.2.9", ttl=2**31)
    server.zone["www.test", "AAAA"] = records("www.test 900 CNAME cdn.test", denied_for=300)
    chain, week, negative = ask(["www.test"], ["week.test"], ["negative.test"])
    assert 15 < chain["lookup"]["left"] <= 20
    assert 86_395 < week["lookup"]["left"] <= 86_400
    assert week["lookup"]["lines"] == ["week.test. 604800 IN A 192.0.2.8"]
    assert negative["lookup"]["left"] <= 0
    assert server.count("cdn.test", "AAAA") == 0


def test_a_lookup_tells_what_was_received_by_whom_and_when(ask: Asker, server: NameServer):
    server.zone["www.test", "A"] = records("Www.Test 900 CNAME cdn.test", "cdn.test 20 A 192.0.2.7")
    server.zone["www.test", "AAAA"] = records("Www.Test 900 CNAME cdn.test", "cdn.test 30 AAAA 2001:db8::7")
    (said,) = ask(["WWW.test"])
    assert sorted(said["addresses"][0]) == ["192.0.2.7 443", "2001:db8::7 443"]
    lookup = said["lookup"]
    assert (lookup["host"], lookup["server"]) == ("www.test", "127.0.0.1")
    assert lookup["addresses"] == ["192.0.2.7", "2001:db8::7"]
    assert lookup["lines"] == [
        "Www.Test. 900 IN CNAME cdn.test.", "cdn.test. 20 IN A 192.0.2.7", "cdn.test. 30 IN AAAA 2001:db8::7",
    ]  # fmt: skip
    assert 0 <= lookup["age"] < 5


def test_an_alias_is_followed_where_the_server_tells_nothing_else(ask: Asker, server: NameServer):
    for kind in ("A", "AAAA"):
        server.zone["www.test", kind] = records("www.test 60 CNAME a.test")
        server.zone["a.test", kind] = records("a.test 50 CNAME b.test")
    server.host("b.test", "192.0.2.3", ttl=40)
    (said,) = ask(["www.test"])
    assert said["addresses"] == [["192.0.2.3 443"]]
    assert [line.split()[3] for line in said["lookup"]["lines"]] == ["CNAME", "CNAME", "A"]
    assert 35 < said["lookup"]["left"] <= 40


def test_aliases_in_a_circle_end(ask: Asker, server: NameServer):
    for kind in ("A", "AAAA"):
        server.zone["a.test", kind] = records("a.test 60 CNAME b.test", "b.test 60 CNAME a.test")
    (said,) = ask(["a.test"])
    assert (said["addresses"], said["lookup"]) == ([[]], None)
    assert said["seconds"] < 3


def test_a_reply_about_another_host_is_not_believed(ask: Asker, server: NameServer):
    server.zone["www.test", "A"] = records("bank.test 60 A 192.0.2.66", "www.test 60 A 192.0.2.1")
    (said,) = ask(["www.test"])
    assert said["addresses"] == [["192.0.2.1 443"]]


@pytest.mark.parametrize("failure", [SILENCE, Says(code=dns.ESERVER), Says(code=dns.EREFUSED)])
def test_a_failure_for_ipv6_does_not_hold_up_ipv4(ask: Asker, server: NameServer, failure: Says):
    server.host("four.test", "192.0.2.4")
    server.zone["four.test", "AAAA"] = failure
    (said,) = ask(["four.test"])
    assert said["addresses"] == [["192.0.2.4 443"]]
    assert said["seconds"] < 1.5
    assert said["lookup"]["left"] <= 60


def test_a_host_with_ipv6_alone_works(ask: Asker, server: NameServer):
    server.host("six.test", "2001:db8::6")
    (said,) = ask(["six.test"])
    assert said["addresses"] == [["2001:db8::6 443"]]


def test_only_addresses_of_the_wanted_family_are_given(ask: Asker, server: NameServer):
    server.host("both.test", "192.0.2.4", "2001:db8::6")
    four, six = ask(["both.test 4"], ["both.test 6"])
    assert (four["addresses"], six["addresses"]) == ([["192.0.2.4 443"]], [["2001:db8::6 443"]])
    assert server.count("both.test", "A") == 1


def test_a_reply_too_long_for_udp_is_asked_for_over_tcp(ask: Asker, server: NameServer):
    many = [f"192.0.2.{number}" for number in range(1, 101)]
    server.host("long.test", *many)
    server.zone["long.test", "A"] = records(*server.zone["long.test", "A"].records, truncated="UDP")
    (said,) = ask(["long.test"])
    assert said["addresses"] == [[f"{address} 443" for address in many]]
    assert ("TCP", "long.test", "A") in server.questions


def test_a_server_that_never_gives_a_whole_reply_is_given_up(ask: Asker, server: NameServer):
    server.otherwise = Says(truncated="UDP TCP")
    (said,) = ask(["endless.test"])
    assert said["addresses"] == [[]]
    assert server.questions.count(("TCP", "endless.test", "A")) == 1


def test_a_name_that_does_not_exist_is_told_quickly_and_remembered_briefly(ask: Asker, server: NameServer):
    server.zone["gone.test", "A"] = server.zone["gone.test", "AAAA"] = Says(code=dns.ENAME, denied_for=1)
    first, again, _ = ask(["gone.test"], ["gone.test"], 1.1, ["gone.test"])
    assert (first["addresses"], first["lookup"], again["addresses"]) == ([[]], None, [[]])
    assert first["seconds"] < 3
    assert server.count("gone.test", "A") == 2


def test_a_name_without_addresses_is_no_question_for_the_system(ask: Asker, server: NameServer):
    server.host("mail.test")
    first, again = ask(["mail.test"], ["mail.test"])
    assert first["addresses"] == again["addresses"] == [[]]
    assert first["seconds"] < 1
    assert server.count("mail.test", "A") == 1


def test_a_lost_question_is_asked_again(ask: Asker, server: NameServer):
    server.host("slow.test", "192.0.2.1")
    server.zone["slow.test", "A"] = records("slow.test 300 A 192.0.2.1", after=1.3)
    (said,) = ask(["slow.test"])
    assert said["addresses"] == [["192.0.2.1 443"]]
    assert server.count("slow.test", "A") == 2


def test_a_host_nobody_answers_for_fails_within_seconds_and_the_next_one_sooner(ask: Asker, server: NameServer):
    server.otherwise = SILENCE
    first, next_one = ask(["dead.test"], ["other.test"])
    assert (first["addresses"], next_one["addresses"]) == ([[]], [[]])
    assert first["seconds"] < 10
    assert next_one["seconds"] < first["seconds"] - 2


def test_dns_timeout_ends_a_lookup(ask: Asker, server: NameServer):
    server.otherwise = SILENCE
    (said,) = ask(["dead.test"], DNS_TIMEOUT=0.5)
    assert said["addresses"] == [[]]
    assert said["seconds"] < 1


def test_the_next_server_is_asked_when_one_cannot_tell(ask: Asker, server: NameServer):
    server.host("news.test", "192.0.2.1")
    with NameServer(otherwise=Says(code=dns.ESERVER)) as broken:
        (said,) = ask(["news.test"], DNS_SERVERS=[broken.place, server.place])
    assert said["addresses"] == [["192.0.2.1 443"]]
    assert broken.count("news.test", "A") == 1


def test_internal_addresses_of_a_public_name_are_left_out(ask: Asker, server: NameServer):
    server.host("rebind.test", "10.0.0.1", "1.1.1.1", "127.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1")
    server.host("inside.test", "192.168.0.1")
    mixed, inside = ask(["rebind.test"], ["inside.test"], ALLOW_PRIVATE_ADDRESSES=False)
    assert mixed["addresses"] == [["1.1.1.1 443"]]
    assert inside["addresses"] == [[]]
    (allowed,) = ask(["inside.test"], ALLOW_PRIVATE_ADDRESSES=True)
    assert allowed["addresses"] == [["192.168.0.1 443"]]


def test_an_address_is_no_question_for_dns(ask: Asker, server: NameServer):
    said = ask(["192.0.2.1"], ["2001:db8::1"], ["127.1"], ["0x7f000001"])
    assert [step["addresses"] for step in said[:2]] == [[["192.0.2.1 443"]], [["2001:db8::1 443"]]]
    assert [step["lookup"] for step in said] == [None] * 4
    refused = ask(["127.0.0.1"], ["::1"], ["127.1"], ["0x7f000001"], ["localhost"], ALLOW_PRIVATE_ADDRESSES=False)
    assert [step["addresses"] for step in refused] == [[[]]] * 5
    assert server.questions == []


def test_a_route_is_the_operators_word_and_asks_nobody(ask: Asker, server: NameServer):
    routes = ["news.test:443:[::1]:8443", "[2001:db8::1]:443:127.0.0.1:8444"]
    six, four = ask(["news.test"], ["2001:db8::1"], CONNECT_TO=routes, ALLOW_PRIVATE_ADDRESSES=False)
    assert (six["addresses"], six["lookup"]) == ([["::1 8443"]], None)
    assert four["addresses"] == [["127.0.0.1 8444"]]
    assert server.questions == []


def test_the_hosts_file_comes_first_and_leaves_no_lookup(ask: Asker, server: NameServer):
    ask.hosts_file.write_text("# ours\n198.51.100.1 desk.test Desk  # the desk\n2001:db8::9 desk.test\n")
    first, second = ask(["desk.test"], ["DESK"])
    assert sorted(first["addresses"][0]) == ["198.51.100.1 443", "2001:db8::9 443"]
    assert second["addresses"] == [["198.51.100.1 443"]]
    assert first["lookup"] is None
    assert server.questions == []


def test_a_name_of_one_label_is_for_the_system(ask: Asker, server: NameServer):
    (said,) = ask(["localhost 4"])
    assert said["addresses"] == [["127.0.0.1 443"]]
    assert (said["lookup"], server.questions) == (None, [])


def test_no_more_names_are_remembered_than_wanted(ask: Asker, server: NameServer):
    for name in ("a.test", "b.test", "c.test"):
        server.host(name, "192.0.2.1")
    ask(["a.test"], ["b.test"], ["c.test"], ["c.test"], ["a.test"], DNSCACHE_SIZE=2)
    assert [server.count(name, "A") for name in ("a.test", "b.test", "c.test")] == [2, 1, 1]


def test_without_a_cache_each_connection_asks(ask: Asker, server: NameServer):
    server.host("a.test", "192.0.2.1")
    *_, said = ask(["a.test"], ["a.test"], DNSCACHE_ENABLED=False)
    assert server.count("a.test", "A") == 2
    assert said["lookup"]["lines"] == ["a.test. 300 IN A 192.0.2.1"]


def test_a_lookup_outlives_a_later_failure(ask: Asker, server: NameServer):
    server.zone["flaky.test", "A"] = [records("flaky.test 0 A 192.0.2.1"), NO_SUCH_NAME]
    first, last = ask(["flaky.test"], ["flaky.test"])
    assert (first["addresses"], last["addresses"]) == ([["192.0.2.1 443"]], [[]])
    assert last["lookup"]["lines"] == ["flaky.test. 0 IN A 192.0.2.1"]


def test_a_reactor_stops_in_the_middle_of_lookups(ask: Asker, server: NameServer):
    server.otherwise = SILENCE
    server.host("long.test", "192.0.2.1")
    server.zone["long.test", "A"] = records("long.test 300 A 192.0.2.1", truncated="UDP", after=0.1)
    began = time.monotonic()
    ask(["long.test"], "stop", stopping=["dead.test", "b.test", "c.test"])
    assert time.monotonic() - began < 8
    assert server.count("dead.test", "A") == 1


def test_names_of_other_scripts_are_asked_for_as_they_are_registered(ask: Asker, server: NameServer):
    server.host("xn--strae-oqa.test", "192.0.2.1")
    (said,) = ask(["straße.test"])
    assert said["addresses"] == [["192.0.2.1 443"]]
    assert said["lookup"]["host"] == "xn--strae-oqa.test"


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("News.Example.", "news.example"),
        ("a_b.example", "a_b.example"),
        ("☃.example", "xn--n3h.example"),
        ("192.0.2.1", None),
        ("2001:db8::1", None),
        ("127.1", None),
        ("0x7f000001", None),
        ("a..example", None),
        ("a" * 64 + ".example", None),
        ("", None),
    ],
)
def test_only_names_are_asked_for(host: str, name: str | None):
    assert wire_name(host) == name


def test_name_servers_are_read_with_and_without_a_port():
    servers = read_servers(["192.0.2.53", " 127.0.0.1:5353", "[2001:db8::53]", "[::1]:5353"])
    assert servers == (("192.0.2.53", 53), ("127.0.0.1", 5353), ("2001:db8::53", 53), ("::1", 5353))


@pytest.mark.parametrize(
    "mistake", ["", "dns.example", "192.0.2.53:", "192.0.2.53:0", "192.0.2.53:65536", "2001:db8::53", "[192.0.2.1]:53"]
)
def test_a_mistake_in_dns_servers_is_told_with_an_example(mistake: str):
    with pytest.raises(SettingError, match=r"DNS_SERVERS: found .* such as 192\.0\.2\.53"):
        read_servers([mistake])


def test_the_systems_name_servers_are_those_of_resolv_conf(tmp_path: Path):
    file = tmp_path / "resolv.conf"
    assert system_servers(file) == ()
    file.write_text(
        "# x\nsearch lan\nnameserver 192.0.2.1\nnameserver fe80::1%eth0\nnameserver\nnameserver 2001:db8::1\n"
    )
    assert system_servers(file) == (("192.0.2.1", 53), ("2001:db8::1", 53))


def test_a_chain_is_followed_whatever_the_order_and_case_of_its_records():
    address = ResourceRecord("c.example", 1, "A", "192.0.2.1")
    second = ResourceRecord("B.example", 2, "CNAME", "c.example")
    first = ResourceRecord("a.example", 3, "CNAME", "b.EXAMPLE")
    assert follow([address, second, first], "a.example") == ((first, second, address), "c.example")
    assert follow([], "a.example") == ((), "a.example")


def test_an_ipv4_address_comes_first_or_second():
    order = by_preference(["192.0.2.1", "192.0.2.2", "::1", "2001:db8::1", "2001:db8::2"])
    assert "192.0.2.1" in order[:2]
    assert len(order) == 5


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture
def crawl(server: NameServer, tmp_path: Path) -> Crawler:
    return Crawler(tmp_path / "archive", [])


def test_a_crawl_connects_to_what_name_servers_say(crawl: Crawler, server: NameServer, site: int):
    server.host("news.test", "127.0.0.1")
    url = f"http://news.test:{site}/"
    wiring = {"DNS_SERVERS": server.place, "ROBOTSTXT_OBEY": False, "RETRY_TIMES": 0, "CONTACT": CONTACT}
    done = crawl.run("fetch", url, ALLOW_PRIVATE_ADDRESSES=True, **wiring)
    assert (done.out.strip(), done.code) == ("hello", 0), done.err
    assert server.count("news.test", "A") == 1
    refused = crawl.run("fetch", url, **wiring)
    assert "CannotResolveHostError" in refused.err


def test_a_crawl_keeps_what_name_servers_said_once_for_each_lookup(server: NameServer, site: int, tmp_path: Path):
    server.zone["www.test", "A"] = records("www.test 900 CNAME cdn.test", "cdn.test 20 A 127.0.0.1")
    server.host("routed.test", "192.0.2.1")
    asking = Asking(tmp_path, [f"routed.test::127.0.0.1:{site}"], DNS_SERVERS=[server.place])
    urls = [f"http://www.test:{site}/{number}" for number in range(3)] + ["http://routed.test/"]
    done = asking.run(Ask(url) for url in urls)
    assert (done.code, done.err) == (0, "")
    stored = asking.records()
    uris = [record.field("WARC-Target-URI") or "" for record in stored]
    assert [uri for uri in uris if uri.startswith("dns:")] == ["dns:www.test"]
    record = stored[uris.index("dns:www.test")]
    date, *lines = record.block.decode().splitlines()
    assert lines == ["www.test. 900 IN CNAME cdn.test.", "cdn.test. 20 IN A 127.0.0.1"]
    assert re.sub(r"\D", "", record.field("WARC-Date") or "")[:14] == date
    told = [record.field(name) for name in ("WARC-Type", "Content-Type", "WARC-IP-Address")]
    assert told == ["resource", "text/dns", "127.0.0.1"]
    assert Counter(uris)[urls[2]] >= 2


def test_a_crawl_of_an_unknown_host_fails_within_seconds(crawl: Crawler, server: NameServer):
    server.otherwise = NOTHING
    began = time.monotonic()
    done = crawl.run("fetch", "http://gone.test/", DNS_SERVERS=server.place, ROBOTSTXT_OBEY=False, CONTACT=CONTACT)
    assert "CannotResolveHostError" in done.err
    assert time.monotonic() - began < 15
