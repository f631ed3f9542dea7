"""What a page itself says of its use: robots metas, reservations, licences, whose it is, and whether it is free."""

from collections.abc import Iterator

from newsarchive import urls
from newsarchive.extract import structured
from newsarchive.extract.document import Document, attribute
from newsarchive.items import Paywall, Rights
from newsarchive.outlets import Outlet
from newsarchive.politeness.agents import is_crawler
from newsarchive.politeness.reservations import reservation_said

_MOST_LICENSES = 20
_TIERS = {"free": True, "locked": False}


def read(document: Document, outlet: Outlet | None) -> Rights:
    """All that stands in the page; what was said beside it is added from its capture."""
    links = [address for named in _licenses(document) if (address := urls.absolute(document.base, named))]
    stated = structured.addresses(document.article.get("license"))
    licenses = list(dict.fromkeys([*links, *stated]))[:_MOST_LICENSES]
    return Rights(
        meta_robots=", ".join(_robots(document)) or None,
        tdm_reservation=reservation_said(*document.metas.get("tdm-reservation", ())),
        tdm_policy=_meta(document, "tdm-policy"),
        license=next(iter(licenses), None),
        license_links=licenses,
        copyright_holder=_holder(document),
        paywall=_paywall(document, outlet),
    )


def _robots(document: Document) -> Iterator[str]:
    """To all crawlers; then to one each, as X-Robots-Tag writes that: `googlebot: noindex`."""
    yield from document.metas.get("robots", ())
    for name, values in document.metas.items():
        if is_crawler(name):
            yield from (f"{name}: {value}" for value in values)


def _meta(document: Document, name: str) -> str | None:
    return next(iter(document.metas.get(name, ())), None)


def _licenses(document: Document) -> Iterator[str | None]:
    """Of the head, then of the body."""
    for facts in document.marks.links:
        if "license" in (facts.get("rel") or "").lower().split():
            yield facts.get("href")
    for node in document.tree.css("a[rel~=license][href]"):
        yield attribute(node, "href")


def _holder(document: Document) -> str | None:
    stated = next(iter(document.graph.objects(document.article.get("copyrightHolder"))), None)
    return structured.string(stated.get("name")) if isinstance(stated, dict) else structured.string(stated)


def _paywall(document: Document, outlet: Outlet | None) -> Paywall | None:
    """The outlet's rule first: what a page says of itself for search engines is often wrong."""
    if outlet and outlet.paywall and document.first(outlet.paywall) is not None:
        return Paywall(is_free=False, source="outlet")
    stated = structured.truth(document.article.get("isAccessibleForFree"))
    if stated is not None:
        return Paywall(stated, "json-ld")
    tier = _TIERS.get((document.meta("article:content_tier") or "").lower())
    return Paywall(tier, "meta") if tier is not None else None
