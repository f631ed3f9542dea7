"""What a snapshot keeps beside the captures of how they were made: configuration, environment."""

import platform
import ssl
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import rfc8785

from newsarchive.errors import NewsArchiveError


def environment() -> bytes:
    """The versions of all that took part in making a snapshot."""
    packages = {found.metadata["Name"]: found.version for found in metadata.distributions()}
    return rfc8785.dumps(
        {
            "python": platform.python_version(),
            "implementation": sys.implementation.name,
            "system": platform.system(),
            "machine": platform.machine(),
            "openssl": ssl.OPENSSL_VERSION,
            "distributions": dict(sorted(packages.items())),
        }
    )


def configuration(config: Path, names: Iterable[str]) -> dict[str, bytes]:
    """The YAML files of these outlets, and the facts that follow from them with their digest; by the file's name."""
    # What reads YAML is large, and nothing but making a snapshot needs it.
    from newsarchive import outlets  # noqa: PLC0415

    kept: dict[str, bytes] = {}
    defaults = config / "defaults.yaml"
    if defaults.is_file():
        kept["config-defaults.yaml"] = defaults.read_bytes()
    for name in names:
        file = config / "outlets" / f"{name}.yaml"
        if not file.is_file():
            continue
        kept[f"config-{name}.yaml"] = file.read_bytes()
        try:
            outlet = outlets.untaught(config, name)
        except NewsArchiveError:
            continue  # a YAML that has been broken since is kept as it is
        kept[f"config-{name}.json"] = rfc8785.dumps(outlet.model_dump(mode="json"))
    return kept
