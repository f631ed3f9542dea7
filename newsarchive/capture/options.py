"""The settings of capture, read once and checked: every mistake names its setting and says what was expected."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import rfc8785
import scrapy
import twisted
from scrapy.settings import BaseSettings

import newsarchive
from newsarchive import checked
from newsarchive.errors import SettingError
from newsarchive.keeping import whereabouts
from newsarchive.warc.packing import PACKINGS, Packing
from newsarchive.warc.redaction import Redaction

Fsync = Literal["none", "group", "each"]

_MIB = 1024 * 1024
_FSYNC: tuple[Fsync, ...] = ("none", "group", "each")
_UNCAPTURED = ("fail", "report")
SCHEMES = ("http", "https")
"""What is captured."""

DEFAULTS: Mapping[str, Any] = {
    "ARCHIVE_DIR": "archive",
    "ARCHIVE_COLLECTION": None,
    "ARCHIVE_MIN_FREE_MB": 100,
    "CAPTURE_ENABLED": True,
    "CAPTURE_OUTLINKS": True,
    "CAPTURE_UNCAPTURED": "fail",
    "RESPONSE_HEAD_MAX_KB": 256,
    "RESPONSE_HEAD_MAX_LINES": 5000,
    "RESPONSE_MAX_INTERIM": 100,
    "RESPONSE_STATUS_LINE_MAX_BYTES": 8192,
    "STOP_GRACE_SECONDS": 5,
    "WARC_MAX_MB": 1000,
    "WARC_MAX_MINUTES": 24 * 60,
    "WARC_COMPRESSION": "gzip",
    "WARC_FSYNC": "none",
    "WARC_REDACT_REQUEST_HEADERS": [],
    "OPERATOR": "",
    "CONTACT": "",
}
"""Settings of capture in a project that does not set them; what each means is in docs/capture.md."""


@dataclass(frozen=True, slots=True)
class Options:
    """How exchanges are archived."""

    root: Path
    min_free_bytes: int
    max_bytes: int
    max_seconds: float
    packing: Packing
    fsync: Fsync
    redaction: Redaction
    outlinks: bool
    fails_uncaptured: bool
    """Whether a request fails whose response came past the archive; it is reported in any case."""
    stop_grace: int
    """Seconds that downloads have left when the crawl is told to stop."""

    @classmethod
    def of(cls, settings: BaseSettings) -> "Options":
        """Raises `SettingError`."""
        return cls(
            root=Path(settings["ARCHIVE_DIR"]),
            min_free_bytes=checked.whole(settings, "ARCHIVE_MIN_FREE_MB") * _MIB,
            max_bytes=checked.whole(settings, "WARC_MAX_MB") * _MIB,
            max_seconds=checked.whole(settings, "WARC_MAX_MINUTES") * 60,
            packing=PACKINGS[_one_of(settings, "WARC_COMPRESSION", tuple(PACKINGS))],
            fsync=_one_of(settings, "WARC_FSYNC", _FSYNC),
            redaction=_redaction(settings),
            fails_uncaptured=_one_of(settings, "CAPTURE_UNCAPTURED", _UNCAPTURED) == "fail",
            outlinks=checked.switch(settings, "CAPTURE_OUTLINKS"),
            stop_grace=checked.whole(settings, "STOP_GRACE_SECONDS"),
        )


def collection_name(spider: Any, settings: BaseSettings) -> str:
    """The folder of a crawl: its outlet, or ARCHIVE_COLLECTION, or the spider's name made fit for a file."""
    outlet = getattr(spider, "outlet", None)
    name = outlet.id if outlet else settings.get("ARCHIVE_COLLECTION") or spider.name
    return re.sub(r"[^\w.-]", "_", name).lstrip(".") or "_"


def keepers_folder(settings: BaseSettings) -> Path:
    """Where holds and takedowns lie: SNAPSHOT_DIR, else what the archive remembers, else beside the archive.

    Raises `SettingError` where the two contradict each other, and `HeldError` where the log is missing that was there.
    """
    named = Path(settings["SNAPSHOT_DIR"]) if settings["SNAPSHOT_DIR"] else None
    return whereabouts.folder(Path(settings["ARCHIVE_DIR"]), named)


def warcinfo(
    settings: BaseSettings,
    options: Options,
    *,
    collection: str,
    outlet_digest: str | None,
    learned_digest: str | None = None,
) -> dict[str, str]:
    """Who crawled, with what, under which rules (WARC 1.1, 6.2)."""
    software = f"newsarchive/{newsarchive.__version__} Scrapy/{scrapy.__version__} Twisted/{twisted.__version__}"
    chosen = {name: repr(settings.get(name)) for name in sorted(settings.attributes) if settings.getpriority(name)}
    fields = {
        "software": software,
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "isPartOf": collection,
        "operator": settings.get("OPERATOR"),
        "http-header-from": settings.get("CONTACT"),
        "http-header-user-agent": settings.get("USER_AGENT"),
        "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
        "redactedRequestHeaders": str(options.redaction),
        "settingsDigest": "sha256:" + hashlib.sha256(rfc8785.dumps(chosen)).hexdigest(),
        "outletDigest": outlet_digest,
        "learnedDigest": learned_digest,
    }
    return {name: value for name, value in fields.items() if value}


def _one_of(settings: BaseSettings, name: str, choices: tuple[Any, ...]) -> Any:
    chosen = settings.get(name)
    if chosen not in choices:
        raise SettingError(name, chosen, f"one of {', '.join(choices)}")
    return chosen


def _redaction(settings: BaseSettings) -> Redaction:
    name = "WARC_REDACT_REQUEST_HEADERS"
    try:
        return Redaction(tuple(part.strip() for part in settings.getlist(name) if part.strip()))
    except ValueError as error:
        raise SettingError(name, str(error), "names of request headers, such as Authorization,Cookie") from error
