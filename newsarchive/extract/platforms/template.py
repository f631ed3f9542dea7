"""A publishing system whose templates leave the article's place to the engine, within bounds: a table."""

from dataclasses import dataclass

from newsarchive.extract.document import Document
from newsarchive.extract.engine.bounds import Bounds
from newsarchive.extract.parts import Parts


@dataclass(frozen=True, slots=True)
class Template:
    """What is known of all sites of a system, whatever their theme."""

    bounds: Bounds
    generator: str = ""
    """How the content of `<meta name="generator">` begins, in lower case."""
    addresses: tuple[str, ...] = ()
    """What only the system's own style sheets and interfaces have in their addresses: those in a `<link>`."""

    def is_of(self, document: Document) -> bool:
        """The page was made by it; what is merely embedded leaves no such mark."""
        generators = document.metas.get("generator", ())
        if self.generator and any(one.lower().startswith(self.generator) for one in generators):
            return True
        addresses = (facts.get("href") or "" for facts in document.marks.links)
        return bool(self.addresses) and any(part in one for one in addresses for part in self.addresses)

    def locate(self, document: Document) -> Parts:  # noqa: ARG002 - as every profile does
        """The bounds for the engine; all else it finds by itself."""
        return Parts(bounds=self.bounds)
