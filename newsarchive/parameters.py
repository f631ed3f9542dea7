"""Parameters of a query: which select the article, and which only say where its reader came from. Pure."""

import re
from dataclasses import dataclass
from urllib.parse import unquote_plus

# Whole names, for a beginning proves nothing: `gallery=5` is no Google Analytics, `cid=5` often the article.
# The keys of articles hang on these tables: a name that is added here joins what was kept apart.
_TRACKING = re.compile(
    r"(?:utm|at|ga|hsa|itm|matomo|mtm|piwik|pk|oly|vero|wt|ns|__hs|amp)_\w+"
    r"|(?:fbc|gc|dc|twc|ttc|yc|ysc)lid|msclkid|[gw]braid|igshid|igsh|li_fat_id|epik|rdt_cid|s_kwcid"
    r"|mc_[ce]id|mkt_tok|_hs(?:enc|mi)|_ga|_gl|_openstat|usqp|aoh"
    r"|xtor|smid|smtyp|emc|partner|ocid|icid|ncid|s_cid|cmpid|cmp|ito|mbid|taid|soc_src|soc_trk|sr_share|spm"
    r"|__twitter_impression|__source|nr_email_referer|guccounter|guce_referrer(?:_sig)?",
    re.IGNORECASE,
)
_SUSPECTED = re.compile(
    r"ref(?:_\w+)?|referr?er|source|src|medium|(?:\w+_)?campaign(?:_?id)?|aff|affiliate(?:_?id)?"
    r"|(?:php|j|cgi)?sess(?:ion)?_?(?:id)?|aspsessionid\w{1,20}|cfid|cftoken",
    re.IGNORECASE,
)
# `sid` names a session or an article (`story.php?sid=123`): the form of the value decides.
_MAY_BE_SESSION = re.compile(r"[a-z]{0,8}sid|s|token|zenid", re.IGNORECASE)
_LEAST_SESSION = 16
_LEAST_CHANGES = 4
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LETTERS_AND_DIGITS = re.compile(r"[A-Za-z]+|[0-9]+")
_AMP = {"amp": ("", "1", "amp", "true"), "outputtype": ("amp",), "output": ("amp",)}
_PRINT = {"print": ("", "1", "true", "yes", "y"), "view": ("print",), "mode": ("print",)}
_VARIANTS = {**_AMP, **_PRINT}


@dataclass(frozen=True, slots=True)
class Selection:
    """What an outlet's YAML says of its own parameters, against the tables for all outlets."""

    keep: frozenset[str] = frozenset()
    """They select the article, whatever their names look like."""
    drop: frozenset[str] = frozenset()
    """They select nothing."""


ORDINARY = Selection()


def to_fetch(query: str, selection: Selection) -> str:
    """The query without what certainly selects nothing; all else stays as it is printed, in its order.

    `&amp;` in an address was escaped once too often.
    """
    pairs = query.replace("&amp;", "&").split("&")
    return "&".join(pair for pair in pairs if not _is_tracking(_name(pair), selection))


def without_empty(query: str) -> str:
    """`?find=&id=3` selects what `?id=3` does; but a word alone, as in SPIP's `?article8532`, may be the article."""
    return "&".join(pair for pair in query.split("&") if pair and pair.find("=") != len(pair) - 1)


def selects(name: str, value: str, selection: Selection) -> bool:
    """The parameter tells one article from another, as far as is known."""
    if name in selection.keep:
        return True
    if _is_tracking(name, selection) or _SUSPECTED.fullmatch(name) or _is_session(name, value):
        return False
    return value.lower() not in _VARIANTS.get(name.lower(), ())


def _is_session(name: str, value: str) -> bool:
    """The value is long and random: letters and digits take turns in it, as in no number, word or slug."""
    if len(value) < _LEAST_SESSION or not _MAY_BE_SESSION.fullmatch(name):
        return False
    if _UUID.fullmatch(value):
        return True
    return value.isascii() and value.isalnum() and len(_LETTERS_AND_DIGITS.findall(value)) > _LEAST_CHANGES


def _is_tracking(name: str, selection: Selection) -> bool:
    return name in selection.drop or (name not in selection.keep and _TRACKING.fullmatch(name) is not None)


def _name(pair: str) -> str:
    return unquote_plus(pair.partition("=")[0])
