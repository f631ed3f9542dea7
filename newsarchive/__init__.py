"""News pages kept as WARC records, and told as JSON lines."""

__version__ = "0.1.0"
