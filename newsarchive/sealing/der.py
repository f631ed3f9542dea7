"""Just enough DER to put the certificates of a time-stamp answer in order.

They are a SET OF, which DER wants sorted (X.690, 11.6). Many authorities send them in the order of their chain;
openssl reads that, and the strict reader behind rfc3161-client does not. They are not part of what is signed (RFC 5652,
5.4), so that sorting them changes nothing of what a token proves.
"""

from collections.abc import Iterator
from dataclasses import dataclass

_SEQUENCE, _CONTEXT_0 = 0x30, 0xA0


@dataclass(frozen=True, slots=True)
class _Element:
    tag: int
    start: int
    body: int
    end: int


def with_sorted_certificates(answer: bytes) -> bytes:
    """The same answer with its certificates in the order of DER; unchanged where it is not of the form of RFC 3161."""
    try:
        certificates = _certificates(answer)
    except (ValueError, IndexError):
        return answer
    if certificates is None:
        return answer
    encoded = sorted(answer[one.start : one.end] for one in _elements(answer, certificates.body, certificates.end))
    return answer[: certificates.body] + b"".join(encoded) + answer[certificates.end :]


def _certificates(answer: bytes) -> _Element | None:
    """TimeStampResp { status, ContentInfo { type, [0] { SignedData { version, algorithms, content, [0] … } } } }."""
    _, content_info = _children(answer, _whole(answer), 2)
    _, wrapped = _children(answer, content_info, 2)
    (signed_data,) = _children(answer, wrapped, 1)
    fields = list(_elements(answer, signed_data.body, signed_data.end))
    return fields[3] if len(fields) > 3 and fields[3].tag == _CONTEXT_0 else None


def _whole(octets: bytes) -> _Element:
    element = _element(octets, 0, len(octets))
    if element.tag != _SEQUENCE or element.end != len(octets):
        raise ValueError
    return element


def _children(octets: bytes, parent: _Element, count: int) -> list[_Element]:
    found = list(_elements(octets, parent.body, parent.end))
    if len(found) != count:
        raise ValueError
    return found


def _elements(octets: bytes, start: int, end: int) -> Iterator[_Element]:
    while start < end:
        element = _element(octets, start, end)
        yield element
        start = element.end


def _element(octets: bytes, start: int, end: int) -> _Element:
    length, body = octets[start + 1], start + 2
    if length & 0x80:
        digits = length & 0x7F
        length, body = int.from_bytes(octets[body : body + digits]), body + digits
    if body + length > end:
        raise ValueError
    return _Element(octets[start], start, body, body + length)
