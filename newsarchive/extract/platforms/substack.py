"""Substack: every publication has the same reader, also on a domain of its own.

Known, from the pages of many publications: the post in `available-content`, its text in `body markup`, its dek in
`subtitle` above; widgets that subscribe, share or show another post stand within the text. Inferred: nothing.
"""

from newsarchive.extract.engine.bounds import Bounds
from newsarchive.extract.platforms.template import Template

TEMPLATE = Template(
    Bounds(
        body=("available-content",),
        dek=frozenset({"subtitle"}),
        furniture=frozenset({
            "subscription-widget", "subscription-widget-wrap", "button-wrapper", "digest-post-embed",
            "embedded-post-wrap", "captioned-button-wrap", "install-substack-app-embed", "paywall", "post-ufi",
            "directMessage",
        }),
    ),
    addresses=("//substackcdn.com/bundle/",),
)  # fmt: skip
