"""Moments as sites print them, read into RFC 3339 with the zone that is known. Pure: no clock."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.resources import files
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from newsarchive import calendars

Precision = Literal["second", "minute", "day"]
Hour = Literal["once", "twice", "never"]

_CLOCK = (
    r"(?P<half_before>午前|午後|上午|下午|오전|오후)?\s?"
    r"(?P<hour>\d{1,2})(?:\s?[:h時时点點]\s?|시\s?|\.)(?P<minute>\d{2})(?!\d)(?::(?P<second>\d{2})(?:[.,]\d+)?)?(?:\s?[분分])?"
    r"(?:\s*(?P<half>[ap]\.?\s?m\b\.?|(?:ص(?:باح\w*)?|م(?:ساء)?)(?!\w)|[قب]\.ظ|[πμ]\.?μ\b))?(?:\s?(?:uhr|hrs?|h)\b)?"
)
# Capitals only, or the word after a time would be its zone: `4:09 PM by ...`.
_ZONE = r"(?:\s*\(?(?P<zone>(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|(?-i:[A-Z]{1,5}))\b)?"
# What stands between a day and its time of day: signs, and short words such as `at`, `um`, `alle ore`, `o godz.`
_JOINT = r"(?:[^\w\n]{1,4}|(?:^|\s)\w{1,4}[.:]?(?=\s)){0,5}?\s*"
_CLOCK_AFTER = re.compile(rf"{_JOINT}{_CLOCK}{_ZONE}", re.IGNORECASE)
_CLOCK_BEFORE = re.compile(rf"(?<![\d:.]){_CLOCK}{_ZONE}{_JOINT}$", re.IGNORECASE)
_REACH = 40
_MOST_LETTERS = 25
_ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"
    rf"(?:[Tt ](?P<hour>\d{{2}}):(?P<minute>\d{{2}})(?::(?P<second>\d{{2}})(?:[.,:]\d+)?)?{_ZONE})?"
)
_COMPACT = re.compile(
    r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})(?:T?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?)?Z?$"
)
_YEAR_OR_MONTH = re.compile(r"\d{4}(?:-\d{2})?", re.ASCII)
_EPOCH = re.compile(r"(?P<seconds>1\d{9})(?:\d{3})?$")
# The least and the greatest time of many languages, which their programs print where no date is set: .NET's
# `0001-01-01T00:00:00+02:00`. In UTC these may be outside the years that exist in Python.
_NO_DATE = frozenset({"0001", "9999"})
_HALVES = {"p": 12, "م": 12, "ب": 12, "μ": 12, "午後": 12, "下午": 12, "오후": 12}
_DAY_FIRST_ENGLISH = frozenset({"au", "gb", "ie", "in", "nz", "uk", "za", "sg", "ng", "ke", "pk", "my", "hk"})
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
_IN_URL = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})(?P<mark>[/_-]?)(?P<month>\d{2}|(?<=[/_-])\d|(?<=[/_-])[a-z]{3,9})(?:(?P=mark)|(?<=[/_-]\d\d)[/_-]?)"
    r"(?P<day>\d{2}|(?<=[/_-])\d)(?![\d])"
)
_DAY_FIRST_IN_URL = re.compile(r"(?<!\d)(?P<day>\d{2})-(?P<month>\d{2})-(?P<year>20\d{2})(?!\d)")


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


@dataclass(frozen=True, slots=True)
class Writing:
    """How a page writes its days."""

    language: str | None = None
    """ISO 639-1"""
    month_first: bool = False
    """`3/5/2024` is the fifth of March."""


def writing(language: str | None, region: str | None) -> Writing:
    """How those of a language and region write: only English puts the month first, and not everywhere."""
    return Writing(language, language == "en" and (region or "us").lower() not in _DAY_FIRST_ENGLISH)


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name from the pinned `tzdata` package, never from the machine.

    Raises `KeyError` when there is none.
    """
    parts = name.split("/")
    if not all(re.fullmatch(r"[A-Za-z0-9_+-]+", part) for part in parts):
        raise KeyError(name)
    entry = files("tzdata.zoneinfo").joinpath(*parts)
    try:
        with entry.open("rb") as stream:
            return ZoneInfo.from_file(stream, key=name)
    except (OSError, ValueError):
        # A directory such as Europe, a name too long for a file, or a file that is not a zone such as leapseconds.
        raise KeyError(name) from None


def parse(raw: str, *, local_zone: str | None = None, writing: Writing | None = None) -> Moment | None:
    """Read an ISO 8601, RFC 2822 or Unix time, or one as people write it.

    `local_zone` is used only where the text names no zone.
    """
    text = raw.strip()
    moment = (
        _read_iso(text, local_zone)
        or _read_rfc2822(text)
        or _read_epoch(text)
        or _read_printed(text, local_zone, writing or Writing())
    )
    return moment if moment and moment.value[:4] not in _NO_DATE else None


def hour_told(raw: str, *, local_zone: str) -> Hour:
    """How often a clock at that place shows what `raw` prints; `once` for all that names its zone or no hour.

    Of an hour that is shown twice, in autumn, `parse` takes the first, which is still daylight saving time; of one
    that is never shown, in spring, it takes the offset from before. Either may be an hour wrong.
    """
    moment = parse(raw)
    local = datetime.fromisoformat(moment.value) if moment and moment.precision != "day" else None
    return _hour_at(local, zone(local_zone)) if local and local.tzinfo is None else "once"


def _hour_at(local: datetime, place: ZoneInfo) -> Hour:
    first, second = (local.replace(tzinfo=place, fold=fold).utcoffset() for fold in (0, 1))
    if first is None or second is None or first == second:
        return "once"
    # PEP 495: where clocks are set back the first offset is the greater, where they are set forward the smaller.
    return "twice" if first > second else "never"


def is_day_alone(text: str) -> bool:
    """The text says little more than a day and a time of day."""
    found = calendars.first_day(text)
    return found is not None and sum(map(str.isalpha, text[: found.start] + text[found.end :])) <= _MOST_LETTERS


def begins_with_day(text: str) -> bool:
    """A day is the first thing that the text says."""
    found = calendars.first_day(text[:_REACH])
    return found is not None and found.start <= 1


def from_url(url: str) -> Moment | None:
    """The day in a path such as `/2024/11/15/slug`."""
    path = urlsplit(url).path.lower()
    for found in (*_IN_URL.finditer(path), *_DAY_FIRST_IN_URL.finditer(path)):
        number = int(found["month"]) if found["month"].isdecimal() else calendars.month(found["month"], "en")
        day = calendars.day_of(int(found["year"]), number or 0, int(found["day"]))
        if day:
            return Moment(day.isoformat(), "day")
    return None


def is_believable(moment: Moment, captured_at: datetime) -> bool:
    """A page cannot be published later than a day after it was captured, nor before there were web pages."""
    return datetime(1990, 1, 1, tzinfo=UTC) <= moment.instant() <= captured_at + timedelta(days=1)


def recorded(printed: str) -> datetime:
    """The moment of a WARC-Date; raises `ValueError`.

    It is UTC by the standard, whether it says so or not, and may be a year or a month alone (WARC 1.1, 5.4).
    """
    whole = f"{printed.strip()}-01-01"[:10] if _YEAR_OR_MONTH.fullmatch(printed.strip()) else printed.strip()
    found = datetime.fromisoformat(whole)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def utc(instant: datetime) -> str:
    """RFC 3339 in UTC with microseconds, as WARC-Date has it: `2026-11-22T04:00:00.000001Z`."""
    utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return utc.isoformat(timespec="microseconds")[:-6] + "Z"


def _read_iso(text: str, local_zone: str | None) -> Moment | None:
    found = _ISO.match(text) or _COMPACT.match(text)
    day = calendars.day_of(*(int(found[name]) for name in ("year", "month", "day"))) if found else None
    return _moment(day, found, local_zone) if found and day else None


def _read_epoch(text: str) -> Moment | None:
    found = _EPOCH.match(text)
    if not found:
        return None
    return Moment(datetime.fromtimestamp(int(found["seconds"]), UTC).isoformat(timespec="seconds"), "second")


def _read_rfc2822(text: str) -> Moment | None:
    # The standard library takes the year 0001 for 2001.
    if not re.match(r"(?:[A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+(?!00)\d{4}\s+\d{1,2}:\d{2}", text):
        return None
    try:
        parsed = parsedate_to_datetime(text)
    except ValueError:
        return None
    # RFC 2822 writes an unknown zone as -0000, which Python gives back as a naive time.
    if parsed.tzinfo is None:
        return None
    return Moment(parsed.isoformat(timespec="seconds"), "second")


def _read_printed(text: str, local_zone: str | None, writing: Writing) -> Moment | None:
    found = calendars.first_day(text, language=writing.language, month_first=writing.month_first)
    if found is None:
        return None
    after = _CLOCK_AFTER.match(text, found.end)
    before = None if after else _CLOCK_BEFORE.search(text[max(0, found.start - _REACH) : found.start])
    return _moment(found.day, after or before, local_zone)


def _moment(day: date, clock: re.Match[str] | None, local_zone: str | None) -> Moment | None:
    fields = clock.groupdict() if clock else {}
    if not fields.get("hour"):
        return Moment(day.isoformat(), "day")
    try:
        # Naive until its zone is found.
        local = datetime(  # noqa: DTZ001
            day.year, day.month, day.day, _hour(fields), int(fields["minute"] or 0), int(fields.get("second") or 0)
        )
        aware = _located(local, fields.get("zone"), local_zone)
    except (ValueError, OverflowError):
        return Moment(day.isoformat(), "day")
    return Moment(aware.isoformat(timespec="seconds"), "second" if fields.get("second") else "minute")


def _hour(fields: dict[str, str | None]) -> int:
    hour, half = int(fields["hour"] or 0), fields.get("half") or fields.get("half_before")
    if not half:
        return hour
    if not 1 <= hour <= 12:
        # Some print both: 16:09 PM.
        return hour
    return hour % 12 + (_HALVES.get(half, 0) or _HALVES.get(half[0].lower(), 0))


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
