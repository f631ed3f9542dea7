"""Parsers of foreign text take linear time: no repetition of 300 KB costs much processor time.

What took quadratic time needed minutes here. The limit is on CPU time, so other work on the machine does not count.
"""

import signal
import subprocess
import sys

from tests.conftest import PROJECT

SECONDS = 40
CODE = f"""
import resource, sys
from newsarchive import dates, text, tolerant_json, urls
from newsarchive.discovery import formats, json_feeds, lists
from newsarchive.extract import structured
from newsarchive.judging import refresh
from newsarchive.politeness import hosts, reservations
from newsarchive.politeness.robots import Rules, product_token

def robots(printed):
    rules = Rules(printed.encode())
    rules.applied("https://a.example/x", "newsarchive")
    tuple(reservations.in_robots(rules))

def json_objects(printed):
    list(tolerant_json.objects_of('{{"items":[' + printed, "items"))

def fields(printed):
    hosts.seconds_of(printed, now=0.0)
    reservations.on_page(x_robots_tag=printed, meta_robots=printed, tdm_reservation=printed)
    product_token(printed)

def addresses(printed):
    url = urls.absolute("https://a.example/", "/" + printed)
    url and urls.key(url)
    urls.absolute("https://a.example/", printed)
    urls.target("https://a.example/", printed.encode())

def refreshes(printed):
    for start in ("", "0", "0;", "0;url=", "0;url='"):
        refresh.read(start + printed, b"", None, "https://a.example/")

def text_lists(printed):
    for start in ("a", "a.b"):
        formats.judge(start + printed)
        lists.read(start + printed)

def script(printed):
    structured.read([printed])

PARSERS = {{
    robots: [" ", "\\t", "\\u00a0", "allow", "allow ", "disallow: *", "user-agent: *", ":", "#", "content-usage: ", "a, "],
    refreshes: [" ", "0", ".", "0.", ";", " ;", "url", "url=", "'", "../", "\\\\"],
    text_lists: ["\\n", " ", "a.", "a.1", "a\\n", "a.b\\n", "/", "1:", "a.b/\\r"],
    script: [" ", "\\t", "\\n", "//", "/* ", "-->", "]]>", '"', '"\\\\', ",", ", ", "[", "<![CDATA["],
    json_objects: [" ", '"', '"\\\\', ",", ", ", "/*", "//", "{{", '{{"a":', '{{"a":"', "}},{{", "[", "1"],
    json_feeds.read: [" ", '"', "{{", "[", '{{"items":['],
    structured.string: ["&", "&#", "&#9", "<", "<a", " "],
    fields: [" ", ",", "a", "a ", "=", "9", "noai ", "a=", "-"],
    text.clean: [" ", "\\u200b ", "é"],
    dates.parse: [" ", "9", "9 ", "1/", "May ", "10:", "-"],
    addresses: ["../", "a/../", "./", "%2e%2e/", "a", "@", ":", "%", "//", "\\\\", "a:", "\\t", "\\x00"],
}}
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS} + 5))
for parse, units in PARSERS.items():
    for unit in units:
        print(parse.__name__, repr(unit), flush=True)
        parse(unit * (300_000 // len(unit)))
print("all")
"""


def test_no_repetition_costs_a_parser_quadratic_time():
    done = subprocess.run([sys.executable, "-c", CODE], cwd=PROJECT, capture_output=True, text=True, check=False)
    last = done.stdout.splitlines()[-1:]
    assert done.returncode != -signal.SIGXCPU, f"too slow: {last}"
    assert last == ["all"], (last, done.stderr)
