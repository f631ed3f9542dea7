import json

import numpy as np
import pytest

from newsarchive.extract.engine import trees

WRITTEN = {
    "features": ["chars", "density"],
    "bias": -10,
    "trees": [
        {"asks": [[0, 100], [1, 500]], "leaves": [1, 20, 300, 4000]},
        {"asks": [[1, 0]], "leaves": [5, -7]},
    ],
}


@pytest.mark.parametrize(
    ("row", "wanted"),
    [([100, 500], 1 - 7 - 10), ([101, 0], 20 + 5 - 10), ([0, 501], 300 - 7 - 10), ([101, 501], 4000 - 7 - 10)],
)
def test_the_answers_to_a_tree_s_questions_are_the_number_of_its_leaf(row: list[int], wanted: int) -> None:
    """The first question is the lowest bit; a bound itself is a no; a shallow tree asks less."""
    assert trees.parse(json.dumps(WRITTEN)).score(np.array([row]).T).tolist() == [wanted]


def test_blocks_do_not_know_of_each_other() -> None:
    model = trees.model()
    rows = np.arange(40 * len(model.features)).reshape(40, -1) % 997
    together = model.score(rows.T).tolist()
    assert together == [model.score(rows[place : place + 1].T).tolist()[0] for place in range(40)]


def test_the_model_that_ships_asks_only_for_what_is_measured() -> None:
    from newsarchive.extract.document import Document  # noqa: PLC0415
    from newsarchive.extract.engine import features  # noqa: PLC0415
    from newsarchive.extract.engine.walk import walk  # noqa: PLC0415

    document = Document("<p>One.</p>", "https://a.example/")
    table = features.measure(document, walk(document), [0], -1)
    assert set(trees.model().features) <= set(table.names)
