"""What is not asked for because its publisher says so: logged, and kept in the archive with the reason."""

import logging
from dataclasses import replace

from scrapy import Request
from scrapy.crawler import Crawler

from newsarchive import clock
from newsarchive.capture.extension import ArchiveExtension
from newsarchive.errors import CaptureError
from newsarchive.items import NOTHING_SAID
from newsarchive.warc.exchange import Exchange, Purpose
from newsarchive.warc.terms import as_kept

logger = logging.getLogger(__name__)


async def refused(crawler: Crawler, request: Request, reason: str, why: str) -> None:
    """Note that an article is not asked for: a line in the log, and a metadata record without an answer.

    `reason` is that of the state, `why` what the publisher said. Raises `CaptureError`.
    """
    purpose = request.meta.get("purpose")
    if not isinstance(purpose, Purpose) or purpose.role != "article":
        logger.debug("not asked for (%s): %s", why, request.url)
        return
    logger.info("not asked for (%s): %s", why, request.url)
    extension = crawler.get_extension(ArchiveExtension)
    if extension is None:
        return
    terms = as_kept(request.meta.get("terms") or NOTHING_SAID)
    exchange = Exchange(
        url=request.url.partition("#")[0],
        method=request.method,
        started_at=clock.moment(),
        duration_ms=0,
        attempts=(),
        purpose=replace(purpose, robots="disallowed" if reason == "robots" else "allowed", terms=terms),
        error=reason,
    )
    try:
        await extension.commit(exchange)
    except CaptureError as failure:
        extension.stop(failure)
        raise
