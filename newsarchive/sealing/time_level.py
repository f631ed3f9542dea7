"""Judging the time stamps beside a snapshot."""

from datetime import timedelta
from pathlib import Path

from cryptography import x509

from newsarchive.errors import SnapshotError
from newsarchive.sealing import names, stamps
from newsarchive.sealing.judgement import Judgement
from newsarchive.sealing.opening import Opened
from newsarchive.sealing.seal import Seal
from newsarchive.sealing.stamps import Stamp

# Clocks that are kept by NTP differ by less.
_SLACK = timedelta(minutes=1)
_LARGEST = 1024 * 1024


def judge(judgement: Judgement, opened: Opened, seal: Seal | None, roots: list[x509.Certificate]) -> None:
    """One answer that a pinned root stands behind is enough; one that is false is wrong, however many are right."""
    answers = stamps.answers(opened.path)
    aside = [f"{proof.name} is for the program of OpenTimestamps" for proof in stamps.others(opened.path)]
    if not answers or not stamps.is_available():
        why = "needs the extra tsa: pip install newsarchive[tsa]" if answers else "there is none"
        for note in (*aside, why):
            judgement.unchecked("timestamp", note)
        return
    proven, mistakes = [], []
    for answer in answers:
        try:
            stamp = _judged(answer, opened, roots)
        except SnapshotError as error:
            mistakes.append(str(error))
            continue
        if seal and stamp.stamped_at < seal.created - _SLACK:
            mistakes.append(f"{answer.name} is older than the seal says to be: one of both times is false")
        elif stamp.proven:
            proven.append(_told(answer.name, stamp, seal))
        else:
            root = "none of the roots that you trust stands" if roots else "no --tsa-root was given that could stand"
            aside.append(f"{answer.name}, by {stamp.authority}: {root} behind it")
    _tell(judgement, proven, mistakes, aside)


def _judged(answer: Path, opened: Opened, roots: list[x509.Certificate]) -> Stamp:
    if answer.stat().st_size > _LARGEST:
        raise SnapshotError(answer.name, "is too long for a token")
    return stamps.judge(answer.read_bytes(), opened.small(names.DIGEST) or b"", roots, answer.name)


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
