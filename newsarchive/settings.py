"""Wiring and engine numbers. Facts about outlets are in `config/`; every name here can be set with `-s NAME=VALUE`."""

import os
import sys
from pathlib import Path

from newsarchive import terminal

# The earliest code of ours that runs: Ctrl-C and closed streams are handled from here on.
if Path(sys.argv[0]).name in ("scrapy", "cmdline.py"):
    terminal.prepare()

# Where config/, seeds/ and archive/ lie; beside the package, unless that is in an egg.
_HOME = Path(os.environ.get("NEWSARCHIVE_HOME") or Path(__file__).parent.parent)

BOT_NAME = "newsarchive"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"
COMMANDS_MODULE = "newsarchive.command_line"
SPIDER_LOADER_CLASS = "newsarchive.spiderloader.OutletSpiderLoader"
OUTLET_SPIDER = "spiders.outlet.OutletSpider"
"""The class behind every YAML file."""
CONFIG_DIR = str(_HOME / "config")
SEEDS_DIR = str(_HOME / "seeds")

# Who crawls. Publishers find the contact in their logs.
OPERATOR = os.environ.get("NEWSARCHIVE_OPERATOR", "")
CONTACT = os.environ.get("NEWSARCHIVE_CONTACT", "")
USER_AGENT = f"newsarchive/0.1 (+{CONTACT})" if CONTACT else "newsarchive/0.1"

# The archive; what each name means is in docs/capture.md.
ADDONS = {"newsarchive.capture.Addon": 100, "newsarchive.middlewares.addon.Addon": 200}
ARCHIVE_DIR = str(_HOME / "archive")
ARCHIVE_MIN_FREE_MB = 100
"""A crawl does not begin with less space on the disk."""
CAPTURE_OUTLINKS = True
CAPTURE_UNCAPTURED = "fail"
"""`fail` or `report`: what becomes of a response that came past the archive."""
WARC_MAX_MB = 1000
"""A WARC file that has reached this size is closed, and the next begins."""
WARC_MAX_MINUTES = 24 * 60
WARC_COMPRESSION = "gzip"
"""`gzip`, `zstd` or `none`. Few readers take zstd."""
WARC_FSYNC = "none"
"""Whether an answer waits until it is on the disk: `none`, `group` (with others), `each`."""
WARC_REDACT_REQUEST_HEADERS: list[str] = []
"""Request headers whose values are not archived, such as Authorization and Cookie; warcinfo names them."""

# Snapshots; what becomes of them is in docs/snapshots.md.
SNAPSHOT_DIR = os.environ.get("NEWSARCHIVE_SNAPSHOTS", "")
"""Where snapshots and their chain, holds, certificates and the custody log lie; empty: `snapshots/` beside the archive.
"""
SNAPSHOT_KEY = os.environ.get("NEWSARCHIVE_SNAPSHOT_KEY", "")
"""The key that signs them, as `scrapy snapshot keygen` writes it; empty: they are unsigned."""
SNAPSHOT_TSA: list[str] = os.environ.get("NEWSARCHIVE_SNAPSHOT_TSA", "").split()
"""Time-stamp authorities (RFC 3161) that are asked about each; needs the extra `tsa`."""

# The network.
TWISTED_DNS_RESOLVER = "newsarchive.capture.resolver.Resolver"
CONNECT_TO: list[str] = []
"""HOST:PORT:ADDRESS:PORT, as curl's --connect-to: where to connect instead, while URLs and TLS names stay."""
DNS_SERVERS: list[str] = []
"""Name servers to ask, ADDRESS or ADDRESS:PORT (IPv6 in brackets); empty: those of /etc/resolv.conf."""
ALLOW_PRIVATE_ADDRESSES = False
"""Whether internal addresses (docs/capture.md) may be connected to."""
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    # No viewer of web archives shows zstd, and not every one brotli.
    "Accept-Encoding": "gzip, deflate",
}
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30
# Responses with more before their body are failures (`bad_response`).
RESPONSE_HEAD_MAX_KB = 256
"""All that comes before the body: blank lines, interim responses (1xx), status line and headers; at most 1024."""
RESPONSE_HEAD_MAX_LINES = 5000
"""Lines of one head; at most 20000."""
RESPONSE_STATUS_LINE_MAX_BYTES = 8192
RESPONSE_MAX_INTERIM = 100
"""Interim responses (1xx) before the final one."""
STOP_GRACE_SECONDS = 5
"""How long answers under way are waited for when a crawl is ended (SIGTERM, Ctrl-C, a time limit)."""
REDIRECT_MAX_TIMES = 10
METAREFRESH_MAXDELAY = 1
"""A page that sends its reader on after a longer time is a page."""
BLOCKED_MOST = 5
"""After so many articles in a row that are refused (401, 403, a challenge) the crawl of the outlet ends; 0: never."""
RETRY_TIMES = 2
COOKIES_ENABLED = False
HTTPCACHE_ENABLED = False

# Politeness; an outlet's own delay, concurrency and budget are in its YAML. Times are seconds.
DOWNLOADER_MIDDLEWARES: dict[str, int | None] = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "newsarchive.middlewares.takedowns.TakedownsMiddleware": 90,
    "newsarchive.middlewares.robots.RobotsMiddleware": 100,
    "newsarchive.middlewares.reservations.ReservationsMiddleware": 110,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "newsarchive.guards.RefreshMiddleware": 580,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "newsarchive.guards.RedirectMiddleware": 600,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "newsarchive.guards.DecodingMiddleware": 590,
    # Beneath redirects (580, 600) and retries (550): they see every answer first.
    "newsarchive.guards.RedirectGuard": 610,
    "newsarchive.guards.BlockGuard": 620,
    # Nearest to the downloader: redirects, retries and robots.txt pass it too.
    "newsarchive.middlewares.politeness.PolitenessMiddleware": 990,
}
ROBOTSTXT_OBEY = True
ROBOTS_LAST_GOOD_HOURS = 7 * 24
"""How old the last good copy of a robots.txt that cannot be had may be: 24 to 720 hours; beyond, all is disallowed."""
ROBOTS_RETRY = 900.0
"""When a robots.txt that could not be had is asked for again."""
ROBOTS_OBEY_BARRED = False
"""Whether 401 and 403 for robots.txt forbid everything; by RFC 9309 they allow it."""
TDMREP_ENABLED = True
"""Whether each host of articles is asked once a week for /.well-known/tdmrep.json."""
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 2.0
"""Between two requests to one host, for all outlets, crawls and processes of an archive together."""
HOST_DELAY_FLOOR = 0.0
"""The least distance, which no outlet's YAML and no -s DOWNLOAD_DELAY lowers."""
HOST_LONGEST_CRAWL_DELAY = 120.0
"""A robots.txt that asks for a longer Crawl-delay gets this one, and it is said."""
HOST_LONGEST_RETRY_AFTER = 30 * 24 * 3600.0
HOST_LONGEST_WAIT = 60.0
"""A request whose host is closed for longer is not waited for: it is put off until the host is open."""
HOST_BACKOFF = 10.0
"""After a 429 or 503 without Retry-After; doubled with each further one, up to HOST_LONGEST_BACKOFF."""
HOST_LONGEST_BACKOFF = 3600.0
HOST_FAILURES = 10
"""After so many failures in a row (time-out, no connection, 5xx, 403, 429) a host is left in peace for HOST_CIRCUIT."""
HOST_CIRCUIT = 300.0
"""For the first time; doubled whenever the one trial request after it fails, up to HOST_LONGEST_CIRCUIT."""
HOST_LONGEST_CIRCUIT = 24 * 3600.0
HOST_TRIAL = 60.0
"""How long the answer to a trial request is waited for before another one may be sent."""
SCOUT_MAX_REQUESTS = 30
"""Requests at most with which `scrapy outlet new` looks at a site."""
CHECK_OUTLETS_AT_ONCE = 8
"""How many outlets `scrapy outlet check --all` asks at one time; the sources of one come after each other."""

# Discovery; how far the pages of a section or a feed are followed is in the outlet's YAML.
SITEMAPS_PER_CRAWL = 200
"""Child sitemaps that one crawl reads of an outlet, those first that changed last."""
SITEMAP_DEPTH = 3
"""Indexes within indexes."""
FOLLOW_PAGES = 500
"""Pages that one crawl follows for their links, where the outlet's YAML says `follow`."""
FOLLOW_PAGES_OF_A_SHAPE = 50
"""So many of them with addresses of one form, such as the months of a calendar."""
BORROWED_WARC_MAX_MB = 5000
"""A WARC file of another archive that is fetched for its links lies in the archive's folder while it is read."""
BORROWED_WARC_MAX_MINUTES = 120
"""A transfer of such a file that takes longer is given up."""

# Reading.
EXTRACT_PROCESSES = 1
CONCURRENT_ITEMS = 4
"""Items of one answer that are read at once. Scrapy starts so many tasks for every answer; its own 100 cost 1 ms."""
EXTRACT_TIMEOUT = 60
"""Seconds a page may take to be read."""
EXTRACT_MEMORY_MB = 1000
"""Memory that a page or source may take to be read, beyond that of an idle worker process; more is `out_of_memory`."""
SAME_STORY_DAYS = 7
"""How long an article is remembered to be compared with others: what is like it then is a copy."""
REPEATED_TEXT_PAGES = 3
"""One text at so many addresses of an outlet is doubted: a wall, or a template."""
ITEM_PIPELINES = {
    "newsarchive.pipelines.CleanPipeline": 100,
    "newsarchive.pipelines.MetadataPipeline": 200,
    "newsarchive.pipelines.RightsPipeline": 250,
    "newsarchive.pipelines.ValidatePipeline": 300,
    "newsarchive.pipelines.WritePipeline": 400,
}

EXTENSIONS = {
    "scrapy.extensions.feedexport.FeedExporter": None,
    "newsarchive.feeds.FeedExporter": 0,
    "newsarchive.extensions.ReportExtension": 20,
}

# Harvesting: all outlets that are due, in one process.
HARVEST_AT_ONCE = 25
"""Outlets that are crawled at the same time."""
HARVEST_PAGES = 200
"""Articles that one outlet may fetch in one harvest; what is left waits for the next."""
HARVEST_OUTLET_MINUTES = 10
"""A crawl that takes longer is ended; what is left waits for the next harvest."""
HARVEST_MINUTES = 0
"""After so long no further crawl begins, and those that run are ended; 0 for no limit."""
HEALTH_DAYS_KEPT = 60
"""So many days of each outlet's history are remembered, in sums."""
HEALTH_DAYS_LEARNED = 7
"""An outlet of which less is known is not judged by it."""
HEALTH_SILENCE_PROBABILITY = 0.001
"""A silence that is less likely than this by the outlet's own rhythm is told, if it is longer than any before."""
HEALTH_SHARE_PROBABILITY = 0.0001
"""The same for pages without body, date or author, for refused and failed ones, set against the worst day before."""
HEALTH_SOURCE_FAILURES = 5
"""A source that failed so often in a row, and for a day, is told; one that is gone or refuses us after three."""
HEALTH_SLOW_FACTOR = 4.0
"""How many times later than usual articles are found before it is told."""
ALERT_URLS = os.environ.get("NEWSARCHIVE_ALERT_URLS", "").split()
"""Where findings are told, in the forms of apprise: `mailto://…`, `json://…`; needs the extra `alerts`."""
ALERT_ONCE_HOURS = 24.0
"""A finding that stands is told again after so long."""
METRICS_FILE = ""
"""Written after each crawl and harvest for the textfile collector of Prometheus' node_exporter; empty for none."""
REPORT_ARTICLES_SHOWN = 10
"""Articles of each outcome (failed, rejected, postponed, new, changed) that reports list; the JSON report has all."""
REPORT_SHOWN = True
"""Whether each crawl shows its bar and its report; a harvest shows one for all."""

# A console that runs code for whoever reaches it has no place in a crawler that is left alone.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
LOG_LEVEL = "INFO"
FEED_EXPORT_ENCODING = "utf-8"
