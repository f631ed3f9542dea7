"""What all sites of one publishing system share: a fingerprint, and where the parts of an article stand."""

from collections.abc import Callable
from dataclasses import dataclass

from newsarchive.extract.document import Document
from newsarchive.extract.parts import Parts
from newsarchive.extract.platforms import (
    arc,
    blogger,
    drupal,
    ghost,
    hubspot,
    rebelmouse,
    squarespace,
    substack,
    webflow,
    wordpress,
)


@dataclass(frozen=True, slots=True)
class Profile:
    name: str
    is_of: Callable[[Document], bool]
    locate: Callable[[Document], Parts]


PROFILES = (
    Profile("rebelmouse", rebelmouse.is_of, rebelmouse.locate),
    # WordPress comes after the others: a site of another system may embed what it keeps there.
    *(
        Profile(module.__name__.rpartition(".")[2], module.TEMPLATE.is_of, module.TEMPLATE.locate)
        for module in (arc, drupal, substack, webflow, squarespace, hubspot, blogger, wordpress)
    ),
    # Ghost comes last: its fingerprint takes a search over the whole page.
    Profile("ghost", ghost.is_of, ghost.locate),
)


def profile(document: Document, name: str | None) -> Profile | None:
    """The outlet's profile by its name, else the first whose fingerprint the page bears."""
    if name is not None:
        return next(one for one in PROFILES if one.name == name)
    return next((one for one in PROFILES if one.is_of(document)), None)
