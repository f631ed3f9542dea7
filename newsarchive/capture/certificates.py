"""Whether a server's TLS certificate is valid, and why not: recorded only, since Scrapy accepts any certificate."""

import ipaddress
import ssl
from datetime import datetime
from functools import lru_cache
from importlib.util import find_spec

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from OpenSSL import crypto
from service_identity import CertificateError, VerificationError
from service_identity.cryptography import extract_patterns
from service_identity.hazmat import DNS_ID, IPAddress_ID, verify_service_identity

VALID = "valid"
_UNREADABLE = "unreadable"
# OpenSSL's X509_V_ERR_...; each other one is that no chain leads to a root of the store.
_REASONS = {9: "not-yet-valid", 10: "expired", 18: "self-signed", 23: "revoked"}
_UNTRUSTED = "untrusted"
_SERVER = frozenset({ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE})


@lru_cache(maxsize=1)
def system_roots() -> crypto.X509Store | None:
    """Return the roots that the system trusts (`SSL_CERT_FILE`, `SSL_CERT_DIR`), else those of certifi, else None."""
    paths = ssl.get_default_verify_paths()
    file, folder = paths.cafile, paths.capath
    if not file and not folder and find_spec("certifi"):
        import certifi  # noqa: PLC0415 - installed beside other packages, never by us

        file = certifi.where()
    if not file and not folder:
        return None
    store = crypto.X509Store()
    try:
        store.load_locations(file, folder)
    except crypto.Error:
        return None
    return store


def check(chain: tuple[bytes, ...], host: str, at: datetime, roots: crypto.X509Store | None) -> str:
    """Return `valid`, or the reasons against a certificate, the server's own (DER) being the first of the chain.

    `untrusted`: no chain to a root of the system; also when the server leaves out an intermediate certificate.
    `unchecked`: the system has no roots.
    """
    try:
        reasons = _reasons(chain, host, at, roots)
    # Servers send certificates that one of the libraries cannot parse.
    except (ValueError, crypto.Error, x509.UnsupportedGeneralNameType, x509.DuplicateExtension):
        return _UNREADABLE
    return ", ".join(dict.fromkeys(reasons)) or VALID


def _reasons(chain: tuple[bytes, ...], host: str, at: datetime, roots: crypto.X509Store | None) -> list[str]:
    own = x509.load_der_x509_certificate(chain[0])
    reasons = [_trust(chain, at, roots)]
    if at > own.not_valid_after_utc:
        reasons.append("expired")
    if at < own.not_valid_before_utc:
        reasons.append("not-yet-valid")
    if not _is_named(own, host):
        reasons.append("wrong-name")
    if not _is_for_servers(own):
        reasons.append("wrong-purpose")
    return [reason for reason in reasons if reason]


def _trust(chain: tuple[bytes, ...], at: datetime, roots: crypto.X509Store | None) -> str | None:
    if roots is None:
        return "unchecked"
    own, *others = [crypto.load_certificate(crypto.FILETYPE_ASN1, der) for der in chain]
    roots.set_time(at)
    try:
        crypto.X509StoreContext(roots, own, chain=others).verify_certificate()
    except crypto.X509StoreContextError as error:
        return _REASONS.get(error.errors[0], _UNTRUSTED)
    return None


def _is_named(certificate: x509.Certificate, host: str) -> bool:
    """Return whether the certificate names the host (RFC 9525); a common name does not count."""
    try:
        patterns = extract_patterns(certificate)
        verify_service_identity(patterns, [_service(host)], [])
    except (CertificateError, VerificationError):
        return False
    return True


def _service(host: str) -> DNS_ID | IPAddress_ID:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return DNS_ID(host.removesuffix("."))
    return IPAddress_ID(host)


def _is_for_servers(certificate: x509.Certificate) -> bool:
    try:
        uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return not _SERVER.isdisjoint(uses)
