"""What tests of the machine's faults need: feeds to lose, and a look at what is left of them."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import psutil
from program import Program

RSS = {"Content-Type": "application/rss+xml"}


def rss(*names: str, padding: int = 0) -> bytes:
    """Return a feed with a headline for each of *names*, of that many letters more than it needs."""
    items = "".join(
        f"<item><guid>tag:{name}</guid><link>https://kust.example/{name}</link>"
        f"<title>Headline {name}</title><description>{'long ' * (padding // 5)}</description></item>"
        for name in names
    )
    return f'<rss version="2.0"><channel><title>Kustkrant</title>{items}</channel></rss>'.encode()


def entries(folder: Path) -> Counter[str]:
    """Return how often each title is in the store in *folder*, which must be sound."""
    with closing(sqlite3.connect(folder / "ticker.db")) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return Counter(title for (title,) in store.execute("SELECT title FROM entries"))


def titles(names: Iterable[str]) -> Counter[str]:
    return Counter(f"Headline {name}" for name in names)


def processes(program: Program, *words: str) -> list[psutil.Process]:
    """Return the program's processes whose command lines hold all of *words*."""
    return [p for p in program.family() if all(word in " ".join(p.cmdline()) for word in words)]
