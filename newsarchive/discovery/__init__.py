"""Discovery: bytes of a feed, sitemap or section page in, links out. Pure: no network, no clock, no file."""

from collections.abc import Callable
from dataclasses import replace

from newsarchive.discovery import cdx, decoding, feeds, formats, json_feeds, lists, markup, robots, sections, sitemaps
from newsarchive.discovery.findings import MAX_LINKS, Findings, Lead, Reading, Unreadable, gather
from newsarchive.discovery.paging import next_page
from newsarchive.discovery.seeds import read_seeds
from newsarchive.discovery.unreadable import unreadable
from newsarchive.errors import parsing
from newsarchive.items import SourceKind

__all__ = ["MAX_LINKS", "Findings", "Lead", "Unreadable", "read_seeds", "read_source"]

_READERS: dict[formats.Format, Callable[[str], Reading]] = {
    "feed": feeds.read,
    "JSON feed": json_feeds.read,
    "sitemap": sitemaps.read,
    "list": lists.read,
    "page": sections.read,
}
# Their formats cannot be told from others by a look at them.
_READERS_BY_KIND: dict[SourceKind, Callable[[str], Reading]] = {"robots": robots.read, "cdx": cdx.read}
_LISTS: frozenset[SourceKind] = frozenset({"section", "follow"})


def read_source(payload: bytes, *, content_type: str | None, url: str, kind: SourceKind) -> Findings:
    """Return what a source names, for any bytes; `kind` is the operator's name for it.

    `problems` lists the defects of the bytes, `unreadable` is the reason if they are not such a source. Raises
    `PageError` with `reader_failed` if a parser raises.
    """
    with parsing(url):
        return _read(payload, content_type=content_type, url=url, kind=kind)


def _read(payload: bytes, *, content_type: str | None, url: str, kind: SourceKind) -> Findings:
    unpacked, packing = decoding.unpack(payload)
    decoded, charset = decoding.decode(unpacked, content_type=content_type)
    source, controls = markup.without_controls(decoded)
    found = formats.judge(source)
    findings = _findings(source, (*packing, *charset, *controls), found=found, url=url, kind=kind)
    return replace(findings, unreadable=unreadable(unpacked, source, findings, found=found, kind=kind))


def _findings(source: str, problems: tuple[str, ...], *, found: formats.Format, url: str, kind: SourceKind) -> Findings:
    own = _READERS_BY_KIND.get(kind)
    if not source.strip() or (found == "nothing" and not own):
        return Findings((), (), (*problems, "neither markup nor a list of URLs" if source.strip() else "empty"))
    surprise = formats.surprise(kind, found)
    if own and surprise:
        return Findings((), (), (*problems, f"not a {kind}: a {found}"))
    findings = gather((own or _READERS[found])(source), via=url, kind=kind)
    leads = (*findings.leads, *_paging(findings, url)) if kind in _LISTS else findings.leads
    return Findings(findings.links, leads, (*problems, *surprise, *findings.problems), findings.failures)


def _paging(findings: Findings, url: str) -> tuple[Lead, ...]:
    """The next page, where the markup does not name it."""
    further = None if findings.leads else next_page(findings.links, url)
    return (Lead(further, "section"),) if further else ()
