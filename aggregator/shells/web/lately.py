"""The last thirty days of a source: bars, a share and a delay, in words; and the orders of sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aggregator.model import FeedHealth, Lately, State
from aggregator.shells.web.setting import Link, Setting
from aggregator.shells.web.words import Words

HEIGHT, APART = 24, 4  # of the picture and from bar to bar, in its own units
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)
_NEVER, _NOTHING = datetime.max.replace(tzinfo=UTC), Lately((), 0, None)
_WORST_FIRST: tuple[State, ...] = ("failing", "gone", "waiting", "never", "ok")


@dataclass(frozen=True, slots=True)
class Bars:
    """Headlines a day as a picture, and what it shows in words."""

    path: str  # of an SVG path, a stroke for each day with news
    width: int
    height: int
    label: str
    facts: tuple[str, ...]


def bars(words: Words, lately: Lately) -> Bars:
    """Return what a source brought day by day; its busiest day is as high as the picture."""
    most = max(lately.days, default=0)
    strokes = (
        f"M{place * APART + APART // 2} {HEIGHT}v-{max(1, round(number * HEIGHT / most))}"
        for place, number in enumerate(lately.days)
        if number
    )
    today = lately.days[-1] if lately.days else 0
    label = words.say("bars", most=str(most), today=str(today))
    return Bars("".join(strokes), len(lately.days) * APART, HEIGHT, label, tuple(_facts(words, lately, most)))


def share_of_copies(lately: Lately) -> float | None:
    """Return which part of what a source brought was there already; None where it brought nothing."""
    return lately.copies / lately.entries if lately.entries else None


def as_numbers(lately: Lately) -> dict[str, Any]:
    """Return the last thirty days for /health.json: a count for each day, and the delay in seconds."""
    return {
        "days": list(lately.days),
        "headlines": lately.entries,
        "duplicates": lately.copies,
        "median_delay": round(lately.delay.total_seconds()) if lately.delay is not None else None,
    }


def _facts(words: Words, lately: Lately, most: int) -> list[str]:
    facts = [words.count("lately", lately.entries)]
    if most:
        facts.append(words.say("most_a_day", most=str(most)))
    if (share := share_of_copies(lately)) is not None:
        facts.append(words.say("duplicates", share=f"{share:.0%}"))
    if lately.delay is not None:
        facts.append(words.say("delay", time=_span(words, lately.delay)))
    return facts


def _span(words: Words, span: timedelta) -> str:
    """Return `12 minutes` or `3 hours`, of which there is at least one."""
    if span < 2 * _HOUR:
        return words.count("minutes", max(1, round(span / _MINUTE)))
    return words.count("hours", round(span / _HOUR))


Key = Callable[[FeedHealth, Lately], Any]

# What `?sort=` may ask for, the first one without being asked, and which source comes first then.
ORDERS: Mapping[str, Key] = {
    "state": lambda feed, _: _WORST_FIRST.index(feed.state),
    "name": lambda feed, _: feed.title.casefold(),
    "polled": lambda feed, _: -feed.last_polled.timestamp() if feed.last_polled else 0,
    "next": lambda feed, _: feed.next_due or _NEVER,
    "headlines": lambda _, lately: -lately.entries,
    "duplicates": lambda _, lately: -(share_of_copies(lately) or 0),
    "delay": lambda _, lately: -(lately.delay or timedelta(-1)),
}


def ordered(feeds: Sequence[FeedHealth], lately: Mapping[str, Lately], order: str) -> list[FeedHealth]:
    """Return *feeds*, which come by their names, in the *order* asked for; by state where it is none."""
    key = ORDERS.get(order, ORDERS["state"])
    return sorted(feeds, key=lambda feed: key(feed, lately.get(feed.key, _NOTHING)))


def orders(setting: Setting, order: str) -> tuple[Link, ...]:
    """Return the links to all orders; the one that is shown is current."""
    shown = order if order in ORDERS else "state"
    return tuple(
        Link(
            setting.words[f"sort_{name}"],
            setting.href("/sources" if name == "state" else f"/sources?sort={name}"),
            name == shown,
        )
        for name in ORDERS
    )
