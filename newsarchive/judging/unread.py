"""Reasons of rejections that do not follow from the capture alone: a later reading may give a row."""

from newsarchive.errors import OUT_OF_MEMORY, READER_FAILED

READER_DIED = "reader_died"
"""It took too long, or no reading process survived it."""
NOT_READ = "not_read"
"""The crawl was ended before it was read; the next one fetches it again."""

FAILURES = frozenset({READER_FAILED, READER_DIED, OUT_OF_MEMORY})
"""Reasons that a person must see: the reader failed, not the page."""

DROPPED_BY_PIPELINE = "dropped_by_pipeline"
"""An item pipeline of the operator raised `DropItem`."""
DROPPED_BY_MIDDLEWARE = "dropped_by_middleware"
"""A middleware of the operator ignored the answer, or replaced it by an error."""
PIPELINE_ERROR = "pipeline_error"
"""An item pipeline raised an exception before the row was written."""
MIDDLEWARE_ERROR = "middleware_error"
"""A middleware raised an exception on the answer."""
CALLBACK_ERROR = "callback_error"
"""A callback of the spider raised an exception."""
ASKED_AGAIN = "asked_again"
"""Another part of the project replaced the answer by a new request."""
NO_OUTCOME = "no_outcome"
"""A pipeline or middleware did not pass the page on, and gave no reason."""

UNREAD = {
    READER_FAILED: "pages on which a parser failed",
    READER_DIED: "pages that no reading process survived",
    OUT_OF_MEMORY: "pages that need more memory than EXTRACT_MEMORY_MB",
    NOT_READ: "pages that were not read when their crawl ended",
    DROPPED_BY_PIPELINE: "pages that an item pipeline of the operator dropped",
    DROPPED_BY_MIDDLEWARE: "pages that a middleware of the operator dropped",
    PIPELINE_ERROR: "pages on which an item pipeline failed",
    MIDDLEWARE_ERROR: "pages on which a middleware failed",
    CALLBACK_ERROR: "pages on which a callback failed",
    ASKED_AGAIN: "pages that other code requested again",
    NO_OUTCOME: "pages that other code did not pass on",
}
"""What is said of them where rejections are compared with readings."""
