"""Arc XP: the themes block of the article's body; newsrooms with bundles of their own name it as they like.

Known, from the blocks that Arc publishes: `b-article-body`, `article-body-wrapper`, the names of the other blocks, and
the article as ANS in `Fusion.globalContent`, which `state` reads. Inferred: that other blocks hold none of the article.
"""

from newsarchive.extract.engine.bounds import Bounds
from newsarchive.extract.platforms.template import Template

TEMPLATE = Template(
    Bounds(
        body=("b-article-body", "article-body-wrapper"),
        furniture=frozenset({
            "b-author-bio", "b-full-author-bio", "b-related-content", "b-share-bar", "b-tag-bar", "b-results-list",
            "b-simple-list", "b-medium-promo", "b-small-promo", "b-large-promo", "b-top-table-list", "b-card-list",
            "interstitial-link", "b-article-body__interstitial-link",
        }),
    ),
    generator="arc xp",
    addresses=("/pf/resources/", "/pf/dist/"),
)  # fmt: skip
