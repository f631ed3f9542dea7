"""The result of a verification as one page to be printed: what was shown, what not, and what cannot be shown at all."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache

from cryptography.hazmat.primitives import hashes
from jinja2 import Template

from newsarchive import templates
from newsarchive.plurals import counted
from newsarchive.sealing.creating import SOFTWARE
from newsarchive.sealing.judgement import LEVELS, Judgement
from newsarchive.sealing.seal import NOT_PROVEN, PROVEN
from newsarchive.sealing.verifying import Demands


def as_html(judgement: Judgement, demands: Demands, *, checked_at: datetime) -> str:
    """The page; it needs nothing but itself, and every word from the snapshot is escaped."""
    return _template().render(
        judgement=judgement,
        counted=counted,
        against=list(_against(demands)),
        checked_at=f"{checked_at:%Y-%m-%d %H:%M:%S} UTC",
        software=SOFTWARE,
        meanings=LEVELS,
        proven=PROVEN,
        not_proven=NOT_PROVEN,
    )


def _against(demands: Demands) -> Iterator[str]:
    """What somebody trusted who had it checked: without it the page says nothing to anybody else."""
    yield from (f"the key {key.id}" for key in demands.trusted)
    for root in demands.roots:
        yield f"the root {root.subject.rfc4514_string()}, sha256:{root.fingerprint(hashes.SHA256()).hex()}"
    if demands.stamped_within is not None:
        yield f"a time stamp within {demands.stamped_within.total_seconds() / 60:g} minutes of the seal"
    if demands.head:
        yield f"the head {demands.head[0]}:{demands.head[1].removeprefix('sha256:')}"


@cache
def _template() -> Template:
    page = templates.environment("newsarchive.sealing")
    return page.get_template("certificate.html.j2")
