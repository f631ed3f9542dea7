"""What a page itself says of its use: kept as evidence, and followed by the outlet's policy on exports."""

from newsarchive import clock, urls
from newsarchive.items import Article, Page
from newsarchive.politeness import reservations
from newsarchive.store.database import Database
from newsarchive.store.signals import SignalBook


def note(database: Database, page: Page, article: Article, *, address: str, policy: str) -> None:
    """`address` is that under which the page was found, `policy` the outlet's `crawl.reserved`."""
    rights, capture = article.rights, page.capture
    said = reservations.on_page(
        x_robots_tag=rights.x_robots_tag, meta_robots=rights.meta_robots, tdm_reservation=rights.tdm_reservation
    )
    book = SignalBook(database)
    # What the headers say was noted when they came.
    adds = rights.tdm_reservation != reservations.reservation_said(page.tdm_reservation)
    in_page = [one for one in said if one.name == "robots" or (one.name == "tdm-reservation" and adds)]
    book.note(capture.url, "page", in_page, record_id=capture.record_id, now=clock.now())
    if policy != "exclude-from-export":
        return
    # For what the page says, or for what its site said before it was asked for.
    outlet = article.outlet or ""
    reserving = next((f"{one.name}:{one.value}" for one in said if one.reserves), None)
    reason = reserving or book.withheld_for(outlet, urls.key(address))
    if reason:
        book.withhold(outlet, capture.url, reason, now=clock.now(), key=article.article_key)
