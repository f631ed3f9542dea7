"""What a loss of power leaves of a folder: only what was synced, or of each file and folder as much as it happens to be.

A library that is loaded before the C library (`powerloss.c`) remembers what each fsync made durable.
"""

import os
import random
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

_SOURCE = Path(__file__).with_suffix(".c")
How = Literal["worst", "mixed"]


def can_compile() -> bool:
    return shutil.which("gcc") is not None


@dataclass
class Power:
    """The power of one machine, whose disk is `root`; `shadow` lies on the same file system."""

    root: Path
    shadow: Path
    lost_bytes: int = 0
    """Of files that were there and are shorter now, or gone."""
    lost_names: int = 0
    """Names that were there and are not, or that were away and are back."""
    _live: dict[int, Path] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        self.shadow.mkdir(parents=True)
        self._library = self.shadow / "powerloss.so"
        command = ["gcc", "-shared", "-fPIC", "-O1", "-o", str(self._library), str(_SOURCE), "-lpthread"]
        subprocess.run(command, check=True)
        self._settle()

    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to live on this machine."""
        return {
            "LD_PRELOAD": str(self._library),
            "POWERLOSS_ROOT": str(self.root),
            "POWERLOSS_SHADOW": str(self.shadow),
        }

    def fail(self, chance: random.Random, how: How) -> None:
        """All processes are dead; leave what the disk holds. `mixed`: of each file and folder that, or what was written."""
        self._live = {path.stat().st_ino: path for path in (self.root, *self.root.rglob("*"))}
        before = {path.relative_to(self.root) for path in self.root.rglob("*")}
        rebuilt = self.root.with_name(f"{self.root.name}.rebuilt")
        self._rebuild(self.root.stat().st_ino, rebuilt, chance, how)
        self.lost_names += len(before ^ {path.relative_to(rebuilt) for path in rebuilt.rglob("*")})
        shutil.rmtree(self.root)
        rebuilt.rename(self.root)
        self._settle()

    def _rebuild(self, inode: int, place: Path, chance: random.Random, how: How) -> None:
        place.mkdir()
        live, kept = self._live.get(inode), self.shadow / "folders" / str(inode)
        names = _names(kept)
        if live and how == "mixed" and chance.random() < 0.5:
            names = {path.name: path.lstat().st_ino for path in live.iterdir()}
        for name, one in sorted(names.items()):
            there = self._live.get(one)
            if (self.shadow / "folders" / str(one)).exists() or (there and there.is_dir()):
                self._rebuild(one, place / name, chance, how)
            # Shared memory of processes: it is not written to any disk.
            elif not name.endswith("-shm"):
                (place / name).write_bytes(self._content(one, name, chance, how))

    def _content(self, inode: int, name: str, chance: random.Random, how: How) -> bytes:
        synced, written = self.shadow / "files" / str(inode), self.shadow / "held" / str(inode)
        durable = synced.read_bytes() if synced.exists() else b""
        there = self._live.get(inode) or written
        now = there.read_bytes() if there.exists() else durable
        kept = durable
        if how == "mixed" and chance.random() < 0.5:
            is_appended = "sqlite" not in name and now.startswith(durable)
            kept = now[: chance.randint(len(durable), len(now))] if is_appended and chance.random() < 0.5 else now
        self.lost_bytes += max(0, len(now) - len(kept))
        return kept

    def _settle(self) -> None:
        """All that is there now is durable."""
        for kind in ("files", "held", "folders"):
            shutil.rmtree(self.shadow / kind, ignore_errors=True)
            (self.shadow / kind).mkdir()
        for path in (self.root, *self.root.rglob("*")):
            inode = path.stat().st_ino
            if path.is_dir():
                lines = "".join(f"{one.lstat().st_ino} {one.name}\n" for one in path.iterdir())
                (self.shadow / "folders" / str(inode)).write_text(lines)
            else:
                os.link(path, self.shadow / "held" / str(inode))
                shutil.copyfile(path, self.shadow / "files" / str(inode))


def _names(listing: Path) -> dict[str, int]:
    if not listing.exists():
        return {}
    return {name: int(inode) for inode, _, name in (line.partition(" ") for line in listing.read_text().splitlines())}
