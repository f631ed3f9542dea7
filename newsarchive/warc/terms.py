"""What a site said of a page before it was asked for, as fields of the metadata record beside the answer."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from newsarchive.items import RobotsTxt, TdmRep, Terms

_ROBOTS = {
    "record_id": "robotsRecord",
    "means": "robotsMeans",
    "agent": "robotsAgent",
    "rule": "robotsRule",
    "reserves": "robotsReserves",
}
_TDMREP = {
    "record_id": "tdmrepRecord",
    "location": "tdmrepLocation",
    "reservation": "tdmrepReservation",
    "policy": "tdmrepPolicy",
}
_MEANINGS = frozenset({"read", "unavailable", "unreachable"})
_LONGEST = 2000


def told(terms: Terms) -> Iterator[tuple[str, str | None]]:
    """The fields, in order."""
    for part, names in ((terms.robots_txt, _ROBOTS), (terms.tdmrep, _TDMREP)):
        if part:
            yield from ((name, asdict(part)[key]) for key, name in names.items())


def read(about: Mapping[str, str]) -> Terms:
    """The terms that the fields of a metadata record tell."""
    robots: dict[str, Any] = {key: about.get(name) for key, name in _ROBOTS.items()}
    tdmrep = {key: about.get(name) for key, name in _TDMREP.items()}
    return Terms(
        RobotsTxt(**robots) if robots["means"] in _MEANINGS else None,
        TdmRep(**tdmrep) if tdmrep["record_id"] else None,
    )


def as_kept(terms: Terms) -> Terms:
    """The terms as a record keeps them, so that a crawl reads what everybody reads from the record later."""
    return read({name: kept for name, value in told(terms) if value and (kept := _kept(value))})


def _kept(value: str) -> str:
    """One line, without what some readers take for a line end."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())[:_LONGEST].rstrip()
