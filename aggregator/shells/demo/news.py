"""News: the invented events of the demo and the publishers that tell them, read from the data files."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Row = str | int | Mapping[str, str | int]
"""What fills a blank: a value, or one for each language, or several with names of their own."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """One of the six, as the data file has it."""

    key: str
    title: str
    description: str
    language: str
    format: Literal["rss", "rdf", "atom", "json"]
    categories: tuple[str, ...]  # for feeds.yaml
    authors: tuple[str, ...]
    priority: int = 0
    reactions: bool = False
    illustrated: bool = False
    frail: bool = False


@dataclass(frozen=True, slots=True)
class Telling:
    """How one publisher tells an event."""

    by: str
    title: str
    text: tuple[str, ...]  # paragraphs; the first is the lead
    after: int = 0  # steps after the event's turn
    corrected: str | None = None  # what the title becomes
    via: str | None = None  # whose article it links to


@dataclass(frozen=True, slots=True)
class Event:
    """Something that did not happen, and those who tell it."""

    name: str
    category: str
    told: tuple[Telling, ...]
    vary: tuple[str, ...] = ()  # the lists that fill its blanks


@dataclass(frozen=True, slots=True)
class News:
    """All that the data files hold."""

    publishers: Mapping[str, Publisher]
    categories: Mapping[str, Mapping[str, str]]  # by name, then by language
    opening: tuple[Event, ...]
    live: tuple[Event, ...]
    again: tuple[Event, ...]
    lists: Mapping[str, tuple[Row, ...]]


def read_news() -> News:
    """Read the data files beside this module."""
    here = Path(__file__).parent
    written = tomllib.loads((here / "news.toml").read_text(encoding="utf-8"))
    varied = tomllib.loads((here / "variations.toml").read_text(encoding="utf-8"))
    return News(
        publishers={key: _publisher(key, row) for key, row in written["publishers"].items()},
        categories=written["categories"],
        opening=tuple(_event(row) for row in written["opening"]),
        live=tuple(_event(row) for row in written["live"]),
        again=tuple(_event(row) for row in varied["again"]),
        lists={name: tuple(rows) for name, rows in varied["lists"].items()},
    )


def _publisher(key: str, row: dict[str, Any]) -> Publisher:
    lists = {name: tuple(row[name]) for name in ("categories", "authors")}
    return Publisher(key=key, **(row | lists))


def _event(row: dict[str, Any]) -> Event:
    first = {name: row["told"][0][name] for name in ("title", "text")}
    told = tuple(_telling(first | telling) for telling in row["told"])
    return Event(row["name"], row["category"], told, tuple(row.get("vary", ())))


def _telling(row: dict[str, Any]) -> Telling:
    paragraphs = tuple(" ".join(part.split()) for part in row["text"].split("\n\n"))
    return Telling(**(row | {"text": paragraphs}))
