"""What is heard of one exchange while it happens: the bytes of each attempt, who answered, over which encryption."""

from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from OpenSSL import crypto

from newsarchive import clock
from newsarchive.capture import certificates
from newsarchive.warc.exchange import Attempt
from newsarchive.warc.octets import Spool

_OVERHEAD = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Encryption:
    """What is known of a TLS connection; the same for all exchanges over it."""

    version: str | None = None
    """`tls/1.3`"""
    cipher: str | None = None
    certificates: tuple[bytes, ...] = ()
    """DER, the server's own first."""
    check: str | None = None
    """Whether the certificate is valid, and why not."""


PLAIN = Encryption()


class Listener:
    """Collects the attempts of one exchange."""

    def __init__(
        self,
        *,
        spool: Path | None = None,
        max_payload: int = 0,
        through_proxy: bool = False,
        tls_host: str | None = None,
    ) -> None:
        """`spool` is the folder for long answers; `max_payload` bytes of payload are wanted at most (0: any number).

        `tls_host`: the host of an https URL. Of http through a TLS proxy, the encryption is that of the proxy alone.
        """
        self.started_at = clock.moment()
        self.spool = spool
        self.through_proxy = through_proxy
        self.tls_host = tls_host
        # Framing is overhead; what is mostly framing, or interim answers without end, is an attack.
        self.limit = 4 * max_payload + _OVERHEAD if max_payload else None
        self.was_cut = False
        self.failure: OSError | None = None
        self._started = monotonic()
        self._attempts: list[OpenAttempt] = []

    def begin(self, transport: Any) -> "OpenAttempt":
        """A request is about to be written to this transport."""
        attempt = OpenAttempt(self, transport)
        self._attempts.append(attempt)
        return attempt

    def attempts(self) -> tuple[Attempt, ...]:
        """All attempts so far, frozen."""
        return tuple(attempt.frozen() for attempt in self._attempts)

    def end(self) -> None:
        """The exchange is over: let go of its bytes, though timers set meanwhile still know of the listener."""
        for attempt in self._attempts:
            attempt.end()
        self._attempts = []

    def elapsed_ms(self) -> int:
        return round((monotonic() - self._started) * 1000)


class OpenAttempt:
    """The bytes of one request and its answer."""

    def __init__(self, listener: Listener, transport: Any) -> None:
        self._listener: Listener | None = listener
        self._transport = transport
        self._started_at = clock.moment()
        self._started = monotonic()
        self._first_byte_ms: int | None = None
        self._sent: list[bytes] = []
        self._received = Spool(listener.spool)
        self._peer = None if listener.through_proxy else getattr(transport.getPeer(), "host", None)
        self._encryption = PLAIN
        # A closed connection gives its handle no more.
        self._handle = _handle_of(transport)

    def sent(self, chunk: bytes) -> None:
        self._sent.append(bytes(chunk))

    def received(self, chunk: bytes) -> None:
        """Never raises: what cannot be kept is remembered as the listener's failure, and the connection is cut."""
        listener = self._listener
        if listener is None:
            return
        if self._first_byte_ms is None:
            self._first_byte_ms = round((monotonic() - self._started) * 1000)
            # Noted while the connection stands: a closed one no longer knows its cipher.
            self._encryption = PLAIN if listener.tls_host is None else encryption_of(self._transport, listener.tls_host)
        try:
            self._received.append(bytes(chunk))
        except OSError as error:
            listener.failure = error
            self._transport.abortConnection()
        if listener.limit is not None and self._received.size > listener.limit:
            listener.was_cut = True
            self._transport.abortConnection()

    def end(self) -> None:
        """What comes from now on belongs to no exchange."""
        self._listener = None
        self._sent, self._received = [], Spool()

    def frozen(self) -> Attempt:
        return Attempt(
            request=b"".join(self._sent) if self._received.size or _is_shaken(self._handle) else b"",
            response=self._received.octets(),
            started_at=self._started_at,
            ip_address=self._peer,
            tls=self._encryption.version,
            cipher=self._encryption.cipher,
            first_byte_ms=self._first_byte_ms,
            certificates=self._encryption.certificates,
            certificate_check=self._encryption.check,
        )


current: ContextVar[Listener | None] = ContextVar("newsarchive_listener", default=None)
"""Set by the handler just before it asks for a connection: from there to getConnection() no other task can run."""


def encryption_of(transport: Any, host: str) -> Encryption:
    """What a connection knows of its encryption; asked once for each connection."""
    known: Encryption | None = getattr(transport, "newsarchive_encryption", None)
    if known is None:
        known = _encryption(transport, host)
        transport.newsarchive_encryption = known
    return known


def _handle_of(transport: Any) -> Any:
    """A socket, or the TLS connection above it; a tunnel was plain when it was opened, and says what it is now."""
    return transport.getHandle() if hasattr(transport, "getHandle") else None


def _is_shaken(handle: Any) -> bool:
    """Over TLS nothing is sent before both sides have shaken hands: what was written until then never left."""
    return not hasattr(handle, "get_cipher_name") or handle.get_cipher_name() is not None


def _encryption(transport: Any, host: str) -> Encryption:
    handle = _handle_of(transport)
    if not hasattr(handle, "get_protocol_version_name"):
        return PLAIN
    version = str(handle.get_protocol_version_name()).lower().replace("tlsv", "tls/")
    chain = tuple(crypto.dump_certificate(crypto.FILETYPE_ASN1, one) for one in handle.get_peer_cert_chain() or ())
    return Encryption(
        version=version if "." in version else f"{version}.0",
        cipher=handle.get_cipher_name(),
        certificates=chain,
        check=certificates.check(chain, host, clock.moment(), certificates.system_roots()) if chain else None,
    )
