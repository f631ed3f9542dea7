"""What a server means that does not give a page: by status, header fields and the page it sends instead. Pure."""

import re
from collections.abc import Mapping
from typing import Literal

Policy = Literal["gone", "leave", "back_off", "retry"]

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MEANT = frozenset({200, 304}) | REDIRECTS
"""Answers that refuse nothing."""
_REFUSING = frozenset({401, 403})
_CHALLENGING = frozenset({202, 401, 403, 405, 429, 503})
LOOKED_AT = 65536
"""So many bytes of a body are looked at."""
# Marks that suppliers of bot protection put into header fields and pages; none of them stands in an article's markup.
_FIELDS = {"cf-mitigated": "challenge", "x-datadome": "", "x-amzn-waf-action": "", "x-px-block": ""}
_MARKS = re.compile(
    rb"/cdn-cgi/challenge-platform/|cf-browser-verification|cf_chl_opt|__cf_chl_|_Incapsula_Resource|"
    rb"captcha-delivery\.com|geo\.captcha|px-captcha|awsWafCookieDomainList|/_sec/cp_challenge|ddos-guard/js-challenge"
)
_POLICIES: dict[str, Policy] = {
    "http_404": "gone",
    "http_410": "gone",
    "http_451": "leave",
    "blocked": "back_off",
    "challenge": "back_off",
}


def is_challenge(status: int, fields: Mapping[str, str], body: bytes) -> bool:
    """The answer asks whether a browser or a person is there; `fields` by name in lower case."""
    if any(value in fields[name] for name, value in _FIELDS.items() if name in fields):
        return True
    return status in _CHALLENGING and bool(_MARKS.search(body[:LOOKED_AT]))


def reason(status: int, fields: Mapping[str, str], body: bytes) -> str:
    """A slug for an answer that is no page: `challenge`, `blocked`, or `http_` and the status."""
    if is_challenge(status, fields, body):
        return "challenge"
    return "blocked" if status in _REFUSING else f"http_{status}"


def without_target(status: int, *, has_location: bool) -> str:
    """Return a slug for an answer of `MEANT` that leads nowhere: `bad_redirect` if its `Location` is not a web URL."""
    return "bad_redirect" if has_location and status in REDIRECTS else f"http_{status}"


def policy(slug: str) -> Policy:
    """What is done after an answer of that reason.

    `gone`: withdrawn, left in peace; `leave`: withheld by law (RFC 7725), kept as evidence and left in peace;
    `back_off`: asked again after a day; `retry`: asked again within hours.
    """
    return _POLICIES.get(slug, "retry")
