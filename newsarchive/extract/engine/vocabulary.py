"""The words of the trade: what authors call elements, and what furniture says."""

import json
from importlib.resources import files

VOCABULARY: dict[str, dict[str, list[str]]] = json.loads(
    files(__package__).joinpath("vocabulary.json").read_text(encoding="utf-8")
)
"""By use and kind: `names` and `certain` are patterns for names of elements, `phrases` are words and pairs of words."""
