"""Judging the time stamps beside a snapshot."""

from datetime import timedelta

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
    """One answer that pinned roots stand behind is enough; one that is false is wrong, however many are right."""
    answers = stamps.answers(opened.path)
    for proof in stamps.others(opened.path):
        judgement.unchecked("timestamp", f"{proof.name} is for the program of OpenTimestamps")
    if not answers:
        judgement.unchecked("timestamp", "there is none")
        return
    if not stamps.is_available():
        judgement.unchecked("timestamp", "needs the extra tsa: pip install newsarchive[tsa]")
        return
    try:
        octets = opened.small(names.DIGEST) or b""
    except SnapshotError as error:
        judgement.wrong("timestamp", str(error))
        return
    for answer in answers:
        try:
            if answer.stat().st_size > _LARGEST:
                raise SnapshotError(answer.name, "is too long for a token")
            stamp = stamps.judge(answer.read_bytes(), octets, roots, answer.name)
        except SnapshotError as error:
            judgement.wrong("timestamp", str(error))
            continue
        if seal and stamp.stamped_at < seal.created - _SLACK:
            judgement.wrong("timestamp", f"{answer.name} is older than the seal says to be: one of both times is false")
        elif roots:
            judgement.ok("timestamp", _told(answer.name, stamp, seal))
        else:
            judgement.unchecked("timestamp", f"no --tsa-root was given to judge {answer.name} by")


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
