"""What the commands share that write to the keepers' folder: where it is, who does it, and why."""

import argparse
import sys
from pathlib import Path

from scrapy.settings import BaseSettings

from newsarchive.errors import SettingError
from newsarchive.keeping import whereabouts


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
    """Where to look: the folder that is named, else the archive's; raises `SettingError` where nobody says it."""
    require_folder(opts, settings)
    if said := named(opts, settings):
        return said
    remembered = whereabouts.known(archive(settings))
    return remembered.folder if remembered else whereabouts.beside(archive(settings))


def own_folder(opts: argparse.Namespace, settings: BaseSettings) -> Path:
    """Where all holds and acts of the archive are: what depends on them, or adds to them, takes no other.

    Raises `SettingError` where another is named than the archive remembers, and `HeldError` where its log is missing.
    """
    require_folder(opts, settings)
    if not settings["ARCHIVE_DIR"]:
        return folder(opts, settings)
    return whereabouts.folder(archive(settings), named(opts, settings))


def named(opts: argparse.Namespace, settings: BaseSettings) -> Path | None:
    """The folder that --out or SNAPSHOT_DIR names."""
    said = opts.out or settings["SNAPSHOT_DIR"]
    return Path(said) if said else None


def remember(settings: BaseSettings, where: Path) -> None:
    """Something was logged there, which the archive is to know; raises `ArchiveError`."""
    if settings["ARCHIVE_DIR"]:
        whereabouts.remember(archive(settings), where)


def warn_without_log(where: Path) -> None:
    """Where nothing was ever logged, what is only looked at is no answer to what is held."""
    if whereabouts.first_line(where) is None:
        sys.stderr.write(f"scrapy: {where}: {whereabouts.NOBODY_KNOWS}\n")


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
