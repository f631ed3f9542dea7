"""When a host may be asked again: distance, `Retry-After`, backing off, and a circuit that opens when it fails."""

from dataclasses import dataclass, replace
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Literal

Reason = Literal["retry_after", "backoff", "circuit", "trial"]
Result = Literal["fine", "busy", "failed"]

# Nobody reserves turns further ahead: a later one was reserved while the clock was set forward.
_FURTHEST_AHEAD = 24 * 60 * 60.0
_TRIAL_LOOK = 1.0
_BUSY = frozenset({429, 503})
_FAILING = frozenset({403, 408})


@dataclass(frozen=True, slots=True)
class Limits:
    """How a host is spared; all times are seconds."""

    floor: float
    """The least distance between two requests, whatever anybody else says."""
    longest_crawl_delay: float
    """A longer Crawl-delay is taken for this."""
    longest_retry_after: float
    backoff: float
    """After the first 429 or 503 without `Retry-After`; it doubles with each further one."""
    longest_backoff: float
    failures: int
    """After so many failures in a row the circuit opens."""
    circuit: float
    """How long it is open for the first time; it doubles with each further one."""
    longest_circuit: float
    trial: float
    """How long the answer to a trial request is waited for before another one may be sent."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is remembered of a host; moments are seconds since 1970."""

    last_turn: float | None = None
    """The moment of the last turn that was given, most often one to come."""
    last_sent: float | None = None
    """The moment of the last request."""
    crawl_delay: float | None = None
    """As its robots.txt states it."""
    closed_until: float = 0.0
    closed_for: Reason | None = None
    busy: int = 0
    """429 and 503 without `Retry-After` in a row."""
    failures: int = 0
    """In a row."""
    openings: int = 0
    """How often the circuit opened since the host last answered well."""
    trial_until: float = 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """A request may be sent at that moment, if it is confirmed then."""

    at: float


@dataclass(frozen=True, slots=True)
class Closed:
    """No request may be sent before that moment."""

    until: float
    reason: Reason


def distance(standing: Standing, *, delay: float, limits: Limits) -> float:
    """Seconds between two requests: the longest of the outlet's delay, the host's Crawl-delay and the floor."""
    asked = min(standing.crawl_delay or 0.0, limits.longest_crawl_delay)
    return max(delay, asked, limits.floor)


def reserve(standing: Standing, *, now: float, delay: float, limits: Limits) -> tuple[Standing, Turn | Closed]:
    """The next turn on the host, and what is remembered then; or until when it is closed."""
    if closed := _closed_or_on_trial(standing, now=now):
        return standing, closed
    last = standing.last_turn
    if last is not None and last - now > _FURTHEST_AHEAD:
        last = None
    at = now if last is None else max(now, last + distance(standing, delay=delay, limits=limits))
    return replace(standing, last_turn=at), Turn(at)


def confirm(standing: Standing, *, now: float, delay: float, limits: Limits) -> tuple[Standing, Turn | Closed | None]:
    """None when a request whose turn it is goes now; else what it has to wait for.

    A program that was busy wakes late: its request must not go right before the one whose turn comes next.
    """
    if closed := _closed_or_on_trial(standing, now=now):
        return standing, closed
    last = standing.last_sent
    free_at = now if last is None or last > now else last + distance(standing, delay=delay, limits=limits)
    if free_at > now:
        return standing, Turn(free_at)
    trial_until = now + limits.trial if standing.openings else 0.0
    last_turn = now if standing.last_turn is None else max(standing.last_turn, now)
    return replace(standing, last_sent=now, last_turn=last_turn, trial_until=trial_until), None


def closed_at(standing: Standing, *, now: float) -> Closed | None:
    """Until when the host is closed, if it is."""
    if standing.closed_until > now:
        return Closed(standing.closed_until, standing.closed_for or "backoff")
    return None


def result(status: int | None) -> Result:
    """What an answer says of its host; None is no answer at all: refused, timed out, broken off."""
    if status is None:
        return "failed"
    if status in _BUSY:
        return "busy"
    return "failed" if status >= 500 or status in _FAILING else "fine"


def sent(standing: Standing, *, at: float) -> Standing:
    """A request went over the wire at that moment, which may be later than its turn: a connection had to be made."""
    if standing.last_sent is None or at <= standing.last_sent:
        return standing
    return replace(standing, last_sent=at, last_turn=max(standing.last_turn or at, at))


def after(standing: Standing, *, status: int | None, retry_after: float | None, now: float, limits: Limits) -> Standing:
    """What is remembered of the host after an answer."""
    said = result(status)
    told = _fine(standing) if said == "fine" else _failed(standing, now=now, limits=limits)
    if retry_after is not None and (said == "busy" or (status and 300 <= status < 400)):
        return _closed(told, now + min(retry_after, limits.longest_retry_after), "retry_after")
    if said == "busy":
        pause = min(limits.backoff * 2 ** min(told.busy, 30), limits.longest_backoff)
        return _closed(replace(told, busy=told.busy + 1), now + pause, "backoff")
    return told


def seconds_of(retry_after: str | None, *, now: float) -> float | None:
    """The seconds that `Retry-After` asks for (RFC 9110, 10.2.3): a number, or the way to a date; None for garbage."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:12])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    # A date without a zone is in UTC, as HTTP has no others.
    return max(0.0, (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now)


def _closed_or_on_trial(standing: Standing, *, now: float) -> Closed | None:
    if standing.closed_until > now:
        return closed_at(standing, now=now)
    if standing.openings and standing.trial_until > now:
        return Closed(min(standing.trial_until, now + _TRIAL_LOOK), "trial")
    return None


def _fine(standing: Standing) -> Standing:
    return replace(standing, busy=0, failures=0, openings=0, trial_until=0.0)


def _failed(standing: Standing, *, now: float, limits: Limits) -> Standing:
    """One more failure: it opens the circuit when it is one too many, or that of the trial."""
    failures = standing.failures + 1
    # Requests that were on their way when the circuit opened fail too, and say nothing new.
    if standing.closed_until > now and standing.closed_for == "circuit":
        return replace(standing, failures=failures)
    if failures < limits.failures and not standing.openings:
        return replace(standing, failures=failures)
    pause = min(limits.circuit * 2 ** min(standing.openings, 30), limits.longest_circuit)
    opened = replace(standing, failures=failures, openings=standing.openings + 1, trial_until=0.0)
    return _closed(opened, now + pause, "circuit")


def _closed(standing: Standing, until: float, reason: Reason) -> Standing:
    """Closed until the later of two moments: a short pause does not shorten a long one."""
    if until <= standing.closed_until:
        return standing
    return replace(standing, closed_until=until, closed_for=reason)
