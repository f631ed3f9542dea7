"""The draft of an outlet's YAML: every value with how sure it is and from what."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from newsarchive import urls
from newsarchive.discovery import Lead
from newsarchive.extract import language as languages
from newsarchive.extract.platforms import PROFILES
from newsarchive.items import Link
from newsarchive.scouting import addresses, sources, zones
from newsarchive.scouting.addresses import Scope
from newsarchive.scouting.judging import Judgement, Sureness
from newsarchive.scouting.sites import SitePage
from newsarchive.scouting.sources import Probe

# Of a sitemap of all times so many articles tell the form of all.
_MOST_LEARNED = 2_000
_SHORT_WORDS, _SHORT_LETTERS = 3, 24
_LEAST_HOST_SHARE = 0.05
_FEW = 10
# So many letters of headlines are surer than a theme.
_TELLING = 200
_NO_LANGUAGE = Judgement("en", "guessed", "nothing tells it")
_RULED = frozenset(profile.name for profile in PROFILES)


@dataclass(frozen=True, slots=True)
class Draft:
    """An outlet as it was judged from outside."""

    id: str
    home: str
    name: Judgement[str]
    language: Judgement[str]
    timezone: Judgement[str]
    platform: Judgement[str] | None
    sources: tuple[Judgement[Lead], ...]
    hosts: Judgement[tuple[str, ...]] | None
    scope: Judgement[Scope]


def draft(pages: Sequence[SitePage], probes: Iterable[Probe]) -> Draft | None:
    """The outlet of these pages, the first its home, and of what its sources answered; None without any articles."""
    home, answered = pages[0], tuple(filter(sources.is_answer, probes))
    articles = _articles(answered)
    if not articles:
        return None
    language = _language(pages, articles)
    printed = [raw for link in articles for raw in (link.published_raw, link.modified_raw) if raw]
    region = next((page.region for page in pages if page.region), None)
    stated = [raw for page in pages for raw in page.dates]
    scope = _scope(home, articles)
    name = next((page.name for page in pages if page.name), None) or Judgement(
        urls.host(home.url), "guessed", "the host"
    )
    return Draft(
        _id(name, home.url),
        home.url,
        name,
        language,
        zones.judge(urls.host(home.url), language=language.value, region=region, printed=[*stated, *printed]),
        _platform(pages),
        tuple(_source(one) for one in sources.kept(answered)),
        _hosts(home.url, articles),
        scope,
    )


def _platform(pages: Sequence[SitePage]) -> Judgement[str] | None:
    found = [page.platform for page in pages if page.platform]
    return min(found, key=lambda one: one.value not in _RULED, default=None)


def _articles(answered: Sequence[Probe]) -> tuple[Link, ...]:
    """What is surely an article; where no source tells that, what is no list."""
    dated = [link for one in answered if one.is_dated for link in one.links]
    found = dated or [link for one in answered for link in one.links if not addresses.is_list(link.url)]
    return tuple({link.url: link for link in found}.values())[:_MOST_LEARNED]


def _language(pages: Sequence[SitePage], articles: Sequence[Link]) -> Judgement[str]:
    declared = next((page.language for page in pages if page.language and len(page.language) == 2), None)
    printed = ". ".join(link.headline for link in (*articles, *pages[0].links) if link.headline)
    judged = languages.code(printed)
    if declared and declared == judged:
        return Judgement(declared, "sure", "the page declares it, and its headlines are in it")
    # Themes declare English, whatever is written in them.
    if judged and (declared is None or (declared == "en" and len(printed) >= _TELLING)):
        return Judgement(
            judged, "likely", f"its headlines, though the page declares {declared}" if declared else "its headlines"
        )
    doubt = f", though its headlines look like {judged}" if judged else ""
    return Judgement(declared, "likely", f"the page declares it{doubt}") if declared else _NO_LANGUAGE


def _scope(home: SitePage, articles: Sequence[Link]) -> Judgement[Scope]:
    known = {urls.key(link.url) for link in articles}
    others = [link.url for link in home.links if _is_signpost(link, home.url) and urls.key(link.url) not in known]
    found = addresses.scope([link.url for link in articles], others)
    told = (
        f"they let in {found.covered} of {found.named} articles that the sources name, "
        f"and {found.let_in} of {found.others} other links of the home page"
    )
    return Judgement(found, _sureness(found), told)


def _sureness(scope: Scope) -> Sureness:
    if scope.covered < addresses.ENOUGH * scope.named:
        return "guessed"
    return "sure" if scope.named >= _FEW and scope.others and not scope.let_in else "likely"


def _is_signpost(link: Link, home: str) -> bool:
    """A link of a home page to a section, a tag, a service: its words are few, or its address says it."""
    if not sources.is_own(link.url, home):
        return False
    words = link.headline or ""
    is_short = bool(words) and len(words.split()) <= _SHORT_WORDS and len(words) <= _SHORT_LETTERS
    return is_short or addresses.is_list(link.url)


def _source(one: Probe) -> Judgement[Lead]:
    newest = f", the newest of {one.newest}" if one.newest else ""
    count = f"{len(one.links):,} articles" if one.is_dated else f"{len(one.links):,} pages"
    return Judgement(one.lead, "sure" if one.is_dated else "likely", f"answered with {count}{newest}")


def _hosts(home: str, articles: Sequence[Link]) -> Judgement[tuple[str, ...]] | None:
    counts = Counter(urls.host(link.url) for link in articles)
    others = [host for host, n in counts.items() if host != urls.host(home) and n >= _LEAST_HOST_SHARE * len(articles)]
    told = ", ".join(f"{counts[host]} articles on {host}" for host in others)
    return Judgement(tuple(sorted(others)), "sure", told) if others else None


def _id(name: Judgement[str], home: str) -> str:
    """The name in Latin letters; of a name in another script, or of a guess, the host."""
    plain = unicodedata.normalize("NFKD", name.value)
    letters = plain.encode("ascii", "ignore").decode()
    is_latin = 2 * sum(map(str.isalpha, letters)) > sum(map(str.isalpha, name.value))
    chosen = letters if is_latin and name.sureness != "guessed" else urls.host(home)
    return re.sub(r"[^a-z0-9]+", "_", chosen.lower()).strip("_").removeprefix("the_") or "outlet"


def as_yaml(one: Draft) -> str:
    """The text of `config/outlets/NAME.yaml`."""
    return "\n".join(_lines(one)) + "\n"


def _lines(one: Draft) -> Iterator[str]:
    yield "# Drafted from what the site answered; beside each value stands how sure it is, and from what."
    yield f"name: {_scalar(one.name.value)}  # {one.name}"
    yield f"home: {_scalar(one.home)}"
    yield f"language: {_scalar(one.language.value)}  # {one.language}"
    yield f"timezone: {_scalar(one.timezone.value)}  # {one.timezone}"
    if one.platform:
        # Only a platform whose pages are read by rules of their own is a fact of an outlet.
        mark = "" if one.platform.value in _RULED else "# "
        yield f"{mark}platform: {one.platform.value}  # {one.platform}"
    yield "sources:"
    yield from (f"  - {source.value.kind}: {_scalar(source.value.url)}  # {source}" for source in one.sources)
    yield "articles:"
    if one.hosts:
        yield f"  hosts: [{', '.join(map(_scalar, one.hosts.value))}]  # {one.hosts}"
    yield f"  # {one.scope}."
    yield "  allow:"
    yield from (f"    - {_quoted(pattern)}" for pattern in one.scope.value.allow)
    if one.scope.value.deny:
        yield "  deny:"
        yield from (f"    - {_quoted(pattern)}" for pattern in one.scope.value.deny)


def _scalar(value: str) -> str:
    return yaml.safe_dump(value, allow_unicode=True, width=10_000).removesuffix("...\n").strip()


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def as_facts(one: Draft) -> dict[str, Any]:
    """The draft for machines."""
    told: dict[str, Any] = {"id": one.id, "home": one.home}
    for key in ("name", "language", "timezone", "platform", "hosts"):
        judged: Judgement[Any] | None = getattr(one, key)
        told[key] = _told(judged, judged.value) if judged else None
    told["sources"] = [_told(source, {source.value.kind: source.value.url}) for source in one.sources]
    told["articles"] = _told(one.scope, {"allow": list(one.scope.value.allow), "deny": list(one.scope.value.deny)})
    return told


def _told(judged: Judgement[Any], value: Any) -> dict[str, Any]:
    return {"value": value, "sureness": judged.sureness, "because": judged.because}
