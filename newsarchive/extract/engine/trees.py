"""A small model as plain numbers: trees that ask one question on each level, summed in integers."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

_FILE = "model.json"
# No measure is greater: a question that is never answered yes.
_NEVER = 2**31 - 1
_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class Trees:
    """Each tree asks the same `depth` questions of every block; the answers are the number of its leaf."""

    features: tuple[str, ...]
    asked: npt.NDArray[np.int64]
    """The features of the questions, tree by tree."""
    bounds: npt.NDArray[np.int32]
    """A question is whether its feature is greater than this."""
    leaves: npt.NDArray[np.int64]
    """One row a tree."""
    bias: int

    def score(self, measured: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """How much speaks for each block, in thousandths of a logit; positive is yes. The same on every machine.

        One row a feature, one column a block.
        """
        small = measured.astype(np.int32)
        # In parts: each takes six kilobytes a block.
        parts = [self._part(small[:, at : at + _AT_ONCE]) for at in range(0, small.shape[1], _AT_ONCE)]
        return np.concatenate(parts) + self.bias

    def _part(self, measured: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
        count, width = self.leaves.shape
        answers = (np.take(measured, self.asked, axis=0) > self.bounds[:, None]).view(np.uint8)
        answers = answers.reshape(count, -1, answers.shape[1])
        leaf = np.repeat(np.arange(0, count * width, width)[:, None], answers.shape[2], axis=1)
        for question in range(answers.shape[1]):
            leaf += answers[:, question] * np.uint8(1 << question)
        found: npt.NDArray[np.int64] = np.take(self.leaves, leaf).sum(axis=0)
        return found


@cache
def model() -> Trees:
    """The model that ships; `benchmarks/train_body.py` writes it."""
    return parse(files(__package__).joinpath(_FILE).read_text(encoding="utf-8"))


def parse(written: str) -> Trees:
    """Trees as `model.json` has them."""
    read = json.loads(written)
    depth = max(len(tree["asks"]) for tree in read["trees"])
    padded = [tree["asks"] + [[0, _NEVER]] * (depth - len(tree["asks"])) for tree in read["trees"]]
    width = 2**depth
    return Trees(
        features=tuple(read["features"]),
        asked=np.array([column for tree in padded for column, _ in tree], dtype=np.int64),
        bounds=np.array([bound for tree in padded for _, bound in tree], dtype=np.int32),
        leaves=np.array(
            [tree["leaves"] + [0] * (width - len(tree["leaves"])) for tree in read["trees"]], dtype=np.int64
        ),
        bias=int(read["bias"]),
    )
