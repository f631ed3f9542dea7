"""Where the parts of one article stand on its page: found by the outlet's rules, and beneath them by its platform's."""

import re
from dataclasses import dataclass, replace

from newsarchive.extract import body as bodies
from newsarchive.extract.document import Document, Node
from newsarchive.extract.engine.bounds import Bounds
from newsarchive.outlets import Layout


@dataclass(frozen=True, slots=True)
class Parts:
    """What a rule does not know stays empty."""

    engine: str = "generic"
    body: tuple[Node, ...] = ()
    bounds: Bounds | None = None
    """What the platform knows of where the body stands, while the engine finds it."""
    drop: str = ""
    """CSS: what in the body is none of it."""
    furniture: re.Pattern[str] | None = None
    """Paragraphs of the body that are none of it."""
    headline: Node | None = None
    dek: Node | None = None
    kicker: str | None = None
    byline: str | None = None
    byline_pattern: re.Pattern[str] | None = None
    """Named groups `authors` and `date`."""
    names: tuple[Node, ...] = ()
    """Elements that hold one author each."""
    time: Node | None = None
    lead_image: Node | None = None
    lead_caption: str | None = None
    lead_credit: str | None = None
    credits_in_brackets: bool = False
    """A caption ends with its credit: `A harbour. (A. Lens / Agency)`."""
    has_missed: bool = False
    """A rule that should have matched did not."""


def ruled(document: Document, layout: Layout | None, parts: Parts) -> Parts:
    """The platform's parts, each replaced where the outlet's layout finds its own."""
    if layout is None:
        return parts
    body = tuple(unique(document.css(layout.body))) if layout.body else ()
    headline, dek = document.first(layout.headline), document.first(layout.dek)
    missed = (layout.body is not None and not body) or (layout.headline is not None and headline is None)
    return replace(
        parts,
        engine="layout" if body else parts.engine,
        body=body or parts.body,
        drop=", ".join(filter(None, (*layout.drop, parts.drop))),
        headline=headline or parts.headline,
        dek=dek or parts.dek,
        kicker=_printed(document, layout.kicker) or parts.kicker,
        byline=_printed(document, layout.byline) or parts.byline,
        byline_pattern=re.compile(layout.byline_pattern) if layout.byline_pattern else parts.byline_pattern,
        lead_image=document.first(layout.lead_image) or parts.lead_image,
        has_missed=parts.has_missed or missed,
    )


def unique(nodes: list[Node]) -> list[Node]:
    """Each node once: a node that fits two selectors of a list is found twice."""
    return list({node.mem_id: node for node in nodes}.values())


def _printed(document: Document, selector: str | None) -> str | None:
    return bodies.line(document.first(selector))
