"""Real pages, mutilated: whatever is done to them, a reading or a reason comes back, soon, and the same twice.

    python -m benchmarks.extraction_hostile EVAL [--corpora aeb,…] [--cuts 20] [--every 1] [--seed 1]

Every page is read whole, cut at random places, reversed, without its text, with NUL bytes, and under charsets it is
not in; and nothing at all is read, too. Each is read twice, the second time in a process with other hash order, other
time zone and the pages in reverse; both must be equal to the byte. Ends with 1 when anything was raised but
`NotAnArticle`, took long, or differed. `make hostile EVAL=…` is the whole of it, at low priority: 29 readings of
each page, twice.
"""

import argparse
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.extraction import CORPORA, PROJECT, pages
from newsarchive.errors import NotAnArticle
from newsarchive.extract import extract

_NOW = datetime(2026, 11, 22, tzinfo=UTC)
_SLOW = 10.0
_CHARSETS = ("utf-16", "shift_jis", "windows-1251", "no-such-charset")
_TEXT = re.compile(rb">[^<]+<")
# Its gold is for learning from many pages of a site; hostile they can be like any others.
_CORPORA = (*CORPORA, "crawlfuture")


def variants(page_id: str, payload: bytes, *, cuts: int, seed: int) -> Iterator[tuple[str, bytes, str]]:
    """Name, bytes and content type; the same for the same seed."""
    chance = random.Random(f"{seed}/{page_id}")  # noqa: S311 - no secret
    utf8 = "text/html; charset=utf-8"
    yield "whole", payload, utf8
    for place in sorted(chance.randrange(len(payload) + 1) for _ in range(cuts)):
        yield f"cut at {place}", payload[:place], utf8
    yield "emptied", b"", utf8
    yield "without its text", _TEXT.sub(b"><", payload), utf8
    yield "reversed", payload[::-1], utf8
    yield "with NUL bytes", payload.replace(b"e", b"\0e"), utf8
    for charset in _CHARSETS:
        yield f"as {charset}", payload, f"text/html; charset={charset}"


def read_all(chosen: argparse.Namespace, *, backwards: bool) -> dict[str, Any]:
    """Digests of all readings by page and variant, reasons, mistakes, and the slowest."""
    told: dict[str, str] = {}
    reasons: Counter[str] = Counter()
    mistakes: list[str] = []
    slowest = (0.0, "")
    for corpus in chosen.corpora.split(","):
        listed = list(pages(chosen.eval, corpus))[:: chosen.every]
        print(f"{corpus}: {len(listed)} pages", file=sys.stderr, flush=True)
        for page_id, url, payload in reversed(listed) if backwards else listed:
            for name, given, kind in variants(page_id, payload, cuts=chosen.cuts, seed=chosen.seed):
                place = f"{corpus}/{page_id}, {name}"
                started = time.process_time()
                try:
                    record = extract(given, content_type=kind, url=url, captured_at=_NOW).to_record()
                    line = json.dumps(record, sort_keys=True, ensure_ascii=False).encode()
                    told[place] = hashlib.sha256(line).hexdigest()
                except NotAnArticle as error:
                    told[place] = error.what
                    reasons[error.what] += 1
                except Exception:  # noqa: BLE001 - this is what is looked for
                    mistakes.append(f"{place}: {traceback.format_exc().splitlines()[-1]}")
                slowest = max(slowest, (time.process_time() - started, place))
    return {"told": told, "reasons": reasons, "mistakes": mistakes, "slowest": slowest}


def main() -> None:
    """Read everything here and in another process, and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("eval", type=Path, metavar="EVAL")
    parser.add_argument("--corpora", default=",".join(_CORPORA))
    parser.add_argument("--cuts", type=int, default=20)
    parser.add_argument("--every", type=int, default=1, help="take every nth page")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--other", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.other:
        print(json.dumps(read_all(chosen, backwards=True)["told"]))
        return
    found = read_all(chosen, backwards=False)
    elsewhere = {**os.environ, "PYTHONHASHSEED": "20261122", "TZ": "Asia/Kathmandu"}
    command = [sys.executable, "-m", "benchmarks.extraction_hostile", *sys.argv[1:], "--other"]
    done = subprocess.run(command, cwd=PROJECT, env=elsewhere, stdout=subprocess.PIPE, check=True)
    again = json.loads(done.stdout)
    differing = [place for place, digest in found["told"].items() if again.get(place) != digest]
    seconds, place = found["slowest"]
    print(f"{len(found['told'])} readings; no article: {dict(found['reasons'])}")
    print(f"slowest: {seconds:.2f} s, {place}")
    for line in (*found["mistakes"], *(f"{place}: differs in another process" for place in differing)):
        print(line)
    print(f"{len(found['mistakes'])} raised, {len(differing)} differed")
    raise SystemExit(1 if found["mistakes"] or differing or seconds > _SLOW else 0)


if __name__ == "__main__":
    main()
