"""Credentials taken out of archived requests, where the operator's policy asks for it; otherwise every byte stays."""

import re
from dataclasses import dataclass, field

_HIDDEN = b"[redacted]"
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True, slots=True)
class Redaction:
    """The policy: request headers whose values are not archived."""

    names: tuple[str, ...] = ()
    _pattern: re.Pattern[bytes] | None = field(init=False, compare=False, default=None)

    def __post_init__(self) -> None:
        """Raises `ValueError` for what is no header's name (RFC 9110, 5.1)."""
        if wrong := [name for name in self.names if not _NAME.fullmatch(name)]:
            raise ValueError(wrong[0])
        if self.names:
            either = b"|".join(re.escape(name.encode()) for name in self.names)
            pattern = re.compile(rb"(?im)^(" + either + rb")(:[ \t]*)([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)")
            object.__setattr__(self, "_pattern", pattern)

    def of(self, request: bytes) -> tuple[bytes, tuple[str, ...]]:
        """The request without those values, and the names of the headers that were in it."""
        if self._pattern is None:
            return request, ()
        head, separator, body = request.partition(b"\r\n\r\n")
        found = tuple(sorted({match[1].decode().lower() for match in self._pattern.finditer(head)}))
        return self._pattern.sub(rb"\1\2" + _HIDDEN, head) + separator + body, found

    def __str__(self) -> str:
        """As warcinfo states it."""
        return ", ".join(self.names) if self.names else "none"
