"""What other people's validators say of a WARC file, and the proof that their known false alarms are false.

- `warcio check` takes the payload of a chunked answer with its framing (webrecorder/warcio#74, #75): it fails the right
  digest of every chunked answer. It stops with an AttributeError at a body in `br` where Google's brotli is installed,
  which Scrapy demands (#73): here it runs as if there were none.
- `fastwarc check` is right; `fastwarc check -p` takes chunked payloads as warcio does, fails every revisit (whose digest
  is that of a payload kept elsewhere; WARC 1.1, 6.7.2), and every answer whose lines end in bare line feeds.
"""

import base64
import hashlib
import http.client
import io
import re
import subprocess
import sys
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator


def warcio_complaints(warc: Path) -> set[str]:
    """Ids of the records that `warcio check` fails."""
    without_brotli = "import sys; sys.modules['brotli'] = None; from warcio.cli import main; main()"
    command = [sys.executable, "-c", without_brotli, "check", str(warc)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    found = set(re.findall(r"WARC-Record-ID (\S+)", done.stdout))
    assert bool(found) == (done.returncode != 0), done.stdout
    return found


def fastwarc_complaints(warc: Path, *options: str) -> set[str]:
    """Ids of the records that `fastwarc check` fails."""
    command = [sys.executable, "-m", "fastwarc.cli", "check", "-q", *options, str(warc)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return set(re.findall(r"<urn:uuid:[^>]+>", done.stdout)) if done.returncode else set()


def blocks(warc: Path) -> dict[str, tuple[str, str | None, bytes]]:
    """(type, payload digest, block) by record id, as warcio reads them."""
    with warc.open("rb") as stream:
        return {
            one.rec_headers.get_header("WARC-Record-ID"): (
                one.rec_type, one.rec_headers.get_header("WARC-Payload-Digest"), one.raw_stream.read(),
            )
            for one in ArchiveIterator(stream, no_record_parse=True)
        }  # fmt: skip


def is_false_alarm(kind: str, digest: str | None, block: bytes) -> bool:
    """The record is a revisit, or Python's own HTTP client finds the very payload that the digest is of."""
    return kind == "revisit" or (kind == "response" and digest == sha1(payload(block)))


def payload(block: bytes) -> bytes:
    """The entity-body as `http.client` reads it: transfer coding undone, content coding kept."""
    answer = http.client.HTTPResponse(_Socket(block))  # type: ignore[arg-type]
    answer.begin()
    return answer.read()


def sha1(payload: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(payload).digest()).decode()


class _Socket:
    def __init__(self, block: bytes) -> None:
        self._block = block

    def makefile(self, *_: object) -> io.BytesIO:
        return io.BytesIO(self._block)
