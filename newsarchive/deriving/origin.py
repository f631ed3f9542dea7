"""Where a WARC file comes from, by its own word: a crawl of an outlet of ours says so in its warcinfo record."""

from dataclasses import dataclass

from newsarchive.warc.reader import StoredRecord


@dataclass(frozen=True, slots=True)
class Origin:
    """The crawl that wrote a file, with rows beside it."""

    outlet: str
    outlet_digest: str
    """`sha256:` of the outlet's facts on which its readings depended."""
    learned_digest: str | None
    """`sha256:` of its learned table; None where it had none."""
    filename: str | None
    """The name that the file had when it was written; None where it is not said of this file."""


def origin_of(warcinfo: StoredRecord) -> Origin | None:
    """None for a file of another program, and for one of ours without an outlet."""
    told = warcinfo.block_fields()
    if not warcinfo.is_of_newsarchive or "outletDigest" not in told:
        return None
    # Of files that were joined the pointers of the later ones would be wrong under their old names.
    filename = warcinfo.field("WARC-Filename") if warcinfo.offset == 0 else None
    return Origin(told.get("isPartOf", ""), told["outletDigest"], told.get("learnedDigest"), filename)
