"""The report as JSON, for programs."""

import json
from dataclasses import asdict

from newsarchive.report.crawl_report import CrawlReport

SCHEMA = "crawl-report/1"


def as_json(report: CrawlReport) -> str:
    """All fields of the report with `schema` and `exit_code`; equal reports give equal bytes."""
    told = asdict(report) | {"schema": SCHEMA, "exit_code": report.exit_code}
    return json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
