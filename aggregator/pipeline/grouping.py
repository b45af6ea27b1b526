"""Grouping: headlines from a file, decided upon by the same code and with an empty store. To judge it by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from xxhash import xxh32_intdigest

from aggregator import dedupe
from aggregator.model import Addition, Entry
from aggregator.text import plain

WINDOW = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Grouped:
    """What became of one headline."""

    id: Any  # as it was given
    headline: str
    story: str
    rule: str
    score: float


class BadRowError(ValueError):
    """A line that is no headline; the message says why."""


def group(rows: Iterable[Mapping[str, Any]], window: timedelta = WINDOW) -> list[Grouped]:
    """Return what was decided of each of *rows*; headlines and stories are named by the first of them.

    A row has `id` and `title`, and perhaps `summary`, `link`, `source`, `language`, `time` (Unix seconds), in
    time order. Each is decided upon knowing those before it only; that two stories are one is told of all.
    """
    index, settings = dedupe.Index(window), dedupe.Settings()
    ids: list[Any] = []
    decided: list[Addition] = []
    joined: dict[int, int] = {}  # stories that were found to be part of another; the index forgets in time
    for number, row in enumerate(rows):
        entry, source = _entry(row, number)
        arrival = dedupe.arrival(_feed(source, number), source, entry.link or "", entry, False, source)
        index.forget(entry.published - window)
        plan = dedupe.decide([arrival], (), index, dedupe.Numbers(number, number), entry.published, settings)
        ids.append(row.get("id", number))
        decided += plan.additions
        joined |= plan.merged
    stories = {each.headline: each.story for each in decided if each.story is not None}
    return [
        Grouped(
            ids[addition.row],
            str(ids[addition.headline]),
            str(ids[_last(joined, stories[addition.headline])]),
            addition.rule,
            addition.score,
        )
        for addition in decided
    ]


def _last(joined: Mapping[int, int], story: int) -> int:
    """Return what has become of *story*."""
    while story in joined:
        story = joined[story]
    return story


def pairs(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[bool, str, float]]:
    """Yield of each pair `{"a": …, "b": …}` whether they are one headline, by which rule, and the score.

    A side is a title, or an object with the fields of a row; a `language` of the pair holds for both.
    """
    for pair in rows:
        sides = []
        for name in ("a", "b"):
            side = pair.get(name)
            fields = side if isinstance(side, Mapping) else {"title": side}
            sides.append({"language": pair.get("language"), **fields, "id": name})
        first, second = sides
        yield _one(first, second)


def _one(first: Mapping[str, Any], second: Mapping[str, Any]) -> tuple[bool, str, float]:
    one, other = group([first, second])
    same = one.headline == other.headline
    return same, other.rule, other.score


def _feed(source: str, number: int) -> int:
    """Return a row for *source*; headlines of no source come from one of their own."""
    return xxh32_intdigest(source.encode()) if source else -number - 1


def _entry(row: Mapping[str, Any], number: int) -> tuple[Entry, str]:
    title = row.get("title")
    if not isinstance(title, str) or not title.strip():
        raise BadRowError('a headline needs a "title" that is text')
    published = _moment(row.get("time", 0))
    text = {key: str(row.get(key) or "") for key in ("summary", "link", "source", "language")}
    entry = Entry(
        id=str(number),
        title=plain(title),
        published=published,
        link=text["link"] or None,
        summary=plain(text["summary"]),
        language=text["language"].lower() or None,
    )
    return entry, text["source"]


def _moment(time: object) -> datetime:
    if isinstance(time, bool) or not isinstance(time, int | float):
        raise BadRowError('"time" must be a number: seconds since 1970')
    try:
        return datetime.fromtimestamp(time, UTC)
    except (ValueError, OverflowError, OSError):
        raise BadRowError('"time" is no moment that a calendar knows; it counts seconds since 1970') from None
