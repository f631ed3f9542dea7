"""Which addresses a crawl may connect to, and in which spelling a proxy may be given one."""

import json
import socket
import subprocess
import sys

import pytest

from newsarchive.capture.addresses import is_public
from newsarchive.capture.names import may_be_passed_on, wire_name
from tests.conftest import PROJECT, environment

INTERNAL = """
0.0.0.0 0.0.0.1 0.255.255.255 10.0.0.0 10.0.0.5 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.0.0.53
127.255.255.254 169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.8 192.0.0.9
192.0.0.10 192.0.0.170 192.0.0.171 192.0.0.192 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.88.99.2 192.168.0.1
192.168.255.255 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 224.0.0.251 239.255.255.250
240.0.0.1 255.255.255.254 255.255.255.255
:: ::1 ::2 ::a00:5 ::7f00:1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.5 ::ffff:a9fe:a9fe ::ffff:0.0.0.0
::ffff:192.0.0.9 ::ffff:0:a00:5 ::ffff:0:808:808 64:ff9b::10.0.0.5 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b::192.88.99.1
64:ff9b:1::1 64:ff9b:1::8.8.8.8 64:ff9b:1:ffff:ffff:ffff:ffff:ffff 64:ff9b:2::8.8.8.8 100::1 100:0:0:1::1 200::1 400::1
800::1 1000::1 1fff:ffff::1 2001::1 2001:0:a00:5::1 2001:1::1 2001:1::2 2001:1::3 2001:2::1 2001:3::1 2001:4:112::1
2001:10::1 2001:20::1 2001:30::1 2001:1ff:ffff::1 2001:db8::1 2001:db8:ffff::1 2002:a00:5::1 2002:7f00:1::1 2002:a9fe:a9fe::
2002:c0a8:1::1 2002:c058:6301::1 2620:4f:8000::1 3fff::1 3fff:fff:ffff::1 4000::1 5f00::1 5fff::1 6000::1 8000::1 c000::1
e000::1 f000::1 f800::1 fc00::1 fd00:ec2::254 fdff::1 fe00::1 fe80::1 fe80::a9fe:a9fe febf::1 fec0::1 feff::1 ff00::1
ff02::1 ff02::fb ff0e::1 fe80::1%eth0 fe80::1%1 2606:4700::1111%eth0 ::1%lo
""".split()  # noqa: SIM905 - a table
PUBLIC = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 93.184.215.14 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 169.253.255.255
169.255.0.1 172.15.255.255 172.32.0.1 191.255.255.255 192.0.1.1 192.0.3.1 192.167.255.255 192.169.0.1 198.17.255.255
198.20.0.1 198.51.99.1 203.0.112.1 223.255.255.255
2000::1 2001:200::1 2001:4860:4860::8888 2001:db7::1 2001:db9::1 2003::1 2606:4700:4700::1111 2a00:1450:4001:800::200e
2620:4f:7fff::1 2620:4f:8001::1 3ffe::1 3fff:1000::1 ::ffff:8.8.8.8 ::ffff:808:808 64:ff9b::8.8.8.8 2002:808:808::1
""".split()  # noqa: SIM905 - a table
NOT_ADDRESSES = [
    "",
    "localhost",
    "a.example",
    "127.1",
    "0x7f000001",
    "010.0.0.1",
    "8.8.8",
    "[::1]",
    "1.1.1.1.",
    "8.8.8.8%1",
    "::g",
]
# As inet_aton(3) reads them, and so the system's resolver.
SPELLINGS_OF_LOOPBACK = """
127.1 127.0.1 2130706433 0x7f000001 0x7f.1 0x7f.0.0.1 0177.1 0177.0.0.1 017700000001 127.0.0.01 0x7F.0x0.0x0.0x1 00177.0.0.1
""".split()  # noqa: SIM905 - a table
OTHERS = """
localhost LOCALHOST localhost. a.localhost 127.0.0.1. 0 0x0 1 10 0xA9FEA9FE 2852039166 0251.0376.0251.0376 169.254.43518
3232235777 0300.0250.1.1 192.168.257 ::1 0:0:0:0:0:0:0:1 0000:0000::0001 ::ffff:7f00:1 ::FFFF:127.0.0.1 fe80::1%25eth0
１２７.0.0.1 127。0。0。1 ①②⑦.0.0.1 127.0.0.1%00 127.0.0.1/8 [127.0.0.1] [::1] 1.2.3 8.8.2056 010.8.8.8 8.8.8.010 0x8.8.8.8
134744072
""".split()  # noqa: SIM905 - a table


@pytest.mark.parametrize("address", INTERNAL)
def test_an_internal_address_is_recognised(address: str):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_recognised(address: str):
    assert is_public(address)


@pytest.mark.parametrize("text", NOT_ADDRESSES)
def test_text_that_is_not_an_address_is_not_public(text: str):
    assert not is_public(text)


@pytest.mark.parametrize("host", [*SPELLINGS_OF_LOOPBACK, *OTHERS, *INTERNAL, ""])
def test_no_proxy_is_given_an_internal_or_ambiguous_address(host: str):
    assert not may_be_passed_on(host)


@pytest.mark.parametrize(
    "host", [*PUBLIC, "news.example", "NEWS.example.", "xn--strae-oqa.example", "127.0.0.1.news.example", "1e100.net"]
)
def test_a_proxy_is_given_names_and_public_addresses(host: str):
    assert may_be_passed_on(host)


@pytest.mark.parametrize("host", SPELLINGS_OF_LOOPBACK)
def test_the_system_takes_the_spelling_for_a_loopback_address(host: str):
    assert socket.inet_ntoa(socket.inet_aton(host)) == "127.0.0.1"


CONNECT = """
import json, sys
from twisted.internet import asyncioreactor
asyncioreactor.install()
from scrapy.settings import Settings
from twisted.internet import defer, reactor
from newsarchive.capture.resolver import Resolver

class Crawler:
    settings = Settings({"ALLOW_PRIVATE_ADDRESSES": False, "DNS_SERVERS": ["127.0.0.1:9"]}, priority="cmdline")

class Receiver:
    def __init__(self):
        self.addresses, self.done = [], defer.Deferred()
    def resolutionBegan(self, resolution): pass
    def addressResolved(self, address): self.addresses.append(address.host)
    def resolutionComplete(self): self.done.callback(None)

async def ask():
    resolver = Resolver.from_crawler(Crawler, reactor)
    for host in json.load(sys.stdin):
        receiver = Receiver()
        resolver.resolveHostName(receiver, host, 80)
        await receiver.done
        if receiver.addresses:
            print(host, *receiver.addresses)
    print("asked")
    reactor.stop()

reactor.callWhenRunning(lambda: defer.Deferred.fromCoroutine(ask()))
reactor.run()
"""


def test_the_resolver_gives_no_internal_address_in_any_spelling():
    others = [host for host in OTHERS if host.isascii() and (wire_name(host) is None or host == "localhost")]
    hosts = [*SPELLINGS_OF_LOOPBACK, *INTERNAL, *others]
    done = subprocess.run(
        [sys.executable, "-c", CONNECT], input=json.dumps(hosts), cwd=PROJECT, env=environment(), timeout=110,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = [line.split() for line in done.stdout.splitlines()]
    assert found[-1] == ["asked"], done.stderr
    # An address whose octets are read as octal, hexadecimal or joined is what the system makes of it.
    assert [line for line in found[:-1] if not all(is_public(address) for address in line[1:])] == []
