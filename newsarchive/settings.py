"""Wiring and engine numbers. Facts about outlets are in `config/`; every name here can be set with `-s NAME=VALUE`."""

import os
from pathlib import Path

_PROJECT = Path(__file__).parent.parent

BOT_NAME = "newsarchive"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"
COMMANDS_MODULE = "newsarchive.commands"
SPIDER_LOADER_CLASS = "newsarchive.spiderloader.OutletSpiderLoader"
OUTLET_SPIDER = "spiders.outlet.OutletSpider"
"""The class behind every YAML file."""
CONFIG_DIR = str(_PROJECT / "config")
SEEDS_DIR = str(_PROJECT / "seeds")

# Who crawls. Publishers find the contact in their logs.
OPERATOR = os.environ.get("NEWSARCHIVE_OPERATOR", "")
CONTACT = os.environ.get("NEWSARCHIVE_CONTACT", "")
USER_AGENT = f"newsarchive/0.1 (+{CONTACT})" if CONTACT else "newsarchive/0.1"

# The archive; what each name means is in docs/capture.md.
ADDONS = {"newsarchive.capture.Addon": 100}
ARCHIVE_DIR = str(_PROJECT / "archive")
ARCHIVE_MIN_FREE_MB = 100
"""A crawl does not begin with less space on the disk."""
CAPTURE_OUTLINKS = True
WARC_MAX_MB = 1000
"""A WARC file that has reached this size is closed, and the next begins."""
WARC_MAX_MINUTES = 24 * 60
WARC_COMPRESSION = "gzip"
"""`gzip`, `zstd` or `none`. Few readers take zstd."""
WARC_FSYNC = "none"
"""Whether an answer waits until it is on the disk: `none`, `group` (with others), `each`."""
WARC_REDACT_REQUEST_HEADERS: list[str] = []
"""Request headers whose values are not archived, such as Authorization and Cookie; warcinfo names them."""

# The network.
TWISTED_DNS_RESOLVER = "newsarchive.capture.resolver.Resolver"
CONNECT_TO: list[str] = []
"""HOST:PORT:ADDRESS:PORT, as curl's --connect-to: where to connect instead, while URLs and TLS names stay."""
DNS_SERVERS: list[str] = []
"""Name servers to ask, ADDRESS or ADDRESS:PORT (IPv6 in brackets); empty: those of /etc/resolv.conf."""
ALLOW_PRIVATE_ADDRESSES = False
"""Whether loopback, private and link-local addresses may be connected to."""
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    # No viewer of web archives shows zstd, and not every one brotli.
    "Accept-Encoding": "gzip, deflate",
}
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30
REDIRECT_MAX_TIMES = 10
METAREFRESH_MAXDELAY = 1
"""A page that sends its reader on after a longer time is a page."""
BLOCKED_MOST = 5
"""After so many articles in a row that are refused (401, 403, a challenge) the crawl of the outlet ends; 0: never."""
DOWNLOADER_MIDDLEWARES = {
    # Beneath Scrapy's redirects (580, 600) and retries (550): they see every answer first.
    "newsarchive.guards.BlockGuard": 620,
    "newsarchive.guards.RedirectGuard": 610,
}
RETRY_TIMES = 2
COOKIES_ENABLED = False
HTTPCACHE_ENABLED = False

# Politeness; an outlet's own delay and concurrency are in its YAML.
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 2.0
DOWNLOAD_DELAY_JITTER = 0

# Reading.
EXTRACT_PROCESSES = 1
EXTRACT_TIMEOUT = 60
"""Seconds a page may take to be read."""
SAME_STORY_DAYS = 7
"""How long an article is remembered to be compared with others: what is like it then is a copy."""
REPEATED_TEXT_PAGES = 3
"""One text at so many addresses of an outlet is doubted: a wall, or a template."""
ITEM_PIPELINES = {
    "newsarchive.pipelines.CleanPipeline": 100,
    "newsarchive.pipelines.MetadataPipeline": 200,
    "newsarchive.pipelines.ValidatePipeline": 300,
    "newsarchive.pipelines.WritePipeline": 400,
}

EXTENSIONS = {
    "newsarchive.extensions.ReportExtension": 20,
}

# A console that runs code for whoever reaches it has no place in a crawler that is left alone.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
LOG_LEVEL = "INFO"
FEED_EXPORT_ENCODING = "utf-8"
