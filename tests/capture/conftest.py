"""What several tests look at: one crawl of every hard answer, over http, TLS 1.2 and TLS 1.3."""

from collections.abc import Iterator

import pytest

from tests.capture.cases import CASES
from tests.capture.crawling import Ask, Asking
from tests.capture.server import KINDS, Server


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Asking]]:
    with Server() as server:
        asking = Asking(tmp_path_factory.mktemp("hard") / "project", server.connect_to)
        asks = [
            Ask(
                server.url(kind, case.name),
                case.method,
                case.body.decode(),
                meta={"max_retry_times": case.attempts - 1, **case.meta},
            )
            for case in CASES
            for kind in KINDS
        ]
        done = asking.run(asks, RETRY_TIMES=1, CONCURRENT_REQUESTS_PER_DOMAIN=6)
        assert done.code == 0, done.err
        assert "Traceback" not in done.err, done.err
        yield server, asking
