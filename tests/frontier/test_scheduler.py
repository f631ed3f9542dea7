"""The scheduler without an archive, as in `scrapy shell`; with one it is tried by whole crawls."""

from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request, Spider
from scrapy.crawler import Crawler

from newsarchive.capture.ending import require_known_engine
from newsarchive.errors import SettingError
from newsarchive.frontier import LeaseScheduler


@pytest.fixture
def scheduler() -> LeaseScheduler:
    return LeaseScheduler.from_crawler(Crawler(Spider))


def test_what_is_more_urgent_goes_first_and_what_is_equally_so_in_its_order(scheduler: LeaseScheduler):
    for name, priority in (("a", 0), ("b", 0), ("source", 10), ("robots", 1000), ("c", 0)):
        assert scheduler.enqueue_request(Request(f"https://times.example/{name}", priority=priority))
    assert scheduler.has_pending_requests()
    asked = [scheduler.next_request() for _ in range(5)]
    assert [one.url.rpartition("/")[2] for one in asked if one] == ["robots", "source", "a", "b", "c"]


def test_without_an_archive_nothing_is_leased(scheduler: LeaseScheduler):
    assert not scheduler.has_pending_requests()
    assert scheduler.next_request() is None


def test_a_scrapy_whose_engine_is_built_otherwise_is_refused_by_its_version():
    crawler: Any = SimpleNamespace(engine=SimpleNamespace())
    with pytest.raises(SettingError, match="scrapy: found"):
        require_known_engine(crawler)
