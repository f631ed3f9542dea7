"""Drupal: the body field of the node, and blocks and fields beside it.

Known, from core's templates: `field--name-body` (8 and later), `field-name-body` (7), and the names that views, menus,
comments and the share modules give themselves. Inferred: that nothing of an article stands in them.
"""

from newsarchive.extract.engine.bounds import Bounds
from newsarchive.extract.platforms.template import Template

TEMPLATE = Template(
    Bounds(
        body=("field--name-body", "field-name-body", "node__content"),
        furniture=frozenset({
            "node__links", "node__meta", "node__submitted", "field--name-comment", "field--name-field-tags",
            "field-name-field-tags", "field--name-field-related-articles", "comment-wrapper", "views-exposed-form",
            "book-navigation", "block-menu", "addtoany_list", "sharethis-wrapper", "a2a_kit",
        }),
    ),
    generator="drupal",
    addresses=("/core/themes/", "/core/modules/system/", "/modules/contrib/", "/sites/all/themes/"),
)  # fmt: skip
