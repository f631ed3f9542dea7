"""What the commands share that write to the keepers' folder: where it is, who does it, and why."""

import argparse
from pathlib import Path

from scrapy.settings import BaseSettings

from newsarchive.capture.options import keepers_folder
from newsarchive.errors import SettingError


def add_options(parser: argparse.ArgumentParser) -> None:
    """--json, --out, --actor and --reason."""
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument(
        "--out",
        metavar="DIR",
        help="the keepers' folder: snapshots and their chain, holds, the custody log (SNAPSHOT_DIR)",
    )
    parser.add_argument("--actor", metavar="NAME", help="who does it, for the custody log (default: user@host)")
    parser.add_argument("--reason", metavar="TEXT", help="why, for the custody log")


def folder(opts: argparse.Namespace, settings: BaseSettings) -> Path:
    """Where the snapshots lie, and what is kept beside them; raises `SettingError` where nobody says it."""
    require_folder(opts, settings)
    return Path(opts.out) if opts.out else keepers_folder(settings)


def archive(settings: BaseSettings) -> Path:
    """Where the archive lies; raises `SettingError` where no project says it."""
    if not settings["ARCHIVE_DIR"]:
        raise SettingError("ARCHIVE_DIR", None, "a folder: run it in a project, or with -s ARCHIVE_DIR=PATH")
    return Path(settings["ARCHIVE_DIR"])


def require_folder(opts: argparse.Namespace, settings: BaseSettings) -> None:
    """Raises `SettingError` where nobody says where the keepers' folder is."""
    if not opts.out and not settings["SNAPSHOT_DIR"]:
        archive(settings)


def reason(opts: argparse.Namespace, what: str) -> str:
    """Why it is done; raises `SettingError` where nobody says it."""
    told = " ".join((opts.reason or "").split())
    if not told:
        raise SettingError(what, "no reason", "--reason TEXT: it stands in the custody log")
    return told
