"""XPath as site configurations use it, said in CSS: the tree that pages are read from knows CSS alone."""

import re

_STEP = re.compile(
    r"(?P<axis>//|/)?(?P<tag>\*|[A-Za-z][\w-]*)(?P<predicates>(?:\[(?:[^\[\]'\"]|'[^']*'|\"[^\"]*\")*\])*)"
)
_PREDICATE = re.compile(r"\[((?:[^\[\]'\"]|'[^']*'|\"[^\"]*\")*)\]")
_STRING = r"(?:'(?P<single>[^']*)'|\"(?P<double>[^\"]*)\")"
_HAS = re.compile(r"@(?P<name>[\w:-]+)")
_IS = re.compile(rf"@(?P<name>[\w:-]+)\s*=\s*{_STRING}")
_HOLDS = re.compile(rf"contains\(\s*@(?P<name>[\w:-]+)\s*,\s*{_STRING}\s*\)")
_BEGINS = re.compile(rf"starts-with\(\s*@(?P<name>[\w:-]+)\s*,\s*{_STRING}\s*\)")
_CLASS = re.compile(
    rf"contains\(\s*concat\(\s*['\"] ['\"]\s*,\s*(?:normalize-space\(\s*)?@class\s*\)?\s*,\s*['\"] ['\"]\s*\)\s*,"
    rf"\s*{_STRING}\s*\)"
)
_AND = re.compile(r"\s+and\s+")
_OR = re.compile(r"\s+or\s+")
_FORMS = ((_IS, "="), (_HOLDS, "*="), (_BEGINS, "^="))
_AXES = {"//": " ", "/": " > ", None: " "}
_MOST_ALTERNATIVES = 32


class XPathError(ValueError):
    """An expression that CSS cannot say, or that is none; carries it in one line."""


def to_css(expression: str) -> str:
    """A selector of the same elements; raises `XPathError` where CSS has no such selector."""
    return ", ".join(css for path in _alternatives(expression) for css in _path(path, expression))


def _alternatives(expression: str) -> list[str]:
    """The parts of a union; a bar within a string joins nothing."""
    parts = re.findall(r"(?:[^|'\"]|'[^']*'|\"[^\"]*\")+", expression)
    return [part.strip() for part in parts if part.strip()]


def _path(path: str, expression: str) -> list[str]:
    selectors = [""]
    position = 0
    path = path.removesuffix("/text()").removesuffix("//text()")
    while position < len(path):
        step = _STEP.match(path, position)
        if not step or step.end() == position or (step["axis"] is None and position > 0):
            raise XPathError(f"{expression!r} at {path[position : position + 30]!r}")
        forms = _step(step["tag"], step["predicates"], expression)
        joint = _AXES[step["axis"]] if position else ""
        selectors = [f"{start}{joint}{form}" for start in selectors for form in forms]
        if len(selectors) > _MOST_ALTERNATIVES:
            raise XPathError(f"{expression!r}: too many alternatives")
        position = step.end()
    return selectors if selectors != [""] else []


def _step(tag: str, predicates: str, expression: str) -> list[str]:
    """All ways to say one step: `[a or b]` is two."""
    ways = [""]
    for predicate in _PREDICATE.findall(predicates):
        either = [_both(one, expression) for one in _OR.split(predicate.strip())]
        ways = [way + one for way in ways for one in either]
    # A step that is any element needs no star before its attributes.
    return [("" if tag == "*" and way else tag.lower()) + way for way in ways]


def _both(condition: str, expression: str) -> str:
    return "".join(_attribute(one.strip(), expression) for one in _AND.split(condition))


def _attribute(condition: str, expression: str) -> str:
    if found := _CLASS.fullmatch(condition):
        return f'[class~="{_quoted(found).strip()}"]'
    for form, operator in _FORMS:
        if found := form.fullmatch(condition):
            return f'[{found["name"].lower()}{operator}"{_quoted(found)}"]'
    if found := _HAS.fullmatch(condition):
        return f"[{found['name'].lower()}]"
    raise XPathError(f"{expression!r} at {condition!r}")


def _quoted(found: re.Match[str]) -> str:
    value = found["single"] if found["single"] is not None else found["double"]
    return value.replace("\\", "\\\\").replace('"', '\\"')
