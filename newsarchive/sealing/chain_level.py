"""Judging the place of a seal: among its neighbours in the chain beside it, and up to a head that was published."""

from collections.abc import Iterable
from pathlib import Path

from newsarchive.errors import SnapshotError
from newsarchive.sealing.chain import Chain
from newsarchive.sealing.judgement import Judgement
from newsarchive.sealing.seal import Seal


def judge(judgement: Judgement, seal: Seal, path: Path, head: tuple[int, str] | None) -> None:
    """`head` is the (sequence, digest) that you know from elsewhere; None if you know none."""
    chain = Chain(path.absolute().parent)
    if head == (seal.sequence, seal.digest) and not chain.is_there:
        judgement.ok("chain", f"this is the seal that the head names, number {seal.sequence}")
        return
    if head and head[0] == seal.sequence and head[1] != seal.digest:
        judgement.wrong(
            "chain", f"the head that you know is another seal {seal.sequence} than this one: it was rewritten"
        )
        return
    if not chain.is_there:
        judgement.unchecked("chain", "there is no chain beside the file")
        return
    try:
        digests, later = _look_through(chain, seal)
        last = chain.head()
    except SnapshotError as error:
        judgement.wrong("chain", str(error))
        return
    judgement.told("chain", _mistakes(seal, digests, head), _place(seal, last, head))
    if later:
        judgement.levels["chain"].notes.append(f"it is superseded by {later}")


def _look_through(chain: Chain, seal: Seal) -> tuple[list[str], str | None]:
    """The digests of all seals, and the `successor` of this one; of many seals only one is held. Raises as `seals`."""
    digests: list[str] = []
    later = None
    for one in chain.seals():
        digests.append(one.digest)
        later = successor(seal, [one]) or later
    return digests, later


def successor(seal: Seal, seals: Iterable[Seal]) -> str | None:
    """`2 under T-2026-004`: the seal that stands in the place of this one, and for which acts; None if none does."""
    found = [one for one in seals if one.superseded[0] == seal.digest]
    return f"{found[-1].sequence} under {', '.join(found[-1].superseded[1])}" if found else None


def _mistakes(seal: Seal, digests: list[str], head: tuple[int, str] | None) -> list[str]:
    mistakes = []
    if seal.sequence > len(digests):
        mistakes.append(f"the chain ends at {len(digests)}, before this seal, which is number {seal.sequence}")
    elif digests[seal.sequence - 1] != seal.digest:
        mistakes.append(f"the chain has another seal {seal.sequence} than this one")
    if head and head[0] > len(digests):
        mistakes.append(f"the chain ends at {len(digests)}, but a head of {head[0]} was published: it was cut")
    elif head and digests[head[0] - 1] != head[1]:
        mistakes.append(f"seal {head[0]} is not the one that was published: the chain was rewritten")
    return mistakes


def _place(seal: Seal, last: Seal | None, head: tuple[int, str] | None) -> str:
    told = f"number {seal.sequence} of {last.sequence if last else 0} that follow from each other"
    if head is None:
        return f"{told}; no --expected-head was given, so that later ones may have been dropped, or all rewritten"
    return f"{told}, up to the head that you know, {head[0]}"
