"""The report as JSON, for programs."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace

from newsarchive.report.crawl_report import CrawlReport

SCHEMA = "crawl-report/1"
_EMPTY = '"articles": []'


def as_json(report: CrawlReport) -> str:
    """All fields of the report with `schema` and `exit_code`; equal reports give equal bytes."""
    return "".join(json_pieces(report))


def json_pieces(report: CrawlReport) -> Iterator[str]:
    """The same in pieces: the list of articles is as long as the crawl, and is never in memory as a whole."""
    fields = asdict(replace(report, articles=None)) | {"schema": SCHEMA, "exit_code": report.exit_code, "articles": []}
    whole = json.dumps(fields, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    before, _, after = whole.partition(f"\n  {_EMPTY}")
    yield f"{before}\n  {_EMPTY[:-1]}"
    is_first = True
    for line in report.articles or ():
        yield f"{'' if is_first else ','}\n    {json.dumps(asdict(line), ensure_ascii=False, sort_keys=True)}"
        is_first = False
    yield f"{']' if is_first else chr(10) + '  ]'}{after}"
