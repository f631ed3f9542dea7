"""A crawl that died just before its end: whatever is missing of its rows is there again, byte for byte."""

import gzip
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsarchive.archiving.journal import Journal
from newsarchive.demoweb import DemoWeb
from tests.conftest import Crawler
from tests.manifested import found, problems

OUTLET = "kyiv_independent"


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DemoWeb, Path]]:
    """An archive of one crawl."""
    with DemoWeb() as web:
        archive = tmp_path_factory.mktemp("crawled") / "archive"
        assert Crawler(archive, web.connect_to).run("crawl", OUTLET).code in (0, 1)
        yield web, archive


def drop_rows(path: Path) -> None:
    """Every third row, as if its page had waited for a reader."""
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    assert len(lines) > 2
    path.write_bytes(gzip.compress(b"".join(line for n, line in enumerate(lines) if n % 3), mtime=0))


def leave_open(path: Path) -> None:
    path.with_name(path.name.removesuffix(".gz") + ".open").write_bytes(gzip.decompress(path.read_bytes())[:-7])
    path.unlink()


def dying(folder: Path) -> None:
    """Undo the end of the one crawl: its manifest is a journal again, and nothing says that it ended well."""
    ((name, told),) = found(folder).items()
    path = folder / name
    known = ("kind", "collection", "started_at", "version", "environment", "config", "previous")
    journal = Journal({key: told[key] for key in known}, is_synced=False)
    path.unlink()
    stem = path.name.removesuffix(".manifest.json")
    journal.begin(path.parent, iter([stem]))
    journal.opens(stem)
    journal.release()
    (folder / ".closed").unlink()
    (folder / "last-manifest.json").unlink()


@pytest.mark.parametrize("spoil", [Path.unlink, drop_rows, leave_open], ids=["no rows", "some rows", "open rows"])
def test_rows_that_a_dead_crawl_had_not_told_are_told_by_the_next(
    crawled: tuple[DemoWeb, Path], tmp_path: Path, spoil: Callable[[Path], None]
):
    web, archive = crawled
    crawler = Crawler(shutil.copytree(archive, tmp_path / "archive"), web.connect_to)
    folder = crawler.archive / OUTLET
    rows = sorted(folder.rglob("*.jsonl.gz"))
    whole = {path: gzip.decompress(path.read_bytes()) for path in rows}
    assert len(rows) == 2
    outputs = next(iter(found(folder).values()))["outputs"]
    dying(folder)
    for path in rows:
        spoil(path)
    assert crawler.run("crawl", OUTLET).code in (0, 1)
    assert {path: gzip.decompress(path.read_bytes()) for path in rows} == whole
    first, _ = found(folder).values()
    assert first["reason"] == "killed"
    assert first["outputs"] == outputs
    assert list(problems(folder, is_chained=True)) == []
