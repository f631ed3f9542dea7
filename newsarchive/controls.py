"""Control characters and marks of direction in text from outside: no terminal, pager or browser must obey them."""

import logging
from contextlib import suppress

_CONTROLS = {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))} - {"\t", "\n"}
# Marks that turn the direction of text (Unicode, UAX 9: Bidi_Control), and the line and paragraph separators.
_MARKS = "\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_REPLACED = {ord(sign): "\N{REPLACEMENT CHARACTER}" for sign in (*_CONTROLS, *_MARKS)}


def without_controls(text: str) -> str:
    """Replace control characters but tab and line feed, marks that turn the direction of text, and line separators."""
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
