"""The report as one HTML page that needs nothing but itself: no script, no font, no picture from elsewhere."""

from functools import cache

from jinja2 import Template

from newsarchive import templates
from newsarchive.plurals import counted, number
from newsarchive.report.chart import outcome_bars, timeline
from newsarchive.report.crawl_report import CrawlReport
from newsarchive.report.phrases import backlog, clock, most_first, period, share, size


def as_html(report: CrawlReport) -> str:
    """The page; every word that came from outside is escaped, and no address in it can be followed."""
    return _template().render(report=report, bars=outcome_bars(report), timeline=timeline(report))


@cache
def _template() -> Template:
    page = templates.environment("newsarchive.report")
    page.filters |= {
        "clock": clock,
        "counted": counted,
        "most_first": most_first,
        "number": number,
        "share": share,
        "size": size,
    }
    page.globals |= {"backlog": backlog, "period": period}
    return page.get_template("crawl_report.html.j2")
