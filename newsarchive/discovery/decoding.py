"""Payload to text: compression undone within a limit, and the charset taken from the bytes before any declaration."""

import codecs
import gzip
import io
import re
import zlib

MAX_DECODED_BYTES = 50_000_000
MAX_GZIP_LAYERS = 2
_GZIP_MAGIC = b"\x1f\x8b"
_CHUNK = 65_536
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # Before UTF-16, whose mark begins this one.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WITHOUT_BOM = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"), (b"{\0", "utf-16-le"), (b"\0{", "utf-16-be"))
_DECLARED = re.compile(rb"""(?:encoding|charset)\s*=\s*["']?([A-Za-z0-9_.:-]{1,40})""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
# Python knows codecs that are no charsets of documents; only these are believed.
_CHARSETS = re.compile(
    r"ascii|utf-8|utf-16|utf-16-le|utf-16-be|cp125\d|iso8859-\d+|koi8-[rut]|mac-cyrillic"
    r"|gb2312|gbk|gb18030|big5|big5hkscs|euc_jp|euc_kr|shift_jis|cp932|cp949|iso2022_jp"
)
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
# Browsers read these names as Windows-1252 (WHATWG Encoding, 4.2).
_SUPERSETS = {"ascii": "cp1252", "iso8859-1": "cp1252"}


def unpack(payload: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The payload without its gzip layers, whatever its name says, cut at `MAX_DECODED_BYTES`; and the problems met."""
    problems: list[str] = []
    for _ in range(MAX_GZIP_LAYERS):
        if payload.startswith(_GZIP_MAGIC):
            payload, broken = _gunzip(payload)
            problems += broken
    if payload.startswith(_GZIP_MAGIC):
        return b"", (*problems, f"more than {MAX_GZIP_LAYERS} layers of gzip")
    if len(payload) > MAX_DECODED_BYTES:
        problems.append(f"more than {MAX_DECODED_BYTES} bytes: the rest is not read")
    return payload[:MAX_DECODED_BYTES], tuple(problems)


def decode(payload: bytes, *, content_type: str | None) -> tuple[str, tuple[str, ...]]:
    """The text, and what was wrong with its charset: a byte order mark wins, then valid UTF-8, then the declared."""
    if marked := _marked(payload):
        return payload.decode(marked, errors="replace"), ()
    declared = _declared(payload, content_type)
    utf8 = _as_utf8(payload)
    if utf8 is not None:
        contradicted = declared not in (None, "utf-8") and not payload.isascii()
        return utf8, (f"declared {declared}, is utf-8",) if contradicted else ()
    return _by_declaration(payload, declared)


def _gunzip(payload: bytes) -> tuple[bytes, list[str]]:
    unpacked = bytearray()
    with gzip.GzipFile(fileobj=io.BytesIO(payload)) as stream:
        try:
            # One byte beyond the limit, so that the excess is seen.
            while len(unpacked) <= MAX_DECODED_BYTES and (chunk := stream.read1(_CHUNK)):
                unpacked += chunk
        except (EOFError, OSError, zlib.error):
            return bytes(unpacked), ["gzip is broken: read as far as it goes"]
    return bytes(unpacked[: MAX_DECODED_BYTES + 1]), []


def _marked(payload: bytes) -> str | None:
    head = payload[:64].lstrip(b" \t\r\n")
    by_mark = [charset for mark, charset in _BOMS if payload.startswith(mark)]
    return next(iter(by_mark), None) or next((name for start, name in _WITHOUT_BOM if head.startswith(start)), None)


def _declared(payload: bytes, content_type: str | None) -> str | None:
    header = _CHARSET.search(content_type or "")
    inside = _DECLARED.search(payload[:1024])
    names = [header[1] if header else "", inside[1].decode("ascii") if inside else ""]
    return next((known for name in names if (known := _known(name))), None)


def _known(name: str) -> str | None:
    try:
        charset = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return charset if _CHARSETS.fullmatch(charset) else None


def _as_utf8(payload: bytes) -> str | None:
    # Incremental: a character cut in two at the end is no argument against UTF-8.
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(payload)
    except UnicodeDecodeError:
        return None


def _by_declaration(payload: bytes, declared: str | None) -> tuple[str, tuple[str, ...]]:
    charset = _SUPERSETS.get(declared or "", declared or "cp1252")
    decoded = payload.decode(charset, errors="replace")
    # One wrong character among many right ones is a slip; where few are right, the declaration is wrong.
    if charset == "utf-8" and 2 * decoded.count("\ufffd") > sum(1 for _ in _BEYOND_ASCII.finditer(decoded)):
        return payload.decode("cp1252", errors="replace"), ("declared utf-8, is not: read as cp1252",)
    if "\ufffd" not in decoded:
        return decoded, () if declared else (f"no charset declared, read as {charset}",)
    return decoded, (f"not all bytes are {charset}",)
