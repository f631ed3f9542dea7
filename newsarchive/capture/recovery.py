"""Finishing what a dead crawl left open: WARC files are cut at their last whole bundle, missing lines derived again."""

import logging
from collections.abc import Iterator
from pathlib import Path

from newsarchive import reading
from newsarchive.capture.archive import ARTICLES, WARC, Lines
from newsarchive.errors import NotAnArticle, RecordError
from newsarchive.items import Capture, Page, Rejection
from newsarchive.outlets import Outlet
from newsarchive.store.ledger import Ledger
from newsarchive.store.lines import open_path
from newsarchive.warc import records, writer
from newsarchive.warc.exchange import Purpose
from newsarchive.warc.frame import read_answer
from newsarchive.warc.reader import StoredRecord, read_records

logger = logging.getLogger(__name__)

# The last record of what is written at once.
_ENDS_OF_BUNDLES = frozenset({"warcinfo", "metadata"})


def recover(folder: Path, *, outlet: Outlet, ledger: Ledger) -> list[Path]:
    """Finish all pairs of an outlet that are still open; call it only while nobody writes there."""
    for open_warc in sorted(folder.rglob(f"*{WARC}{writer.OPEN}")):
        _finish_warc(open_warc)
    finished: list[Path] = []
    for rows in sorted(folder.rglob(f"*{open_path(Path(ARTICLES)).name}")):
        stem = rows.name.removesuffix(open_path(Path(ARTICLES)).name)
        if stem.endswith(".rejected"):
            continue
        finished.append(_finish_lines(rows.with_name(stem + WARC), outlet, ledger))
    return finished


def _finish_warc(open_warc: Path) -> None:
    """Cut the torn tail, and give the file its name and its lines; a file without a whole record is removed."""
    path = open_warc.with_name(open_warc.name.removesuffix(writer.OPEN))
    whole = _whole_bytes(open_warc)
    torn = open_warc.stat().st_size - whole
    if whole == 0:
        open_warc.unlink()
        return
    with open_warc.open("r+b") as stream:
        stream.truncate(whole)
    open_path(path.with_name(path.name.removesuffix(WARC) + ARTICLES)).touch()
    writer.finish(open_warc, path)
    logger.warning("%s was left open by a dead crawl; finished, %d torn bytes cut", path.name, torn)


def _whole_bytes(path: Path) -> int:
    end = 0
    try:
        for record in read_records(path):
            if record.kind in _ENDS_OF_BUNDLES:
                end = record.offset + record.length
    except RecordError as error:
        logger.info("%s", error)
    return end


def _finish_lines(warc: Path, outlet: Outlet, ledger: Ledger) -> Path:
    lines = Lines(warc.with_name(warc.name.removesuffix(WARC)))
    for page in article_pages(warc):
        if not lines.has(page.capture.offset):
            _read_again(page, lines, outlet, ledger)
    lines.finish()
    return warc


def _read_again(page: Page, lines: Lines, outlet: Outlet, ledger: Ledger) -> None:
    try:
        article = reading.read(page, outlet)
    except NotAnArticle as error:
        lines.reject(Rejection.of(page.capture, error.what))
        ledger.rejected(page.capture.url, error.what, page.capture)
    else:
        lines.articles.append(article.to_record())
        ledger.read(page.capture.url, article, page.capture)


def article_pages(warc: Path) -> Iterator[Page]:
    """The pages of a WARC file that were asked for as articles and came whole, in order."""
    answered: StoredRecord | None = None
    for record in read_records(warc):
        if record.kind in ("response", "revisit"):
            answered = record
        elif record.kind == "metadata":
            if answered and answered.kind == "response":
                yield from _page(answered, record.block_fields(), warc.name)
            answered = None


def _page(record: StoredRecord, about: dict[str, str], filename: str) -> Iterator[Page]:
    answer = read_answer(record.block, method="GET")
    if about.get("role") != "article" or answer is None or answer.status != 200 or not about.get("payloadDigest"):
        return
    capture = Capture(
        url=record.field("WARC-Target-URI") or "",
        captured_at=record.field("WARC-Date") or "",
        filename=filename,
        offset=record.offset,
        length=record.length,
        record_id=record.field("WARC-Record-ID") or "",
        record_type="response",
        payload_digest=records.digest(answer.entity),
        etag=answer.header("etag"),
        last_modified=answer.header("last-modified"),
    )
    source = about.get("discoveredBy")
    purpose = Purpose("article", about.get("via"), source, about.get("robots"))  # type: ignore[arg-type]
    yield reading.page_of(capture, answer, purpose)
