"""A reading as one HTML page that needs nothing but itself: the page's blocks, coloured by what became of them."""

from functools import cache

from jinja2 import Template

from newsarchive import templates
from newsarchive.explanation.explaining import KEPT, REASONS, Explanation
from newsarchive.explanation.fields import fields, read_by
from newsarchive.plurals import counted, number

# Degrees of the colour circle.
_BLUE, _ARC = 195, 240


def as_html(explanation: Explanation) -> str:
    """The page; every word that came from outside is escaped, and no address in it can be followed."""
    article = explanation.article
    return _template().render(
        explanation=explanation,
        told=fields(article) if article else [],
        read_by=read_by(article) if article else [],
        meanings=REASONS,
        hues=_hues(explanation),
        has_scores=any(block.score is not None for block in explanation.blocks),
    )


def _hues(explanation: Explanation) -> dict[str, int]:
    """A colour of its own for each reason: from blue over red to yellow, for green is what is kept."""
    reasons = sorted({block.reason for block in explanation.blocks} - {KEPT})
    return {reason: (_BLUE + _ARC * place // len(reasons)) % 360 for place, reason in enumerate(reasons)}


@cache
def _template() -> Template:
    page = templates.environment("newsarchive.explanation")
    page.filters |= {"counted": counted, "number": number}
    return page.get_template("explanation.html.j2")
