"""Record ids: a new one for every record that is written."""

from uuid import uuid4


def new_record_id() -> str:
    """`<urn:uuid:…>`, as WARC-Record-ID states it."""
    return f"<urn:uuid:{uuid4()}>"
