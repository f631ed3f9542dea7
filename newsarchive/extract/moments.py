"""When an article was published and updated: which of the page's statements to believe; never the capture."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import chain

from newsarchive import dates
from newsarchive.extract import statements
from newsarchive.extract.document import Document
from newsarchive.extract.parts import Parts
from newsarchive.extract.statements import Stated
from newsarchive.extract.surroundings import Surroundings
from newsarchive.items import Timestamp

_NO_TIME, _HOUR, _FURTHEST = timedelta(), timedelta(hours=1), timedelta(hours=14)


def published(
    document: Document, parts: Parts, captured_at: datetime, zone: str | None, around: Surroundings | None = None
) -> Timestamp | None:
    """The first statement that can be believed; a later one of the same day may tell the time of day."""
    writing = dates.writing(document.language, document.region)
    around = around or Surroundings()
    first = chain(
        statements.in_json_ld(document, "datePublished"),
        statements.in_metas(document, statements.PUBLISHED),
        statements.in_story(document, "datePublished"),
        statements.in_times(document, parts, zone),
        statements.in_byline(parts, zone),
        statements.in_lines(around, zone) if parts.engine == "generic" else (),
    )
    # Of these each stands for itself.
    weaker = (
        statements.in_metas(document, statements.DATED),
        statements.in_addresses(document),
        statements.on_pages(document),
        statements.in_other_times(document, zone),
        statements.in_state(document),
        statements.in_titles(document),
    )
    # Many sites print what day it is to every visitor: that is the day of the capture.
    doubtful = (
        statements.in_classes(document, zone),
        statements.in_updates(document, around, zone),
        statements.on_whole_page(document, zone),
    )
    visit = captured_at.date().isoformat()
    believed = (_believed(source, captured_at, writing) for source in (first, *weaker))
    doubted = (_believed(source, captured_at, writing) for source in doubtful)
    past = ((one for one in source if not one.value.startswith(visit)) for source in doubted)
    found = (_chosen(source, zone) for source in chain(believed, past))
    return next((one for one in found if one), None)


def updated(document: Document, captured_at: datetime) -> Timestamp | None:
    """What the page states for machines."""
    stated = chain(
        statements.in_json_ld(document, "dateModified"),
        statements.in_metas(document, statements.UPDATED),
        statements.in_story(document, "dateModified"),
    )
    return _chosen(_believed(stated, captured_at, dates.writing(document.language, document.region)), None)


def _believed(stated: Iterable[Stated], captured_at: datetime, writing: dates.Writing) -> Iterator[Timestamp]:
    for source, raw, zone in stated:
        moment = dates.from_url(raw) if source == "url" else dates.parse(raw, local_zone=zone, writing=writing)
        if moment and dates.is_believable(moment, captured_at):
            yield Timestamp(moment.value, moment.precision, source, raw)


def _chosen(believed: Iterator[Timestamp], zone: str | None) -> Timestamp | None:
    """The first; a later one may tell the time of that day, or on which clock it was."""
    first = next(believed, None)
    if first is None:
        return None
    if first.precision == "day":
        finer = (one for one in believed if one.precision != "day" and one.value.startswith(first.value))
        return next(finer, first)
    known = datetime.fromisoformat(first.value)
    # An outlet's zone is known without any clock of its pages; and what is told with an offset needs no other.
    if zone or known.utcoffset():
        return first
    clocks = (_on_the_clock_of(one, known) for one in believed if one.precision != "day")
    placed = next((found for found in clocks if found), known)
    return replace(first, value=placed.isoformat(timespec="seconds"))


def _on_the_clock_of(other: Timestamp, known: datetime) -> datetime | None:
    """The same instant with the offset of its place, where it is known in UTC or without a zone."""
    clock = datetime.fromisoformat(other.value)
    offset = clock.utcoffset()
    if known.tzinfo is None:
        placed = known.replace(tzinfo=clock.tzinfo)
        return placed if offset is not None and _is_same_minute(placed, clock) else None
    if offset is None:
        # A clock without a zone, whole hours from the instant in UTC, is the clock of the place.
        offset = clock.replace(tzinfo=UTC) - known.replace(second=clock.second)
        is_offset = offset % _HOUR == _NO_TIME and -_FURTHEST <= offset <= _FURTHEST
        return known.astimezone(timezone(offset)) if offset and is_offset else None
    placed = known.astimezone(clock.tzinfo)
    return placed if offset and _is_same_minute(placed, clock) else None


def _is_same_minute(one: datetime, other: datetime) -> bool:
    return one.replace(second=0) == other.replace(second=0)
