"""The report as plain text of at most 80 columns, for a terminal or a mail."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from textwrap import wrap

from newsarchive.plurals import counted, number
from newsarchive.report.article_lines import ArticleLines
from newsarchive.report.crawl_report import CrawlReport, SourceLine
from newsarchive.report.phrases import backlog, by_reason, clock, period, printable, size

WIDTH = 80
_LABEL = 12


def as_text(report: CrawlReport) -> str:
    """The report for a person at a terminal: without colour, what is wrong before the numbers."""
    parts = (
        _heading(report),
        _problems(report),
        _numbers(report),
        _articles(report.articles),
        _sources(report.sources),
        _files(report.files),
    )
    return "\n\n".join("\n".join(part) for part in map(list, parts) if part) + "\n"


def _heading(report: CrawlReport) -> Iterator[str]:
    yield from _wrapped(f"Crawl of {report.outlet}: {report.reason}")
    yield f"{period(report.started_at, report.ended_at)}, {clock(report.milliseconds // 1000)}"
    yield from _wrapped(f"Run {report.run}")


def _problems(report: CrawlReport) -> Iterator[str]:
    for finding in report.recovered:
        yield from _wrapped(f"Well again: {finding}")
    if not report.problems:
        yield report.verdict
        return
    yield "A person must see this:"
    for problem in report.problems:
        yield from _wrapped(problem, first="  ! ")


def _numbers(report: CrawlReport) -> Iterator[str]:
    yield from _labelled("Articles", f"{number(report.new)} new", *_other_outcomes(report))
    yield from _labelled("Links", counted(report.found, "link") + " found", *_other_links(report))
    yield from _labelled("Pages", f"{number(report.fetched)} fetched", f"{number(report.archived)} archived")
    yield from _labelled("Bytes", f"{size(report.bytes_received)} received", f"{size(report.bytes_written)} written")
    yield from _labelled("Rejected", by_reason(report.dropped))
    yield from _labelled("Failed", by_reason(report.failed))
    yield from _labelled("Postponed", by_reason(report.put_off))
    yield from _labelled("Doubtful", by_reason(report.doubtful))
    yield from _labelled("Past", backlog(report.past_waiting, report.past_per_day))


def _other_outcomes(report: CrawlReport) -> Iterator[str]:
    yield f"{number(report.changed)} changed"
    yield f"{number(report.unchanged)} unchanged"
    if report.copies:
        yield f"{number(report.copies)} at other addresses"
    yield f"{number(sum(report.dropped.values()))} rejected"
    yield f"{number(sum(report.failed.values()))} failed"


def _other_links(report: CrawlReport) -> Iterator[str]:
    yield f"{number(report.known)} not due"
    yield f"{number(report.out_of_scope)} out of scope"
    yield f"{number(report.refused_by_robots)} refused by robots.txt"


def _articles(articles: ArticleLines | None) -> Iterator[str]:
    for outcome, lines, further in articles.groups() if articles else ():
        yield outcome.capitalize()
        for line in lines:
            yield from _wrapped(f"{line.url} ({line.reason})" if line.reason else line.url, first="    ")
        if further:
            yield f"    and {number(further)} more: the JSON report lists all"


def _sources(sources: tuple[SourceLine, ...]) -> Iterator[str]:
    if not sources:
        return
    yield counted(len(sources), "source").capitalize()
    yield f"  {'kind':<9}{'status':>6}{'links':>9}{'new':>8}  note"
    for source in sources:
        status = "-" if source.status is None else str(source.status)
        columns = f"  {printable(source.kind):<9}{status:>6}{number(source.links):>9}{number(source.new):>8}  "
        yield from (line.rstrip() for line in _wrapped(source.note, first=columns))
        yield from _wrapped(source.url, first="    ")


def _files(files: tuple[str, ...]) -> Iterator[str]:
    if not files:
        return
    yield counted(len(files), "file").capitalize()
    for folder, file_names in _by_folder(files).items():
        yield from _wrapped(f"{folder}/", first="  ")
        for name in file_names:
            yield from _wrapped(name, first="    ")


def _by_folder(files: Iterable[str]) -> dict[PurePosixPath, list[str]]:
    folders: dict[PurePosixPath, list[str]] = defaultdict(list)
    for path in map(PurePosixPath, files):
        folders[path.parent].append(path.name)
    return folders


def _labelled(label: str, *parts: str) -> Iterator[str]:
    told = ", ".join(parts)
    if told:
        yield from _wrapped(told, first=f"{label:<{_LABEL}}")


def _wrapped(text: str, *, first: str = "") -> list[str]:
    """Nothing is cut off: what is too long goes on beneath its own beginning."""
    # Hyphens stay whole, so that a URL or a file name is broken only where it must be.
    indent = " " * len(first)
    lines = wrap(printable(text), WIDTH, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)
    return lines or [first]
