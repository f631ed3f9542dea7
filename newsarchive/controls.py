"""Control characters in text from outside: a terminal, a pager or a browser must not obey them."""

import logging
from contextlib import suppress

_REPLACED = {
    code: "\N{REPLACEMENT CHARACTER}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"
}


def without_controls(text: str) -> str:
    """Replace every control character but tab and line feed, escape sequences and CR among them."""
    return text.translate(_REPLACED)


def guard_logs() -> None:
    """Replace control characters in the messages of all handlers that the root logger has; may be called twice."""
    for handler in logging.root.handlers:
        handler.addFilter(_guarded)


def _guarded(record: logging.LogRecord) -> bool:
    # Arguments that do not fit their message are reported by the handler itself.
    with suppress(TypeError, ValueError, KeyError):
        message = record.getMessage()
        shown = without_controls(message)
        if shown != message:
            record.msg, record.args = shown, ()
    return True
