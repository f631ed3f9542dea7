"""A page or source that needs more memory than a worker process may take costs no other anything."""

import asyncio
import gzip
import pickle
import resource
import subprocess
import sys

import pytest

from newsarchive.errors import NotAnArticle, PageError
from newsarchive.items import Page, SourceKind
from newsarchive.readers import Pool
from newsarchive.readers.serving import Reading
from newsarchive.reextraction.workers import Workers
from newsarchive.warc.payload import MAX_PAGE_BYTES
from tests.conftest import PROJECT
from tests.reextraction.test_workers import HTML, OK, read, task

LITTLE = 150
HEAD = b"<!doctype html><title>Harbour</title><article><h1>Harbour</h1>"
COSTLY = {
    "line breaks": HEAD + b"<br>" * 3_000_000,
    "short paragraphs": HEAD + b"<p>a</p>" * 1_500_000,
    "attributes": HEAD + b"<i a=1 b=2 c=3>x</i>" * 600_000,
}


def page(payload: bytes) -> Page:
    return task(f"{OK}\nContent-Encoding: gzip", gzip.compress(payload, 1)).unread.page


@pytest.mark.parametrize("kind", COSTLY)
def test_a_page_that_needs_too_much_memory_is_rejected_alone_and_its_worker_is_replaced(kind: str):
    async def clean() -> list[Reading | BaseException]:
        pool = Pool.hold(processes=1, seconds=60, memory_mb=LITTLE)
        try:
            await pool.clean(page(HTML), None)
            before = pool.readers_of_pages
            payloads = (HTML, COSTLY[kind], HTML)
            found = await asyncio.gather(*(pool.clean(page(one), None) for one in payloads), return_exceptions=True)
            assert pool.readers_of_pages != before
            return found
        finally:
            pool.release()

    first, costly, last = asyncio.run(clean())
    assert isinstance(costly, NotAnArticle)
    assert costly.what == "out_of_memory"
    assert isinstance(first, tuple)
    assert isinstance(last, tuple)
    assert first[0].text == last[0].text


@pytest.mark.parametrize("kind", ["section", "feed"])
def test_a_source_that_needs_too_much_memory_fails_with_that_reason(kind: SourceKind):
    payload = COSTLY["attributes"] if kind == "section" else b"<rss><channel>" + b"<item><a/></item>" * 800_000

    async def read_source() -> None:
        pool = Pool.hold(processes=1, seconds=60, memory_mb=LITTLE)
        try:
            await pool.read_source(payload, content_type=None, url="http://a.test/", kind=kind)
        finally:
            pool.release()

    with pytest.raises(PageError, match="out_of_memory"):
        asyncio.run(read_source())


def test_a_reextraction_rejects_only_the_page_that_needs_too_much_memory():
    workers = Workers(1, seconds=60, memory_mb=LITTLE)
    costly = task(f"{OK}\nContent-Encoding: gzip", gzip.compress(COSTLY["line breaks"], 1))
    tasks = [task(), costly, task()]
    for one in tasks:
        workers.submit(one)
    reasons = read(workers, *tasks)
    workers.end()
    assert reasons == [None, "out_of_memory", None]


def test_a_page_that_needs_too_much_memory_is_not_checked_by_verify_deep():
    """The reading is compared in a process that has a limit, too."""
    code = (
        "import pickle, sys\nfrom newsarchive.judging.unread import UNREAD\n"
        "from newsarchive.readers.memory import limit_memory\nfrom newsarchive.verifying import derivation\n"
        "unread = pickle.load(sys.stdin.buffer)\nlimit_memory(150)\nprint(UNREAD[derivation.deriving.read(unread).reason])"
    )
    for payload in COSTLY.values():
        costly = pickle.dumps(task(f"{OK}\nContent-Encoding: gzip", gzip.compress(payload, 1)).unread)
        done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, input=costly, capture_output=True, check=False)
        assert done.stdout == b"pages that need more memory than EXTRACT_MEMORY_MB\n", done.stderr.decode()


def test_the_largest_page_of_ordinary_markup_is_read_within_the_default():
    paragraph = b"<p>The council voted on the bridge, and the minister spoke about it for long.</p>\n"
    largest = HEAD + paragraph * ((MAX_PAGE_BYTES - 1000) // len(paragraph))

    async def clean() -> Reading:
        pool = Pool.hold(processes=1, seconds=60)
        try:
            return await pool.clean(page(largest), None)
        finally:
            pool.release()

    article, _ = asyncio.run(clean())
    assert article.text
    assert article.headline == "Harbour"


def test_the_limit_counts_from_the_memory_that_is_held_already():
    code = (
        "from newsarchive.readers.memory import limit_memory\n"
        "held = bytearray(300_000_000)\nlimit_memory(100)\nmore = bytearray(50_000_000)\n"
        "try:\n    bytearray(100_000_000)\nexcept MemoryError:\n    print('limited')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.stdout == "limited\n", done.stderr


def test_a_lower_limit_of_the_system_stays():
    code = (
        "import resource\nfrom newsarchive.readers.memory import limit_memory\nlimit_memory(1000)\n"
        "print(*resource.getrlimit(resource.RLIMIT_DATA))"
    )
    most = 400 << 20
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (most, most)),
    )  # fmt: skip
    assert done.stdout == f"{most} {most}\n", done.stderr
