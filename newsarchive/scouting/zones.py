"""The time zone of an outlet: from the offsets of its dates, the country of its host, and its language."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files

from newsarchive import dates
from newsarchive.scouting.judging import Judgement

# Sold to everybody.
_NO_COUNTRY = frozenset(
    {"ai", "am", "cc", "co", "eu", "fm", "gg", "io", "la", "ly", "me", "nu", "su", "to", "tv", "vc", "ws"}
)
_ALIASES = {"uk": "gb"}
# Where most of the newspapers of a country with several zones are.
_MAIN = {
    "au": "Australia/Sydney", "br": "America/Sao_Paulo", "ca": "America/Toronto", "ru": "Europe/Moscow",
    "ua": "Europe/Kyiv", "uz": "Asia/Tashkent",
}  # fmt: skip
# Languages that are at home in one country.
_HOMES = {
    "be": "by", "bg": "bg", "bn": "bd", "cs": "cz", "da": "dk", "el": "gr", "et": "ee", "fa": "ir", "fi": "fi",
    "he": "il", "hi": "in", "hr": "hr", "hu": "hu", "hy": "am", "id": "id", "is": "is", "it": "it", "ja": "jp",
    "ka": "ge", "kk": "kz", "ko": "kr", "lt": "lt", "lv": "lv", "mk": "mk", "mn": "mn", "mr": "in", "ms": "my",
    "nb": "no", "nl": "nl", "no": "no", "pl": "pl", "ro": "ro", "ru": "ru", "sk": "sk", "sl": "si", "sq": "al",
    "sr": "rs", "sv": "se", "ta": "in", "th": "th", "tr": "tr", "uk": "ua", "ur": "pk", "uz": "uz", "vi": "vn",
    "zh": "cn",
}  # fmt: skip
# Of zones with the same offset the one with most readers.
_WELL_KNOWN = (
    "America/New_York", "Europe/London", "Europe/Berlin", "Europe/Kyiv", "Europe/Moscow", "America/Chicago",
    "America/Los_Angeles", "America/Denver", "America/Sao_Paulo", "America/Bogota", "Asia/Kolkata", "Asia/Shanghai",
    "Asia/Tokyo", "Asia/Dubai", "Asia/Karachi", "Asia/Dhaka", "Asia/Jakarta", "Australia/Sydney", "Pacific/Auckland",
    "Africa/Lagos", "Africa/Nairobi", "Asia/Tehran", "Asia/Kathmandu", "Asia/Yangon",
)  # fmt: skip
# One date in ten may be of another desk.
_AGREED = 0.9


def judge(host: str, *, language: str | None, region: str | None, printed: Sequence[str]) -> Judgement[str]:
    """The IANA zone; `printed` are dates as feeds and pages print them, with their offsets where they have any."""
    country, origin = _country(host, language, region)
    home = list(_zones_of(country))
    local = _local(printed)
    if local:
        told = f"{len(local)} dates with the offset {local[0]:%z}"
        if fitting := _fitting(home, local):
            return Judgement(fitting, "sure" if origin.startswith("the host") else "likely", f"{told}, {origin}")
        if fitting := _fitting(_WELL_KNOWN, local):
            return Judgement(fitting, "guessed", f"{told}, and nothing tells the place")
    if not home:
        return Judgement("UTC", "guessed", "no date has an offset, and neither host nor language tells a country")
    certain = len(home) == 1 and origin.startswith("the host")
    return Judgement(home[0], "likely" if certain else "guessed", f"{origin}; no date has an offset of that place")


def _country(host: str, language: str | None, region: str | None) -> tuple[str, str]:
    """(ISO 3166 code, from what); empty where nothing tells."""
    top = host.rpartition(".")[2]
    if len(top) == 2 and top.isascii() and top not in _NO_COUNTRY:
        return _ALIASES.get(top, top), f"the host ends in .{top}"
    if language in _HOMES:
        return _HOMES[language], f"the language is {language}"
    return (region, f"the page is of the region {region}") if region else ("", "")


def _local(printed: Sequence[str]) -> list[datetime]:
    """Moments with an offset; that of UTC tells nothing, for machines write it everywhere."""
    moments = filter(None, map(dates.parse, printed))
    read = (datetime.fromisoformat(moment.value) for moment in moments if moment.precision != "day")
    return [moment for moment in read if moment.utcoffset()]


def _fitting(zones: Sequence[str], local: list[datetime]) -> str | None:
    return next((zone for zone in zones if _agreement(zone, local) >= _AGREED), None)


def _agreement(zone: str, local: list[datetime]) -> float:
    clock = dates.zone(zone)
    return sum(moment.astimezone(clock).utcoffset() == moment.utcoffset() for moment in local) / len(local)


def _zones_of(country: str) -> tuple[str, ...]:
    """The country's zones, the main one first."""
    zones = _by_country().get(country, ())
    main = _MAIN.get(country)
    return (main, *(zone for zone in zones if zone != main)) if main else zones


@cache
def _by_country() -> dict[str, tuple[str, ...]]:
    """`zone.tab` of the pinned package: country, coordinates, zone."""
    rows = files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8").splitlines()
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        if not row.startswith("#"):
            country, _, zone = row.split("\t")[:3]
            found[country.lower()] = (*found.get(country.lower(), ()), zone)
    return found
