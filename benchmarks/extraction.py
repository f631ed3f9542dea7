"""How well and how fast pages are read: ours beside trafilatura, newspaper4k and readability, in one run.

    python -m benchmarks.extraction EVAL [--corpora aeb,…] [--readers ours,…] [--by language] [--json FILE]

EVAL is a folder with labelled pages and their scorer: `score.py`, `corpus.py`, and `dev/<corpus>/` with `truth.jsonl`
and `pages/<id>.html.gz`. The pages belong to their publishers and are no part of this project. Every reader is a
process of its own, one after the other, and reads the same pages in the same order; a page that it refuses counts as an
empty answer. Time is that of the processor, without the reading of files; memory is the peak of the process.
"""

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.extraction_readers import READERS, parse_alone

PROJECT = Path(__file__).parent.parent
CORPORA = ("aeb", "fundus_eval", "fundus_parser", "newsdb", "wcxb", "htmldate", "postlight", "traf_eval")
FIGURES = {
    "body_f1": "body F1", "body_precision": "precision", "body_recall": "recall", "body_exact": "word-exact",
    "title_norm": "headline", "author_f1": "authors F1", "date_day": "day", "date_minute_tz": "minute+zone",
    "phrase_f1": "phrases F1",
}  # fmt: skip
# What a scored page holds for each thing that a reader may never tell.
_PARTS = {
    "body": ("shingle", "exact", "words", "phrases"),
    "title": ("title",),
    "authors": ("authors",),
    "date_published": ("date",),
}
Facts = dict[str, Any]


def main() -> None:
    """Read, score, print; or be one of the readers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("eval", type=Path, metavar="EVAL")
    parser.add_argument("--corpora", default=",".join(CORPORA))
    parser.add_argument("--readers", default=",".join(READERS))
    parser.add_argument("--by", choices=("language", "platform", "site", "kind"), help="body F1 for each of these too")
    parser.add_argument("--json", type=Path, help="write all figures here")
    parser.add_argument("--reader", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if not (chosen.eval / "score.py").is_file():
        parser.error(
            f"{chosen.eval}: there is no score.py here; give the folder with the labelled pages and the scorer"
        )
    corpora = chosen.corpora.split(",")
    if chosen.reader:
        read_all(chosen.reader, chosen.eval, corpora, chosen.out)
        return
    figures = measure(chosen.eval, corpora, chosen.readers.split(","))
    show(figures, corpora, chosen.by)
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=1) + "\n")


def pages(root: Path, corpus: str) -> Iterator[tuple[str, str, bytes]]:
    """Id, URL and bytes of each page, in the order of the labels."""
    folder = root / "dev" / corpus
    # Not splitlines(): a text may hold what is a line's end in Unicode and none in JSON.
    for label in map(json.loads, (folder / "truth.jsonl").read_bytes().splitlines()):
        page = folder / "pages" / f"{label['id']}.html.gz"
        yield label["id"], label.get("url") or "https://example.org/", gzip.decompress(page.read_bytes())


def read_all(name: str, root: Path, corpora: list[str], out: Path) -> None:
    """What one process does: read every page, and say what that took."""
    read = READERS[name]()
    took: dict[str, tuple[int, float, float]] = {}
    for corpus in corpora:
        count, seconds, parsing = 0, 0.0, 0.0
        with (out / f"{corpus}.jsonl").open("w", encoding="utf-8") as file:
            for page_id, url, payload in pages(root, corpus):
                started = time.process_time()
                told = read(payload, url)
                seconds += time.process_time() - started
                if name == "ours":
                    started = time.process_time()
                    parse_alone(payload)
                    parsing += time.process_time() - started
                count += 1
                file.write(json.dumps({"id": page_id, **told}, ensure_ascii=False) + "\n")
        took[corpus] = (count, seconds, parsing)
    (out / "took.json").write_text(json.dumps({"corpora": took, "peak_mb": _peak_mb()}))


def measure(root: Path, corpora: list[str], readers: list[str]) -> Facts:
    """Scores, seconds and memory of each reader."""
    figures: Facts = {}
    seen: Facts = {}
    with tempfile.TemporaryDirectory() as name:
        for reader in readers:
            out = Path(name) / reader
            out.mkdir()
            command = [_python(reader), "-m", "benchmarks.extraction", str(root), "--corpora", ",".join(corpora)]
            subprocess.run([*command, "--reader", reader, "--out", str(out)], cwd=PROJECT, check=True)
            told = {corpus: _predictions(out / f"{corpus}.jsonl") for corpus in corpora}
            # Which platform and language a page is of, we alone say.
            seen = told if reader == "ours" else seen
            figures[reader] = {
                **json.loads((out / "took.json").read_text()),
                "scores": {corpus: _scores(root, corpus, told[corpus], seen.get(corpus, {})) for corpus in corpora},
            }
            print(f"{reader}: read", flush=True)
    return figures


def _python(reader: str) -> str:
    """Other readers live in an environment of their own."""
    own = PROJECT / ".venv" / "bench" / "bin" / "python"
    if reader != "ours" and not own.exists():
        raise SystemExit(f"{reader} is not installed: make bench-extraction EVAL=… installs it")
    return sys.executable if reader == "ours" else str(own)


def show(figures: Facts, corpora: list[str], by: str | None) -> None:
    """A table for each corpus, then speed and memory."""
    for corpus in corpora:
        named = [key for key in FIGURES if any(key in of["scores"][corpus]["all"] for of in figures.values())]
        print(f"\n{corpus:16}" + "".join(f"{FIGURES[key]:>12}" for key in named))
        for reader, of in figures.items():
            row = of["scores"][corpus]["all"]
            print(f"{reader:16}" + "".join(f"{row[key]:12.4f}" if key in row else f"{'–':>12}" for key in named))
        if by:
            _show_groups(figures, corpus, by)
    print(f"\n{'speed':16}{'pages':>8}{'ms a page':>12}{'pages/s':>10}{'peak MB':>10}")
    for reader, of in figures.items():
        count, seconds = (sum(one[part] for one in of["corpora"].values()) for part in (0, 1))
        print(f"{reader:16}{count:8}{1000 * seconds / count:12.2f}{count / seconds:10.1f}{of['peak_mb']:10.0f}")
    _show_parsing(figures)


def _show_groups(figures: Facts, corpus: str, by: str) -> None:
    groups = sorted({group for of in figures.values() for group in of["scores"][corpus][by]})
    for group in groups:
        scored = {reader: of["scores"][corpus][by].get(group, {}) for reader, of in figures.items()}
        count = next(iter(scored.values())).get("pages", 0)
        print(
            f"  {group:22}{count:5}  "
            + "  ".join(f"{reader} {row.get('body_f1', 0):.3f}" for reader, row in scored.items())
        )


def _show_parsing(figures: Facts) -> None:
    if "ours" not in figures:
        return
    count, seconds, parsing = (sum(one[part] for one in figures["ours"]["corpora"].values()) for part in (0, 1, 2))
    print(f"\nthe parser alone: {1000 * parsing / count:.2f} ms a page, {100 * parsing / seconds:.0f} % of ours")
    for reader, of in figures.items():
        other = sum(one[1] for one in of["corpora"].values())
        if reader != "ours":
            most = f"the parser alone would be {other / parsing:.0f} times"
            print(f"ours is {other / seconds:.1f} times as fast as {reader}; {most}")


def _predictions(path: Path) -> Facts:
    return {row["id"]: row for row in map(json.loads, path.read_bytes().splitlines())}


def _scores(root: Path, corpus: str, told: Facts, seen: Facts) -> Facts:
    """By the scorer: of all pages, and of each language, platform, site and kind."""
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    import score  # type: ignore[import-not-found]  # noqa: PLC0415 - it lies with the pages

    scored, gold = score.evaluate(told, str(root / "dev" / corpus))
    given = set().union(*told.values())
    for part in scored.values():
        for name in [name for field, names in _PARTS.items() if field not in given for name in names]:
            part.pop(name, None)
    groups: dict[str, dict[str, list[Any]]] = {by: defaultdict(list) for by in ("language", "platform", "site", "kind")}
    for page_id, part in scored.items():
        facts = {**seen.get(page_id, {}), **gold[page_id]}
        for by, found in groups.items():
            found[str(facts.get(by) or "none")].append(part)
    return {
        "all": _summary(score, list(scored.values())),
        **{by: {group: _summary(score, parts) for group, parts in found.items()} for by, found in groups.items()},
    }


def _summary(score: Any, parts: list[Any]) -> dict[str, float]:
    return {
        "pages": len(parts),
        **{name: value for name, (value, _) in score.summary(parts).items() if value is not None},
    }


def _peak_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
