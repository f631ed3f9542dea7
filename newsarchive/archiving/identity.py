"""Record ids: a new one for every record that is written."""

import itertools
import os
import uuid
from collections.abc import Iterator


def _ids() -> Iterator[str]:
    """A UUID of version 8 (RFC 9562, 5.8): 90 random bits for this process, then a counter.

    The ids of a record that names others differ in their last digits only, and compress to next to nothing.
    """
    start = int.from_bytes(os.urandom(16)) & ~0xFFFFFFFF
    version = start & ~(0xF << 76) & ~(0b11 << 62) | 8 << 76 | 0b10 << 62
    prefix = str(uuid.UUID(int=version))[:-8]
    # Beyond four billion records the counter would run into the random bits.
    for count in range(1 << 32):
        yield f"<urn:uuid:{prefix}{count:08x}>"


_all = itertools.chain.from_iterable(_ids() for _ in itertools.count())


def new_record_id() -> str:
    """`<urn:uuid:…>`, as WARC-Record-ID states it."""
    return next(_all)
