"""The result of a verification as one page to be printed: what was shown, what not, and what cannot be shown at all."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from newsarchive.sealing.judgement import LEVELS, Judgement
from newsarchive.sealing.seal import NOT_PROVEN, PROVEN


def as_html(judgement: Judgement) -> str:
    """The page; it needs nothing but itself, and every word from the snapshot is escaped."""
    return _template().render(judgement=judgement, meanings=LEVELS, proven=PROVEN, not_proven=NOT_PROVEN)


@cache
def _template() -> Template:
    page = Environment(
        loader=PackageLoader("newsarchive.sealing"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return page.get_template("certificate.html.j2")
