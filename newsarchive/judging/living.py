"""Marks of live blogs, for their own cadence: what platforms write around them, structured data aside. Pure."""

import re

# Most pages have none of these, and that is told at the speed of a search for bytes.
_HINTS = (b"iveblog", b"iveBlog", b"ive-blog", b"ive_blog", b"IVEBLOG")
_ENDINGS = rb"(?:s|[-_](?:body|container|content|entries|feed|page|posts?|template|wrapper))?"
# On what holds the page or its article: a box in the margin only leads to one, and so does a teaser.
_HOLDER = rb"<(?:body|main|article(?![^>]{0,400}(?:teaser|card|promo|related)))\b"
_ATTRIBUTE = rb"[^>]{0,400}?\b(?:class|id|itemtype|data-[a-z-]+)\s*=\s*(?:\"[^\"]{0,500}|'[^']{0,500})"
_NAME = rb"(?:LiveBlogPosting|(?<![a-z])live[-_]?blog" + _ENDINGS + rb"(?![a-z_-]))"
_MARK = re.compile(_HOLDER + _ATTRIBUTE + _NAME, re.IGNORECASE)
FLAG = "live_blog"
_LOOKED_AT = 512 * 1024


def is_live(payload: bytes) -> bool:
    """The page is marked as a live blog; a link to one is no mark."""
    return any(hint in payload for hint in _HINTS) and bool(_MARK.search(payload[:_LOOKED_AT]))
