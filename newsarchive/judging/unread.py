"""Reasons for which a captured page was not read; they depend on the reader, so a later reading may give a row."""

from newsarchive.errors import OUT_OF_MEMORY, READER_FAILED

READER_DIED = "reader_died"
"""It took too long, or no reading process survived it."""
NOT_READ = "not_read"
"""The crawl was ended before it was read; the next one fetches it again."""

FAILURES = frozenset({READER_FAILED, READER_DIED, OUT_OF_MEMORY})
"""Reasons that a person must see: the reader failed, not the page."""

UNREAD = {
    READER_FAILED: "pages on which a parser failed",
    READER_DIED: "pages that no reading process survived",
    OUT_OF_MEMORY: "pages that need more memory than EXTRACT_MEMORY_MB",
    NOT_READ: "pages that were not read when their crawl ended",
}
"""What is said of them where rejections are compared with readings."""
