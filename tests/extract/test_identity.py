"""That `extraction.id` stands for all code on which a line depends, found by following imports."""

import ast
import sys
from collections.abc import Iterator

from newsarchive.extract import identity
from tests.conftest import PROJECT

# What gives a page to a line: `deriving` reads an archive, and takes for it all that a crawl reads with.
_BEGINNING = "newsarchive.deriving"
_NO_PART = {
    "newsarchive": "its version is told by itself",
    "newsarchive.errors": "says only that there is no line",
    "newsarchive.facts": "gives values, which are in the digest of an outlet",
    "newsarchive.sources": "where addresses come from",
    "newsarchive.freshness": "when it is asked",
    "newsarchive.freshness.polling": "when it is asked",
    "newsarchive.freshness.rhythm": "when it is asked",
    "newsarchive.politeness": "a docstring",
    "newsarchive.politeness.robots": "what may be asked",
    "newsarchive.warc": "a docstring",
    "newsarchive.warc.beginnings": "gives the bytes of a record, which its digests tell",
    "newsarchive.warc.exchange": "values",
    "newsarchive.warc.octets": "gives the bytes of a record, which its digests tell",
    "newsarchive.warc.problem": "what is no line",
    "newsarchive.warc.tombstones": "what is no article any more",
    "newsarchive.warc.reader": "gives the bytes of a record, which its digests tell",
}
_NO_PART_LIBRARIES = {
    "backports": "undoes what has one meaning (zstd: RFC 8878)",
    "brotli": "undoes what has one meaning (RFC 7932)",
    "pydantic": "gives values, which are in the digest of an outlet",
    "rfc8785": "writes what has one form",
    "yaml": "gives values, which are in the digest of an outlet",
}


def test_the_identity_covers_every_module_that_a_line_depends_on() -> None:
    reached = set(_reached(_BEGINNING))
    covered = {_module(path) for path in identity.sources() if path.endswith(".py")}
    assert reached - covered == set(_NO_PART)


def test_the_identity_covers_every_library_that_a_line_depends_on() -> None:
    imported = {name.partition(".")[0] for path in identity.sources() for name in _imported(_module(path))}
    libraries = imported - set(sys.stdlib_module_names) - {"newsarchive"}
    assert libraries - set(identity.LIBRARIES) == set(_NO_PART_LIBRARIES)


def _module(path: str) -> str:
    return f"newsarchive/{path}".removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _reached(beginning: str) -> Iterator[str]:
    waiting, seen = [beginning], set()
    while waiting:
        name = waiting.pop()
        if name not in seen and _source(name) is not None:
            seen.add(name)
            yield name
            waiting += [*_imported(name), name.rpartition(".")[0]]


def _imported(module: str) -> Iterator[str]:
    """All names that may be modules: `from a import b` is one of `a`, or the module `a.b`."""
    for node in ast.walk(ast.parse(_source(module) or "")):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{one.name}" for one in node.names))


def _source(module: str) -> str | None:
    path = PROJECT / module.replace(".", "/")
    found = next((one for one in (path.with_suffix(".py"), path / "__init__.py") if one.is_file()), None)
    return found.read_text() if found and module.partition(".")[0] == "newsarchive" else None
