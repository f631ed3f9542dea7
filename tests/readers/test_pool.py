"""Long sources are read by a process that may die of it."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

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
    async def reader(pool: Pool) -> int:
        while not pool.readers_of_sources:  # noqa: ASYNC110 - a process does not tell when it begins
            await asyncio.sleep(0.01)
        return pool.readers_of_sources[0]

    async def kill(pool: Pool) -> None:
        os.kill(await reader(pool), signal.SIGKILL)

    async def slow_down(pool: Pool) -> None:
        """However fast the machine is: the reader has a twentieth of the time."""
        process = await reader(pool)
        # It may be gone before its pool knows.
        with suppress(ProcessLookupError):
            while process in pool.readers_of_sources:
                os.kill(process, signal.SIGSTOP)
                await asyncio.sleep(0.095)
                os.kill(process, signal.SIGCONT)
                await asyncio.sleep(0.005)

    async def read() -> str:
        async with held(1 if end == "too long" else 60) as pool:
            ending = asyncio.ensure_future(kill(pool) if end == "killed" else slow_down(pool))
            with pytest.raises(PageError) as failed:
                await links(pool, MAX_LINKS)
            await ending
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
