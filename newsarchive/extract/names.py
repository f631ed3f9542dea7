"""From printed text to names: who wrote it, in many languages; never an address, a date, a place or a role."""

import re
from functools import lru_cache

from newsarchive import calendars


def _any(*phrases: str) -> str:
    """A pattern for any of the phrases; a comma parts them."""
    return "|".join(phrase.strip() for line in phrases for phrase in line.split(",") if phrase.strip())


# What may stand before `by`, `by` itself, and what announces a name by a colon.
_TOLD = _any(
    "written, posted, words, reported, reporting, published, story, stories, text, article, review, created, edited",
    "compiled, contributed, photos? and text, interview, analysis, opinion, updated, submitted",
    "verfasst, geschrieben, veröffentlicht, erstellt, ein \\w+, écrit, publié, propos recueillis, escrito, publicado",
    "scritto, pubblicato, postado, geschreven, scris, napisał",
)
_BY_WORD = _any("by, von, par, por, di, door, av, af, de, od, da, przez, oleh, a cura di")
_LABEL = _any(
    "authors?, autor(?:in|en|es|a|i|ka|ka/autor)?, auteurs?, autore, autori, text, texte, tekst, teksti, testo, texto",
    "author name, writer, skribent, journalist, reporter, redakteur(?:in)?, redaktion, redacción, redação, penulis",
    "editor, yazan, haber, szerző, írta, kirjoittaja, автор, авторы, текст, автори, συντάκτης",
    "بقلم, كتب, كتبت, تحرير, מאת, 作者, 文, 責編, 责编, 编辑, 編輯, 記者, 记者, 撰文",
)
_BY_WORDS = rf"(?:(?:{_TOLD})\s+)?(?:{_BY_WORD})\b\s*:?|(?:{_LABEL})(?:/\w+)?\s*[:：＝]"
_BY = re.compile(rf"^[\W\d]{{0,3}}(?:{_BY_WORDS})\s*", re.IGNORECASE)
_BY_ALONE = re.compile(rf"^\W*(?:{_BY_WORDS}|author|autor|autorin|auteur)\W*$", re.IGNORECASE)
# Within a line: `14:07 | Von Ada Lens`, `posted on 3 May 2024 by Ada Lens`.
_BY_INSIDE = re.compile(
    r"(?:[|•·–—/,;]|\d(?:\s?Uhr)?|[ap]\.?m\.?|\s-)\s+"
    r"(?:by|von|par|por|di|door|av|af|text|autor|author)\b\s*:?\s+(?=[^\W\d_])",
    re.IGNORECASE,
)
_BY_LATER = re.compile(r"\b(?:by|von|par|por|door|av|af)\s+(?=[^\W\d_])", re.IGNORECASE)
_AND = _any("and, und, et, y, e, og, och, ve, и, та, &")
_JOINTS = re.compile(
    rf"(?:\s*[,;|、，•·]\s*|\s+/\s+)(?:(?:{_AND}|en|i)\s+)?|\s+(?:{_AND}|with|mit|avec|con|\+)\s+", re.IGNORECASE
)
# What follows the names on their line.
_NEXT_WORD = _any(
    "on, am, le, el, il, op, den, last, sponsored, published, posted, updated, is a, is an, ist, in, for, für, vom"
)
_AFTER_NAMES = re.compile(
    rf"\s+(?:\||•|·|–|—|-|\\|//?)\s+|\s+(?:{_NEXT_WORD})\s+(?=\S)|\s*\(|\s+@|\s+\d|[:：]\s|(?<=\w\w\w)\.\s"
)
_BEFORE_DAYS = frozenset({"on", "am", "le", "el", "il", "op", "den", "vom", "published", "posted", "updated", "last"})
_TRAILING = re.compile(r"\s*[(\[][^()\[\]]{1,40}[)\]]$")
_AGENCIES = _any("associated press, canadian press, press association, reuters, bloomberg(?: news)?, afp, ap, dpa")
_AGENCY_AFTER = re.compile(rf"(?<=\w)\s+(?:the )?(?:{_AGENCIES})$", re.IGNORECASE)
_WIRE = re.compile(
    _any(
        "dpa, sda, afp, ap, reuters, kna, epd, apa, ansa, efe, tass, pap, ntb, tt, anp, belga, upi, sid, ats, lusa, čtk"
    ),
    re.IGNORECASE,
)
_DESK_WORDS = _any(
    "desk, team, staff, newsroom, board, service, bureau, editors, agencies, redaktion, rédaction, redacción",
    "redazione, redação, redactie",
)
_DESK = re.compile(rf"\b(?:{_DESK_WORDS})$", re.IGNORECASE)
_HOUSE_WORDS = _any(
    "news, times, post, press, journal, report, tribune, herald, gazette, daily, magazine, media, today, tv, radio",
    "network, agency, agentur, online, reuters, afp, dpa, bloomberg, guardian, telegraph, gmbh, inc, llc, ltd, company",
    "university, institute, zeitung, blatt, verlag, globe, chronicle, observer, correspondent, staff, wire, syndicate",
    "group, team, blog, website, correspondents, bureau",
)
_HOUSE = re.compile(rf"\b(?:{_HOUSE_WORDS})\b", re.IGNORECASE)
_ROLES = _any(
    "reporter, editor, correspondent, writer, columnist, journalist, contributor, producer, analyst, editor-in-chief",
    "author, photographer, director, manager, specialist, expert, founder, ceo, cto, president, professor, dietitian",
    "nutritionist, consultant, coach, strategist, freelance, redakteur(?:in)?, korrespondent(?:in)?, journaliste?",
    "redactora?, giornalista, rédact(?:eur|rice), periodista, volontär(?:in)?, chefredakteur(?:in)?, reporterin, autor",
    "autorin, jurnalis, dziennikarz",
)
_ROLE = re.compile(
    rf"(?:[\w'’&/-]+\s+){{0,4}}(?:{_ROLES})s?(?:,?\s+(?:in|for|at|of|chief|bei|für|-)\b.*)?", re.IGNORECASE
)
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_DEGREES = _any(
    r"ph\.?\s?d, m\.?\s?d, esq, r\.?d, r\.?n, mba, m\.?sc?, b\.?sc?, m\.?a, dds, j\.?d, pharm\.?d, cpa, cfp, ld, rdn",
    "edd, dvm, mph, faclm, cissp, cscs, cpt, np, psp, cpp, llm, fand, cfa",
)
_DEGREE = re.compile(rf"(?:{_DEGREES})[.®]?", re.IGNORECASE)
_DATE_WORDS = _any(
    r"updated, published, posted, ago, min read, minutes?, january, february, march \d, april \d, june, july",
    r"august \d, september, october, november, december, monday, tuesday, wednesday, thursday, friday, saturday",
    "sunday, uhr, minuten, lesezeit, views?, comments?, shares?, kommentare, likes?",
)
_DATED = re.compile(rf"\b\d{{2,}}\b|\b(?:{_DATE_WORDS})\b", re.IGNORECASE)
_ADDRESS = re.compile(r"https?:|www\.|//|@|\.(?:com|org|net|co|de|html?|php)\b", re.IGNORECASE)
_NOBODY = frozenset(
    _any(
        "admin, administrator, author, unknown, none, null, undefined, guest, editor, by, anonymous, von, autor, more",
        "share, follow, about the author, about us, über den autor, about, name, read more, home, subscribe, contact",
        "profile, bio, user, root, webmaster, super user, default, facebook, twitter, instagram, linkedin, email",
        "all posts, the author, view all posts, author archive, n/a, na, comments, about the authors, authors, by the",
        "redaktor, all articles, sponsored, advertisement, anzeige, agencies",
    ).split("|")
)
_SENTENCE_WORDS = _any(
    "the following, this, that, with, your, our, how, what, why, when, is, are, was, were, to the, view all, see all",
    "more (?:about|from|by), read, click, posts? by, articles? by, follow, und der, und die, wird, wurde, sind, nach",
    "show all, zum profil, gesponserte?, sign, log, login, connect, linkedin, strategy, menu, search, skip, subscribe",
    "newsletter, cookies?, privacy, download",
)
_SENTENCE = re.compile(rf"(?<![.\w])(?:{_SENTENCE_WORDS})\b", re.IGNORECASE)
_LONGEST = 70
_LONGEST_LIST = 1000
_MOST_WORDS, _MOST_NAME_WORDS = 8, 5


def names(printed: str) -> list[str]:
    """`by A, B and C` names three; a text is no list of names."""
    if len(printed) > _LONGEST_LIST or _ADDRESS.match(printed):
        return []
    plain = _BY.sub("", printed).strip(" ,|–—-•·:")
    pieces = _JOINTS.split(plain)
    is_desk = _DESK.search(plain) and is_name(plain)
    if is_desk and (plain.lower().startswith("the ") or not looks_like_person(pieces[0])):
        return [plain]
    whole: list[str] = []
    for piece in pieces:
        if whole and _SUFFIX.fullmatch(piece):
            whole[-1] += f", {piece}"
        elif not (whole and _DEGREE.fullmatch(piece)):
            name = _bare(piece)
            if is_name(name):
                whole.append(name)
    return _people_alone(whole)


@lru_cache(maxsize=64)
def in_line(printed: str) -> tuple[str, ...]:
    """The names in a line that says whose it is: `14:07 | Von Ada Lens, Hafenstadt`; none in one that does not."""
    found = _BY.match(printed) or _BY_INSIDE.search(printed)
    day = calendars.first_day(printed)
    if not found and day:
        found = _BY_LATER.search(printed, day.end)
    if not found:
        return ()
    rest = printed[found.end() :]
    day = calendars.first_day(rest)
    alone = _AFTER_NAMES.split(rest[: day.start] if day else rest, maxsplit=1)[0]
    return tuple(name for name in names(_without_month(alone)) if is_printed_name(name))


def begins_with_by(printed: str) -> bool:
    """The line begins with such a word."""
    return bool(_BY.match(printed))


def is_by_alone(printed: str) -> bool:
    """The line is nothing but the word before a name."""
    return len(printed) < 30 and bool(_BY_ALONE.match(printed))


def is_name(printed: str) -> bool:
    """It may be the name of a person or a desk."""
    if not 1 < len(printed) <= _LONGEST or len(printed.split()) > _MOST_WORDS or not printed[0].isalnum():
        return False
    if printed.lower() in _NOBODY or _ADDRESS.search(printed) or _DATED.search(printed) or printed.isdecimal():
        return False
    return printed.lower().startswith("the ") or not _ROLE.fullmatch(printed)


def is_printed_name(printed: str) -> bool:
    """A text that says so itself only by its form: stricter than what is marked as a name."""
    return bool(looks_like_person(printed) or _DESK.search(printed)) and not _SENTENCE.search(printed)


def is_house(printed: str) -> bool:
    """It is a newspaper, an agency or a company rather than a person."""
    return bool(_HOUSE.search(printed))


def looks_like_person(printed: str) -> bool:
    """Two to five words with capitals, apart from `de`, `van` and their like; or a script without capitals."""
    spoken = printed.split()
    if not printed[:1].isupper():
        return bool(printed) and not printed.isascii() and printed.lower() == printed.upper() and len(printed) <= 20
    capital = sum(word[0].isupper() for word in spoken)
    return 2 <= len(spoken) <= _MOST_NAME_WORDS and capital >= 2 and capital >= len(spoken) - 2


def _bare(piece: str) -> str:
    name = _TRAILING.sub("", piece.strip())
    name = _BY.sub("", name) if len(name.split()) > 2 else name
    while len(name.split()) > 2 and name.split()[-1].isupper() and _DEGREE.fullmatch(name.split()[-1]):
        name = name.rpartition(" ")[0]
    shorter = _AGENCY_AFTER.sub("", name)
    if len(shorter.split()) > 1:
        name = shorter
    return name.strip(" .") if len(name) < 3 else name.strip(" -–—:")


def _people_alone(found: list[str]) -> list[str]:
    """Behind a name, its house or a single word is where the person works or stands."""
    if len(found) < 2 or not looks_like_person(found[0]) or is_house(found[0]):
        return found
    return [found[0], *(name for name in found[1:] if _WIRE.fullmatch(name) or _is_another(name))]


def _is_another(name: str) -> bool:
    return bool(_DESK.search(name)) or (not is_house(name) and (" " in name or not name.isascii()))


def _without_month(printed: str) -> str:
    """`By Ada Lens Feb` and `By Ada Lens on` were cut before the day."""
    head, _, last = printed.rstrip(" ,|–—-•·").rpartition(" ")
    is_rest = calendars.month(last, "en") or last.lower() in _BEFORE_DAYS
    return head if " " in head.strip() and is_rest else printed
