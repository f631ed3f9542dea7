"""Discovery: bytes of a feed, sitemap or section page in, links out. Pure: no network, no clock, no file."""

from collections.abc import Callable

from newsarchive.discovery import decoding, feeds, formats, json_feeds, lists, markup, sections, sitemaps
from newsarchive.discovery.findings import MAX_LINKS, Findings, Lead, Reading, gather
from newsarchive.discovery.seeds import read_seeds
from newsarchive.items import SourceKind

__all__ = ["MAX_LINKS", "Findings", "Lead", "read_seeds", "read_source"]

_READERS: dict[formats.Format, Callable[[str], Reading]] = {
    "feed": feeds.read,
    "JSON feed": json_feeds.read,
    "sitemap": sitemaps.read,
    "list": lists.read,
    "page": sections.read,
}


def read_source(payload: bytes, *, content_type: str | None, url: str, kind: SourceKind) -> Findings:
    """What a source names, whatever its bytes turn out to be; `kind` is what the operator calls it.

    Never raises on bytes: what is wrong with them is said in `problems`.
    """
    unpacked, packing = decoding.unpack(payload)
    decoded, charset = decoding.decode(unpacked, content_type=content_type)
    source, controls = markup.without_controls(decoded)
    found = formats.judge(source)
    problems = (*packing, *charset, *controls)
    if found == "nothing":
        return Findings((), (), (*problems, "empty" if not source.strip() else "neither markup nor a list of URLs"))
    findings = gather(_READERS[found](source), via=url, kind=kind)
    return Findings(findings.links, findings.leads, (*problems, *formats.surprise(kind, found), *findings.problems))
