"""Long sources are read by a process that may die of it."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from newsarchive.discovery.findings import MAX_LINKS
from newsarchive.errors import PageError
from newsarchive.readers import Pool, serving

URL = "http://times.example/sitemap.xml"


def sitemap(pages: int) -> bytes:
    lines = "".join(f"<url><loc>http://times.example/article/{number}</loc></url>" for number in range(pages))
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{lines}</urlset>'.encode()


@asynccontextmanager
async def held(seconds: int) -> AsyncIterator[Pool]:
    pool = Pool.hold(processes=1, seconds=seconds)
    try:
        yield pool
    finally:
        pool.release()


async def links(pool: Pool, pages: int) -> Iterator[str]:
    outline, portions = await pool.read_source(sitemap(pages), content_type=None, url=URL, kind="sitemap")
    assert (outline.links, outline.problems) == (pages, ())
    return (link.url for portion in portions for link in serving.unpacked(portion).links)


def test_a_long_source_comes_in_portions_and_whole():
    async def read() -> list[str]:
        async with held(60) as pool:
            return list(await links(pool, 1_234))

    assert asyncio.run(read()) == [f"http://times.example/article/{number}" for number in range(1_234)]


@pytest.mark.parametrize("end", ["killed", "too long"])
def test_a_source_that_ends_its_reader_fails_alone(end: str):
    async def kill(pool: Pool) -> None:
        while not pool.readers_of_sources:  # noqa: ASYNC110 - a process does not tell when it begins
            await asyncio.sleep(0.01)
        os.kill(pool.readers_of_sources[0], signal.SIGKILL)

    async def read() -> str:
        async with held(1 if end == "too long" else 60) as pool:
            killing = asyncio.ensure_future(kill(pool)) if end == "killed" else None
            with pytest.raises(PageError) as failed:
                await links(pool, MAX_LINKS)
            if killing:
                await killing
            assert len(list(await links(pool, 200))) == 200
            return failed.value.what

    assert asyncio.run(read()) == "reader_died"


def test_readers_that_are_there_are_not_started_again():
    async def pids() -> list[list[int]]:
        async with held(60) as pool:
            found = []
            for _ in range(3):
                await pool.warm()
                found.append(pool.readers_of_pages)
            return found

    first, *others = asyncio.run(pids())
    assert len(first) == 1
    assert others == [first, first]
