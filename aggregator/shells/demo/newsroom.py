"""Newsroom: which publisher tells which of the news when.

Time is counted in beats since the newsroom opened: each brings one more article. All here is pure; the same
news, seed and beat give the same articles.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

from aggregator.shells.demo.news import Event, News, Publisher, Row, Telling

IN_FEED = 30  # articles that a publisher's feed holds
OPENING = timedelta(hours=25)  # the news that is there at the start: the ticker has a midnight in it
CORRECTED_AFTER = 4  # beats, after the article came out or the newsroom opened
REACTIONS_EVERY = 5  # beats between two counts, so that most polls in between find nothing changed
EVENTS_APART = 2  # steps between the first tellings of two events: their tellings interleave
FRAILTY = 30  # beats from one break-down to the next


@dataclass(frozen=True, slots=True)
class Article:
    """A telling as its publisher's site has it at one beat."""

    by: Publisher
    slug: str  # its address and identity on that site
    title: str
    text: tuple[str, ...]
    author: str
    category: str
    published: datetime
    updated: datetime  # moves with a correction
    reactions: int | None = None
    via: tuple[str, str] | None = None  # publisher's key and slug of the article that it links to

    @property
    def lead(self) -> str:
        return self.text[0]


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place in the running order."""

    number: int
    beat: int  # 0: before the newsroom opened
    round: int  # of the variations
    at: datetime
    event: Event
    telling: Telling

    @property
    def slug(self) -> str:
        return f"{self.event.name}-{self.number}"


class Rundown:
    """The running order: what each publisher has on its site at a beat."""

    def __init__(self, news: News, start: datetime, pace: timedelta, seed: int) -> None:
        self.news = news
        self._start = start.replace(microsecond=0)  # feeds tell whole seconds
        self._pace = pace
        self._seed = seed
        self._opening = self._before_opening()
        self._live = _in_turn(news.live)
        self._round_length = len(_in_turn(news.again))
        self._round = lru_cache(maxsize=16)(self._shuffled_round)

    def beat(self, now: datetime) -> int:
        """Return which beat it is; never less than 0, even if the clock was set back."""
        return max((now - self._start) // self._pace, 0)

    def articles(self, by: str, beat: int) -> tuple[Article, ...]:
        """Return what the feed of *by* holds, newest first."""
        slots = (self._slot(number) for number in range(len(self._opening) + beat - 1, -1, -1))
        own = (slot for slot in slots if slot.telling.by == by)
        return tuple(self._article(slot, beat) for slot, _ in zip(own, range(IN_FEED), strict=False))

    def article(self, by: str, slug: str, beat: int) -> Article | None:
        """Return one article, however old, or None if *by* has not (yet) published it."""
        number = slug.rpartition("-")[2]
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            return None
        if int(number) >= len(self._opening) + beat:
            return None
        slot = self._slot(int(number))
        return self._article(slot, beat) if (slot.telling.by, slot.slug) == (by, slug) else None

    def changed(self, articles: tuple[Article, ...], beat: int) -> datetime:
        """Return when a feed of *articles* last became another: by an article, a correction, a count."""
        counted = [self._time(_counted(beat)) for article in articles if article.reactions is not None]
        return max([article.updated for article in articles] + counted)

    def trouble(self, by: str, beat: int) -> Literal["down", "astray"] | None:
        """Return what ails a publisher's feed: "down" is an error, "astray" a web page in its place."""
        if not self.news.publishers[by].frail:
            return None
        match beat % FRAILTY:
            case 8 | 9 | 10 | 11:
                return "down"
            case 12 | 13 | 14:
                return "astray"
        return None

    def _time(self, beat: int) -> datetime:
        return (self._start + beat * self._pace).replace(microsecond=0)

    def _slot(self, number: int) -> _Slot:
        if number < len(self._opening):
            return self._opening[number]
        place = number - len(self._opening)
        beat = place + 1
        if place < len(self._live):
            return _Slot(number, beat, 0, self._time(beat), *self._live[place])
        round, place = divmod(place - len(self._live), self._round_length)
        return _Slot(number, beat, round, self._time(beat), *self._round(round)[place])

    def _shuffled_round(self, round: int) -> tuple[tuple[Event, Telling], ...]:
        chance = _chance(self._seed, "round", round)
        return _in_turn(tuple(chance.sample(self.news.again, len(self.news.again))))

    def _before_opening(self) -> tuple[_Slot, ...]:
        """Return the opening's articles by time: few at first, more towards now, none in the last minutes."""
        told = []
        for place, event in enumerate(self.news.opening):
            age = OPENING * (1 - (place + 0.5) / len(self.news.opening)) ** 1.4
            seconds = _chance(self._seed, event.name).randrange(300)
            first = self._start - age - timedelta(minutes=20, seconds=seconds)
            told += [(first + timedelta(minutes=3 * telling.after), event, telling) for telling in event.told]
        told.sort(key=lambda one: one[0])
        return tuple(
            _Slot(number, 0, 0, at.replace(microsecond=0), event, telling)
            for number, (at, event, telling) in enumerate(told)
        )

    def _article(self, slot: _Slot, beat: int) -> Article:
        telling, publisher = slot.telling, self.news.publishers[slot.telling.by]
        blanks = self._blanks(slot, publisher.language)
        correction = slot.beat + CORRECTED_AFTER
        corrected = telling.corrected if telling.corrected and beat >= correction else None
        return Article(
            by=publisher,
            slug=slot.slug,
            title=(corrected or telling.title).format_map(blanks),
            text=tuple(paragraph.format_map(blanks) for paragraph in telling.text),
            author=publisher.authors[slot.number % len(publisher.authors)],
            category=self.news.categories[slot.event.category][publisher.language],
            published=slot.at,
            updated=self._time(correction) if corrected else slot.at,
            reactions=self._reactions(slot, beat) if publisher.reactions else None,
            via=self._via(slot),
        )

    def _blanks(self, slot: _Slot, language: str) -> dict[str, Row]:
        """Return what fills the blanks in this round: each combination once before any comes again."""
        lists = {name: self.news.lists[name] for name in slot.event.vary}
        size = math.prod(len(rows) for rows in lists.values())
        first = _chance(self._seed, slot.event.name).randrange(size)
        left = (first + slot.round * _stride(size)) % size
        blanks: dict[str, Row] = {}
        for name, rows in lists.items():
            left, place = divmod(left, len(rows))
            row = rows[place]
            blanks[name] = row.get(language, row) if isinstance(row, Mapping) else row
        return blanks

    def _reactions(self, slot: _Slot, beat: int) -> int:
        chance = _chance(self._seed, "reactions", slot.number)
        before = chance.randrange(60) if slot.beat == 0 else 0
        return before + chance.randrange(8) * (_counted(beat) - _counted(slot.beat)) // REACTIONS_EVERY

    def _via(self, slot: _Slot) -> tuple[str, str] | None:
        """Return the article that this one links to: the same event, told before by the one named."""
        for number in range(slot.number - 1, -1, -1) if slot.telling.via else ():
            other = self._slot(number)
            if (other.event, other.round, other.telling.by) == (slot.event, slot.round, slot.telling.via):
                return other.telling.by, other.slug
        return None


def _in_turn(events: tuple[Event, ...]) -> tuple[tuple[Event, Telling], ...]:
    """Return the tellings of *events* in the order in which they come out."""
    steps = [
        (place * EVENTS_APART + telling.after, event, telling)
        for place, event in enumerate(events)
        for telling in event.told
    ]
    return tuple((event, telling) for _, event, telling in sorted(steps, key=lambda step: step[0]))


def _counted(beat: int) -> int:
    """Return the beat of the last count of reactions."""
    return beat - beat % REACTIONS_EVERY


def _stride(size: int) -> int:
    """Return a step that visits all of *size* places before it comes back, far apart each time."""
    stride = max(round(size * 0.618), 1)
    while math.gcd(stride, size) > 1:
        stride += 1
    return stride


def _chance(*seed: str | int) -> random.Random:
    """Return dice that fall the same way for the same *seed*, in every process."""
    return random.Random(":".join(map(str, seed)))  # noqa: S311 - it invents news, it guards nothing
