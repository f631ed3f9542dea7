"""What can go wrong, by whose fault it is; every error carries its subject and says it in one line."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

MAX_MISTAKES = 100
"""Errors of one YAML file that are reported."""
_LONGEST_MESSAGE = 200


class NewsArchiveError(Exception):
    """The root of all errors of this package; `str()` is one line for a person."""


class OutletError(NewsArchiveError):
    """The operator's YAML of one outlet is wrong; `mistakes` lists everything that is wrong with it."""

    def __init__(self, file: Path, mistakes: list[tuple[str, str, str]]) -> None:
        super().__init__(file, mistakes)
        self.file = file
        self.mistakes = mistakes

    def __str__(self) -> str:
        return "; ".join(self.lines())

    def lines(self) -> list[str]:
        """One line for each error, up to `MAX_MISTAKES`: file, key, the value found, the form expected."""
        shown = self.mistakes[:MAX_MISTAKES]
        lines = [f"{self.file}: {key}: found {found}, expected {expected}" for key, found, expected in shown]
        hidden = len(self.mistakes) - len(shown)
        return [*lines, f"{self.file}: {hidden:,} more errors"] if hidden else lines


class SettingError(NewsArchiveError):
    """A setting or a spider argument is wrong."""

    def __init__(self, name: str, found: object, expected: str) -> None:
        super().__init__(name, found, expected)
        self.name = name
        self.found = found
        self.expected = expected

    def __str__(self) -> str:
        return f"{self.name}: found {self.found!r}, expected {self.expected}"


class SubjectError(NewsArchiveError):
    """`what` is wrong with `subject`."""

    def __init__(self, subject: object, what: str) -> None:
        super().__init__(subject, what)
        self.subject = subject
        self.what = what

    def __str__(self) -> str:
        return f"{self.subject}: {self.what}"


class ArchiveError(SubjectError):
    """The archive folder cannot be used."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(path, what)
        self.path = path


class OutletBusyError(ArchiveError):
    """Another process crawls this outlet."""


READER_FAILED = "reader_failed"
"""The reason of a page or source on which a parser raised an unexpected exception."""
OUT_OF_MEMORY = "out_of_memory"
"""The reason of a page or source that needs more memory than a worker process may take (EXTRACT_MEMORY_MB)."""


class PageError(NewsArchiveError):
    """A page is not as expected; `detail` describes the unexpected exception of a parser."""

    def __init__(self, url: str, what: str, detail: str = "") -> None:
        super().__init__(url, what, detail)
        self.url = url
        self.what = what
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.url}: {self.what}" + (f" ({self.detail})" if self.detail else "")


class NotAnArticle(PageError):  # noqa: N818 - it is no error, but a decision
    """The page is fine, but it is not an article; `what` is the reason, a slug such as `listing`."""


class RightsReserved(PageError):  # noqa: N818 - it is no error, but a decision
    """The publisher reserves the page, and the outlet's policy is not to fetch it; `what` is the reason, a slug."""


class TakenDown(PageError):  # noqa: N818 - it is no error, but a decision
    """The page was taken down, and is not asked for while that stands; `what` is the reason, a slug."""


class CaptureError(NewsArchiveError):
    """An exchange could not be archived."""

    def __init__(self, url: str, what: str) -> None:
        super().__init__(url, what)
        self.url = url
        self.what = what

    def __str__(self) -> str:
        return f"cannot archive {self.url}: {self.what}"


class ReaderError(NewsArchiveError):
    """No process that reads pages can be started, which is no page's fault."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return f"no reading process can be started: it ends with exit code {self.code}, and says why above"


class NotNow(NewsArchiveError):  # noqa: N818 - it is no error, but a decision
    """A request was not sent, and must wait until `until` (seconds since 1970); `reason` is a slug: `circuit`."""

    def __init__(self, url: str, until: float, reason: str, cause: str = "") -> None:
        """`cause` is a slug, too: why a robots.txt is unreachable."""
        super().__init__(url, until, reason, cause)
        self.url = url
        self.until = until
        self.reason = reason
        self.cause = cause

    def __str__(self) -> str:
        moment = datetime.fromtimestamp(self.until, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        return f"{self.url}: not asked for before {moment} ({self.reason})"


class RecordError(NewsArchiveError):
    """A WARC file cannot be read at `offset`."""

    def __init__(self, file: Path, offset: int, what: str) -> None:
        super().__init__(file, offset, what)
        self.file = file
        self.offset = offset
        self.what = what

    def __str__(self) -> str:
        return f"{self.file}: offset {self.offset}: {self.what}"


class LineError(NewsArchiveError):
    """A line of a JSONL file cannot be used; lines are counted from 1."""

    def __init__(self, file: Path, line: int, what: str) -> None:
        super().__init__(file, line, what)
        self.file = file
        self.line = line
        self.what = what

    def __str__(self) -> str:
        return f"{self.file}: line {self.line}: {self.what}"


class SnapshotError(SubjectError):
    """A snapshot cannot be made, or what is called one cannot be read; `subject` is a file, a member or an option."""


class HeldError(SubjectError):
    """A legal hold stands in the way, or it cannot be known which do; `subject` is what stays as it is."""


@contextmanager
def parsing(url: str, error: type[PageError] = PageError) -> Iterator[None]:
    """Raise any unexpected exception of the block as `error` with the reason `reader_failed` or `out_of_memory`.

    RecursionError is included; KeyboardInterrupt and SystemExit pass.
    """
    try:
        yield
    except NewsArchiveError:
        raise
    except Exception as cause:
        if is_out_of_memory(cause):
            raise error(url, OUT_OF_MEMORY) from cause
        raise error(url, READER_FAILED, described(cause)) from cause


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception means that no more memory could be had."""
    from selectolax.lexbor import SelectolaxError  # noqa: PLC0415 - only where an exception was raised

    if isinstance(error, PageError):
        return error.what == OUT_OF_MEMORY
    # The HTML parser accepts any text; this is its only failure.
    return isinstance(error, MemoryError | SelectolaxError)


def described(error: BaseException) -> str:
    """Class, message and place of an exception in one line: `OverflowError: date value out of range, dates.py:76`."""
    message = " ".join(str(error).split())[:_LONGEST_MESSAGE]
    name = f"{type(error).__name__}: {message}" if message else type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "newsarchive" in Path(frame.filename).parts] or list(frames)
    return f"{name}, {Path(own[-1].filename).name}:{own[-1].lineno}" if own else name
