"""The language of a text, judged by the text alone."""

from array import array
from functools import cache
from typing import Any

# Six hundred letters and fifteen hundred are judged alike on 266 pages of 20 languages, in a third of the time.
_ENOUGH = 600
# Beneath this a judgement is a guess.
_LEAST = 20


def code(text: str) -> str | None:
    """ISO 639-1 code; None for a text too short to tell."""
    if sum(map(str.isalpha, text[:_ENOUGH])) < _LEAST:
        return None
    language, _ = _identifier().classify(text[:_ENOUGH])
    return str(language)


@cache
def _identifier() -> Any:
    """An identifier of our own: the package's is shared, and whoever restricts it restricts it for all."""
    # Imported here: the model takes most of a second to load.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - slow to import

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages([name for name in identifier.labels if len(name) == 2])
    _forget_others(identifier)
    # Choosing columns leaves the table in the wrong order for reading rows: five times slower.
    identifier.nb_ptc = identifier.nb_ptc.copy()
    _forget_others(identifier)
    # As lists they are a hundred thousand numbers that lie wherever there was room.
    identifier.tk_output = array("i", identifier.tk_output)
    identifier._rowbase = array("I", identifier._rowbase)  # noqa: SLF001 - no other name for it
    return identifier


def _forget_others(identifier: Any) -> None:
    """The tables that were chosen from take twenty megabytes each, and nobody asks for them any more."""
    identifier._full_model = (identifier.nb_ptc, identifier.nb_pc, identifier.nb_classes)  # noqa: SLF001
