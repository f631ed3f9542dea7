"""Train the body model: `python -m benchmarks.train_body CORPORA [--out model.json] [--judge]`.

CORPORA is a folder of labelled corpora: `<corpus>/truth.jsonl` with `id`, `url`, `site`, and `body` (paragraphs) or
`with` and `without` (phrases), and `<corpus>/pages/<id>.html.gz`. A block is labelled by aligning the page's
blocks with the gold body, in order, by 4-grams. Pages of one corpus weigh the same. `--judge` prints what a model
trained on other sites makes of each page: five folds, split by the name of the site.
It needs catboost, which the product does not: what ships is a file of integers.
"""

import argparse
import gzip
import hashlib
import json
import statistics
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import align
from newsarchive.errors import NotAnArticle
from newsarchive.extract.document import Document
from newsarchive.extract.engine import beyond_doubt, features, rules, trees
from newsarchive.extract.engine.features import Table
from newsarchive.extract.engine.walk import walk

WEIGHTS = {"aeb": 2.0, "fundus_eval": 2.0, "fundus_parser": 1.5, "newsdb": 1.0, "wcxb": 0.7, "traf_eval": 0.5}
FOLDS, SCALE = 5, 1000
FLOOR, CAP, PAGE = 0.5, 15.0, 150.0
# They tell pages apart, not blocks: a model learns single pages by them.
UNASKED = frozenset({"near_live", "in_live", "articles", "main_share"})
MODEL = Path(__file__).parents[1] / "newsarchive/extract/engine/model.json"
SETTINGS = {
    "iterations": 250, "depth": 6, "learning_rate": 0.1, "l2_leaf_reg": 4, "random_seed": 0, "rsm": 0.35,
    "border_count": 48, "bootstrap_type": "Bernoulli", "subsample": 0.8, "thread_count": 2, "verbose": 0,
    "allow_writing_files": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """One page: its open blocks, what they are, and how much they weigh."""

    corpus: str
    site: str
    table: Table
    rows: np.ndarray
    labels: np.ndarray
    weights: np.ndarray
    gold: list[str]

    @property
    def fold(self) -> int:
        """The same for all pages of a site, and for its siblings under other domains."""
        brand = self.site.split(".")[0]
        return int(hashlib.md5(brand.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS


def examples(folder: Path) -> Iterator[Example]:
    """Every labelled page that has open blocks."""
    for corpus in WEIGHTS:
        # Not splitlines: texts hold line separators of their own.
        for line in (folder / corpus / "truth.jsonl").read_text(encoding="utf-8").strip().split("\n"):
            truth = json.loads(line)
            if truth.get("body") or truth.get("with"):
                page = gzip.decompress((folder / corpus / "pages" / f"{truth['id']}.html.gz").read_bytes())
                example = _example(corpus, truth, page.decode("utf-8", "replace"))
                if example:
                    yield example


def _example(corpus: str, truth: dict[str, Any], html: str) -> Example | None:
    try:
        document = Document(html, truth.get("url") or "https://page.example/")
    except NotAnArticle:
        return None
    page = walk(document)
    reasons, head = beyond_doubt.judge(document, page)
    places = [place for place, reason in enumerate(reasons) if not reason]
    if not places:
        return None
    table = features.measure(document, page, places, head)
    if truth.get("body"):
        gold = [one if isinstance(one, str) else one["opt"] for one in truth["body"]]
        labels, weights = _by_body(page.blocks.texts, gold)
    else:
        gold = []
        labels, weights = _by_phrases(page.blocks.texts, truth["with"], truth.get("without", []))
    # Dek and quoted posts are decided by rules: golds disagree about them.
    ruled = rules.dek(table) | (table.columns["near_tweet"] > 0)
    weights = np.where(ruled, 0.0, weights[places]) * WEIGHTS[corpus]
    return Example(corpus, truth["site"], table, table.measures(_asked(table)).T, labels[places], weights, gold)


def _asked(table: Table) -> list[str]:
    return [name for name in table.names if name not in UNASKED]


def _by_body(texts: Sequence[str], gold: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """A block belongs to the body if most of its words do; it weighs as much as it adds to or takes from the page."""
    found = align.covered(texts, gold)
    sizes = np.array([len(align.words(text)) for text in texts])
    whole = max(1, sum(len(align.words(text)) for text in gold))
    share = 100 * np.maximum(np.abs(2 * found - sizes), 1) / whole
    weights = np.minimum(share, CAP)
    return (2 * found > sizes).astype(int), weights * min(1.0, PAGE / max(1.0, weights.sum())) + FLOOR


def _by_phrases(texts: Sequence[str], inside: list[str], outside: list[str]) -> tuple[np.ndarray, np.ndarray]:
    squashed = [" ".join(text.casefold().split()) for text in texts]
    wanted = np.array([_has(text, inside) for text in squashed])
    unwanted = np.array([_has(text, outside) for text in squashed])
    return wanted.astype(int), np.where(wanted != unwanted, 2.0, 0.0)


def _has(text: str, phrases: Iterable[str]) -> bool:
    return any(" ".join(phrase.casefold().split()) in text for phrase in phrases)


def train(pages: Sequence[Example]) -> dict[str, Any]:
    """The model's numbers, as `model.json` has them."""
    from catboost import CatBoostClassifier, Pool  # noqa: PLC0415 - a benchmark's own need

    rows, labels, weights = (
        np.concatenate([getattr(one, name) for one in pages]) for name in ("rows", "labels", "weights")
    )
    model = CatBoostClassifier(**SETTINGS)
    model.fit(Pool(rows, labels, weight=weights))
    with tempfile.TemporaryDirectory() as folder:
        model.save_model(f"{folder}/model", format="json")
        saved = json.loads(Path(folder, "model").read_text(encoding="utf-8"))
    return _plain(saved, _asked(pages[0].table))


def _plain(saved: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Integers only, and only the columns that are asked for."""
    used = sorted({split["float_feature_index"] for tree in saved["oblivious_trees"] for split in tree["splits"]})
    number = {column: place for place, column in enumerate(used)}
    scale, (bias,) = saved["scale_and_bias"]
    written = [
        {
            "asks": [[number[s["float_feature_index"]], int(np.floor(s["border"]))] for s in tree["splits"]],
            "leaves": [round(SCALE * scale * value) for value in tree["leaf_values"]],
        }
        for tree in saved["oblivious_trees"]
    ]
    return {"features": [names[column] for column in used], "bias": round(SCALE * bias), "trees": written}


def judge(pages: Sequence[Example]) -> None:
    """Print what models trained on other sites make of each corpus, body alone and with the dek."""
    scores: dict[str, list[tuple[float, ...]]] = {}
    for fold in range(FOLDS):
        model = trees.parse(json.dumps(train([one for one in pages if one.fold != fold])))
        for one in (one for one in pages if one.fold == fold and one.gold):
            scores.setdefault(one.corpus, []).append(_scored(one, model))
    for corpus, found in scores.items():
        for name, at in (("body", 0), ("dek and body", 2)):
            precision, recall = (statistics.fmean(one[at + side] for one in found) for side in (0, 1))
            f1 = 2 * precision * recall / (precision + recall)
            print(f"{corpus:14} {name:13} f1 {f1:.4f}  precision {precision:.4f}  recall {recall:.4f}")


def _scored(one: Example, model: trees.Trees) -> tuple[float, ...]:
    scores = model.score(one.table.measures(model.features))
    dek, wanted = rules.decide(one.table, scores, rules.after_the_body(one.table))
    gold = _shingles("\n".join(one.gold))
    return (*_compared(one, wanted, gold), *_compared(one, wanted | dek, gold))


def _compared(one: Example, kept: np.ndarray, gold: Counter[tuple[str, ...]]) -> tuple[float, float]:
    told = _shingles("\n".join(text for text, is_kept in zip(one.table.seen.texts, kept, strict=True) if is_kept))
    same = (gold & told).total()
    return same / max(1, told.total()), same / max(1, gold.total())


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = align.words(text)
    return Counter(tuple(tokens[place : place + 4]) for place in range(max(1, len(tokens) - 3)))


def main() -> None:
    """Read the corpora, and judge or write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--judge", action="store_true")
    asked = parser.parse_args()
    pages = list(examples(asked.corpora))
    print(f"{len(pages)} pages, {sum(len(one.labels) for one in pages)} blocks")
    if asked.judge:
        judge(pages)
    else:
        # One tree a line: a change can be read.
        model = train(pages)
        lines = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in model["trees"])
        head = json.dumps({"features": model["features"], "bias": model["bias"]})
        asked.out.write_text(f'{head[:-1]},\n"trees": [\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
