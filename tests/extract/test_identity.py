"""`extraction.id`: the number of the reading follows the golden rows, and the libraries follow the imports."""

import ast
import sys
from collections.abc import Iterator

import pytest

from newsarchive.extract import identity
from tests.conftest import PROJECT
from tests.golden import rows as golden

# The code that turns a page into a row starts here: the re-reading of an archive uses everything that a crawl uses.
_START = "newsarchive.deriving"
_WITHOUT_INFLUENCE = {
    "backports": "zstd has one decoding (RFC 8878)",
    "brotli": "has one decoding (RFC 7932)",
    "protego": "decides what may be fetched; a row takes the terms from the records",
    "pydantic": "parses values, which the digest of an outlet covers",
    "rfc8785": "writes the one canonical form",
    "yaml": "parses values, which the digest of an outlet covers",
}


@pytest.fixture(scope="module")
def golden_rows() -> dict[str, bytes]:
    return dict(golden.read_pages())


def test_rows_of_the_golden_pages_are_those_of_this_reading(golden_rows: dict[str, bytes]):
    """If this fails after an intended change: raise `READING`, then run `python -m tests.golden.rows --record`."""
    assert list(golden.changed(golden_rows)) == []
    assert len(golden_rows) > 400


def test_a_changed_row_raises_the_number_of_the_reading(golden_rows: dict[str, bytes]):
    readings = golden.recorded_readings()
    assert list(readings) == list(range(1, identity.READING + 1))
    assert readings[identity.READING] == golden.digest(golden_rows)
    assert len(set(readings.values())) == len(readings)


def test_the_id_covers_every_library_that_a_row_depends_on():
    imported = {name.partition(".")[0] for module in _reached(_START) for name in _imported(module)}
    libraries = imported - set(sys.stdlib_module_names) - {"newsarchive"}
    assert libraries - set(identity.LIBRARIES) == set(_WITHOUT_INFLUENCE)


def _reached(start: str) -> Iterator[str]:
    waiting, seen = [start], set()
    while waiting:
        name = waiting.pop()
        if name not in seen and _source(name) is not None:
            seen.add(name)
            yield name
            waiting += [*_imported(name), name.rpartition(".")[0]]


def _imported(module: str) -> Iterator[str]:
    """Yield every name that may be a module: `from a import b` imports from `a`, or the module `a.b`."""
    for node in ast.walk(ast.parse(_source(module) or "")):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))


def _source(module: str) -> str | None:
    path = PROJECT / module.replace(".", "/")
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    file = next((candidate for candidate in candidates if candidate.is_file()), None)
    return file.read_text() if file and module.partition(".")[0] == "newsarchive" else None
