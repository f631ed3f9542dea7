"""Pages that are made from templates: values are hostile, so they are escaped; a missing one is a mistake."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from newsarchive.controls import without_controls


def environment(package: str) -> Environment:
    """That of the templates which lie in `templates/` of a package."""
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalize,
    )


def _finalize(value: Any) -> Any:
    return without_controls(value) if isinstance(value, str) else value
