"""py3langid's model, loaded and asked by code of our own: the same judgements, from less memory.

The package loads its greatest table twice over, and keeps what is never asked: that alone was the peak of a reading.
"""

import tempfile
import unicodedata
import zipfile
from array import array
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BufferedIOBase
from lzma import LZMAFile
from shutil import copyfileobj
from typing import Any, cast

import numpy as np
import numpy.typing as npt

_FILE = "data/model.npz.xz"
_BYTES, _AT_ONCE = 256, 1 << 10
_NO_FEATURE = np.finfo(np.float32).min


@dataclass(frozen=True, slots=True)
class Model:
    """An automaton that finds telling strings of bytes, and what each says for each language."""

    columns: bytes
    """The column of each byte: bytes that lead to the same states from everywhere share one."""
    moves: "array[int]"
    """Row by row the state that a column leads to."""
    rows: "array[int]"
    """Where the row of each state begins."""
    features: "array[int]"
    """The feature that is found with each state, or -1."""
    weights: npt.NDArray[np.float16]
    """One row a feature, one column a language."""
    biases: npt.NDArray[np.float32]
    languages: tuple[str, ...]
    aliases: tuple[tuple[int, int], ...]
    """Columns of one language in another script, after its first."""

    def classify(self, text: str) -> str:
        """The language that most speaks for."""
        return self.languages[int(self.scores(text).argmax())]

    def scores(self, text: str) -> npt.NDArray[np.float32]:
        """What speaks for each language."""
        scores = self._summed(_encoded(text).translate(self.columns))
        for first, other in self.aliases:
            scores[first], scores[other] = max(scores[first], scores[other]), _NO_FEATURE
        return scores

    def _summed(self, columns: bytes) -> npt.NDArray[np.float32]:
        found = self._found(columns)
        if not found:
            return np.full(len(self.languages), _NO_FEATURE, dtype=np.float32)
        counts = np.fromiter(found.values(), dtype=np.float32, count=len(found))
        at = np.fromiter(found, dtype=np.intp, count=len(found))
        scores: npt.NDArray[np.float32] = np.log1p(counts) @ self.weights[at] + self.biases
        return scores

    def _found(self, columns: bytes) -> dict[int, int]:
        """How often each feature stands in the text, in the order of their first places: the sums are of floats."""
        moves, rows, state = self.moves, self.rows, 0
        passed: list[int] = []
        note = passed.append
        for column in columns:
            state = moves[rows[state] + column]
            note(state)
        found: dict[int, int] = {}
        for state, count in Counter(passed).items():
            feature = self.features[state]
            if feature >= 0:
                found[feature] = found.get(feature, 0) + count
        return found


def _encoded(text: str) -> bytes:
    """As the model was trained: shouting says nothing of a language."""
    return unicodedata.normalize("NFC", text.lower() if text.isupper() else text).encode(errors="surrogatepass")


@cache
def model() -> Model:
    """For languages with a code of two letters, loaded when first asked for."""
    packed = files("py3langid").joinpath(_FILE)
    # To a file, so that the unpacked model is never in memory as a whole.
    with tempfile.TemporaryFile() as unpacked:
        with packed.open("rb") as file, LZMAFile(file) as stream:
            copyfileobj(stream, unpacked, 1 << 20)
        with zipfile.ZipFile(unpacked) as tables:
            return _read(tables)


def _read(tables: zipfile.ZipFile) -> Model:
    every = [str(name) for name in _whole(tables, "classes")]
    chosen = [place for place, name in enumerate(every) if len(name) == 2]
    languages = tuple(every[place] for place in chosen)
    kinds, kept = _kinds_of_bytes(tables)
    rows = _whole(tables, "nextmove_row").astype(np.uint32) * len(kept)
    return Model(
        columns=bytes(kinds),
        moves=_moves(tables, kept),
        rows=array("I", rows.tobytes()),
        features=array("i", _whole(tables, "out_feat").astype(np.int32).tobytes()),
        weights=_columns(tables, "ptc", chosen),
        biases=_whole(tables, "pc")[chosen],
        languages=languages,
        aliases=tuple(
            (languages.index(name), place) for place, name in enumerate(languages) if languages.index(name) < place
        ),
    )


def _kinds_of_bytes(tables: zipfile.ZipFile) -> tuple[list[int], list[int]]:
    """For each byte the number of its kind, and for each kind its first byte."""
    kinds = [0] * _BYTES
    for _, part in _parts(tables, "nextmove", _BYTES):
        seen: dict[tuple[int, bytes], int] = {}
        columns = np.ascontiguousarray(part.T)
        kinds = [
            seen.setdefault((kind, column.tobytes()), len(seen)) for kind, column in zip(kinds, columns, strict=True)
        ]
    return kinds, [kinds.index(kind) for kind in range(max(kinds) + 1)]


def _moves(tables: zipfile.ZipFile, kept: list[int]) -> "array[int]":
    """As an array of Python's, which gives a number in half the time."""
    with _open(tables, "nextmove") as (_, shape, dtype):
        found = array("I" if dtype.itemsize == 4 else "H", [0]) * (shape[0] // _BYTES * len(kept))
    filled = np.frombuffer(found, dtype=dtype).reshape(-1, len(kept))
    for start, part in _parts(tables, "nextmove", _BYTES):
        filled[start : start + len(part)] = part[:, kept]
    return found


def _columns(tables: zipfile.ZipFile, name: str, chosen: list[int]) -> npt.NDArray[np.float16]:
    with _open(tables, name) as (_, shape, dtype):
        found = np.empty((shape[0], len(chosen)), dtype=dtype)
    for start, part in _parts(tables, name, shape[1]):
        found[start : start + len(part)] = part[:, chosen]
    return found


def _parts(tables: zipfile.ZipFile, name: str, width: int) -> Iterator[tuple[int, npt.NDArray[Any]]]:
    """Some rows at once, each with the number of the first."""
    with _open(tables, name) as (file, _, dtype):
        start = 0
        while read := file.read(_AT_ONCE * width * dtype.itemsize):
            part = np.frombuffer(read, dtype=dtype).reshape(-1, width)
            yield start, part
            start += len(part)


def _whole(tables: zipfile.ZipFile, name: str) -> npt.NDArray[Any]:
    with _open(tables, name) as (file, shape, dtype):
        return np.frombuffer(file.read(), dtype=dtype).reshape(shape)


@contextmanager
def _open(tables: zipfile.ZipFile, name: str) -> Iterator[tuple[BufferedIOBase, tuple[int, ...], np.dtype[np.generic]]]:
    """A table at its first number, its shape, and the type of its numbers."""
    with tables.open(f"{name}.npy") as file:
        version = np.lib.format.read_magic(file)
        assert version == (1, 0)
        shape, is_by_column, dtype = np.lib.format.read_array_header_1_0(file)
        assert not is_by_column
        yield cast("BufferedIOBase", file), shape, dtype
