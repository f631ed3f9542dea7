"""Moments as sites print them, read into RFC 3339 with the zone that is known. Pure: no clock."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.resources import files
from typing import Literal
from zoneinfo import ZoneInfo

Precision = Literal["second", "minute", "day"]

_MONTHS = {
    name[:3]: number
    for number, name in enumerate(
        "january february march april may june july august september october november december".split(), start=1
    )
}
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
_MONTH = r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
_ZONE = r"(?:\s*(?P<zone>UTC|GMT|Z|[+-]\d{2}:?\d{2})\b)?"
_JOINT = r"(?:,?\s*(?:at|-|–|\|)?\s*)"
_TEXTUAL = [
    re.compile(
        rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?:{_JOINT}{_CLOCK}{_ZONE})?", re.I
    ),
    re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?\s+{_MONTH},?\s+(?P<year>\d{{4}})(?:{_JOINT}{_CLOCK}{_ZONE})?", re.I
    ),
]
_ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"
    r"(?:[T ](?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_IN_URL = re.compile(r"/(?P<year>(?:19|20)\d{2})/(?P<month>\d{1,2})/(?P<day>\d{1,2})(?:/|$)")


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as exactly as it is known.

    `value` is RFC 3339: a full date for precision `day`; otherwise a date-time, without an offset where no zone is known.
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
    for reader in (_read_iso, _read_rfc2822, _read_textual):
        moment = reader(text, local_zone)
        if moment:
            return moment
    return None


def from_url(url: str) -> Moment | None:
    """The day in a path such as `/2024/11/15/slug`."""
    found = _IN_URL.search(url)
    return _moment(found, int(found["month"]), None) if found else None


def is_believable(moment: Moment, captured_at: datetime) -> bool:
    """A page cannot be published later than a day after it was captured, nor before there were web pages."""
    return datetime(1990, 1, 1, tzinfo=UTC) <= moment.instant() <= captured_at + timedelta(days=1)


def utc(instant: datetime) -> str:
    """RFC 3339 in UTC with microseconds, as WARC-Date has it: `2026-11-22T04:00:00.000001Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _read_iso(text: str, local_zone: str | None) -> Moment | None:
    found = _ISO.match(text)
    return _moment(found, int(found["month"]), local_zone) if found else None


def _read_rfc2822(text: str, local_zone: str | None) -> Moment | None:
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
        local = datetime(
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
    if printed in ("Z", "z") or (printed or "").upper() in ("UTC", "GMT"):
        return local.replace(tzinfo=UTC)
    if printed:
        return datetime.fromisoformat(local.isoformat() + printed)
    return local.replace(tzinfo=zone(local_zone)) if local_zone else local
