"""Squarespace: the post's blocks stand in the layout of the blog item.

Known, from pages of many sites: `blog-item-content`, and the names of blocks. Inferred: that blocks which list other
items, sell or subscribe hold none of the article.
"""

from newsarchive.extract.engine.bounds import Bounds
from newsarchive.extract.platforms.template import Template

TEMPLATE = Template(
    Bounds(
        body=("blog-item-content",),
        furniture=frozenset({
            "sqs-block-newsletter", "newsletter-block", "sqs-block-summary-v2", "summary-v2-block", "sqs-block-form",
            "form-block", "sqs-block-product", "sqs-block-button", "sqs-block-archive", "sqs-block-socialaccountlinks",
            "blog-item-author-profile-wrapper", "item-pagination", "blog-item-comments",
        }),
    ),
    generator="squarespace",
    addresses=("//static1.squarespace.com/", "//assets.squarespace.com/"),
)  # fmt: skip
