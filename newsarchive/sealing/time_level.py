"""Judging the time stamps beside a snapshot."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from newsarchive.errors import SnapshotError
from newsarchive.sealing import names, stamps
from newsarchive.sealing.chain import Chain
from newsarchive.sealing.documents import octets_of
from newsarchive.sealing.judgement import Judgement
from newsarchive.sealing.opening import Opened
from newsarchive.sealing.seal import Seal, digest_of
from newsarchive.sealing.stamps import Stamp

# Clocks that are kept by NTP differ by less.
_SLACK = timedelta(minutes=1)
_LARGEST = 1024 * 1024


def judge(
    judgement: Judgement,
    opened: Opened,
    seal: Seal | None,
    roots: list[x509.Certificate],
    within: timedelta | None = None,
) -> None:
    """One answer that a pinned root stands behind is enough; one that is false is wrong, however many are right.

    `within`: one of them must be no later than so long after the seal, and those of the seals before and after must be
    in the order of the chain; None where that is not asked.
    """
    answers = stamps.answers(opened.path)
    aside = [f"{proof.name} is for the program of OpenTimestamps" for proof in stamps.others(opened.path)]
    if not answers or not stamps.is_available():
        why = "needs the extra tsa: pip install newsarchive[tsa]" if answers else "there is none"
        for note in (*aside, why):
            judgement.unchecked("timestamp", note)
        return
    proven: list[tuple[str, Stamp]] = []
    mistakes = []
    for answer in answers:
        try:
            stamp = _judged(answer, opened, roots)
        except SnapshotError as error:
            mistakes.append(str(error))
            continue
        if seal and seal.created - stamp.stamped_at > _SLACK:
            mistakes.append(f"{answer.name} is older than the seal says to be: one of both times is false")
        elif stamp.proven:
            proven.append((answer.name, stamp))
        else:
            root = "none of the roots that you trust stands" if roots else "no --tsa-root was given that could stand"
            aside.append(f"{answer.name}, by {stamp.authority}: {root} behind it")
    if seal and proven and within is not None:
        first = min(stamp.stamped_at for _, stamp in proven)
        mistakes += _late(seal, first, within)
        mistakes += _in_disorder(seal, first, opened.path, roots)
    _tell(judgement, [_told(name, stamp, seal) for name, stamp in proven], mistakes, aside)


def _late(seal: Seal, first: datetime, within: timedelta) -> Iterator[str]:
    """Whoever makes all anew can date the seals back, but no authority states a time that has passed."""
    if first - seal.created > within:
        late, minutes = _words(first - seal.created), int(within.total_seconds() // 60)
        yield f"the first token is of {late} after the seal, where {minutes} minutes are allowed"


def _in_disorder(seal: Seal, first: datetime, path: Path, roots: list[x509.Certificate]) -> Iterator[str]:
    """Each seal of the chain beside the file was stamped after those before it, and before those that follow."""
    for other in _seals_beside(path):
        if other.sequence == seal.sequence or (stamped_at := _first_of(other, path.absolute().parent, roots)) is None:
            continue
        if (other.sequence < seal.sequence) != (stamped_at <= first) and abs(stamped_at - first) > _SLACK:
            when = "later" if other.sequence < seal.sequence else "earlier"
            yield f"seal {other.sequence} was stamped {when} than this one, seal {seal.sequence}"


def _seals_beside(path: Path) -> list[Seal]:
    try:
        return list(Chain(path.absolute().parent).seals())
    except SnapshotError:
        return []  # which the level of the chain tells


def _first_of(seal: Seal, folder: Path, roots: list[x509.Certificate]) -> datetime | None:
    """The earliest time that an authority stated of another snapshot in the folder; None where none is proven."""
    found: list[datetime] = []
    for path in folder.glob(f"{seal.sequence:06d}-*{names.SUFFIX}"):
        try:
            with Opened(path) as opened:
                if digest_of(opened.small(names.SEAL) or b"") != seal.digest:
                    continue
                judged = [_judged(answer, opened, roots) for answer in stamps.answers(path)]
        except SnapshotError:
            continue  # which its own verification tells
        found += [stamp.stamped_at for stamp in judged if stamp.proven]
    return min(found, default=None)


def _judged(answer: Path, opened: Opened, roots: list[x509.Certificate]) -> Stamp:
    return stamps.judge(octets_of(answer, most=_LARGEST), opened.small(names.DIGEST) or b"", roots, answer.name)


def _tell(judgement: Judgement, proven: list[str], mistakes: list[str], aside: list[str]) -> None:
    if mistakes or proven:
        judgement.told("timestamp", mistakes)
        judgement.levels["timestamp"].notes += [*proven, *(f"not checked: {note}" for note in aside)]
        return
    for note in aside:
        judgement.unchecked("timestamp", note)


def _told(name: str, stamp: Stamp, seal: Seal | None) -> str:
    after = f", {_words(stamp.stamped_at - seal.created)} after the seal" if seal else ""
    until = f"; stamp again before {stamp.valid_until:%Y-%m-%d}" if stamp.valid_until else ""
    return f"{name}: {stamp.stamped_at:%Y-%m-%dT%H:%M:%SZ} by {stamp.authority}{after}{until}"


def _words(time: timedelta) -> str:
    seconds = max(int(time.total_seconds()), 0)
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"
