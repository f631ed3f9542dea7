"""Webflow: the article is a rich-text field; all else on the page is drawn by hand.

Known, from Webflow's documentation: `w-richtext` for such a field, and the names of its forms, menus and lists of other
items. Inferred: that the article stands in rich text, where most of the page's text does.
"""

from newsarchive.extract.engine.bounds import Bounds
from newsarchive.extract.platforms.template import Template

TEMPLATE = Template(
    Bounds(body=("w-richtext",), furniture=frozenset({"w-form", "w-nav", "w-dropdown"})),
    generator="webflow",
    addresses=("website-files.com/",),
)
