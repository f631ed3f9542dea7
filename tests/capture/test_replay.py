"""Other people's replay shows what was archived: pywb 2.10 over our files and our index."""

import gzip
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest

from tests.capture.cases import BIG, BY_NAME, CASES, TEXT
from tests.capture.crawling import Ask, Asking
from tests.capture.replay import Replay, Replayed, wayback
from tests.capture.server import KINDS, Server

pytestmark = pytest.mark.skipif(wayback() is None, reason="pywb is not installed: make replay")

_CODINGS = {"gzip": gzip.decompress, "x-gzip": gzip.decompress, "deflate": zlib.decompress, "br": brotli.decompress}
SHOWN = [case.name for case in CASES if case.decoded is not None and case.method == "GET" and case.attempts == 1]
# What pywb makes of two answers that it cannot frame; the records are right (RFC 9112, 6.3 and 7.1.2).
FLAWS = {
    "trailers": lambda body: body.startswith(TEXT) and b"X-Late: yes" in body[len(TEXT) :],  # no part of the body
    "length-and-chunked": lambda body: body == TEXT[:5],  # Transfer-Encoding overrides Content-Length
}


@pytest.fixture(scope="module")
def replay(crawled: tuple[Server, Asking], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    _, asking = crawled
    (folder,) = {warc.parent for warc in asking.warcs()}
    with Replay(folder, tmp_path_factory.mktemp("pywb") / "home") as running:
        yield running


def decoded(replayed: Replayed) -> bytes:
    coding = replayed.headers.get("Content-Encoding", "identity").lower()
    return _CODINGS[coding](replayed.body) if coding in _CODINGS else replayed.body


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SHOWN)
def test_every_answer_is_replayed_as_it_was(crawled, replay, kind, name):
    server, _ = crawled
    replayed = replay.get(server.url(kind, name))
    assert replayed.status == BY_NAME[name].status
    body = decoded(replayed)
    assert FLAWS[name](body) if name in FLAWS else body == BY_NAME[name].decoded


@pytest.mark.parametrize(
    "name", [case.name for case in CASES if case.kept == "prefix" and not case.error and "head" not in case.name]
)
def test_of_what_was_cut_that_is_replayed_which_there_is(crawled, replay, name):
    server, _ = crawled
    replayed = replay.get(server.url("tls1.3", name))
    entity = (BIG if name.startswith("too-large") else TEXT)[: len(replayed.body)]
    assert replayed.body == entity
    assert entity or "announced" in name


def test_a_browser_gets_the_page_with_its_addresses_rewritten(crawled, replay):
    server, _ = crawled
    replayed = replay.get(server.url("http", "gzip-chunked"), as_archived=False)
    assert replayed.status == 200
    assert TEXT.splitlines()[-1] in replayed.body


def test_revisits_of_an_earlier_run_show_what_they_refer_to(tmp_path: Path):
    with Server() as server:
        asking = Asking(tmp_path / "project", server.connect_to)
        urls = [server.url(kind, name) for kind in ("http", "tls1.3") for name in ("plain", "gzip", "validated")]
        for is_second in (False, True):
            # A replay asked for the last capture must be able to tell the two runs apart by their second.
            time.sleep(1.1)
            known = {"If-None-Match": '"1"'} if is_second else None
            assert asking.run(Ask(url, headers=known if "validated" in url else None) for url in urls).code == 0
    revisits = [record for record in asking.records() if record.kind == "revisit"]
    profiles = Counter((record.field("WARC-Profile") or "").rpartition("/")[2] for record in revisits)
    assert profiles == {"identical-payload-digest": 4, "server-not-modified": 2}
    (folder,) = {warc.parent for warc in asking.warcs()}
    with Replay(folder, tmp_path / "home") as replay:
        for url in urls:
            # A server's word that nothing changed is replayed as that: to a browser which holds the page.
            replayed = replay.get(url)
            assert replayed.status == (304 if url.endswith("validated") else 200)
            assert decoded(replayed) == (b"" if url.endswith("validated") else TEXT)
