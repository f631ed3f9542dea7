"""From a captured answer to a page: all of an exchange that a reading may depend on."""

from newsarchive.items import Capture, Page
from newsarchive.warc.exchange import Purpose
from newsarchive.warc.frame import Answer


def page_of(capture: Capture, answer: Answer, purpose: Purpose) -> Page:
    """All of an exchange that a reading may depend on."""
    return Page(
        capture=capture,
        payload=answer.entity,
        status=answer.status,
        content_encoding=answer.content_coding,
        content_type=answer.header("content-type"),
        x_robots_tag=_joined(answer, "x-robots-tag"),
        tdm_reservation=_joined(answer, "tdm-reservation"),
        via=purpose.via,
        source=purpose.source,
        robots=purpose.robots,
        tdm_policy=answer.header("tdm-policy"),
        terms=purpose.terms,
    )


def _joined(answer: Answer, name: str) -> str | None:
    """All headers of a name as one list (RFC 9110, 5.3)."""
    return ", ".join(value for key, value in answer.headers if key.lower() == name) or None
