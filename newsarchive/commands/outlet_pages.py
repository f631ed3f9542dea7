"""One page to be read: from the network, from a file, from a record of a WARC file, or the newest of an archive."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from scrapy.http import Response
from scrapy.settings import Settings

from newsarchive import clock, deriving
from newsarchive.commands.asking import Ask, converse
from newsarchive.commands.outlet_files import warc_files
from newsarchive.errors import ArchiveError, NotAnArticle, PageError, RecordError
from newsarchive.extract.decode import decode
from newsarchive.extract.document import Document
from newsarchive.items import PAGES, Page, moment_of
from newsarchive.warc.frame import read_answer
from newsarchive.warc.payload import decoded
from newsarchive.warc.reader import StoredRecord, read_records

_HTML = "text/html"


@dataclass(frozen=True, slots=True)
class Subject:
    """All that a reading takes."""

    payload: bytes
    content_type: str | None
    url: str
    captured_at: datetime


def of_url(url: str, settings: Settings) -> Subject:
    """The page at a URL, fetched as a crawl would: by robots.txt, with the project's name, but not archived.

    Raises `PageError` with the reason.
    """
    (found,) = of_urls([url], settings)
    if isinstance(found, PageError):
        raise found
    return found


def of_urls(urls: Sequence[str], settings: Settings) -> list[Subject | PageError]:
    """The pages at these URLs, in their order; for one that cannot be had, why. To be called once in a process."""
    found: list[Subject | PageError] = []

    async def ask_for_all(ask: Ask) -> None:
        for url in urls:
            try:
                found.append(_subject_of_answer(await ask(url)))
            except PageError as error:
                found.append(error)

    converse(ask_for_all, settings)
    return found


def _subject_of_answer(answer: Response) -> Subject | PageError:
    if answer.status not in PAGES:
        return PageError(answer.url, f"answers {answer.status}")
    kind = answer.headers.get("Content-Type")
    return Subject(answer.body, kind.decode("latin-1") if kind else None, answer.url, clock.moment())


def of_file(path: Path, url: str | None) -> Subject:
    """A saved page; its address is what it says of itself, unless it is given. Raises `ArchiveError`."""
    try:
        payload = path.read_bytes()
    except OSError as error:
        raise ArchiveError(path, f"cannot be read ({error.strerror})") from error
    return Subject(payload, _HTML, url or _own_address(payload, path), clock.moment())


def _own_address(payload: bytes, path: Path) -> str:
    """`og:url` or `rel=canonical` as printed; where there is none, that of the file."""
    try:
        document = Document(decode(payload, _HTML).text, "")
    except NotAnArticle:
        return path.absolute().as_uri()
    node = document.first("link[rel~=canonical][href]")
    stated = document.meta("og:url") or (node.attributes.get("href") if node else None) or ""
    return stated if stated.startswith("http") else path.absolute().as_uri()


def of_record(warc: Path, offset: int) -> Subject:
    """The answer that is recorded at an offset; raises `ArchiveError` or `RecordError`."""
    place = warc.with_name(f"{warc.name}:{offset}")
    try:
        record = next((one for one in read_records(warc) if one.offset == offset), None)
    except OSError as error:
        raise ArchiveError(warc, f"cannot be read ({error.strerror})") from error
    if record is None:
        raise ArchiveError(place, "no record begins there")
    return _answer_of(record, place)


def _answer_of(record: StoredRecord, place: Path) -> Subject:
    answer = read_answer(record.octets, method="GET") if record.kind == "response" else None
    if answer is None:
        raise ArchiveError(place, f"is a {record.kind} record, not an answer with a page")
    try:
        payload = decoded(answer.entity, answer.content_coding)
    except ValueError as error:
        raise ArchiveError(place, str(error)) from error
    captured_at = datetime.fromisoformat(record.field("WARC-Date") or "")
    return Subject(payload, answer.header("content-type"), record.field("WARC-Target-URI") or "", captured_at)


def archived(folder: Path, *, most: int) -> list[Subject]:
    """The newest pages of a collection, newest first; what is damaged is left out."""
    return list(islice(_newest_first(warc_files(folder), most), most))


def _newest_first(files: list[Path], most: int) -> Iterator[Subject]:
    for warc in reversed(files):
        # Of a large file no more than can be asked for is held at one time.
        yield from reversed(deque(filter(None, map(_subject_of, _whole(warc))), maxlen=most))


def _whole(warc: Path) -> Iterator[Page]:
    try:
        yield from deriving.pages(warc)
    except RecordError:
        return


def _subject_of(page: Page) -> Subject | None:
    try:
        payload = decoded(page.payload, page.content_encoding)
    except ValueError:
        return None
    return Subject(payload, page.content_type, page.capture.url, moment_of(page.capture))
