"""What is furniture beyond doubt: reasons that need no weighing."""

from collections.abc import Sequence

from newsarchive.extract.document import Document
from newsarchive.extract.engine import names, phrases, wording
from newsarchive.extract.engine.page import Blocks, Elements, Page

_NONE = -1
_HEADLINES = ("h1", "h2", "h3")
_ALIKE, _APART, _SHEET = 500, 600, 3
_SHORTEST, _PROSE, _LONG_HEADLINE = 15, 80, 25
_LABELS = frozenset({
    "advert", "advertisement", "advertising", "anzeige", "werbung", "publicité", "publicidad", "pubblicità", "реклама",
    "advertisementcontinuereadingbelow", "storycontinuesbelowadvertisement", "articlecontinuesafteradvertisement",
    "広告", "scrolltocontinue", "sponsored", "reklam", "annons", "annonse", "mainos",
})  # fmt: skip
# What may be longer than the article it belongs to.
_OUTGROWING = frozenset({"comment", "consent"})


def judge(document: Document, page: Page) -> tuple[list[str], int]:
    """For each block why it is furniture, empty where that is open; and which block is the headline, or -1."""
    blocks, elements = page.blocks, page.elements
    tags = [elements.tags[owner] for owner in blocks.owners]
    keys = blocks.keys
    head = _headline(document, blocks, tags, keys)
    before = [0]
    for printed in blocks.texts:
        before.append(before[-1] + len(printed))
    certain = _certain(elements, head, before)
    reasons = [certain[owner] for owner in blocks.owners]
    labels = ["advert" if mine in _LABELS else "" for mine in keys]
    for decide in (labels, _unseen(page), _machine(keys, blocks), _followers(page, tags, head, before)):
        reasons = [mine or other for mine, other in zip(reasons, decide, strict=True)]
    return reasons, head


def _headline(document: Document, blocks: Blocks, tags: list[str], keys: list[str]) -> int:
    """The first h1 that is like the title, else another heading like it, else the first h1."""
    stated = wording.titles(document)
    title_keys = {wording.key(one) for one in stated}
    words = set(phrases.words(" ".join(stated)))
    best, place = 0, _NONE
    for number, (tag, mine) in enumerate(zip(tags, keys, strict=True)):
        if tag not in _HEADLINES and mine not in title_keys:
            continue
        own = set(blocks.tokens[number])
        like = 1000 if mine in title_keys else 1000 * len(own & words) // max(4, len(own))
        score = like + {"h1": 800, "h2": 100}.get(tag, 0)
        if score > best and (like > _ALIKE or tag == "h1"):
            best, place = score, number
    return place


def _certain(elements: Elements, head: int, before: Sequence[int]) -> list[str]:
    """By the name of an element; but nothing that holds the headline is furniture."""
    found: list[str] = []
    for parent, reason, start, end in zip(
        elements.parents, elements.certain, elements.starts, elements.ends, strict=True
    ):
        above = found[parent] if parent >= 0 else ""
        if reason and not above:
            size = 4 * (before[end] - before[start])
            most = size > 3 * before[-1] and (head < 0 or reason not in _OUTGROWING)
            holds = start <= head < end or most
            above = "" if holds else reason
        found.append(above)
    return found


def _unseen(page: Page) -> list[str]:
    """What nobody sees; unless that is nearly all text, which then scripts or subscribers open."""
    hidden = _hidden(page)
    unlinked = (len(printed) - linked for printed, linked in zip(page.blocks.texts, page.blocks.linked, strict=True))
    sizes = [size if size > _PROSE else 0 for size in unlinked]
    unseen = sum(size for size, is_hidden in zip(sizes, hidden, strict=True) if is_hidden)
    if 2 * (sum(sizes) - unseen) < unseen:
        return [""] * len(hidden)
    return ["hidden" if is_hidden else "" for is_hidden in hidden]


def _hidden(page: Page) -> list[bool]:
    elements, found = page.elements, [False] * len(page.blocks.texts)
    for mask, start, end in zip(elements.masks, elements.starts, elements.ends, strict=True):
        # Within what is hidden already there is nothing left to hide.
        if mask & names.HIDDEN and start < end and not found[start]:
            found[start:end] = [True] * (end - start)
    return found


def _machine(keys: list[str], blocks: Blocks) -> list[str]:
    """The article once more in one piece."""
    found = wording.sheets(keys, [len(printed) for printed in blocks.texts])
    return ["duplicate" if count >= _SHEET else "" for count in found]


def _followers(page: Page, tags: list[str], head: int, before: Sequence[int]) -> list[str]:
    """Articles that follow on the page, each beneath an h1 like the article's own."""
    blocks, elements = page.blocks, page.elements
    open_ = [""] * len(tags)
    if head < 0 or tags[head] != "h1" or len(blocks.texts[head]) < _LONG_HEADLINE:
        return open_
    own = elements.signatures[blocks.owners[head]]
    home = elements.parents[blocks.owners[head]]
    for place in range(head + 1, len(tags)):
        owner = blocks.owners[place]
        is_like = elements.signatures[owner] == own and elements.parents[owner] != home
        if is_like and len(blocks.texts[place]) > _SHORTEST:
            # Headlines a line apart are a list of links, not the beginnings of articles.
            is_article = before[place] - before[head] > _APART
            return open_[:place] + ["next article"] * (len(tags) - place) if is_article else open_
    return open_
