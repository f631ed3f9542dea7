"""HubSpot: blog templates hold the post in one body element, between modules that sell.

Known, from HubSpot's own templates: `blog-post__body` and `post-body`, and the names of calls to action and forms.
Inferred: that nothing of an article stands in those.
"""

from newsarchive.extract.engine.bounds import Bounds
from newsarchive.extract.platforms.template import Template

TEMPLATE = Template(
    Bounds(
        body=("blog-post__body", "post-body"),
        furniture=frozenset({
            "hs-cta-wrapper", "hs-cta-embed", "hs_cos_wrapper_type_form", "hs_cos_wrapper_type_cta", "hs-form",
            "hs-blog-social-share", "blog-related-posts", "blog-comments", "blog-post__author", "hs-author-profile",
        }),
    ),
    generator="hubspot",
)  # fmt: skip
