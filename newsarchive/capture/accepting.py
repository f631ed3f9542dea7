"""Which responses of Scrapy's handler for HTTP/1.1 are accepted, beyond those that it accepts itself."""

from collections.abc import Awaitable, Callable

from scrapy import Request
from scrapy.exceptions import DownloadFailedError, ResponseDataLossError
from scrapy.http import Response
from twisted.web.client import ResponseFailed, ResponseNeverReceived

from newsarchive.capture.normalizer import BadResponse
from newsarchive.warc import payload
from newsarchive.warc.exchange import Truncation

_FAIL_ON_DATALOSS = "download_fail_on_dataloss"
_DATALOSS = "dataloss"


class BadResponseError(DownloadFailedError):
    """A response cannot be read as HTTP, or has more before its body than the limits allow."""

    def __init__(self, url: str, what: str, truncated: Truncation) -> None:
        super().__init__(f"{url}: the response cannot be read: {what}")
        self.truncated = truncated


async def accepted(
    download: Callable[[Request], Awaitable[Response]], request: Request, *, fails_on_dataloss: bool
) -> Response:
    """Return the response that `download` brings; a body whose length is stated before compression is whole.

    Raises: `BadResponseError`, `ResponseDataLossError`, and what `download` raises.
    """
    fails = request.meta.get(_FAIL_ON_DATALOSS, fails_on_dataloss)
    own = _FAIL_ON_DATALOSS in request.meta
    request.meta[_FAIL_ON_DATALOSS] = False
    try:
        response = await download(request)
    except DownloadFailedError as error:
        if bad := _cause(error):
            raise BadResponseError(request.url, bad.what, bad.truncated) from error
        raise
    finally:
        if own:
            request.meta[_FAIL_ON_DATALOSS] = fails
        else:
            request.meta.pop(_FAIL_ON_DATALOSS, None)
    if _DATALOSS in response.flags:
        if _is_length_of_unpacked(response):
            response.flags.remove(_DATALOSS)
        elif fails:
            raise ResponseDataLossError(f"{request.url}: the body ends early, or its chunks cannot be read")
    return response


def _is_length_of_unpacked(response: Response) -> bool:
    stated = response.headers.get("Content-Length")
    length = int(stated) if stated else payload.MAX_BYTES + 1
    coding = b", ".join(dict.fromkeys(response.headers.getlist("Content-Encoding"))).decode("latin-1")
    return length <= payload.MAX_BYTES and payload.unpacks_to(response.body, coding, length)


def _cause(error: BaseException) -> BadResponse | None:
    """Return the reason among those that Twisted collects and Scrapy wraps; None when no byte of a response came."""
    failed = error.__cause__
    causes = [failure.value for failure in getattr(failed, "reasons", ())]
    bad = next((cause for cause in causes if isinstance(cause, BadResponse)), None)
    if bad or not isinstance(failed, ResponseFailed) or isinstance(failed, ResponseNeverReceived):
        return bad
    return BadResponse("the connection was closed before the end of the head")
