"""Whether the answer of a source is a success, and the reason if it is not. Pure."""

from dataclasses import dataclass

OUT_OF_SCOPE, CHALLENGE = "out_of_scope", "challenge"
_NO_LINKS = "no_links"
_PHRASES = {
    "broken_json": "broken JSON",
    "broken_xml": "broken XML without entries",
    "challenge": "a bot challenge",
    "empty": "an empty answer",
    "html_page": "an HTML page instead of a {kind}",
    "image": "an image",
    "no_links": "no entry has a link",
    "not_a_feed": "JSON that is not a feed",
    "pdf": "a PDF file",
    "unknown_format": "neither markup nor a list of URLs",
    "zip": "a ZIP file",
}


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """An answer of status 2xx from a source, as far as its success depends on it."""

    kind: str
    unreadable: str | None
    """The slug of `discovery.Unreadable`."""
    detail: str
    """The title of an HTML page."""
    links: int
    in_scope: bool
    """At least one link is in the outlet's scope, or leads to further sources on its hosts."""
    is_challenge: bool
    is_own: bool
    """The outlet's YAML names the source; other sources need not name any article."""
    example: str | None = None
    """A link that is out of scope."""
    landed: str | None = None
    """The URL to which redirects led."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """The reason why a source's answer is a failure."""

    reason: str
    """A slug, as the statistics count it."""
    what: str
    """One line for a person."""


def trouble(answer: SourceAnswer) -> Trouble | None:
    """Return why the answer is a failure; None for a success, which a valid source without entries is, too."""
    if answer.is_challenge and (answer.unreadable or not answer.in_scope):
        return _trouble(CHALLENGE, answer)
    if answer.unreadable and (answer.is_own or answer.unreadable != _NO_LINKS):
        return _trouble(answer.unreadable, answer)
    if answer.is_own and answer.links and not answer.in_scope:
        return Trouble(OUT_OF_SCOPE, f"none of its {answer.links} links is in scope, such as {answer.example}")
    return None


def _trouble(reason: str, answer: SourceAnswer) -> Trouble:
    phrase = _PHRASES.get(reason, reason).format(kind=answer.kind)
    title = f": {answer.detail!r}" if answer.detail else ""
    landed = f" (redirected to {answer.landed})" if answer.landed else ""
    return Trouble(reason, f"{phrase}{title}{landed}")
