"""A time-stamp authority of our own: `openssl ts` behind HTTP, with certificates for any span of time."""

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_CONFIG = """
[tsa]
default_tsa = it
[it]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/root.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""
# What openssl asks for the time of a token.
_CLOCK = """
#include <stdlib.h>
#include <sys/time.h>
int gettimeofday(struct timeval *now, void *zone) {
    now->tv_sec = atoll(getenv("CLOCK"));
    now->tv_usec = 0;
    return 0;
}
"""


class Authority:
    """Answers questions; `root` is the file to pin."""

    def __init__(self, folder: Path, name: str, *, ended: bool = False) -> None:
        """With `ended`, the certificate that it goes on signing with ended yesterday."""
        folder.mkdir(parents=True)
        self._folder = folder
        self.root = folder / "root.pem"
        now = datetime.now(UTC)
        end = now - timedelta(days=1) if ended else now + timedelta(days=365)
        root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        years = (now - timedelta(days=900), now + timedelta(days=900))
        root = _certificate(f"{name} root", root_key, None, years)
        own = _certificate(name, key, (root, root_key), (now - timedelta(days=800), end))
        self.root.write_bytes(root.public_bytes(serialization.Encoding.PEM))
        (folder / "tsa.pem").write_bytes(own.public_bytes(serialization.Encoding.PEM))
        (folder / "tsa.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        (folder / "serial").write_text("01\n")
        (folder / "ts.cnf").write_text(_CONFIG.format(folder=folder))

    def answer(self, question: bytes, *, at: datetime | None = None) -> bytes:
        """What it says to a question; `at` sets its clock, for which gcc is needed."""
        (self._folder / "question").write_bytes(question)
        subprocess.run(
            ["openssl", "ts", "-reply", "-config", self._folder / "ts.cnf",
             "-queryfile", self._folder / "question", "-out", self._folder / "answer"],
            check=True, capture_output=True, env=os.environ | (self._clock(at) if at else {}),
        )  # fmt: skip
        return (self._folder / "answer").read_bytes()

    def _clock(self, at: datetime) -> dict[str, str]:
        library = self._folder / "clock.so"
        if not library.exists():
            command = ["gcc", "-shared", "-fPIC", "-x", "c", "-o", library, "-"]
            subprocess.run(command, check=True, input=_CLOCK.encode())
        return {"LD_PRELOAD": str(library), "CLOCK": str(int(at.timestamp()))}

    def stamp(self, octets: bytes, *, at: datetime | None = None) -> bytes:
        """An answer about these bytes."""
        (self._folder / "octets").write_bytes(octets)
        asked = subprocess.run(
            ["openssl", "ts", "-query", "-data", self._folder / "octets", "-sha256", "-cert"],
            check=True, capture_output=True,
        )  # fmt: skip
        return self.answer(asked.stdout, at=at)

    @contextmanager
    def served(self) -> Iterator[str]:
        """Its address while it can be asked over HTTP."""
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                question = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.headers["Content-Type"] == "application/timestamp-query"
                answer = authority.answer(question)
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        with HTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
            thread.start()
            yield f"http://127.0.0.1:{server.server_port}/"
            server.shutdown()
            thread.join()


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None,
    span: tuple[datetime, datetime],
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(span[0])
        .not_valid_after(span[1])
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key((issuer[1] if issuer else key).public_key()),
            critical=False,
        )
    )
    if issuer:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    else:
        usage = x509.KeyUsage(
            digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(issuer[1] if issuer else key, hashes.SHA256())
