"""What all sites of one publishing system share: a fingerprint, and where the parts of an article stand."""

from collections.abc import Callable
from dataclasses import dataclass

from newsarchive.extract.document import Document
from newsarchive.extract.parts import Parts
from newsarchive.extract.platforms import ghost, rebelmouse


@dataclass(frozen=True, slots=True)
class Profile:
    name: str
    is_of: Callable[[Document], bool]
    locate: Callable[[Document], Parts]


PROFILES = (
    Profile("rebelmouse", rebelmouse.is_of, rebelmouse.locate),
    Profile("ghost", ghost.is_of, ghost.locate),
)


def profile(document: Document, name: str | None) -> Profile | None:
    """The outlet's profile by its name, else the first whose fingerprint the page bears."""
    if name is not None:
        return next(one for one in PROFILES if one.name == name)
    return next((one for one in PROFILES if one.is_of(document)), None)
