"""Blogger: the post in `post-body`, whatever the theme; around it gadgets and labels.

Known, from Blogger's themes: `post-body`, `post-footer`, and the names of gadgets. Inferred: nothing.
"""

from newsarchive.extract.engine.bounds import Bounds
from newsarchive.extract.platforms.template import Template

TEMPLATE = Template(
    Bounds(
        body=("post-body",),
        furniture=frozenset(
            {"post-footer", "blog-pager", "post-share-buttons", "comments", "jump-link", "post-labels"}
        ),
    ),
    generator="blogger",
    addresses=("blogger.com/static/",),
)
