"""Records of what is not an answer: names looked up, certificates, links found, and pages as a browser drew them."""

import base64
import hashlib
from collections.abc import Iterable
from urllib.parse import urlsplit

from newsarchive import dates
from newsarchive.warc import fields
from newsarchive.warc.exchange import Exchange, NameLookup, Rendering
from newsarchive.warc.fields import WARC_FIELDS, NewId, Record, digest, warc_fields

_PEM = "-----BEGIN CERTIFICATE-----\n{}-----END CERTIFICATE-----\n"


def circumstances(exchange: Exchange, *, known: set[str], warcinfo_id: str, new_id: NewId) -> tuple[Record, ...]:
    """The name lookup and the certificates behind an exchange, unless the file holds them already.

    `known` is the memory of one file, and is added to.
    """
    made: list[Record] = []
    lookup, last = exchange.lookup, exchange.attempts[-1] if exchange.attempts else None
    if lookup and _is_new(f"dns:{lookup.host} {lookup.asked_at.isoformat()}", known):
        made.append(_lookup(lookup, warcinfo_id, new_id))
    if last and last.certificates:
        origin = _origin(exchange.url)
        if _is_new(f"{origin} {fingerprint(last.certificates)}", known):
            made.append(_certificates(exchange, origin, last.certificates, warcinfo_id, new_id))
    return tuple(made)


def fingerprint(certificates: tuple[bytes, ...]) -> str | None:
    """SHA-256 of the server's own certificate, hexadecimal; None without one."""
    return hashlib.sha256(certificates[0]).hexdigest() if certificates else None


def outlinks(
    url: str, links: Iterable[str], *, about: str, captured_at: str, warcinfo_id: str, new_id: NewId
) -> Record:
    """A metadata record of the links that were followed from a captured page, as Heritrix writes them."""
    named = (
        ("WARC-Date", captured_at),
        ("WARC-Target-URI", url),
        ("WARC-Warcinfo-ID", warcinfo_id),
        ("WARC-Refers-To", about),
    )
    block = warc_fields(("outlink", f"{link} L spider/request") for link in links)
    return fields.record("metadata", new_id(), named, WARC_FIELDS, block)


def rendering(exchange: Exchange, page: Rendering, warcinfo_id: str, new_id: NewId) -> Record:
    """A browser's serialised DOM: no message of the wire, hence no response and not under the page's own URI."""
    named = (
        ("WARC-Date", dates.utc(exchange.started_at)),
        ("WARC-Target-URI", f"urn:dom:{exchange.url}"),
        ("WARC-Warcinfo-ID", warcinfo_id),
        ("WARC-Payload-Digest", digest(page.html)),
    )
    return fields.record("resource", new_id(), named, page.content_type, page.html)


def _lookup(lookup: NameLookup, warcinfo_id: str, new_id: NewId) -> Record:
    """`dns:` and `text/dns` (RFC 4501, RFC 4027): when it was asked, then the resource records with their TTL."""
    named = (
        ("WARC-Date", dates.utc(lookup.asked_at)),
        ("WARC-Target-URI", f"dns:{lookup.host}"),
        ("WARC-Warcinfo-ID", warcinfo_id),
        *((("WARC-IP-Address", lookup.server),) if lookup.server else ()),
    )
    lines = (lookup.asked_at.strftime("%Y%m%d%H%M%S"), *lookup.lines)
    block = "".join(f"{line}\r\n" for line in lines).encode()
    return fields.record("resource", new_id(), (*named, ("WARC-Payload-Digest", digest(block))), "text/dns", block)


def _certificates(
    exchange: Exchange, origin: str, certificates: tuple[bytes, ...], warcinfo_id: str, new_id: NewId
) -> Record:
    """The chain as the server sent it, its own certificate first (`application/pem-certificate-chain`, RFC 8555)."""
    block = "".join(_PEM.format(base64.encodebytes(der).decode()) for der in certificates).encode()
    named = (
        ("WARC-Date", dates.utc(exchange.started_at)),
        ("WARC-Target-URI", f"urn:certificate:{origin}"),
        ("WARC-Warcinfo-ID", warcinfo_id),
        ("WARC-Payload-Digest", digest(block)),
    )
    return fields.record("resource", new_id(), named, "application/pem-certificate-chain", block)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/"


def _is_new(name: str, known: set[str]) -> bool:
    if name in known:
        return False
    known.add(name)
    return True
