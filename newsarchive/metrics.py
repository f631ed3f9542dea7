"""The health of all outlets as a text file that Prometheus' node_exporter collects (exposition format 0.0.4)."""

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from newsarchive.errors import SettingError
from newsarchive.health.findings import Cause
from newsarchive.store.health import HealthBook

_PREFIX = "newsarchive"
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
_HELP = {
    "articles": "New articles that were kept.",
    "polls": "Looks at sources.",
    "requests": "Requests that were sent, robots.txt among them.",
    "bytes": "Bytes received.",
    "failures": "Failed pages: no usable response, by reason.",
    "source_failures": "Sources without a usable answer, by reason.",
}
Labels = dict[str, str]


@dataclass(frozen=True, slots=True)
class Family:
    """One metric with its samples."""

    name: str
    kind: Literal["counter", "gauge"]
    told: str
    samples: list[tuple[Labels, int]]

    def lines(self) -> Iterator[str]:
        """As the format has them."""
        yield f"# HELP {self.name} {self.told}\n"
        yield f"# TYPE {self.name} {self.kind}\n"
        for labels, amount in self.samples:
            said = ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in labels.items())
            yield f"{self.name}{{{said}}} {amount}\n"


def families(book: HealthBook) -> Iterator[Family]:
    """Everything that is measured; labels are the outlet, and a reason or a cause."""
    totals = list(book.totals())
    for measure, told in _HELP.items():
        samples = [(_labels(outlet, reason), amount) for outlet, name, reason, amount in totals if name == measure]
        yield Family(f"{_PREFIX}_{measure}_total", "counter", told, samples)
    known = [(outlet, book.moments(outlet)) for outlet in book.outlets()]
    for moment in ("attempt", "success", "new"):
        told = f"When the last {moment} was, in seconds since 1970."
        samples = [(_labels(outlet, ""), last) for outlet, at in known if (last := at[moment]) is not None]
        yield Family(f"{_PREFIX}_last_{moment}_timestamp_seconds", "gauge", told, samples)
    standing = {(one.outlet, one.cause) for one in book.findings()}
    causes = get_args(Cause)
    found = [(_labels(outlet, one), int((outlet, one) in standing)) for outlet, _ in known for one in causes]
    yield Family(f"{_PREFIX}_health_finding", "gauge", "1 where the outlet falls out of its history, by cause.", found)


def write(path: Path, told: Iterable[Family]) -> None:
    """Replace the file in one step, as a collector may read it at any moment; raises `SettingError`."""
    try:
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".", delete=False, encoding="utf-8") as file:
            file.writelines(line for family in told for line in family.lines())
        # A temporary file is for its owner alone, and the collector is somebody else.
        Path(file.name).chmod(0o644)
        Path(file.name).replace(path)
    except OSError as error:
        raise SettingError("METRICS_FILE", str(path), f"a file that can be written ({error.strerror})") from error


def _labels(outlet: str, reason: str) -> Labels:
    return {"outlet": outlet} | ({"reason": reason} if reason else {})
