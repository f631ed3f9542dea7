"""Random single changes to an archive: `scrapy verify` must find each of them, name its file, and survive it.

python -m tests.verifying.mutations --mutations 600 --seed 1
"""

import argparse
import contextlib
import dataclasses
import gzip
import io
import json
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import rfc8785

from newsarchive.commands.verify import Command
from newsarchive.demoweb import DemoWeb
from newsarchive.store import manifests
from newsarchive.warc.reader import read_records
from tests.conftest import Crawler

OUTLETS = ("kyiv_independent", "responsible_statecraft")
_NO_EVIDENCE = (".lock", ".closed", ".begun", "state.sqlite", "state.sqlite-wal", "state.sqlite-shm", "keepers.json")
Chance = random.Random


@dataclass(frozen=True)
class Mutation:
    """One change."""

    kind: str
    files: tuple[Path, ...]
    """Those that were changed, taken away or added: one of them must be named."""
    what: str


@dataclass
class Outcome:
    """Of many changes."""

    found: Counter[str] = field(default_factory=Counter)
    missed: list[Mutation] = field(default_factory=list)
    crashed: list[tuple[Mutation, str]] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.missed and not self.crashed

    def as_text(self) -> str:
        lines = [f"{count:5} {kind}" for kind, count in sorted(self.found.items())]
        lines += [f"missed: {one.kind}: {one.what} {[str(file) for file in one.files]}" for one in self.missed]
        lines += [f"crashed: {one.kind}: {one.what}: {error}" for one, error in self.crashed]
        total = self.found.total() + len(self.missed) + len(self.crashed)
        return "\n".join([*lines, f"{total} changes, {self.found.total()} found, {len(self.missed)} missed"])


def crawl(archive: Path, *arguments: str, outlets: Sequence[str] = OUTLETS) -> None:
    """Crawl the demo web twice, so that there are chains of runs and revisits."""
    with DemoWeb() as web:
        crawler = Crawler(archive, web.connect_to)
        for outlet in outlets:
            for _ in range(2):
                done = crawler.run("crawl", outlet, *arguments)
                assert done.code in (0, 1), done.err


def run(archive: Path, *, count: int, seed: int, work: Path) -> Outcome:
    """Change copies of an archive in `work`, one change each; every kind of change comes equally often."""
    outcome, chance = Outcome(), random.Random(seed)
    kinds = list(KINDS.items())
    copy = work / "archive"
    for number in range(count):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(archive, copy)
        kind, change = kinds[number % len(kinds)]
        mutation = Mutation(kind, *change(evidence(copy), chance))
        try:
            code, findings = judged(copy)
        except Exception as error:  # noqa: BLE001 - a crash of any kind is what is looked for
            outcome.crashed.append((mutation, f"{type(error).__name__}: {error}"))
            continue
        named = {one["file"] for one in findings}
        if code == 1 and named & {str(file) for file in mutation.files}:
            outcome.found[kind] += 1
        else:
            outcome.missed.append(mutation)
    return outcome


def judged(archive: Path, *, deep: bool = False) -> tuple[int, list[dict[str, Any]]]:
    """Exit code and findings of `scrapy verify --json`, in this process."""
    command, said = Command(), io.StringIO()
    with contextlib.redirect_stdout(said):
        command.run([str(archive)], argparse.Namespace(json=True, deep=deep, workers=1, log=False))
    return command.exitcode, json.loads(said.getvalue())["findings"]


def evidence(archive: Path) -> list[Path]:
    """The files that are verified; the others can be thrown away."""
    files = (path for path in sorted(archive.rglob("*")) if path.is_file())
    return [path for path in files if path.name not in _NO_EVIDENCE and "reports" not in path.parts]


Changed = tuple[tuple[Path, ...], str]
Change = Callable[[list[Path], Chance], Changed]


def flipped_bit(files: list[Path], chance: Chance) -> Changed:
    path = _any(files, chance)
    whole = bytearray(path.read_bytes())
    position = chance.randrange(len(whole))
    whole[position] ^= 1 << chance.randrange(8)
    path.write_bytes(whole)
    return (path,), f"at {position}"


def other_byte(files: list[Path], chance: Chance) -> Changed:
    path = _any(files, chance)
    whole = bytearray(path.read_bytes())
    position = chance.randrange(len(whole))
    whole[position] = (whole[position] + chance.randrange(1, 256)) % 256
    path.write_bytes(whole)
    return (path,), f"at {position}"


def bytes_put_in(files: list[Path], chance: Chance) -> Changed:
    path = _any(files, chance)
    whole = path.read_bytes()
    position = chance.randrange(len(whole) + 1)
    path.write_bytes(whole[:position] + chance.randbytes(chance.randrange(1, 40)) + whole[position:])
    return (path,), f"at {position}"


def torn_tail(files: list[Path], chance: Chance) -> Changed:
    path = _any(files, chance)
    whole = path.read_bytes()
    cut = chance.randrange(1, min(60, len(whole)))
    path.write_bytes(whole[:-cut])
    return (path,), f"{cut} bytes"


def truncated(files: list[Path], chance: Chance) -> Changed:
    path = _any(files, chance)
    whole = path.read_bytes()
    length = chance.randrange(len(whole))
    path.write_bytes(whole[:length])
    return (path,), f"to {length} bytes"


def emptied(files: list[Path], chance: Chance) -> Changed:
    path = _any(files, chance)
    path.write_bytes(b"")
    return (path,), ""


def deleted(files: list[Path], chance: Chance) -> Changed:
    path = _any(files, chance)
    path.unlink()
    return (path,), ""


def renamed(files: list[Path], chance: Chance) -> Changed:
    path = _any(files, chance)
    stem, dot, ending = path.name.partition(".")
    new = path.with_name(f"{stem}{chance.choice('0x-')}{dot}{ending}")
    path.rename(new)
    return (path, new), f"to {new.name}"


def moved(files: list[Path], chance: Chance) -> Changed:
    path = _any(files, chance)
    folders = sorted({file.parent for file in files} - {path.parent})
    new = chance.choice(folders) / path.name
    path.replace(new)
    return (path, new), f"to {new}"


def exchanged(files: list[Path], chance: Chance) -> Changed:
    """The contents of two files of one kind."""
    one = _any([file for file in files if len(_alike(file, files)) > 1], chance)
    other = chance.choice([file for file in _alike(one, files) if file.read_bytes() != one.read_bytes()])
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    return (one, other), f"with {other.name}"


def copied_over(files: list[Path], chance: Chance) -> Changed:
    """One file in place of another of its kind."""
    one = _any([file for file in files if len(_alike(file, files)) > 1], chance)
    other = chance.choice([file for file in _alike(one, files) if file.read_bytes() != one.read_bytes()])
    one.write_bytes(other.read_bytes())
    return (one,), f"is {other.name}"


def foreign(files: list[Path], chance: Chance) -> Changed:
    path = _any(files, chance)
    names = (
        "notes.txt", "x.warc.gz", "x.jsonl.gz", "core", f"copy-{path.name}", f"{path.name}.bak", "notes.part", f"{path.name}.open", "x.warc.gz.open",
        path.name.replace("-00000-", "-00007-"), f"{chance.randbytes(32).hex()}.json",
    )  # fmt: skip
    # A journal beside its manifest is what a kill leaves there, too.
    free = [name for name in names if not path.with_name(name).exists() and not name.endswith(manifests.OPEN)]
    new = path.with_name(chance.choice(free))
    new.write_bytes(chance.choice([path.read_bytes(), b"", chance.randbytes(100)]))
    return (new,), ""


def record_removed(files: list[Path], chance: Chance) -> Changed:
    def change(members: list[bytes]) -> list[bytes]:
        del members[chance.randrange(len(members))]
        return members

    return _repacked(files, chance, change)


def record_doubled(files: list[Path], chance: Chance) -> Changed:
    def change(members: list[bytes]) -> list[bytes]:
        members.insert(chance.randrange(len(members)), chance.choice(members))
        return members

    return _repacked(files, chance, change)


def records_exchanged(files: list[Path], chance: Chance) -> Changed:
    def change(members: list[bytes]) -> list[bytes]:
        one, other = chance.sample(range(len(members)), 2)
        members[one], members[other] = members[other], members[one]
        return members

    return _repacked(files, chance, change)


def record_of_another(files: list[Path], chance: Chance) -> Changed:
    foreign_members = _members(chance.choice(_of(files, ".warc.gz")))

    def change(members: list[bytes]) -> list[bytes]:
        put = chance.choice([member for member in foreign_members if member not in members] or [members[0]])
        place = chance.randrange(len(members))
        members[place] = put if put != members[place] else members[place - 1]
        return members

    return _repacked(files, chance, change)


def record_appended(files: list[Path], chance: Chance) -> Changed:
    foreign_members = _members(chance.choice(_of(files, ".warc.gz")))
    return _repacked(files, chance, lambda members: [*members, chance.choice(foreign_members)])


def record_edited(files: list[Path], chance: Chance) -> Changed:
    """One byte of an unpacked record, packed anew."""

    def change(members: list[bytes]) -> list[bytes]:
        number = chance.randrange(len(members))
        whole = bytearray(gzip.decompress(members[number]))
        whole[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        members[number] = gzip.compress(bytes(whole), mtime=0)
        return members

    return _repacked(files, chance, change)


def line_removed(files: list[Path], chance: Chance) -> Changed:
    def change(lines: list[bytes]) -> list[bytes]:
        del lines[chance.randrange(len(lines))]
        return lines

    return _relined(files, chance, change, at_least=1)


def line_doubled(files: list[Path], chance: Chance) -> Changed:
    def change(lines: list[bytes]) -> list[bytes]:
        lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
        return lines

    return _relined(files, chance, change, at_least=1)


def lines_exchanged(files: list[Path], chance: Chance) -> Changed:
    def change(lines: list[bytes]) -> list[bytes]:
        one, other = chance.sample(range(len(lines)), 2)
        lines[one], lines[other] = lines[other], lines[one]
        return lines

    return _relined(files, chance, change, at_least=2)


def line_edited(files: list[Path], chance: Chance) -> Changed:
    """One value of a line, in the canonical form; or one byte of a line of the index."""

    def change(lines: list[bytes]) -> list[bytes]:
        number = chance.randrange(len(lines))
        line = lines[number].rstrip(b"\n")
        if line.startswith(b"{"):
            row = json.loads(line)
            _edit(row, chance)
            lines[number] = rfc8785.dumps(row) + b"\n"
        else:
            place = chance.randrange(len(line))
            lines[number] = line[:place] + bytes([line[place] ^ 1]) + line[place + 1 :] + b"\n"
        return lines

    return _relined(files, chance, change, at_least=1)


def line_of_another(files: list[Path], chance: Chance) -> Changed:
    theirs = [line for file in _of(files, ".jsonl.gz") for line in gzip.decompress(file.read_bytes()).splitlines(True)]

    def change(lines: list[bytes]) -> list[bytes]:
        lines.insert(chance.randrange(len(lines) + 1), chance.choice(theirs))
        return lines

    return _relined(files, chance, change, at_least=0)


def manifest_forged(files: list[Path], chance: Chance) -> Changed:
    """Another value in a manifest, and a digest that fits."""
    path = chance.choice(_of(files, ".manifest.json"))
    manifest = manifests.parse(path.read_bytes())
    place = chance.choice(("reason", "version", "started_at", "outputs"))
    if place == "outputs":
        left = [*manifest.outputs]
        taken = left.pop(chance.randrange(len(left)))
        forged = dataclasses.replace(manifest, outputs=tuple(left))
    else:
        forged = dataclasses.replace(manifest, **{place: getattr(manifest, place) + " "})
    path.write_bytes(forged.to_json())
    return (path, *([path.parent / taken.path] if place == "outputs" else [])), place


def run_removed(files: list[Path], chance: Chance) -> Changed:
    """A manifest, and all files that it lists."""
    path = chance.choice(_of(files, ".manifest.json"))
    listed = [path.parent / one["path"] for one in json.loads(path.read_bytes())["outputs"]]
    for file in (path, *listed):
        file.unlink()
    return (path,), f"{len(listed)} files"


KINDS: dict[str, Change] = {
    change.__name__: change
    for change in (
        flipped_bit, other_byte, bytes_put_in, torn_tail, truncated, emptied, deleted, renamed, moved, exchanged,
        copied_over, foreign, record_removed, record_doubled, records_exchanged, record_of_another, record_appended,
        record_edited, line_removed, line_doubled, lines_exchanged, line_edited, line_of_another, manifest_forged,
        run_removed,
    )
}  # fmt: skip


def _any(files: Sequence[Path], chance: Chance) -> Path:
    """Of each kind equally often; what is empty has nothing to change."""
    kinds: dict[str, list[Path]] = {}
    for file in files:
        if file.stat().st_size > 1:
            kinds.setdefault(_ending(file), []).append(file)
    return chance.choice(kinds[chance.choice(sorted(kinds))])


def _ending(file: Path) -> str:
    return "rules" if file.parent.name == "rules" else file.name.partition(".")[2]


def _of(files: Sequence[Path], ending: str) -> list[Path]:
    return [file for file in files if file.name.endswith(ending) and file.stat().st_size]


def _alike(one: Path, files: Sequence[Path]) -> list[Path]:
    return [file for file in files if _ending(file) == _ending(one)]


def _members(warc: Path) -> list[bytes]:
    whole = warc.read_bytes()
    return [whole[one.offset : one.offset + one.length] for one in read_records(warc)]


def _repacked(files: list[Path], chance: Chance, change: Callable[[list[bytes]], list[bytes]]) -> Changed:
    warc = chance.choice(_of(files, ".warc.gz"))
    before = warc.read_bytes()
    while (after := b"".join(change(_members(warc)))) == before:
        pass
    warc.write_bytes(after)
    return (warc,), ""


def _relined(
    files: list[Path], chance: Chance, change: Callable[[list[bytes]], list[bytes]], *, at_least: int
) -> Changed:
    candidates = [file for file in _of(files, ".jsonl.gz") + _of(files, ".cdxj") if len(_lines(file)) >= at_least]
    path = _any(candidates, chance)
    before = _lines(path)
    while (after := change(list(before))) == before:
        pass
    whole = b"".join(after)
    path.write_bytes(_gzipped(whole) if path.name.endswith(".gz") else whole)
    return (path,), ""


def _lines(path: Path) -> list[bytes]:
    whole = path.read_bytes()
    return (gzip.decompress(whole) if path.name.endswith(".gz") else whole).splitlines(keepends=True)


def _gzipped(whole: bytes) -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as stream:
        stream.write(whole)
    return packed.getvalue()


def _edit(row: Any, chance: Chance) -> None:
    """Change one value, however deep."""
    places = list(_places(row))
    holder, key = chance.choice(places)
    value = holder[key]
    if isinstance(value, bool) or value is None:
        holder[key] = not value
    elif isinstance(value, int):
        holder[key] = value + chance.choice((-1, 1))
    else:
        place = chance.randrange(len(value) + 1)
        holder[key] = value[:place] + chance.choice("ab1 é") + value[place:]


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        if isinstance(inner, dict | list):
            yield from _places(inner)
        else:
            yield value, key


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutations", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--archive", type=Path, help="an archive of a crawl of the demo web; else one is crawled")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        archive = chosen.archive or Path(folder, "crawled")
        if not chosen.archive:
            crawl(archive)
        assert judged(archive) == (0, [])
        outcome = run(archive, count=chosen.mutations, seed=chosen.seed, work=Path(folder))
        assert judged(archive) == (0, [])
    print(outcome.as_text())
    return 0 if outcome.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
