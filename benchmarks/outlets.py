"""What three thousand outlets cost each command that must find one among them: `python -m benchmarks.outlets`."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_PROJECT = Path(__file__).parent.parent
_FACTS = """# An outlet such as a person writes it.
name: The Example Times {n}
home: https://www.times{n}.example/
language: en
timezone: Europe/London
sources:
  - feed: https://www.times{n}.example/rss
  - sitemap: https://www.times{n}.example/sitemap_news.xml
articles:
  allow: ['^/\\d{{4}}/\\d{{2}}/\\d{{2}}/[^/]+/?$']
  deny: ['^/(tag|author)/']
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--outlets", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for count in (2, wanted.outlets):
            config = _written(Path(folder) / str(count), count)
            print(f"{count:,} outlets")
            for label, command in _commands():
                print(f"  {label:<42}{min(_seconds(command, config) for _ in range(wanted.rounds)):6.2f} s")


def _commands() -> list[tuple[str, list[str]]]:
    """Each ends before it asks the network for anything."""
    find = (
        "from scrapy import Request;from scrapy.spiderloader import get_spider_loader;import sys;"
        "from scrapy.utils.project import get_project_settings;found = get_project_settings();"
        "found.set('CONFIG_DIR', sys.argv[1]);"
        "spiders = get_spider_loader(found).find_by_request(Request('https://www.times1.example/2026/a'));"
        "sys.exit(spiders != ['times_1'])"
    )
    crawl = ["-m", "scrapy.cmdline", "crawl", "times_1", "-a", "seeds=/dev/null", "-s", "LOG_ENABLED=0"]
    return [
        ("scrapy list", ["-m", "scrapy.cmdline", "list"]),
        ("scrapy crawl, of nothing", crawl),
        ("the spider of a URL (fetch, shell, parse)", ["-c", find]),
    ]


def _seconds(command: list[str], config: Path) -> float:
    environment = {
        **os.environ,
        "PYTHONPATH": str(_PROJECT),
        "SCRAPY_SETTINGS_MODULE": "newsarchive.settings",
        "NEWSARCHIVE_CONTACT": "desk@times.example",
    }
    chosen = ["-s", f"CONFIG_DIR={config}", "-s", f"ARCHIVE_DIR={config}/archive"]
    extra = chosen if command[0] == "-m" else [str(config)]
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, *command, *extra], cwd=config, env=environment, capture_output=True, text=True, check=False
    )
    spent = time.monotonic() - began
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr or done.stdout}")
    return spent


def _written(config: Path, count: int) -> Path:
    folder = config / "outlets"
    folder.mkdir(parents=True)
    (config / "defaults.yaml").write_bytes((_PROJECT / "config" / "defaults.yaml").read_bytes())
    for n in range(count):
        (folder / f"times_{n}.yaml").write_text(_FACTS.format(n=n), encoding="utf-8")
    return config


if __name__ == "__main__":
    main()
