"""Where publishing systems put their feeds and sitemaps, and by what a page of theirs is known."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from newsarchive.discovery.findings import Lead

# The marks stand in the head of a page or in the addresses of its pictures, seldom later.
MAX_MARKED_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Convention:
    """One publishing system; its addresses are relative to the home page, the likeliest first."""

    platform: str
    generator: str | None
    """How `<meta name=generator>` begins."""
    marks: re.Pattern[bytes] | None
    """Found in no other system's pages."""
    fields: re.Pattern[str] | None
    """Found in one line `name: value` of the answer's header."""
    feeds: tuple[str, ...]
    sitemaps: tuple[str, ...]


def _marks(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode(), re.IGNORECASE)


def _fields(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_ARC = "arc/outboundfeeds"
_BLOX = "search/?f=rss&t=article&l=50&s=start_time&sd=desc"

# Systems whose pages carry marks of another (a front end over WordPress) stand before it.
CONVENTIONS = (
    Convention(
        "rebelmouse",
        None,
        _marks(r"REBELMOUSE_BOOTSTRAP_DATA|<article[^>]{0,200}\selid="),
        _fields(r"^(?:x-)?rebelmouse"),
        ("feeds/feed.rss",),
        ("sitemap.xml", "sitemap_news.xml"),
    ),
    Convention(
        # "Outbound Feeds", the names of its own feature pack.
        "arc",
        None,
        _marks(r"/pf/resources/|Fusion\.arcSite|/pf/dist/engine/"),
        _fields(r"^x-arc-"),
        (f"{_ARC}/rss/?outputType=xml",),
        (
            f"{_ARC}/news-sitemap/?outputType=xml",
            f"{_ARC}/sitemap-index/?outputType=xml",
            f"{_ARC}/sitemap/?outputType=xml",
        ),
    ),
    Convention(
        "blox",
        "BLOX",
        _marks(r"//bloximages\.|/tncms/"),
        _fields(r"^x-tncms"),
        (_BLOX,),
        ("tncms/sitemap/news.xml", "tncms/sitemap/editorial.xml"),
    ),
    Convention(
        "ghost",
        "Ghost",
        _marks(r"""class=["'][^"']{0,200}\b(?:kg-card|gh-content)\b|data-ghost=|/ghost/api/content/"""),
        _fields(r"^x-ghost-"),
        ("rss/",),
        ("sitemap-posts.xml", "sitemap.xml"),
    ),
    Convention(
        "wordpress",
        "WordPress",
        _marks(r"/wp-content/(?:themes|plugins|uploads)/|/wp-includes/|/wp-json/"),
        _fields(r"^link:.*https://api\.w\.org/|^x-pingback:.*/xmlrpc\.php"),
        ("feed/",),
        # Of the news plug-ins, of Yoast and Rank Math, of WordPress itself, of Jetpack.
        ("news-sitemap.xml", "sitemap_index.xml", "wp-sitemap.xml", "sitemap.xml", "sitemap-news.xml"),
    ),
    Convention(
        "drupal",
        "Drupal",
        _marks(r"/sites/(?:default|all)/(?:files|themes|modules)/|data-drupal-"),
        _fields(r"^x-drupal-|^x-generator: drupal"),
        ("rss.xml", "rss"),
        ("googlenews.xml", "sitemap.xml"),
    ),
    Convention(
        "joomla",
        "Joomla",
        _marks(r"/media/(?:jui|system|vendor/joomla[\w-]*)/js/"),
        None,
        ("?format=feed&type=rss",),
        ("sitemap.xml",),
    ),
    Convention(
        "blogger",
        "Blogger",
        _marks(r"www\.blogger\.com/static/|/feeds/posts/default"),
        None,
        ("feeds/posts/default?alt=rss",),
        ("sitemap.xml",),
    ),
    Convention(
        "substack",
        None,
        _marks(r"substackcdn\.com/"),
        _fields(r"^x-(?:cluster|sub): substack|^x-served-by: substack"),
        ("feed",),
        ("sitemap.xml",),
    ),
    Convention(
        "squarespace",
        "Squarespace",
        _marks(r"static1?\.squarespace\.com/"),
        _fields(r"^server: squarespace"),
        (),
        ("sitemap.xml",),
    ),
    Convention(
        "typo3",
        "TYPO3",
        _marks(r"/typo3(?:conf|temp)/"),
        None,
        ("?type=9818",),
        ("sitemap.xml",),
    ),
    Convention(
        "hugo",
        "Hugo",
        None,
        None,
        ("index.xml",),
        ("sitemap.xml",),
    ),
    Convention("jekyll", "Jekyll", None, None, ("feed.xml",), ("sitemap.xml",)),
)
_UNKNOWN = Convention(
    "",
    None,
    None,
    None,
    ("feed/", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json", "feeds/feed.rss"),
    ("news-sitemap.xml", "sitemap-news.xml", "sitemap_news.xml", "sitemap.xml", "sitemap_index.xml"),
)
_BY_NAME = {convention.platform: convention for convention in CONVENTIONS}
_META = re.compile(rb"<meta\b[^>]{0,500}>", re.IGNORECASE)
_IS_GENERATOR = re.compile(rb"""\bname\s*=\s*["']?generator\b""", re.IGNORECASE)
_CONTENT = re.compile(rb"""\bcontent\s*=\s*["']\s*([^"']{1,200})""", re.IGNORECASE)


def platform_of(page: bytes, headers: Mapping[str, str]) -> str | None:
    """The publishing system that made a page: by what it says of itself, then by its header, then by its marks."""
    head = page[:MAX_MARKED_BYTES]
    said = tuple(_generators(head))
    lines = [f"{name}: {value}" for name, value in headers.items()]
    by_word = (one for one in CONVENTIONS if one.generator and any(word.startswith(one.generator) for word in said))
    by_field = (one for one in CONVENTIONS if one.fields and any(map(one.fields.search, lines)))
    by_mark = (one for one in CONVENTIONS if one.marks and one.marks.search(head))
    found = next(by_word, None) or next(by_field, None) or next(by_mark, None)
    return found.platform if found else None


def candidates(platform: str | None, home: str) -> tuple[Lead, ...]:
    """Addresses worth asking for feeds and sitemaps, feeds first; of an unknown system those that many use.

    A home page in a folder may stand for a site of its own or for a part of one: both are named.
    """
    convention = _BY_NAME.get(platform or "", _UNKNOWN)
    bases = tuple(dict.fromkeys((_folder(home), urljoin(home, "/"))))
    feeds = (Lead(urljoin(base, path), "feed") for base in bases for path in convention.feeds)
    sitemaps = (Lead(urljoin(base, path), "sitemap") for base in bases for path in convention.sitemaps)
    return tuple(dict.fromkeys((*feeds, *sitemaps)))


def _generators(head: bytes) -> Iterable[str]:
    for tag in _META.findall(head):
        said = _CONTENT.search(tag) if _IS_GENERATOR.search(tag) else None
        if said:
            yield said[1].decode(errors="replace").strip()


def _folder(home: str) -> str:
    """`https://a.example/news/index.html` stands in `https://a.example/news/`."""
    path = urlsplit(home).path
    is_file = "." in path.rpartition("/")[2]
    return urljoin(home, ".") if is_file or path.endswith("/") or not path else f"{urljoin(home, path)}/"
