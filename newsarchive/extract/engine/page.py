"""A page as columns: its elements, and its blocks of text between the bounds of block-level elements."""

from array import array
from dataclasses import dataclass, field

from newsarchive.extract.document import Node


def _numbers() -> "array[int]":
    """A column that numpy takes as it is."""
    return array("q")


@dataclass(slots=True)
class Elements:
    """The page's block-level elements in its order, as columns; the first is the root."""

    nodes: list[Node] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    parents: "array[int]" = field(default_factory=_numbers)
    masks: "array[int]" = field(default_factory=_numbers)
    certain: list[str] = field(default_factory=list)
    """What the element's own name says it certainly is, if that is furniture."""
    signatures: "array[int]" = field(default_factory=_numbers)
    """Elements of one tag and one class have one number."""
    kinds: list[str] = field(default_factory=list)
    """Tag and class that each number stands for."""
    starts: "array[int]" = field(default_factory=_numbers)
    """The first block within."""
    ends: "array[int]" = field(default_factory=_numbers)


@dataclass(slots=True)
class Blocks:
    """The page's blocks of text in its order, as columns."""

    texts: list[str] = field(default_factory=list)
    tokens: list[list[str]] = field(default_factory=list)
    """Words in lower case."""
    keys: list[str] = field(default_factory=list)
    """Letters and digits alone."""
    owners: "array[int]" = field(default_factory=_numbers)
    """The element each stands in."""
    links: list[tuple[str, ...]] = field(default_factory=list)
    linked: "array[int]" = field(default_factory=_numbers)
    """Characters within links."""
    emphasised: "array[int]" = field(default_factory=_numbers)
    breaks: "array[int]" = field(default_factory=_numbers)
    """1 for what a double line break parts from the block before."""
    masks: "array[int]" = field(default_factory=_numbers)
    """What inline elements within are called."""
    pictured: "array[int]" = field(default_factory=_numbers)
    """1 where a picture stands between it and the block before, or in it."""


@dataclass(slots=True)
class Page:
    elements: Elements = field(default_factory=Elements)
    blocks: Blocks = field(default_factory=Blocks)
    pruned: list[tuple[int, Node, str]] = field(default_factory=list)
    """Before which block, what, and why."""
