"""Reasons for which a captured page was not read: they say nothing of it, and another reading may tell more."""

READER_DIED = "reader_died"
"""It took too long, or no reading process survived it."""
NOT_READ = "not_read"
"""The crawl was ended before it was read; the next one fetches it again."""

UNREAD = {
    READER_DIED: "pages that no reading process survived",
    NOT_READ: "pages that were not read when their crawl ended",
}
"""What is said of them where rejections are compared with readings."""
