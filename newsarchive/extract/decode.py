"""A payload as text: which charset it is in, and how that is known. Never raises."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding

# Longest first: the mark of UTF-16 little endian also begins that of UTF-32.
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF16_LE, "utf-16-le"))
# Python also knows codecs that are no charset of the web: unicode_escape, punycode, utf-7.
_CHARSET = re.compile(
    r"utf-8|utf-16(-[bl]e)?|cp\d+|iso8859-\d+|iso2022_\w+|euc_\w+|gb\w+|hz|big5\w*|shift_jis\w*|koi8-\w|mac-\w+|tis-620|ascii|johab"
)
# ISO-2022-JP switches charsets with escapes that are valid UTF-8, too.
_NUL, _ESCAPE = b"\0", b"\x1b"
_ESCAPES = (b"\x1b$", b"\x1b(")
_FALLBACK = "cp1252"
_HEAD = 512


@dataclass(frozen=True, slots=True)
class Decoded:
    text: str
    charset: str
    source: str
    """`bom`, `utf-8`, `header`, `meta` or `fallback`."""
    markup: bytes
    """The text in UTF-8, for the parser: most payloads are it already."""


def decode(payload: bytes, content_type: str | None) -> Decoded:
    """The payload as text: byte-order mark, then valid UTF-8, then what header and page declare, then windows-1252."""
    for mark, charset in _MARKS:
        if payload.startswith(mark):
            return _decoded(payload[len(mark) :].decode(charset, "replace"), charset, "bom")
    if not _is_other_than_utf8(payload):
        text = _strictly(payload, "utf-8")
        if text is not None and _NUL not in payload:
            return Decoded(text, "utf-8", "utf-8", payload)
        if text is not None:
            return _decoded(text, "utf-8", "utf-8")
    declared = list(_declared(payload, content_type))
    for charset, source in declared:
        text = _strictly(payload, charset)
        if text is not None:
            return _decoded(text, charset, source)
    # One broken byte must not turn a whole page of UTF-8 into windows-1252.
    for charset, source in [*declared, ("utf-8", "fallback")]:
        text = payload.decode(charset, "replace")
        if _is_mostly_readable(text):
            return _decoded(text, charset, source)
    return _decoded(payload.decode(_FALLBACK, "replace"), _FALLBACK, "fallback")


def _is_other_than_utf8(payload: bytes) -> bool:
    head = payload[:_HEAD]
    # One byte is looked for ten times as fast as two.
    has_escapes = _ESCAPE in payload and any(escape in payload for escape in _ESCAPES)
    return has_escapes or head.count(b"\0") * 4 > len(head)


def _strictly(payload: bytes, charset: str) -> str | None:
    """The whole payload, or None; a character cut off at the very end is no mistake where others were whole."""
    try:
        return payload.decode(charset)
    except UnicodeError:
        pass
    decoder = codecs.getincrementaldecoder(charset)("strict")
    try:
        text = decoder.decode(payload)
    except UnicodeError:
        return None
    rest, _ = decoder.getstate()
    return None if rest and text.isascii() else text


def _declared(payload: bytes, content_type: str | None) -> Iterator[tuple[str, str]]:
    found = ((http_content_type_encoding(content_type), "header"), (html_body_declared_encoding(payload), "meta"))
    named = [(charset, source) for name, source in found if (charset := _charset(name))]
    # Servers send this one unasked: a page that says something else knows better.
    yield from sorted(named, key=lambda one: one == (_FALLBACK, "header"))


def _charset(name: str | None) -> str | None:
    try:
        charset = codecs.lookup(name).name if name else ""
    except LookupError:
        return None
    return charset if _CHARSET.fullmatch(charset) else None


def _is_mostly_readable(text: str) -> bool:
    """At most a tenth of what is beyond ASCII could not be read."""
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return text.count("\ufffd") * 10 <= beyond


def _decoded(text: str, charset: str, source: str) -> Decoded:
    name = charset.replace("cp125", "windows-125")
    plain = text.replace("\0", "")
    return Decoded(plain, name, source, plain.encode(errors="replace"))
