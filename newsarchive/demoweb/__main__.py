"""`python -m newsarchive.demoweb`: serve until interrupted; the first line of output names the ports."""

import contextlib
import json
import signal
import sys
import threading

from newsarchive.demoweb.server import DemoWeb


def main() -> None:
    """Serve in the foreground until SIGINT or SIGTERM."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with DemoWeb() as web, contextlib.suppress(BrokenPipeError):
        facts = {"http_port": web.http_port, "https_port": web.https_port, "connect_to": web.connect_to}
        sys.stdout.write(json.dumps(facts) + "\n")
        sys.stdout.flush()
        ended.wait()


if __name__ == "__main__":
    main()
