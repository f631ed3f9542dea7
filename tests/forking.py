"""Run Python programs in processes that are forked from one in which the libraries are imported already.

A command of ours takes about one CPU second for its imports and a tenth of that for its work. The server imports Scrapy, the
libraries and the pure modules of the project once, and forks a process for each program. Modules that read the environment
or install a reactor when they are imported are not imported by the server.
"""

import atexit
import contextlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

PROJECT = Path(__file__).parent.parent

_PRELOADED = (
    "scrapy.commands", "scrapy.core.engine", "scrapy.core.scraper", "scrapy.crawler", "scrapy.exporters",
    "scrapy.extensions.corestats", "scrapy.utils.log", "scrapy.utils.project", "newsarchive.deriving", "newsarchive.discovery.portions", "newsarchive.reading",
    "cryptography.x509", "feedparser", "filelock", "jinja2", "lxml.etree", "numpy", "pydantic", "tqdm", "yaml",
)  # fmt: skip
_NOT_PRELOADED = ("newsarchive.settings", "scrapy.cmdline", "twisted.internet.reactor")


def run(
    arguments: Sequence[str | Path], *, cwd: Path, environment: Mapping[str, str], timeout: float
) -> "subprocess.CompletedProcess[str]":
    """Run `python ARGUMENTS`, where ARGUMENTS begin with `-m MODULE` or `-c CODE`, like `subprocess.run`.

    Variables that the interpreter reads at its start (`PYTHONIOENCODING`, …) have no effect.

    Raises `subprocess.TimeoutExpired` after `timeout` seconds and kills the process.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        answer, theirs = socket.socketpair()
        with answer, theirs:
            request = {
                "arguments": [str(argument) for argument in arguments],
                "cwd": str(cwd),
                "environment": dict(environment),
            }
            _server().send(request, (theirs.fileno(), out.fileno(), err.fileno()))
            theirs.close()
            with answer.makefile("r") as lines:
                process = int(lines.readline())
                answer.settimeout(timeout)
                try:
                    code = int(lines.readline())
                except TimeoutError:
                    os.kill(process, signal.SIGKILL)
                    raise subprocess.TimeoutExpired(list(arguments), timeout, _text(out), _text(err)) from None
        return subprocess.CompletedProcess(list(arguments), code, _text(out), _text(err))


class _Server:
    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.forking", str(theirs.fileno())],
                cwd=PROJECT, env=os.environ | {"PYTHONPATH": str(PROJECT)}, pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        # Programs that tests start use a server of their own, and have no fixture that ends it.
        atexit.register(self.close)

    def send(self, request: dict[str, Any], descriptors: tuple[int, ...]) -> None:
        socket.send_fds(self._socket, [json.dumps(request).encode()], descriptors)

    def close(self) -> None:
        self._socket.close()
        self._process.wait()


def close() -> None:
    """End the server, if there is one."""
    if _server.cache_info().currsize:
        _server().close()
        _server.cache_clear()


@cache
def _server() -> _Server:
    return _Server()


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def _serve(requests: socket.socket) -> dict[str, Any]:
    """Fork for each request; return the request in the process that is to run it."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        request, descriptors, _, _ = socket.recv_fds(requests, 1 << 20, 3)
        if not request:
            sys.exit()
        if os.fork() == 0:
            requests.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            return _supervise(json.loads(request), descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _supervise(request: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
    """Fork again, and report the ID and the exit code of the new process, in which this returns."""
    answer, out, err = descriptors
    process = os.fork()
    if process == 0:
        os.close(answer)
        os.dup2(out, 1)
        os.dup2(err, 2)
        return request
    os.write(answer, f"{process}\n".encode())
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    with contextlib.suppress(BrokenPipeError):
        os.write(answer, f"{code}\n".encode())
    os._exit(0)


def _run(arguments: list[str], cwd: str, environment: dict[str, str]) -> None:
    """Run a program in this process as `python ARGUMENTS` would."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[:] = [cwd, *filter(None, environment.get("PYTHONPATH", "").split(os.pathsep)), *_LIBRARY_PATH]
    option, program, *rest = arguments
    sys.argv = [program, *rest]
    if option == "-m":
        runpy.run_module(program, run_name="__main__", alter_sys=True)
    else:
        sys.argv[0] = option
        exec(compile(program, "<string>", "exec"), vars(sys.modules["__main__"]))


_LIBRARY_PATH = [path for path in sys.path if path and Path(path) != PROJECT]


def main(descriptor: int) -> None:
    for name in _PRELOADED:
        __import__(name)
    assert not sys.modules.keys() & set(_NOT_PRELOADED)
    request = _serve(socket.socket(fileno=descriptor))
    _run(request["arguments"], request["cwd"], request["environment"])


if __name__ == "__main__":
    main(int(sys.argv[1]))
