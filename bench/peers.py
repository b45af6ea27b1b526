"""Programs that poll feeds, each through its own command line: ours, others', and bare libcurl as the bound.

A peer is prepared in an empty folder, and then asked to poll; what it has stored is counted afterwards.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

RUN = Path(__file__).parent.parent / "run.py"
SINCE = "Mon, 02 Nov 2026 10:00:00 GMT"  # Last-Modified of version 0
FIRST, UNCHANGED, NEW, SAME = CASES = ("first", "304", "new", "200")


@dataclass(frozen=True, slots=True)
class Command:
    """What to run for one poll."""

    line: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)


class Peer(Protocol):
    """A program that is measured."""

    @property
    def polls_twice(self) -> bool:
        """Say whether it keeps no validators before its second poll."""

    def prepare(self, folder: Path, urls: Sequence[str]) -> None:
        """Set it up in an empty folder."""

    def poll(self, folder: Path, case: str) -> Command:
        """Return what has it poll each of its feeds once."""

    def entries(self, folder: Path) -> int | None:
        """Return how many entries it has stored, None where it stores none."""


@dataclass(frozen=True, slots=True)
class Draad:
    """This program."""

    dedupe: bool
    polls_twice: bool = False

    def prepare(self, folder: Path, urls: Sequence[str]) -> None:
        """Write its feeds.yaml."""
        alone = "" if self.dedupe else ", dedupe: false"
        feeds = "".join(
            f"  - {{url: '{url}', key: feed{number}{alone}}}\n" for number, url in enumerate(urls)
        )
        (folder / "feeds.yaml").write_text(
            "poll: {every: 1h, floor: 1s, allow_networks: [127.0.0.0/8]}\n"
            f"dedupe: {{stories: {str(self.dedupe).lower()}}}\nfeeds:\n{feeds}",
            "utf-8",
        )

    def poll(self, folder: Path, case: str) -> Command:
        """Return the command of a user."""
        return Command(
            [sys.executable, str(RUN), "--config", str(folder / "feeds.yaml"), "poll", "--all", "--quiet"]
        )

    def entries(self, folder: Path) -> int:
        """Ask its store."""
        return _counted(folder / "ticker.db", "entries")


@dataclass(frozen=True, slots=True)
class Libcurl:
    """The bound: the requests alone."""

    unpack: bool
    polls_twice: bool = False

    def prepare(self, folder: Path, urls: Sequence[str]) -> None:
        """Write the list of addresses."""
        (folder / "urls").write_text("\n".join(urls), "utf-8")

    def poll(self, folder: Path, case: str) -> Command:
        """Return the bare requests of that case."""
        options = ["--since", SINCE] if case == UNCHANGED else []
        options += ["--unpack"] if self.unpack else []
        return Command([sys.executable, "-m", "bench.libcurl", str(folder / "urls"), *options])

    def entries(self, folder: Path) -> None:
        """Say that there are none."""


@dataclass(frozen=True, slots=True)
class Newsboat:
    """newsboat, a reader for the terminal in C++; it keeps validators from its second poll on."""

    polls_twice: bool = True

    def prepare(self, folder: Path, urls: Sequence[str]) -> None:
        """Write its list and its configuration."""
        (folder / "urls").write_text("\n".join(urls) + "\n", "utf-8")
        (folder / "config").write_text("reload-threads 32\nmax-items 0\n", "utf-8")

    def poll(self, folder: Path, case: str) -> Command:
        """Return its reload."""
        files = ["-u", f"{folder}/urls", "-c", f"{folder}/cache.db", "-C", f"{folder}/config"]
        environment = {"HOME": str(folder), "LANG": "C.UTF-8", "TERM": "dumb"}
        return Command(["newsboat", "-x", "reload", *files], environment)

    def entries(self, folder: Path) -> int:
        """Ask its cache."""
        return _counted(folder / "cache.db", "rss_item")


@dataclass(frozen=True, slots=True)
class Sfeed:
    """sfeed, shell and C, with curl and its recipe for ETags."""

    polls_twice: bool = False

    def prepare(self, folder: Path, urls: Sequence[str]) -> None:
        """Write its sfeedrc."""
        (folder / "etags").mkdir()
        fetch = (
            'fetch() {\n\te="' + str(folder) + '/etags/$(basename "$3")"\n'
            "\tcurl -L --max-redirs 0 -f -s -m 15 --compressed "
            '--etag-save "${e}" --etag-compare "${e}" "$2" 2>/dev/null\n}\n'
        )
        feeds = "".join(f'\tfeed "f{number}" "{url}"\n' for number, url in enumerate(urls))
        head = f'sfeedpath="{folder}/feeds"\nmaxjobs=16\n'
        (folder / "sfeedrc").write_text(f"{head}{fetch}feeds() {{\n{feeds}}}\n", "utf-8")

    def poll(self, folder: Path, case: str) -> Command:
        """Return its update."""
        return Command(["sfeed_update", str(folder / "sfeedrc")])

    def entries(self, folder: Path) -> int:
        """Count the lines of its files."""
        return sum(path.read_bytes().count(b"\n") for path in (folder / "feeds").iterdir())


@dataclass(frozen=True, slots=True)
class Reader:
    """reader, a library in Python, with four workers."""

    python: str
    polls_twice: bool = False

    def prepare(self, folder: Path, urls: Sequence[str]) -> None:
        """Have it add the feeds."""
        (folder / "urls.json").write_text(json.dumps(list(urls)), "utf-8")
        script = (
            f"import json\nfor url in json.load(open({str(folder / 'urls.json')!r})): reader.add_feed(url)"
        )
        subprocess.run(self._line(folder, script), check=True)

    def poll(self, folder: Path, case: str) -> Command:
        """Return its update of all feeds."""
        return Command(self._line(folder, "reader.update_feeds(scheduled=False, workers=4)"))

    def entries(self, folder: Path) -> int:
        """Ask its store."""
        return _counted(folder / "reader.db", "entries")

    def _line(self, folder: Path, script: str) -> list[str]:
        start = f"from reader import make_reader\nreader = make_reader({str(folder / 'reader.db')!r})\n"
        return [self.python, "-c", start + script]


def _counted(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute(f"select count(*) from {table}").fetchone()[0])


def found(reader_python: str | None) -> tuple[dict[str, Callable[[], Peer]], list[str]]:
    """Return the peers that are on this machine, by name, and what is to be said of those that are not."""
    peers: dict[str, Callable[[], Peer]] = {
        "libcurl": lambda: Libcurl(unpack=False),
        "libcurl+gunzip": lambda: Libcurl(unpack=True),
        "draad": lambda: Draad(dedupe=False),
        "draad+dedupe": lambda: Draad(dedupe=True),
    }
    missing = []
    for name, program, make in (("newsboat", "newsboat", Newsboat), ("sfeed", "sfeed_update", Sfeed)):
        if shutil.which(program):
            peers[name] = make
        else:
            missing.append(f"{name}: no `{program}` on PATH")
    if python := next(filter(_has_reader, filter(None, (reader_python, sys.executable))), None):
        peers["reader"] = lambda: Reader(python)
    else:
        missing.append("reader: give the interpreter of an environment that has it, with --reader-python")
    for name in ("yarr", "miniflux"):
        here = "is here, but this benchmark cannot drive it yet" if shutil.which(name) else "is not on PATH"
        missing.append(f"{name}: its binary {here}")
    return peers, missing


def _has_reader(python: str) -> bool:
    # Adding a feed loads its parser, which some installations lack a part of.
    script = "from reader import make_reader; make_reader(':memory:').add_feed('http://127.0.0.1/')"
    return subprocess.run([python, "-c", script], capture_output=True, check=False).returncode == 0
