"""Whether a TLS certificate was valid is recorded, and every page is fetched all the same."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from newsarchive.capture import certificates
from newsarchive.demoweb.certificate import server_context
from tests.capture.crawling import Ask, Asking
from tests.capture.proxies import Proxy
from tests.capture.server import Server

HOST = "www.secure.example"
NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Issued:
    """A certificate with its key and the certificates above it."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    above: tuple[x509.Certificate, ...] = ()

    def pem(self, *, whole: bool = True) -> bytes:
        chain = (self.certificate, *(self.above if whole else ()))
        return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain)

    def der(self) -> tuple[bytes, ...]:
        return tuple(one.public_bytes(serialization.Encoding.DER) for one in (self.certificate, *self.above))

    def private(self) -> bytes:
        form = serialization.PrivateFormat.PKCS8
        return self.key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def issue(
    by: Issued | None = None,
    *,
    name: str = HOST,
    hosts: tuple[str, ...] = (HOST,),
    authority: bool = False,
    start: datetime = NOW - 9 * DAY,
    end: datetime = NOW + 9 * DAY,
    purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH,
) -> Issued:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if not authority:
        named: list[Any] = [x509.IPAddress(ip_address(one)) if one[0].isdigit() else x509.DNSName(one) for one in hosts]
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        builder = builder.add_extension(x509.SubjectAlternativeName(named), critical=False) if named else builder
    above = (by.certificate, *by.above) if by and by.above else ((by.certificate,) if by else ())
    return Issued(builder.sign(by.key if by else key, hashes.SHA256()), key, above)


ROOT = issue(name="A root", authority=True)
BETWEEN = issue(ROOT, name="An intermediate", authority=True)
OTHER = issue(name="Another root", authority=True)
OLD = {"start": NOW - 9 * DAY, "end": NOW - DAY}


@dataclass(frozen=True)
class Case:
    issued: Issued
    recorded: str
    whole: bool = True
    host: str = HOST
    settings: dict[str, Any] = field(default_factory=dict)


CASES = {
    "valid": Case(issue(ROOT), "valid"),
    "wildcard": Case(issue(ROOT, hosts=("*.secure.example",)), "valid"),
    "address": Case(issue(ROOT, hosts=("127.0.0.1",)), "valid", host="127.0.0.1"),
    "intermediate sent": Case(issue(BETWEEN), "valid"),
    "intermediate not sent": Case(issue(BETWEEN), "untrusted", whole=False),
    "other root": Case(issue(OTHER), "untrusted"),
    "self-signed": Case(issue(), "self-signed"),
    "expired": Case(issue(ROOT, **OLD), "expired"),
    "not yet valid": Case(issue(ROOT, start=NOW + DAY), "not-yet-valid"),
    "other host": Case(issue(ROOT, hosts=("other.example",)), "wrong-name"),
    "common name only": Case(issue(ROOT, hosts=()), "wrong-name"),
    "name for an address": Case(issue(ROOT), "wrong-name", host="127.0.0.1"),
    "for clients": Case(issue(ROOT, purpose=ExtendedKeyUsageOID.CLIENT_AUTH), "wrong-purpose"),
    "all wrong": Case(issue(hosts=("a.example",), **OLD), "self-signed, expired, wrong-name"),
    "expired and other host": Case(issue(OTHER, hosts=("a.example",), **OLD), "untrusted, expired, wrong-name"),
}


class Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(case: Case) -> Iterator[int]:
    """A TLS server that presents the certificate of the case; gives its port."""
    context = server_context(case.issued.pem(whole=case.whole), case.issued.private())
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def recorded(asking: Asking) -> dict[str, list[str | None]]:
    found: dict[str, list[str | None]] = {}
    for record in asking.records():
        if record.kind == "metadata":
            found.setdefault(record.field("WARC-Target-URI") or "", []).append(
                record.block_fields().get("tlsCertificate")
            )
    return found


def test_the_validity_of_each_certificate_is_recorded_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    roots = tmp_path / "roots.pem"
    roots.write_bytes(ROOT.pem())
    monkeypatch.setenv("SSL_CERT_FILE", str(roots))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "no such folder"))
    with ExitStack() as open_, Proxy() as proxy:
        ports = {name: open_.enter_context(serving(case)) for name, case in CASES.items()}
        urls = {name: f"https://{CASES[name].host}:{port}/" for name, port in ports.items()}
        tunnelled = {name: f"{urls[name]}tunnelled" for name in ("valid", "self-signed")}
        asking = Asking(tmp_path / "project", [f"{HOST}:{port}:127.0.0.1:{port}" for port in ports.values()])
        # Two requests over one connection: both have it recorded.
        asks = [Ask(url) for url in urls.values()] + [Ask(urls["valid"] + "again")]
        asks += [Ask(url, meta={"proxy": proxy.url}) for url in tunnelled.values()]
        done = asking.run(asks, CONCURRENT_REQUESTS_PER_DOMAIN=1, LOG_LEVEL="ERROR")
    assert (done.code, done.err) == (0, "")
    assert {note for note in asking.notes() if note.startswith("seen ")} == {f"seen {ask.url}" for ask in asks}
    found = recorded(asking)
    assert {name: found[url] for name, url in urls.items()} == {name: [case.recorded] for name, case in CASES.items()}
    assert found[urls["valid"] + "again"] == ["valid"]
    assert {name: found[url] for name, url in tunnelled.items()} == {"valid": ["valid"], "self-signed": ["self-signed"]}


def test_the_encryption_of_a_proxy_is_not_recorded_as_that_of_the_site(tmp_path: Path):
    own = issue(hosts=("127.0.0.1",))
    with Server() as server, Proxy(tls=server_context(own.pem(), own.private())) as proxy:
        asking = Asking(tmp_path / "project", server.connect_to)
        done = asking.run([Ask(server.url("http", "plain"), meta={"proxy": proxy.url})])
        assert (done.code, len(proxy.requests)) == (0, 1), done.err
    assert recorded(asking) == {server.url("http", "plain"): [None]}
    (answer,) = [record for record in asking.records() if record.kind == "response"]
    assert [value for name, value in answer.fields if name == "WARC-Protocol"] == ["http/1.1"]
    assert [record.field("WARC-Target-URI") for record in asking.records() if record.kind == "resource"] == []


def test_without_roots_nothing_is_called_valid():
    assert certificates.check(issue(ROOT).der(), HOST, NOW, None) == "unchecked"
    assert certificates.check(issue(ROOT, **OLD).der(), HOST, NOW, None) == "unchecked, expired"


def test_bytes_that_are_not_a_certificate_are_unreadable():
    assert certificates.check((b"\x30\x03\x02\x01\x00",), HOST, NOW, None) == "unreadable"


def test_the_roots_of_the_system_are_found():
    paths = ssl.get_default_verify_paths()
    assert (certificates.system_roots() is not None) is bool(paths.cafile or paths.capath)
