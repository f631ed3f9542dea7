"""Credentials taken out of archived requests: those for a proxy always, others where the operator's policy names them.

`Proxy-Authorization` is addressed to the proxy, not to the site (RFC 9110, 11.7.2), so it is no part of the exchange
that is archived.
"""

import re
from dataclasses import dataclass, field

_HIDDEN = b"[redacted]"
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FOR_THE_PROXY = b"proxy-authorization"
# With the continuation lines of a folded field (RFC 9112, 5.2).
_VALUE = rb"[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*"
_PROXY_FIELD = re.compile(rb"(?i)\r?\n" + re.escape(_FOR_THE_PROXY) + rb"[ \t]*:" + _VALUE)


@dataclass(frozen=True, slots=True)
class Redaction:
    """The policy: request headers whose values are not archived."""

    names: tuple[str, ...] = ()
    _pattern: re.Pattern[bytes] | None = field(init=False, compare=False, default=None)

    def __post_init__(self) -> None:
        """Raises `ValueError` for a name that is not a token (RFC 9110, 5.1)."""
        if wrong := [name for name in self.names if not _NAME.fullmatch(name)]:
            raise ValueError(wrong[0])
        if self.names:
            either = b"|".join(re.escape(name.encode()) for name in self.names)
            pattern = re.compile(rb"(?im)^(" + either + rb")([ \t]*:[ \t]*)(" + _VALUE + rb")")
            object.__setattr__(self, "_pattern", pattern)

    def of(self, request: bytes) -> tuple[bytes, tuple[str, ...]]:
        """Return the request without those values, and the names of the headers concerned.

        The field for the proxy is removed as a whole, so that the request is the one that the site receives.
        """
        head, separator, body = request.partition(b"\r\n\r\n")
        names: set[str] = set()
        if self._pattern:
            names = {match[1].decode().lower() for match in self._pattern.finditer(head)}
            head = self._pattern.sub(rb"\1\2" + _HIDDEN, head)
        if _FOR_THE_PROXY in head.lower():
            head, count = _PROXY_FIELD.subn(b"", head)
            if count:
                names.add(_FOR_THE_PROXY.decode())
        return head + separator + body, tuple(sorted(names))

    def __str__(self) -> str:
        """As warcinfo states it."""
        return ", ".join(self.names) if self.names else "none"
