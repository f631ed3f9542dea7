"""Exchanges become records: which kinds, with which fields (WARC 1.1, sections 5 and 6). Pure but for the ids."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from newsarchive import dates
from newsarchive.warc import fields, resources, terms
from newsarchive.warc.exchange import Attempt, Exchange
from newsarchive.warc.fields import WARC_FIELDS, Fields, NewId, Record, digest_of, warc_fields
from newsarchive.warc.frame import Answer, read_answer
from newsarchive.warc.octets import SPOOL_FROM, Octets, Span
from newsarchive.warc.redaction import Redaction

HTTP_REQUEST = "application/http;msgtype=request"
HTTP_RESPONSE = "application/http;msgtype=response"
_UNKNOWN = "application/octet-stream"
_PROFILE = "http://netpreserve.org/warc/1.1/revisit/"
# Codings whose bytes no compression makes smaller.
_COMPRESSED = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd"})
_COMPRESSED_TYPES = ("image/", "video/", "audio/", "application/zip", "application/gzip", "application/x-gzip", "font/")
_NOTHING = Redaction()
_VALIDATORS = re.compile(rb"\r?\nif-(?:none-match|modified-since)[ \t]*:", re.IGNORECASE)


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
    """The response, revisit or resource record of the last attempt; None when nothing came back."""
    answer: Answer | None
    payload_digest: str | None


def record_type(
    status: int, payload_digest: str, earlier: Earlier | None, *, is_conditional: bool
) -> Literal["response", "revisit"]:
    """Return `revisit` for a page that the collection already holds, and for a 304 to a conditional request.

    Other answers are stored whole: the body, too, may state why a server refuses.
    """
    if earlier is None:
        return "response"
    is_known = status == 200 and earlier.payload_digest == payload_digest
    return "revisit" if is_known or (status == 304 and is_conditional) else "response"


def warcinfo(about: Mapping[str, str], *, filename: str, date: str, record_id: str) -> Record:
    """The first record of a file: who wrote it, with what, under which rules (WARC 1.1, 6.2)."""
    named = (("WARC-Date", date), ("WARC-Filename", filename))
    return fields.record("warcinfo", record_id, named, WARC_FIELDS, warc_fields(about.items()))


def bundle(
    exchange: Exchange,
    *,
    earlier: Earlier | None,
    warcinfo_id: str,
    new_id: NewId,
    redaction: Redaction = _NOTHING,
) -> Bundle:
    """All records of an exchange: for each attempt its answer and its request, then one metadata record."""
    common = (
        ("WARC-Date", dates.utc(exchange.started_at)),
        ("WARC-Target-URI", exchange.url),
        ("WARC-Warcinfo-ID", warcinfo_id),
    )
    kept: list[Record] = []
    hidden: set[str] = set()
    primary, answer, payload_digest = None, None, None
    for number, attempt in enumerate(exchange.attempts, start=1):
        last = number == len(exchange.attempts)
        answer = read_answer(attempt.response, method=exchange.method)
        payload_digest = _whole_payload_digest(answer, exchange if last else None)
        primary = _answer_record(
            exchange if last else None, attempt, answer, payload_digest, earlier if last else None, common, new_id
        )
        request_bytes, names = redaction.of(attempt.request)
        hidden.update(names)
        request = _request_record(request_bytes, attempt, primary, common, new_id)
        kept += [record for record in (primary, request) if record]
    about = primary or (kept[-1] if kept else None)
    if exchange.rendering:
        primary = about = resources.rendering(exchange, exchange.rendering, warcinfo_id, new_id)
        payload_digest = primary.field("WARC-Payload-Digest")
        kept.append(primary)
    kept.append(_metadata_record(exchange, answer, about, hidden, common, new_id))
    return Bundle(tuple(kept), primary, answer, payload_digest)


def _whole_payload_digest(answer: Answer | None, exchange: Exchange | None) -> str | None:
    """The digest of the entity-body: transfer coding undone, content coding kept (WARC 1.1, 5.9 and 6.3.2).

    None for a truncated payload: a part must never pass for the whole.
    """
    if answer is None or not answer.complete or (exchange and exchange.truncated):
        return None
    return digest_of(answer.entity_pieces())


def _answer_record(
    exchange: Exchange | None,
    attempt: Attempt,
    answer: Answer | None,
    payload_digest: str | None,
    earlier: Earlier | None,
    common: Fields,
    new_id: NewId,
) -> Record | None:
    """`exchange` is None for an attempt that another one followed."""
    if len(attempt.response) == 0:
        return None
    named = (*common, *_connection(attempt, _protocol(attempt, answer)))
    if payload_digest and earlier and answer:
        is_conditional = _is_conditional(attempt.request)
        if record_type(answer.status, payload_digest, earlier, is_conditional=is_conditional) == "revisit":
            return _revisit(answer, payload_digest, earlier, named, new_id)
    if payload_digest:
        named = (*named, ("WARC-Payload-Digest", payload_digest))
    named = (*named, *_truncated(exchange, answer))
    if answer is None:
        # Not HTTP: kept as it came, and not called what it is not.
        block, rest = _split(attempt.response, 0, len(attempt.response))
        return fields.record("response", new_id(), named, _UNKNOWN, block, rest=rest)
    block, rest = _split(attempt.response, answer.body.start - len(answer.head), answer.body.stop)
    stored_from = len(answer.head) if _is_compressed(answer) else None
    return fields.record(
        "response", new_id(), named, HTTP_RESPONSE, block, stored_from=stored_from, rest=rest, answer=answer
    )


def _split(octets: Octets, start: int, stop: int) -> tuple[bytes, Span | None]:
    """What is held in memory, and what stays in the file in which it was received."""
    if stop - start <= SPOOL_FROM:
        return octets[start:stop], None
    cut = start + SPOOL_FROM
    return octets[start:cut], Span(octets, cut, stop)


def _revisit(answer: Answer, payload_digest: str, earlier: Earlier, named: Fields, new_id: NewId) -> Record:
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
    return fields.record("revisit", new_id(), (*named, *more), HTTP_RESPONSE, answer.head, answer=answer)


def _is_conditional(request: bytes) -> bool:
    """Whether a request has validators, so that 304 answers it (RFC 9110, 15.4.5)."""
    return bool(_VALIDATORS.search(request.partition(b"\r\n\r\n")[0]))


def _request_record(
    request: bytes, attempt: Attempt, answered: Record | None, common: Fields, new_id: NewId
) -> Record | None:
    if not request:
        return None
    concurrent = (("WARC-Concurrent-To", answered.record_id),) if answered else ()
    named = (*common, *_connection(attempt, attempt.protocol), *concurrent)
    return fields.record("request", new_id(), named, HTTP_REQUEST, request)


def _metadata_record(
    exchange: Exchange,
    answer: Answer | None,
    about: Record | None,
    hidden: set[str],
    common: Fields,
    new_id: NewId,
) -> Record:
    block = warc_fields(
        (name, str(value)) for name, value in _told(exchange, answer, hidden) if value is not None and value != ""
    )
    concurrent = (("WARC-Concurrent-To", about.record_id),) if about else ()
    return fields.record("metadata", new_id(), (*common, *concurrent), WARC_FIELDS, block)


def _told(exchange: Exchange, answer: Answer | None, hidden: set[str]) -> tuple[tuple[str, object], ...]:
    """What is known of an exchange beside its bytes (WARC 1.1, 6.5); None and empty ones are left out."""
    purpose, last = exchange.purpose, exchange.attempts[-1] if exchange.attempts else None
    return (
        ("via", purpose.via),
        ("discoveredBy", purpose.source),
        ("role", purpose.role),
        ("robots", purpose.robots),
        *terms.told(purpose.terms),
        ("redirectedFrom", exchange.redirected_from),
        ("fetchTimeMs", exchange.duration_ms),
        ("timeToFirstByteMs", last.first_byte_ms if last else None),
        ("connectionAttempts", len(exchange.attempts)),
        ("interimResponses", len(answer.interim) if answer and answer.interim else None),
        ("interimBytes", _as_text(answer.interim) if answer else None),
        ("leadingBytes", _as_text((answer.leading,)) if answer else None),
        ("surplusBytes", answer.surplus if answer and answer.surplus else None),
        ("tlsCertificateSha256", resources.fingerprint(last.certificates) if last else None),
        ("tlsCertificate", last.certificate_check if last else None),
        ("viaProxy", exchange.proxy),
        ("redactedRequestHeaders", ", ".join(sorted(hidden))),
        ("messageReconstructed", exchange.rebuilt),
        ("fetchError", exchange.error),
    )


def _as_text(interim: tuple[bytes, ...]) -> str:
    """Interim messages in one line: `\\r\\n` stands for its line ends, and every byte can be told from it."""
    return b"".join(interim).decode("latin-1").encode("unicode_escape").decode()


def _protocol(attempt: Attempt, answer: Answer | None) -> str:
    """What the server spoke: an answer in HTTP/1.0 says so itself."""
    spoken = answer.head[:8].decode("latin-1").lower() if answer else ""
    return spoken if spoken == "http/1.0" and attempt.protocol.startswith("http/1") else attempt.protocol


def _connection(attempt: Attempt, protocol: str) -> Fields:
    """WARC-Protocol and WARC-Cipher-Suite are proposed fields, repeatable (iipc/warc-specifications#42)."""
    named = (
        ("WARC-IP-Address", attempt.ip_address),
        ("WARC-Protocol", protocol),
        ("WARC-Protocol", attempt.tls),
        ("WARC-Cipher-Suite", attempt.cipher),
    )
    return tuple((name, value) for name, value in named if value)


def _truncated(exchange: Exchange | None, answer: Answer | None) -> Fields:
    reason = (exchange.truncated if exchange else None) or (
        "disconnect" if answer is None or not answer.complete else None
    )
    return (("WARC-Truncated", reason),) if reason else ()


def _is_compressed(answer: Answer) -> bool:
    coding = (answer.header("content-encoding") or "").strip().lower()
    return coding in _COMPRESSED or (answer.header("content-type") or "").lower().startswith(_COMPRESSED_TYPES)
