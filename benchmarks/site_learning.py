"""What an outlet's learned furniture adds: bodies read without it, with it, and with what the other pages taught.

    python -m benchmarks.site_learning PATH [--fewest 5]

PATH is a folder of labelled pages: `truth.jsonl` (id, url, site, body) and `pages/<id>.html.gz` in UTF-8. Learning is
by site; sites with fewer pages are left out. Bodies are scored by the F1 of their 4-grams.
"""

import argparse
import gzip
import itertools
import json
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from newsarchive.errors import NotAnArticle
from newsarchive.extract import extract, furniture
from newsarchive.extract.decode import decode
from newsarchive.extract.document import Document
from newsarchive.items import Article
from newsarchive.learning import Lesson
from newsarchive.outlets import Outlet

_HTML = "text/html; charset=utf-8"
_CAPTURED = datetime(2026, 1, 1, tzinfo=UTC)
_WORD = re.compile(r"\w+")
_MOST_OPTIONAL = 4
_WAYS = ("without", "learned", "left out")


@dataclass(slots=True)
class Labelled:
    """One page with its gold, and how it is read in each way."""

    id: str
    url: str
    gold: list[str]
    """Every body that counts as right: optional paragraphs may stand or not."""
    payload: bytes
    places: dict[str, set[str]] = field(default_factory=dict)
    article: Article | None = None
    bodies: dict[str, str] = field(default_factory=dict)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--fewest", type=int, default=5, metavar="N", help="pages a site must have (default: 5)")
    chosen = parser.parse_args()
    sites = {site: pages for site, pages in _sites(chosen.path).items() if len(pages) >= chosen.fewest}
    print(f"{'site':26}{'pages':>6}{'blocks':>7}" + "".join(f"{way:>26}" for way in _WAYS))
    print(" " * 39 + f"{'F1 (precision/recall)':>26}" * len(_WAYS))
    for site, pages in sites.items():
        print(_line(site, pages, _read(site, pages)))
    everything = [page for pages in sites.values() for page in pages]
    print(_line("all", everything, None))
    changed = [page for page in everything if page.bodies["without"] != page.bodies["learned"]]
    hurt = [page.id for page in changed if _scores(page, "learned")[1] < _scores(page, "without")[1]]
    print(f"\n{len(changed)} bodies changed; recall fell on {len(hurt)}: {', '.join(hurt) or 'none'}")


def _sites(folder: Path) -> dict[str, list[Labelled]]:
    sites: dict[str, list[Labelled]] = {}
    for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        truth = json.loads(line)
        payload = gzip.decompress((folder / "pages" / f"{truth['id']}.html.gz").read_bytes())
        page = Labelled(truth["id"], truth["url"], list(_golds(truth["body"])), payload)
        sites.setdefault(truth["site"], []).append(page)
    return sites


def _golds(body: Sequence[str | dict[str, str]]) -> Iterator[str]:
    optional = [place for place, one in enumerate(body) if not isinstance(one, str)]
    texts = [one if isinstance(one, str) else one["opt"] for one in body]
    few = len(optional) <= _MOST_OPTIONAL
    sizes = range(len(optional) + 1) if few else (0, len(optional))
    for left_out in itertools.chain.from_iterable(itertools.combinations(optional, size) for size in sizes):
        yield "\n".join(text for place, text in enumerate(texts) if place not in left_out)


def _read(site: str, pages: list[Labelled]) -> int:
    """Read all pages in all ways; how many blocks were learned."""
    outlet = _outlet(site)
    for page in pages:
        page.article = _article(page, outlet)
        page.places = _places(page)
        page.bodies["without"] = page.article.text if page.article else ""
    table = _taught(pages).learned(outlet.id)
    taught = outlet.model_copy(update={"learned": table})
    for page in pages:
        others = _taught([other for other in pages if other is not page]).learned(outlet.id)
        for way, one in (("learned", taught), ("left out", outlet.model_copy(update={"learned": others}))):
            article = _article(page, one)
            page.bodies[way] = article.text if article else ""
    return len(table.blocks)


def _taught(pages: Sequence[Labelled]) -> Lesson:
    lesson = Lesson()
    for page in pages:
        if page.article and lesson.is_new(page.article):
            lesson.count(page.places, page.article.body())
    return lesson


def _article(page: Labelled, outlet: Outlet) -> Article | None:
    try:
        return extract(page.payload, content_type=_HTML, url=page.url, captured_at=_CAPTURED, outlet=outlet)
    except NotAnArticle:
        return None


def _places(page: Labelled) -> dict[str, set[str]]:
    return furniture.places(Document(decode(page.payload, _HTML).text, page.url)) if page.article else {}


def _outlet(site: str) -> Outlet:
    """An outlet of which nothing is known but its name."""
    home = f"https://{site}/"
    crawl = {"delay": 2.0, "concurrency": 1, "section_pages": 1, "feed_pages": 1, "recapture": ()}
    facts = {"id": "site", "name": site, "home": home, "language": "en", "timezone": "UTC", "articles": {}}
    return Outlet.model_validate({**facts, "crawl": crawl, "sources": ({"section": home},)})


def _line(name: str, pages: Sequence[Labelled], blocks: int | None) -> str:
    cells = []
    for way in _WAYS:
        found = [_scores(page, way) for page in pages]
        precision = statistics.fmean(
            [one[0] for one, page in zip(found, pages, strict=True) if page.bodies[way]] or [0]
        )
        recall = statistics.fmean(one[1] for one in found)
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        cells.append(f"{f1:.4f} ({precision:.4f}/{recall:.4f})")
    return f"{name:26}{len(pages):>6}{'' if blocks is None else blocks:>7}" + "".join(f"{cell:>26}" for cell in cells)


def _scores(page: Labelled, way: str) -> tuple[float, float, float]:
    """(precision, recall, F1) of 4-grams against the gold that fits best."""
    return max((_against(gold, page.bodies[way]) for gold in page.gold), key=lambda one: one[2])


def _against(gold: str, body: str) -> tuple[float, float, float]:
    wanted, found = _grams(gold), _grams(body)
    common = (wanted & found).total()
    precision, recall = common / max(1, found.total()), common / max(1, wanted.total())
    return precision, recall, 2 * common / max(1, found.total() + wanted.total())


def _grams(body: str, size: int = 4) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(body)
    return Counter(tuple(words[at : at + size]) for at in range(max(1, len(words) - size + 1))) if words else Counter()


if __name__ == "__main__":
    main()
