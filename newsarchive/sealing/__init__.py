"""Snapshots of an archive: sealed, signed, stamped, chained, and judged by anybody. No Scrapy, no network."""
