"""On which redirects a page of a dead crawl came, from the records before it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from newsarchive.archiving.neighbours import Redirects
from newsarchive.deriving.crawled import Exchanges
from newsarchive.items import PAGES
from newsarchive.warc.frame import read_answer
from newsarchive.warc.reader import StoredRecord

_UNKNOWN = 0
"""The status of an answer that lies in an earlier file: nobody may say that it was for good."""


@dataclass(frozen=True, slots=True)
class Trail:
    """The address that was asked for first, and the statuses on the way."""

    address: str
    redirects: Redirects


class Trails:
    """Watches the records of a WARC file as they pass."""

    def __init__(self) -> None:
        self._exchanges = Exchanges()
        self._came_from: dict[str, str | None] = {}
        self._statuses: dict[str, int] = {}

    def watched(self, records: Iterable[StoredRecord]) -> Iterator[StoredRecord]:
        """The same records; what an exchange was is known when its last one has passed."""
        for record in records:
            self.ended_by(record)
            yield record

    def ended_by(self, record: StoredRecord) -> StoredRecord | None:
        """Watch one record; the answer of an exchange for an article that it ends, if it ends one."""
        answered = self._exchanges.ended_by(record)
        about = record.block_fields() if answered else {}
        if answered and about.get("role") == "article":
            url, answer = answered.field("WARC-Target-URI") or "", read_answer(answered.octets, method="GET")
            self._came_from[url] = about.get("redirectedFrom")
            self._statuses[url] = answer.status if answer else _UNKNOWN
        return answered

    def of(self, url: str) -> Trail:
        """How the last answer at this URL was come to."""
        redirects: list[int | str] = []
        address, passed = url, {url}
        while (before := self._came_from.get(address)) and before not in passed:
            status = self._statuses.get(before, _UNKNOWN)
            # A page that led elsewhere at once.
            redirects.insert(0, "meta refresh" if status in PAGES else status)
            passed.add(before)
            address = before
        return Trail(address, tuple(redirects))
