"""What a run manifest says of where and how its crawl ran: never a secret, and no path of anybody's home."""

import platform
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from scrapy.settings import BaseSettings

import newsarchive
from newsarchive import dates
from newsarchive.capture.options import DEFAULTS

if TYPE_CHECKING:
    # With it comes what reads YAML; a project that only archives need not load that.
    from newsarchive.outlets import Outlet

_LIBRARIES = (
    "brotli",
    "cryptography",
    "feedparser",
    "idna",
    "lxml",
    "numpy",
    "protego",
    "py3langid",
    "pydantic",
    "pyyaml",
    "rfc8785",
    "scrapy",
    "selectolax",
    "twisted",
    "tzdata",
    "w3lib",
)
_PLAIN_WORDS = frozenset({"LOG_LEVEL", "WARC_COMPRESSION", "WARC_FSYNC"})
"""Settings of text that may be told; of others, which may hold paths, names and passwords, only that they differ."""
_NOT_COMPARED = frozenset(
    {
        # Set by everybody, and told in each WARC file.
        "OPERATOR",
        "CONTACT",
        "USER_AGENT",
        # Changed by the add-ons themselves.
        "DEFAULT_REQUEST_HEADERS",
        "DOWNLOADER_MIDDLEWARES",
        "EXTENSIONS",
    }
)


@cache
def environment() -> Mapping[str, Any]:
    """Python, platform, and the versions of libraries that take part in capture or reading."""
    return {
        "implementation": platform.python_implementation(),
        "libraries": dict(_versions()),
        "platform": platform.platform(),
        "python": platform.python_version(),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }


def beginning(
    settings: BaseSettings, *, collection: str, outlet: "Outlet | None", started_at: datetime, settings_digest: str
) -> dict[str, Any]:
    """What the manifest of a crawl says that is known when it begins."""
    return {
        "kind": "crawl",
        "collection": collection,
        "started_at": dates.utc(started_at),
        "version": newsarchive.__version__,
        "environment": environment(),
        "config": config(settings, outlet=outlet, settings_digest=settings_digest),
    }


def config(settings: BaseSettings, *, outlet: "Outlet | None", settings_digest: str) -> Mapping[str, Any]:
    """Digests of an outlet's rules, and what is set otherwise than by default."""
    told, untold = {}, []
    for name, default in _defaults(with_outlet=outlet is not None):
        try:
            value = _value(settings, name, default)
        except (TypeError, ValueError):
            value = None
        if value is not None and value != default:
            told[name] = value
        elif value is None and not _is_default(settings, name, default):
            untold.append(name)
    return {
        "learned": outlet.learned.digest if outlet and outlet.learned else None,
        "outlet": outlet.digest if outlet else None,
        "settings": told,
        "settings_digest": settings_digest,
        "settings_untold": untold,
    }


def _versions() -> Iterator[tuple[str, str]]:
    for name in _LIBRARIES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue


@cache
def _defaults(*, with_outlet: bool) -> tuple[tuple[str, Any], ...]:
    """Names of our own settings, with their defaults."""
    from newsarchive import settings  # noqa: PLC0415 - a project that only archives has settings of its own

    own = {name: value for name, value in vars(settings).items() if name.isupper() and not name.startswith("_")}
    known = {**DEFAULTS, **own} if with_outlet else DEFAULTS
    return tuple((name, known[name]) for name in sorted(set(known) - _NOT_COMPARED))


def _is_default(settings: BaseSettings, name: str, default: Any) -> bool:
    if isinstance(default, dict):
        return dict(settings.getdict(name)) == default
    return settings.getlist(name) == default if isinstance(default, list) else settings.get(name) == default


def _value(settings: BaseSettings, name: str, default: Any) -> bool | int | float | str | None:
    """A value that may be told, in the type of its default: the command line gives text."""
    if isinstance(default, bool):
        return settings.getbool(name)
    if isinstance(default, int):
        return settings.getint(name)
    if isinstance(default, float):
        return settings.getfloat(name)
    return str(settings.get(name)) if name in _PLAIN_WORDS else None
