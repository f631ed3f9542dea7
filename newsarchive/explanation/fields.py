"""The fields of a reading as a person reads them, and which of them a good reading has."""

from collections.abc import Callable
from dataclasses import dataclass

from newsarchive.explanation.explaining import Explanation
from newsarchive.items import Article, Person, Timestamp
from newsarchive.plurals import counted

EXPECTED = ("headline", "authors", "published_at", "language")
"""An article without one of these may be read badly, or be an odd one."""
_WRONG = "rule_miss"


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    value: str | None
    """None if the reading found nothing."""

    @property
    def is_missed(self) -> bool:
        """Nothing was found where nearly every article has something."""
        return self.value is None and self.name in EXPECTED


def fields(article: Article) -> list[Field]:
    """All fields but the body, in the order of the page."""
    return [Field(name, told(article) or None) for name, told in _FIELDS.items()]


def is_good(explanation: Explanation) -> bool:
    """There is an article, and no rule missed what it should have found."""
    article = explanation.article
    return article is not None and _WRONG not in article.quality.flags


def read_by(article: Article) -> list[Field]:
    """What read the page: engine, rules with their digests, and what it says of the outcome."""
    assert article.provenance
    extraction, http = article.provenance.extraction, article.provenance.http
    quality = article.quality
    return [
        Field("engine", f"{extraction.engine}, version {extraction.version}"),
        Field("rules", ", ".join(f"{rule.name} {rule.digest[:19]}" for rule in extraction.rules) or None),
        Field("charset", f"{http.charset} by {http.charset_source}"),
        Field("body", f"{counted(quality.paragraphs, 'paragraph')}, {counted(quality.words, 'word')}"),
        Field("flags", ", ".join(quality.flags) or None),
    ]


def _people(people: list[Person]) -> str:
    return ", ".join(f"{one.name} ({one.url})" if one.url else one.name for one in people)


def _moment(moment: Timestamp | None) -> str | None:
    return f"{moment.value} (to the {moment.precision}, by {moment.source}: {moment.raw})" if moment else None


def _language(article: Article) -> str | None:
    code, declared = article.language.code, article.language.declared
    return f"{code} (the page says {declared or 'nothing'})" if code else None


def _images(article: Article) -> str | None:
    lead = next((image.caption or image.alt or image.url for image in article.images if image.lead), None)
    return counted(len(article.images), "image") + (f"; lead: {lead}" if lead else "") if article.images else None


_FREE = {True: "yes", False: "no", None: None}
_FIELDS: dict[str, Callable[[Article], str | None]] = {
    "kicker": lambda article: article.kicker,
    "headline": lambda article: article.headline,
    "dek": lambda article: article.dek,
    "authors": lambda article: _people(article.authors),
    "byline": lambda article: article.byline,
    "published_at": lambda article: _moment(article.published_at),
    "updated_at": lambda article: _moment(article.updated_at),
    "section": lambda article: article.section,
    "article_type": lambda article: article.article_type,
    "language": _language,
    "images": _images,
    "tags": lambda article: ", ".join(article.tags),
    "is_free": lambda article: _FREE[article.is_free],
    "canonical_url": lambda article: article.canonical_url,
    "publisher": lambda article: article.publisher.name,
}
