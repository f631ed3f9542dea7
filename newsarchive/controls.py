"""Control characters in text from outside: a terminal, a pager or a browser must not obey them."""

_REPLACED = {
    code: "\N{REPLACEMENT CHARACTER}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"
}


def without_controls(text: str) -> str:
    """Replace every control character but tab and line feed, escape sequences and CR among them."""
    return text.translate(_REPLACED)
