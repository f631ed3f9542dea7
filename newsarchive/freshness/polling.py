"""When a source (feed, sitemap, section) is looked at again, and whether it may answer "not modified"."""

import hashlib
from dataclasses import dataclass, replace
from typing import Literal

from newsarchive.freshness.rhythm import DAY, HOUR, NOTHING, Rhythm, spread

_MOST_NOT_MODIFIED = 24
_UNCONDITIONAL_AFTER = DAY
# A server that once said "not modified" of a source with something new is not asked conditionally for a month.
_MISTRUST = 30 * DAY
_JITTER = 0.1
_FIRST_BACKOFF = 5 * 60
_LONGEST_BACKOFF = DAY
# A surprising number of feeds come back from what looks like death: they are never given up, only seldom asked.
_FEW_FAILURES = 30
_DEAD = 7 * DAY
# (silent for so long, looked at so seldom)
_SLEEP = {"feed": (180 * DAY, 7 * DAY)}
_SLEEP_OF_OTHERS = (60 * DAY, 30 * DAY)
_MOST_VAIN_NUDGES = 3
_ROOM = 4
_HISTORY = 14 * DAY
_MOST_HISTORY = 500


@dataclass(frozen=True, slots=True)
class Pace:
    """The bounds of an outlet's polling, in seconds."""

    shortest: int = 5 * 60
    longest: int = 12 * HOUR
    worth: int = 2 * 60
    """So many seconds of one article's waiting are worth one poll: less is more eager."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one look at a source gave; made by `read`, `not_modified` or `failed`."""

    kind: Literal["read", "not_modified", "failed"]
    listed: int = 0
    """Links in scope that it named."""
    new: int = 0
    """Links that no source had named before, and those whose article it says is newer than our capture."""
    appeared: tuple[int, ...] = ()
    """When they were published, as far as the source says; on the first look, of all links that have a date."""
    newest: int | None = None
    """The latest date that it prints, for the judgement whether it is still alive."""
    digest: str | None = None
    """Digest of the payload."""
    conditional: bool = False
    """Whether the request carried validators."""
    retry_after: int = 0
    """Seconds that the server asked for."""
    reason: str | None = None
    moved_to: str | None = None
    """Where permanent redirects led, if there were any."""


def read(
    *,
    listed: int,
    new: int,
    appeared: tuple[int, ...] = (),
    newest: int | None = None,
    digest: str | None = None,
    conditional: bool = False,
    moved_to: str | None = None,
) -> Outcome:
    """The source came whole."""
    return Outcome("read", listed, new, appeared, newest, digest, conditional, moved_to=moved_to)


def not_modified() -> Outcome:
    """The server said 304."""
    return Outcome("not_modified", conditional=True)


def failed(reason: str, *, retry_after: int = 0) -> Outcome:
    """The source could not be had: an error, a time-out, a refusal."""
    return Outcome("failed", reason=reason, retry_after=retry_after)


@dataclass(frozen=True, slots=True)
class Polling:
    """What is known of one source; a new one is due at once."""

    url: str
    kind: str
    next_poll: int
    rhythm: Rhythm = NOTHING
    listed: int = 0
    failures: int = 0
    """In a row."""
    not_modified: int = 0
    """In a row."""
    digest: str | None = None
    reason: str | None = None
    moved_to: str | None = None
    last_attempt: int | None = None
    last_success: int | None = None
    last_whole: int | None = None
    """Last answer that was not a 304."""
    last_new: int | None = None
    last_sign: int | None = None
    """When it last was seen to live: something new, another payload, or the newest date of its first answer."""
    lied_at: int | None = None
    """When "not modified" was last found to be untrue."""
    overflowed_at: int | None = None
    """When everything it listed was new, so that more may have come and gone between two looks."""
    nudges: int = 0
    """How often in a row its index said that it had changed and nothing new was there."""
    is_nudged: bool = False

    def may_be_conditional(self, now: int) -> bool:
        """Validators may be sent: the server's word is trusted, but neither for ever nor after a lie."""
        if self.last_whole is None or (self.lied_at is not None and now - self.lied_at < _MISTRUST):
            return False
        return self.not_modified < _MOST_NOT_MODIFIED and now - self.last_whole < _UNCONDITIONAL_AFTER

    def sleeps(self, now: int) -> bool:
        """It has been silent for so long that it is taken for dead, and only looked at in case it wakes."""
        return self.last_sign is not None and now - self.last_sign > _sleep(self.kind)[0]


def after(source: Polling, outcome: Outcome, *, now: int, pace: Pace) -> Polling:
    """What is known of the source after this look, and when the next is due."""
    if outcome.kind == "failed":
        return _after_failure(source, outcome, now=now, pace=pace)
    noted = _noted(source, outcome, now)
    learned = replace(noted, rhythm=_learned(source, outcome, now))
    return replace(learned, next_poll=_next_poll(learned, outcome, since=source.last_success, now=now, pace=pace))


def _after_failure(source: Polling, outcome: Outcome, *, now: int, pace: Pace) -> Polling:
    failures = source.failures + 1
    if failures > _FEW_FAILURES:
        wait = _DEAD
    else:
        wait = min(max(pace.shortest, _FIRST_BACKOFF) * 2 ** min(failures - 1, 20), _LONGEST_BACKOFF)
    wait = max(_jittered(wait, source.url), outcome.retry_after)
    return replace(source, failures=failures, last_attempt=now, next_poll=now + wait, reason=outcome.reason)


def nudged(source: Polling, changed_at: int, *, now: int) -> Polling:
    """An index says that the source changed at that moment: it is due, unless such words were empty before."""
    if source.last_success is not None and changed_at <= source.last_success:
        return source
    if source.nudges >= _MOST_VAIN_NUDGES or source.failures or source.next_poll <= now:
        return source
    return replace(source, next_poll=now, is_nudged=True)


def _noted(source: Polling, outcome: Outcome, now: int) -> Polling:
    """The facts of a look that succeeded."""
    vain = source.nudges + source.is_nudged
    noted = replace(
        source,
        failures=0,
        reason=None,
        last_attempt=now,
        last_success=now,
        last_new=_last_new(source, outcome, now),
        last_sign=_sign_of_life(source, outcome, now),
        nudges=0 if outcome.new else vain,
        is_nudged=False,
    )
    if outcome.kind == "not_modified":
        return replace(noted, not_modified=source.not_modified + 1)
    return replace(
        noted,
        not_modified=0,
        listed=outcome.listed,
        digest=outcome.digest,
        moved_to=outcome.moved_to,
        last_whole=now,
        lied_at=now if _had_lied(source, outcome) else source.lied_at,
        overflowed_at=now if _overflows(source, outcome) else source.overflowed_at,
    )


def _last_new(source: Polling, outcome: Outcome, now: int) -> int | None:
    """On the first look everything is new, and only a date says since when."""
    if source.last_success is None:
        return None if outcome.newest is None else min(now, outcome.newest)
    return now if outcome.new else source.last_new


def _sign_of_life(source: Polling, outcome: Outcome, now: int) -> int:
    if source.last_sign is None:
        return now if outcome.newest is None else min(now, outcome.newest)
    changed = outcome.kind == "read" and outcome.digest != source.digest
    return now if outcome.new or changed else source.last_sign


def _had_lied(source: Polling, outcome: Outcome) -> bool:
    """After a streak of 304 an unconditional look finds what was there before the last of them."""
    if not source.not_modified or outcome.conditional or not outcome.new or outcome.digest == source.digest:
        return False
    return not outcome.appeared or min(outcome.appeared) < (source.last_success or 0)


def _overflows(source: Polling, outcome: Outcome) -> bool:
    return source.last_success is not None and source.kind == "feed" and 0 < outcome.listed <= outcome.new


def _learned(source: Polling, outcome: Outcome, now: int) -> Rhythm:
    """The rhythm after this look: on the first one from the dates that the source prints, later from what came."""
    if source.last_success is None:
        return _from_history(outcome, now)
    since = source.last_success
    dated = [min(max(moment, since), now - 1) for moment in outcome.appeared[: outcome.new]]
    undated = spread(outcome.new - len(dated), since=since, now=now)
    return source.rhythm.learned((*dated, *undated), since=since, now=now)


def _from_history(outcome: Outcome, now: int) -> Rhythm:
    """What a source prints of the last two weeks; nothing if it prints no dates, or the same for all."""
    dated = sorted(moment for moment in outcome.appeared if moment <= now)
    if not dated or (len(dated) > 2 and dated[-1] - dated[0] < HOUR):
        return NOTHING
    recent = [moment for moment in dated if moment > now - _HISTORY][-_MOST_HISTORY:]
    reaches_back = len(recent) < min(len(dated), _MOST_HISTORY)
    return NOTHING.learned(recent, since=now - _HISTORY if reaches_back else dated[-len(recent)], now=now)


def _next_poll(source: Polling, outcome: Outcome, *, since: int | None, now: int, pace: Pace) -> int:
    if source.sleeps(now):
        return now + _jittered(_sleep(source.kind)[1], source.url)
    latest = pace.longest
    if source.kind == "feed" and source.listed:
        # News breaks by night too: not even the busiest hour, whenever it comes, may fill more than part of the window.
        latest = min(latest, int(source.listed / _ROOM / source.rhythm.peak))
    belief = source.rhythm.belief(silent_since=source.last_new or now, now=now)
    due = source.rhythm.next_look(now, worth=pace.worth, belief=belief, latest=now + latest)
    wait = _jittered(due - now, source.url)
    if since is not None and source.kind == "feed" and outcome.new * 2 > outcome.listed > 0:
        wait = min(wait, (now - since) * outcome.listed // (_ROOM * outcome.new))
    return now + min(max(wait, pace.shortest), pace.longest)


def _sleep(kind: str) -> tuple[int, int]:
    return _SLEEP.get(kind, _SLEEP_OF_OTHERS)


def _jittered(wait: int, url: str) -> int:
    """A little shorter, by an amount that is the URL's own: sources that began together do not stay together."""
    share = int.from_bytes(hashlib.sha256(url.encode()).digest()[:4], "big") / 2**32
    return int(wait * (1 - _JITTER * share))


def news_since(last_success: int | None, now: int) -> int:
    """From when on an article is news to a list by when it was first seen: a page without any leads to no further one.

    0 for the first look of a day, which goes through the whole list: not every one begins with what is newest.
    """
    return last_success if last_success is not None and last_success // DAY == now // DAY else 0
