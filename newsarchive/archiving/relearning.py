"""What a dead crawl captured and did not tell: its lines, and what the state would have learned from the crawl."""

import logging
from pathlib import Path

from newsarchive import clock, deriving
from newsarchive.archiving import reserved
from newsarchive.archiving.neighbours import Arrived, Neighbours
from newsarchive.archiving.rows import Rows
from newsarchive.archiving.settling import settle
from newsarchive.archiving.trails import Trail, Trails
from newsarchive.deriving import Unread
from newsarchive.errors import RecordError
from newsarchive.items import Article, Capture, ErasedArticle, Link, Rejection
from newsarchive.judging import sketches
from newsarchive.outlets import Outlet
from newsarchive.store.database import Database
from newsarchive.store.ledger import Ledger
from newsarchive.store.state import Named
from newsarchive.warc.reader import read_records

logger = logging.getLogger(__name__)


class Lines:
    """The lines of an outlet's crawls, and its pages in the state."""

    def __init__(self, ledger: Ledger, database: Database, *, outlet: Outlet, days: int, repeated: int) -> None:
        self._ledger = ledger
        self._database = database
        self._outlet = outlet
        self._neighbours = Neighbours(
            ledger,
            database,
            outlet=outlet,
            days=days,
            repeated=repeated,
            follow=self._follow,
            # The report of a crawl tells of that crawl alone.
            count=lambda _: None,
        )

    def finish(self, warc: Path) -> None:
        """Write what is missing beside a WARC file."""
        rows, trails = Rows(warc), Trails()
        # After a loss of power each file is as new as the disk has it.
        rows.cut(warc.stat().st_size)
        try:
            self._tell(warc, rows, trails)
        except RecordError as error:
            # A closed file that was damaged is no reason to stop what comes after it.
            logger.error("%s; what follows has no lines", error)
        rows.finish()

    def _tell(self, warc: Path, rows: Rows, trails: Trails) -> None:
        records = trails.watched(read_records(warc))
        for found in deriving.find(records, filename=warc.name, outlet_of=lambda _, __: self._outlet):
            if isinstance(found, Unread):
                self._read(found, rows, trails.of(found.page.capture.url))
            elif isinstance(found, Rejection) and not rows.has(found.offset):
                rows.reject(found)
                settle(self._ledger, trails.of(found.url).address, found.reason)
            elif isinstance(found, ErasedArticle) and not rows.has(found.offset):
                rows.articles.append(found.to_record())

    def _read(self, unread: Unread, rows: Rows, trail: Trail) -> None:
        """A crawl may die after it wrote a line, and before the state learned of it."""
        capture = unread.page.capture
        is_told, is_learned = rows.has(capture.offset), self._is_learned(capture)
        if is_told and is_learned:
            return
        row = deriving.read(unread)
        if not isinstance(row, Rejection) and rows.is_rejected(capture.offset):
            # Code of the operator rejected it, or nobody read it: its page is as the state says.
            return
        if isinstance(row, Rejection):
            if not is_told:
                rows.reject(row)
            if not is_learned:
                self._ledger.rejected(trail.address, row.reason, capture)
            return
        if not is_told:
            rows.articles.append(row.to_record())
        if not is_learned:
            self._learn(unread, row, trail)

    def _learn(self, unread: Unread, article: Article, trail: Trail) -> None:
        page, policy = unread.page, self._outlet.crawl.reserved
        reserved.note(self._database, page, article, address=trail.address, policy=policy)
        known = self._ledger.state.page(self._outlet.id, trail.address)
        listed = known.headline if known else None
        arrived = Arrived(page, trail.address, listed, trail.redirects, sketches.sketch(article.text))
        self._neighbours.learn(arrived, article)

    def _is_learned(self, capture: Capture) -> bool:
        """It is the last of what the state learns of a page."""
        seen = self._ledger.captures.seen(capture.url)
        return seen is not None and seen.captured_at >= capture.captured_at

    def _follow(self, link: Link) -> None:
        """What only its copy named is fetched by the crawl that comes now."""
        self._ledger.state.discover(self._outlet.id, [Named(link)], now=clock.now())
