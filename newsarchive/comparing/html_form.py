"""A comparison as one HTML page that needs nothing but itself: no script, no font, no picture from elsewhere."""

from functools import cache

from jinja2 import Template

from newsarchive import templates
from newsarchive.comparing.comparison import Comparison
from newsarchive.comparing.fields import FOLLOWS
from newsarchive.comparing.phrases import amounts, classes, version_lines
from newsarchive.comparing.showing import REASONLESS, beginning, order, shown
from newsarchive.plurals import counted, number
from newsarchive.report.phrases import most_first, share

_MOST_KINDS = 100


def as_html(told: Comparison) -> str:
    """The page; every word that came from outside is escaped, and no address in it can be followed."""
    return _template().render(
        told=told,
        order=order(told),
        follows=FOLLOWS,
        versions=list(version_lines(told.versions)),
        has_versions=bool(told.versions.projects or told.versions.engines),
        amounts=amounts(told.wording),
        classes=classes(told.wording),
        samples={path: told.samples[path].biggest_first() for path in order(told) if path in told.samples},
        lone={side: told.lone[side].biggest_first() for side in sorted(told.lone, reverse=True)},
        kinds={
            name: sorted(tallies.items(), key=lambda one: (-one[1].changed - one[1].only_old - one[1].only_new, one[0]))
            for name, tallies in sorted(told.tallies.items())
        },
        most=_MOST_KINDS,
        reasonless=REASONLESS,
        shown=shown,
        beginning=beginning,
    )


@cache
def _template() -> Template:
    page = templates.environment("newsarchive.comparing")
    page.filters |= {"counted": counted, "number": number, "share": share, "most_first": most_first}
    return page.get_template("comparison.html.j2")
