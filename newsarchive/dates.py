"""Moments as sites print them, read into RFC 3339 with the zone that is known. Pure: no clock."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.resources import files
from typing import Literal
from zoneinfo import ZoneInfo

Precision = Literal["second", "minute", "day"]

_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7,
    "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
# Capitals only, or the word after a time would be its zone: `4:09 PM by ...`.
_ZONE = r"(?:\s*\(?(?P<zone>(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|(?-i:[A-Z]{1,5}))\b)?"
_JOINT = r"(?:,?\s*(?:at|-|–|\|)?\s*)"
_TEXTUAL = [
    re.compile(
        rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?:{_JOINT}{_CLOCK}{_ZONE})?",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?\s+{_MONTH},?\s+(?P<year>\d{{4}})(?:{_JOINT}{_CLOCK}{_ZONE})?",
        re.IGNORECASE,
    ),
]
_ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"
    rf"(?:[Tt ](?P<hour>\d{{2}}):(?P<minute>\d{{2}})(?::(?P<second>\d{{2}})(?:[.,]\d+)?)?{_ZONE})?"
)
# Abbreviations as newspapers print them. A bare ET is whatever holds in New York that day; EST is what it says.
_OFFSETS = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "BST": 60, "WEST": 60, "CET": 60, "CEST": 120, "EET": 120, "EEST": 180,
    "MSK": 180, "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
    "JST": 540, "KST": 540, "HKT": 480, "SGT": 480, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780, "SAST": 120,
}  # fmt: skip
_ZONES = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
    "AET": "Australia/Sydney",
}
_OFFSET = re.compile(r"(?:UTC|GMT)?(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?")
_IN_URL = re.compile(r"/(?P<year>(?:19|20)\d{2})/(?P<month>\d{1,2})/(?P<day>\d{1,2})(?:/|$)")


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as exactly as it is known.

    `value` is RFC 3339: a full date for precision `day`; else a date-time, without an offset where no zone is known.
    """

    value: str
    precision: Precision

    def instant(self) -> datetime:
        """An aware UTC time for comparing; an unknown zone counts as UTC."""
        parsed = datetime.fromisoformat(self.value)
        return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name from the pinned `tzdata` package, never from the machine.

    Raises `KeyError` when there is none.
    """
    parts = name.split("/")
    if not all(re.fullmatch(r"[A-Za-z0-9_+-]+", part) for part in parts):
        raise KeyError(name)
    entry = files("tzdata.zoneinfo").joinpath(*parts)
    if not entry.is_file():
        raise KeyError(name)
    with entry.open("rb") as stream:
        return ZoneInfo.from_file(stream, key=name)


def parse(raw: str, *, local_zone: str | None = None) -> Moment | None:
    """Read an ISO 8601, RFC 2822 or English textual time; `local_zone` is used only where the text names no zone."""
    text = raw.strip()
    return _read_iso(text, local_zone) or _read_rfc2822(text) or _read_textual(text, local_zone)


def from_url(url: str) -> Moment | None:
    """The day in a path such as `/2024/11/15/slug`."""
    found = _IN_URL.search(url)
    return _moment(found, int(found["month"]), None) if found else None


def is_believable(moment: Moment, captured_at: datetime) -> bool:
    """A page cannot be published later than a day after it was captured, nor before there were web pages."""
    return datetime(1990, 1, 1, tzinfo=UTC) <= moment.instant() <= captured_at + timedelta(days=1)


def utc(instant: datetime) -> str:
    """RFC 3339 in UTC with microseconds, as WARC-Date has it: `2026-11-22T04:00:00.000001Z`."""
    utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return utc.isoformat(timespec="microseconds")[:-6] + "Z"


def _read_iso(text: str, local_zone: str | None) -> Moment | None:
    found = _ISO.match(text)
    return _moment(found, int(found["month"]), local_zone) if found else None


def _read_rfc2822(text: str) -> Moment | None:
    if not re.match(r"(?:[A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s+\d{1,2}:\d{2}", text):
        return None
    try:
        parsed = parsedate_to_datetime(text)
    except ValueError:
        return None
    # RFC 2822 writes an unknown zone as -0000, which Python gives back as a naive time.
    if parsed.tzinfo is None:
        return None
    return Moment(parsed.isoformat(timespec="seconds"), "second")


def _read_textual(text: str, local_zone: str | None) -> Moment | None:
    for pattern in _TEXTUAL:
        found = pattern.search(text)
        if found:
            return _moment(found, _MONTHS[found["month"][:3].lower()], local_zone)
    return None


def _moment(found: re.Match[str], month: int, local_zone: str | None) -> Moment | None:
    fields = found.groupdict()
    try:
        day = date(int(fields["year"]), month, int(fields["day"]))
        if not fields.get("hour"):
            return Moment(day.isoformat(), "day")
        # Naive until its zone is found.
        local = datetime(  # noqa: DTZ001
            day.year, day.month, day.day, _hour(fields), int(fields["minute"]), int(fields.get("second") or 0)
        )
        aware = _located(local, fields.get("zone"), local_zone)
    except (ValueError, OverflowError):
        return None
    return Moment(aware.isoformat(timespec="seconds"), "second" if fields.get("second") else "minute")


def _hour(fields: dict[str, str | None]) -> int:
    hour, half = int(fields["hour"] or 0), (fields.get("half") or "").lower()
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(f"{hour} is no hour of a twelve-hour clock")
    return hour % 12 + (12 if half == "p" else 0)


def _located(local: datetime, printed: str | None, local_zone: str | None) -> datetime:
    if not printed:
        return local.replace(tzinfo=zone(local_zone)) if local_zone else local
    name = printed.upper()
    if name in _ZONES:
        return local.replace(tzinfo=zone(_ZONES[name]))
    minutes = _OFFSETS[name] if name in _OFFSETS else _offset(name)
    # A zone that we do not know is no reason to put another in its place.
    return local if minutes is None else local.replace(tzinfo=timezone(timedelta(minutes=minutes)))


def _offset(printed: str) -> int | None:
    """Minutes of `+02:00`, `+0200`, `GMT+2`."""
    found = _OFFSET.fullmatch(printed)
    if not found:
        return None
    minutes = 60 * int(found["hours"]) + int(found["minutes"] or 0)
    return -minutes if found["sign"] == "-" else minutes
