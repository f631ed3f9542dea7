"""Exchanges become records: which kinds, with which fields (WARC 1.1, sections 5 and 6). Pure but for the ids."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from newsarchive import dates
from newsarchive.warc.exchange import Attempt, Exchange
from newsarchive.warc.frame import Answer, Framing, read_answer

Kind = Literal["warcinfo", "request", "response", "revisit", "metadata"]

HTTP_REQUEST = "application/http;msgtype=request"
HTTP_RESPONSE = "application/http;msgtype=response"
WARC_FIELDS = "application/warc-fields"
_PROFILE = "http://netpreserve.org/warc/1.1/revisit/"
# Codings whose bytes no compression makes smaller.
_COMPRESSED = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd"})
_COMPRESSED_TYPES = ("image/", "video/", "audio/", "application/zip", "application/gzip", "application/x-gzip", "font/")


@dataclass(frozen=True, slots=True)
class Record:
    """A record before it is written."""

    kind: Kind
    record_id: str
    fields: tuple[tuple[str, str], ...]
    """Named fields behind WARC-Type and WARC-Record-ID, in order; a name may stand more than once."""
    block: bytes
    stored_from: int | None = None
    """From here on the block is compressed already and is stored as it is."""

    def header(self) -> bytes:
        """The version line and all named fields, with the empty line that ends them."""
        fields = (
            ("WARC-Type", self.kind),
            ("WARC-Record-ID", self.record_id),
            *self.fields,
            ("Content-Length", str(len(self.block))),
        )
        return ("WARC/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n").encode()


@dataclass(frozen=True, slots=True)
class Earlier:
    """The response record which a revisit refers to."""

    record_id: str
    url: str
    captured_at: str
    payload_digest: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """The records of one exchange, written at once; the last is the metadata record."""

    records: tuple[Record, ...]
    primary: Record | None
    """The response or revisit record of the last attempt; None when nothing came back."""
    answer: Answer | None
    payload_digest: str | None


def digest(payload: bytes) -> str:
    """`sha1:` and base32, the form in which dedup indexes and CDX servers expect it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(payload, usedforsecurity=False).digest()).decode()


def record_type(status: int, payload_digest: str, earlier: Earlier | None) -> Literal["response", "revisit"]:
    """A payload that we already hold is written as a revisit, and so is the server's word that nothing changed."""
    if earlier is None:
        return "response"
    return "revisit" if status == 304 or earlier.payload_digest == payload_digest else "response"


def states_payload_digest(framing: Framing) -> bool:
    """Whether a response record carries WARC-Payload-Digest.

    It is the digest of the entity-body (WARC 1.1, 6.3.2). Every released warcio digests chunked bodies with their
    framing instead and calls the right value wrong (webrecorder/warcio#74, #75), so for those it stands in the
    metadata record and in the article's line, where no reader stumbles over it.
    """
    return framing != "chunked"


def warcinfo(fields: Mapping[str, str], *, filename: str, date: str, record_id: str) -> Record:
    """The first record of a file: who wrote it, with what, under which rules (WARC 1.1, 6.2)."""
    block = warc_fields(tuple(fields.items()))
    return _record("warcinfo", record_id, (("WARC-Date", date), ("WARC-Filename", filename)), WARC_FIELDS, block)


def bundle(exchange: Exchange, *, earlier: Earlier | None, warcinfo_id: str, new_id: Callable[[], str]) -> Bundle:
    """All records of an exchange: for each attempt its answer and its request, then one metadata record."""
    common = (
        ("WARC-Date", dates.utc(exchange.started_at)),
        ("WARC-Target-URI", exchange.url),
        ("WARC-Warcinfo-ID", warcinfo_id),
    )
    records: list[Record] = []
    primary, answer, payload_digest = None, None, None
    for number, attempt in enumerate(exchange.attempts, start=1):
        last = number == len(exchange.attempts)
        answer = read_answer(attempt.response, method=exchange.method)
        payload_digest = _whole_payload_digest(answer, exchange if last else None)
        primary = _answer_record(exchange, attempt, answer, payload_digest, earlier if last else None, common, new_id)
        request = _request_record(attempt, primary, common, new_id)
        records += [record for record in (primary, request) if record]
    about = records[-2] if primary else records[-1] if records else None
    records.append(_metadata_record(exchange, answer, payload_digest, about, common, new_id))
    return Bundle(tuple(records), primary, answer, payload_digest)


def warc_fields(fields: tuple[tuple[str, str], ...]) -> bytes:
    """A block of `application/warc-fields`; line ends inside a value would forge a field and become blanks."""
    return "".join(f"{name}: {' '.join(value.split())}\r\n" for name, value in fields).encode()


def _whole_payload_digest(answer: Answer | None, exchange: Exchange | None) -> str | None:
    """None for a truncated payload: a part must never pass for the whole."""
    if answer is None or not answer.complete or (exchange and exchange.truncated):
        return None
    return digest(answer.entity)


def _answer_record(
    exchange: Exchange,
    attempt: Attempt,
    answer: Answer | None,
    payload_digest: str | None,
    earlier: Earlier | None,
    common: tuple[tuple[str, str], ...],
    new_id: Callable[[], str],
) -> Record | None:
    if not attempt.response:
        return None
    fields = (*common, *_connection(attempt))
    if answer is None:
        # Not HTTP: kept as it came, marked by the missing status line.
        return _record("response", new_id(), (*fields, *_truncated(exchange, answer)), HTTP_RESPONSE, attempt.response)
    if payload_digest and earlier and record_type(answer.status, payload_digest, earlier) == "revisit":
        return _revisit(answer, payload_digest, earlier, fields, new_id)
    if payload_digest and states_payload_digest(answer.framing):
        fields = (*fields, ("WARC-Payload-Digest", payload_digest))
    stored_from = len(answer.head) if _is_compressed(answer) else None
    return _record(
        "response", new_id(), (*fields, *_truncated(exchange, answer)), HTTP_RESPONSE, answer.block, stored_from
    )


def _revisit(
    answer: Answer,
    payload_digest: str,
    earlier: Earlier,
    fields: tuple[tuple[str, str], ...],
    new_id: Callable[[], str],
) -> Record:
    """WARC 1.1, 6.7. A 304 keeps its whole block; a known payload keeps its headers and is marked as cut."""
    not_modified = answer.status == 304
    profile = "server-not-modified" if not_modified else "identical-payload-digest"
    more = [
        ("WARC-Profile", _PROFILE + profile),
        ("WARC-Refers-To", earlier.record_id),
        ("WARC-Refers-To-Target-URI", earlier.url),
        ("WARC-Refers-To-Date", earlier.captured_at),
        ("WARC-Payload-Digest", earlier.payload_digest if not_modified else payload_digest),
    ]
    if not not_modified:
        more.append(("WARC-Truncated", "length"))
    return _record("revisit", new_id(), (*fields, *more), HTTP_RESPONSE, answer.head)


def _request_record(
    attempt: Attempt, answered: Record | None, common: tuple[tuple[str, str], ...], new_id: Callable[[], str]
) -> Record | None:
    if not attempt.request:
        return None
    concurrent = (("WARC-Concurrent-To", answered.record_id),) if answered else ()
    return _record("request", new_id(), (*common, *_connection(attempt), *concurrent), HTTP_REQUEST, attempt.request)


def _metadata_record(
    exchange: Exchange,
    answer: Answer | None,
    payload_digest: str | None,
    about: Record | None,
    common: tuple[tuple[str, str], ...],
    new_id: Callable[[], str],
) -> Record:
    purpose, last = exchange.purpose, exchange.attempts[-1] if exchange.attempts else None
    optional: tuple[tuple[str, object], ...] = (
        ("via", purpose.via),
        ("discoveredBy", purpose.source),
        ("role", purpose.role),
        ("robots", purpose.robots),
        ("fetchTimeMs", exchange.duration_ms),
        ("timeToFirstByteMs", last.first_byte_ms if last else None),
        ("connectionAttempts", len(exchange.attempts)),
        ("payloadDigest", payload_digest),
        ("interimResponses", len(answer.interim) if answer and answer.interim else None),
        ("surplusBytes", answer.surplus if answer and answer.surplus else None),
        ("fetchError", exchange.error),
    )
    block = warc_fields(tuple((name, str(value)) for name, value in optional if value is not None))
    concurrent = (("WARC-Concurrent-To", about.record_id),) if about else ()
    return _record("metadata", new_id(), (*common, *concurrent), WARC_FIELDS, block)


def _connection(attempt: Attempt) -> tuple[tuple[str, str], ...]:
    """WARC-Protocol and WARC-Cipher-Suite are proposed fields, repeatable (iipc/warc-specifications#42)."""
    fields = [("WARC-IP-Address", attempt.ip_address), ("WARC-Protocol", "http/1.1"), ("WARC-Protocol", attempt.tls)]
    return tuple((name, value) for name, value in (*fields, ("WARC-Cipher-Suite", attempt.cipher)) if value)


def _truncated(exchange: Exchange, answer: Answer | None) -> tuple[tuple[str, str], ...]:
    reason = exchange.truncated or ("disconnect" if answer is None or not answer.complete else None)
    return (("WARC-Truncated", reason),) if reason else ()


def _is_compressed(answer: Answer) -> bool:
    coding = (answer.header("content-encoding") or "").strip().lower()
    return coding in _COMPRESSED or (answer.header("content-type") or "").lower().startswith(_COMPRESSED_TYPES)


def _record(
    kind: Kind,
    record_id: str,
    fields: tuple[tuple[str, str], ...],
    content_type: str,
    block: bytes,
    stored_from: int | None = None,
) -> Record:
    more = (("WARC-Block-Digest", digest(block)), ("Content-Type", content_type))
    return Record(kind, record_id, (*fields, *more), block, stored_from)
