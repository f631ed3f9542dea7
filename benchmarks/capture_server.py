"""Both ends of the wire in `benchmarks.capture`: a site on loopback, and the clients and writers that take from it.

The site is never the bottleneck: every answer is whole in memory before the first request comes.
"""

import asyncio
import gzip
import io
import multiprocessing
import os
import random
import ssl
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

import scrapy
from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

HOST = "127.0.0.1"
# About 240 KB of HTML, which gzip makes 60 KB, as a news page is with all its markup.
_PARAGRAPHS_EACH = 235
_WORDS = 2000
_POOL = 8000
CONCURRENCY = 16
_REQUEST = (
    b"GET /%s HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Scrapy/2.19\r\nAccept: text/html,application/xhtml+xml\r\n"
    b"Accept-Language: en\r\nAccept-Encoding: gzip, deflate\r\n\r\n"
)
Headers = list[tuple[str, str]]
Messages = list[tuple[str, bytes, bytes]]
"""URL, request and answer."""


def path_of(number: int) -> str:
    """Where a page lies."""
    return f"/news/2026/11/{number:05d}.html"


def answers(count: int) -> dict[str, bytes]:
    """Whole answers by their path: all bodies differ, and are the same in every run."""
    chance = random.Random(1911)  # noqa: S311 - no secret
    paragraphs = _paragraphs(chance)
    return {path_of(number): _answer(number, chance.sample(paragraphs, _PARAGRAPHS_EACH)) for number in range(count)}


def body_of(answer: bytes) -> bytes:
    """What follows the head."""
    return answer.partition(b"\r\n\r\n")[2]


def _paragraphs(chance: random.Random) -> list[str]:
    letters = "etaoinshrdlu" * 3 + "cmfwypvbgkqjxz"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 11))) for _ in range(_WORDS)]
    # A few words make up most of a language.
    weights = [1 / rank**1.1 for rank in range(1, _WORDS + 1)]
    return [
        '<section class="story__part story__part--wide" data-component="text-block"><div class="story__column">'
        f'<h2 class="story__heading"><a href="/{"-".join(chance.choices(words, weights, k=3))}">'
        f"{' '.join(chance.choices(words, weights, k=6))}</a></h2>"
        f'<p class="story__paragraph" dir="ltr">{" ".join(chance.choices(words, weights, k=100))}.</p>'
        "</div></section>\n"
        for _ in range(_POOL)
    ]


def _answer(number: int, paragraphs: list[str]) -> bytes:
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Story {number}</title></head><body>'
        f"<h1>Story {number}</h1>{''.join(paragraphs)}</body></html>"
    )
    body = gzip.compress(html.encode(), 6, mtime=0)
    head = (
        "HTTP/1.1 200 OK\r\nServer: newsroom\r\nDate: Sun, 22 Nov 2026 04:00:00 GMT\r\n"
        "Content-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\nVary: Accept-Encoding\r\n"
        f'Cache-Control: max-age=60\r\nETag: "{number:08x}"\r\nX-Cache: HIT\r\nStrict-Transport-Security: max-age=0\r\n'
        f"Set-Cookie: region=eu; Path=/\r\nContent-Length: {len(body)}\r\nConnection: keep-alive\r\n\r\n"
    )
    return head.encode() + body


class Site:
    """The site, served on one core by a process of its own, which ends with its parent."""

    def __init__(self, pages: int, *, tls: bool, core: int) -> None:
        """Ready when this returns."""
        mine, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.Process(target=_serve, args=(theirs, pages, tls, core), daemon=True)
        self._process.start()
        # So that a server which fails is an EOFError here, not a wait for ever.
        theirs.close()
        self._scheme = "https" if tls else "http"
        self._port, self.body_bytes = mine.recv()

    def url(self, number: int) -> str:
        return f"{self._scheme}://{HOST}:{self._port}{path_of(number)}"

    def cpu_seconds(self) -> float:
        """What the server has used so far: well below the wall time, or it is the server that is measured."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _serve(ready: Connection, pages: int, tls: bool, core: int) -> None:
    os.sched_setaffinity(0, {core})
    asyncio.run(_served(ready, answers(pages), _context() if tls else None))


async def _served(ready: Connection, site: Mapping[str, bytes], context: ssl.SSLContext | None) -> None:
    by_target = {path.encode(): answer for path, answer in site.items()}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Answering(by_target), HOST, 0, ssl=context)
    ready.send((server.sockets[0].getsockname()[1], sum(len(body_of(answer)) for answer in site.values())))
    await server.serve_forever()


def _context() -> ssl.SSLContext:
    # No client must pay for it.
    from newsarchive.demoweb.certificate import self_signed, server_context  # noqa: PLC0415

    context = server_context(*self_signed(["localhost"]))
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


class _Answering(asyncio.Protocol):
    """Answers GET after GET on one connection; a target that is not there closes it."""

    def __init__(self, by_target: Mapping[bytes, bytes]) -> None:
        self._by_target = by_target
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        *requests, self._waiting = (self._waiting + data).split(b"\r\n\r\n")
        for request in requests:
            answer = self._by_target.get(request.split(b" ", 2)[1])
            if answer is None:
                self._transport.close()
                return
            self._transport.write(answer)


class WarcioArchiver:
    """What others do: rebuild both messages from Scrapy's objects when a response is there, and let warcio write."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "warcio.warc.gz").open("wb")
        self._writer = WARCWriter(self._file, gzip=True)
        self._writer.write_record(self._writer.create_warcinfo_record("warcio.warc.gz", {"software": "warcio"}))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        archiver = cls(Path(crawler.settings["ARCHIVE_DIR"]))
        crawler.signals.connect(archiver.keep, signal=signals.response_downloaded)
        crawler.signals.connect(archiver.close, signal=signals.spider_closed)
        return archiver

    def keep(self, response: scrapy.http.Response, request: scrapy.Request) -> None:
        asked, told = (
            [(name.decode(), value.decode("latin-1")) for name, values in one.headers.items() for value in values]
            for one in (request, response)
        )
        write_with_warcio(self._writer, request.url, asked, told, response.body)

    def close(self) -> None:
        self._file.close()


def write_with_warcio(writer: WARCWriter, url: str, asked: Headers, told: Headers, body: bytes) -> None:
    """A response record and its request record."""
    answer = StatusAndHeaders("200 OK", told, protocol="HTTP/1.1")
    question = StatusAndHeaders(f"GET /{url.split('/', 3)[3]} HTTP/1.1", asked, is_http_request=True)
    peer = {"WARC-IP-Address": HOST}
    response = writer.create_warc_record(
        url, "response", payload=io.BytesIO(body), http_headers=answer, warc_headers_dict=dict(peer)
    )
    request = writer.create_warc_record(url, "request", http_headers=question, warc_headers_dict=dict(peer))
    writer.write_request_response_pair(request, response)


# The clients differ in these settings and in no other.
ARCHIVERS: dict[str, dict[str, Any]] = {
    "bare": {},
    "ours": {"ADDONS": {"newsarchive.capture.Addon": 100}},
    "warcio": {"EXTENSIONS": {WarcioArchiver: 0}},
}


def crawl(archiver: str, urls: list[str], folder: str, *, fsync: str) -> None:
    """Fetch all pages with Scrapy and throw them away; raises `SystemExit` when one did not come."""
    fetched: list[str] = []

    class Reader(scrapy.Spider):
        name = "reader"

        async def start(self) -> Any:
            for url in urls:
                yield scrapy.Request(url, self.parse)

        def parse(self, response: scrapy.http.Response) -> None:
            fetched.append(response.url)

    settings: dict[str, Any] = {
        "ARCHIVE_DIR": folder, "ALLOW_PRIVATE_ADDRESSES": True, "WARC_FSYNC": fsync,
        "CONCURRENT_REQUESTS": CONCURRENCY, "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENCY, "DOWNLOAD_DELAY": 0,
        "ROBOTSTXT_OBEY": False, "RETRY_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    process = AsyncCrawlerProcess({**settings, **ARCHIVERS[archiver]})
    process.crawl(Reader)
    process.start()
    if len(fetched) != len(urls):
        raise SystemExit(f"{archiver}: {len(fetched)} of {len(urls)} pages came")


def write_in_turn(urls: list[str], folder: Path, *, rounds: int) -> dict[str, Any]:
    """CPU seconds of our writer and of warcio's for the same exchanges, held in memory before, and their file sizes."""
    pages = answers(len(urls)).values()
    messages = [
        (url, _REQUEST % url.split("/", 3)[3].encode(), answer) for url, answer in zip(urls, pages, strict=True)
    ]
    seconds: dict[str, list[float]] = {"ours": [], "warcio": []}
    sizes = {}
    for number in range(rounds):
        for name, write_all in (("ours", _write_ours), ("warcio", _write_warcio)):
            path = folder / f"{name}{number}.warc.gz"
            seconds[name].append(write_all(path, messages))
            sizes[name] = path.stat().st_size
            path.unlink()
    return {"seconds": seconds, "bytes": sizes}


def _write_ours(path: Path, messages: Messages) -> float:
    """From the complete answer to the records in the file: response, request and metadata."""
    # Bare Scrapy must not pay for these.
    from newsarchive.archiving.identity import new_record_id  # noqa: PLC0415
    from newsarchive.warc import records  # noqa: PLC0415
    from newsarchive.warc.exchange import Attempt, Exchange, Purpose  # noqa: PLC0415
    from newsarchive.warc.writer import WarcWriter  # noqa: PLC0415

    now = datetime.now(UTC)
    exchanges = [
        Exchange(url, "GET", now, 25, (Attempt(asked, answer, now, HOST, None, None, 9),), Purpose("other"))
        for url, asked, answer in messages
    ]
    writer, warcinfo_id = WarcWriter(path), new_record_id()
    started = time.process_time()
    for exchange in exchanges:
        bundle = records.bundle(exchange, earlier=None, warcinfo_id=warcinfo_id, new_id=new_record_id)
        writer.write(bundle.records)
    seconds = time.process_time() - started
    writer.close()
    return seconds


def _write_warcio(path: Path, messages: Messages) -> float:
    """The same without a metadata record, from headers that are parsed already."""
    parsed = [(url, _headers(asked), _headers(told), body_of(told)) for url, asked, told in messages]
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        started = time.process_time()
        for url, asked, told, body in parsed:
            write_with_warcio(writer, url, asked, told, body)
        return time.process_time() - started


def _headers(message: bytes) -> Headers:
    lines = message.partition(b"\r\n\r\n")[0].decode("latin-1").splitlines()[1:]
    return [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
