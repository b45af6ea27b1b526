"""The sources: how each of them is, for people on a page and for programs as JSON and as metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, get_args

from aggregator.links import host
from aggregator.model import Choice, FeedHealth, Held, Lately, OurHub, Push, State
from aggregator.shells.web.frame import Frame
from aggregator.shells.web.lately import Bars, as_numbers, bars, ordered
from aggregator.shells.web.setting import Link, Setting, Time, rfc3339

_BEST_FIRST: tuple[State, ...] = ("ok", "never", "waiting", "gone", "failing")


@dataclass(frozen=True, slots=True)
class Fact:
    """Something to know about a source: `volgende poging 16:15`."""

    name: str
    time: Time


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a source is, in words."""

    title: str
    href: str  # its headlines
    feed: str  # its own address
    site: str | None
    state: State
    state_words: str  # "Storing sinds 14:02"
    error: str | None
    moved: str | None
    held: tuple[str, ...]  # what is kept out of the ticker, and why
    hub: str | None  # whether it is pushed
    hub_error: str | None  # its hub's last word
    counts: tuple[str, ...]
    facts: tuple[Fact, ...]
    bars: Bars | None = None  # the last thirty days


@dataclass(frozen=True, slots=True)
class HubState:
    """How telling our own hub goes, in words."""

    words: str
    error: str | None


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """The page of all sources."""

    frame: Frame
    summary: str
    config_error: str | None  # what is wrong with feeds.yaml, if it is not the one in force
    hub: HubState | None  # ours
    orders: tuple[Link, ...]  # that the sources can be in
    sources: tuple[SourceState, ...]


def source_states(
    setting: Setting, feeds: Sequence[FeedHealth], lately: Mapping[str, Lately] = {}, order: str = ""
) -> tuple[SourceState, ...]:
    """Return the sources in an *order* (lately.py), those that need somebody first where it is none.

    What they brought *lately*, by their keys, is told of those of which it is given.
    """
    states = ((feed.key, _source_state(setting, feed)) for feed in ordered(feeds, lately, order))
    return tuple(
        replace(state, bars=bars(setting.words, lately[key])) if key in lately else state
        for key, state in states
    )


def summary(setting: Setting, feeds: Sequence[FeedHealth]) -> str:
    """Return how many sources are in which state: `In orde: 9 · Storing: 1`."""
    numbers = Counter(feed.state for feed in feeds)
    return " · ".join(
        f"{setting.words.state(state)}: {numbers[state]}" for state in _BEST_FIRST if numbers[state]
    )


def our_hub(setting: Setting, hub: OurHub | None) -> HubState | None:
    """Return how telling our own hub goes; None where there is none."""
    if hub is None:
        return None
    words, name = setting.words, host(hub.hub)
    if hub.last_told is None:
        return HubState(words.say("hub_never_told", hub=name), hub.error)
    when = setting.moment(hub.last_told).shown
    return HubState(words.say("hub_told", hub=name, when=when), hub.error)


def health(
    revision: int,
    counts: tuple[int, int],
    feeds: Sequence[FeedHealth],
    hub: OurHub | None,
    lately: Mapping[str, Lately],
) -> dict[str, Any]:
    """Return /health.json (docs/design.md, the contract)."""
    degraded = any(feed.state in {"failing", "gone"} for feed in feeds)
    return {
        "status": "degraded" if degraded else "ok",
        "revision": revision,
        "headlines": counts[0],
        "entries": counts[1],
        "feeds": [
            _feed_health(feed)
            | {"last_30_days": as_numbers(lately[feed.key]) if feed.key in lately else None}
            for feed in feeds
        ],
        "hub": _our_hub(hub),
    }


def metrics(revision: int, counts: tuple[int, int], feeds: Sequence[FeedHealth]) -> str:
    """Return /metrics in Prometheus' text format."""
    return "".join(f"{row}\n" for row in _metrics(revision, counts, feeds))


def _source_state(setting: Setting, feed: FeedHealth) -> SourceState:
    words = setting.words
    counts = [words.count("entries", feed.entries)] if feed.entries else []
    if feed.failures:
        counts.append(words.count("failures", feed.failures))
    return SourceState(
        title=feed.title,
        href=setting.href(Choice(source=feed.key).path),
        feed=feed.url,
        site=feed.site,
        state=feed.state,
        state_words=f"{words.state(feed.state)} {_state_time(setting, feed)}".rstrip(),
        error=feed.error,
        moved=words.say("moved", url=feed.moved_to) if feed.moved_to else None,
        held=tuple(_held(setting, held) for held in feed.held),
        hub=_pushed(setting, feed.push) if feed.push else None,
        hub_error=feed.push.error if feed.push else None,
        counts=tuple(counts),
        facts=tuple(_facts(setting, feed)),
    )


def _state_time(setting: Setting, feed: FeedHealth) -> str:
    """Return since when it is so, or for how long yet and who asked for that."""
    if feed.waiting_until is not None and feed.waiting_for is not None:
        phrase = "waiting_too" if feed.told_another else "waiting"
        until = setting.moment(feed.waiting_until).shown
        return setting.words.say(phrase, when=until, host=feed.waiting_for)
    if feed.failing_since is not None:
        return setting.words.say("since", when=setting.moment(feed.failing_since).shown)
    return ""


def _held(setting: Setting, held: Held) -> str:
    """Return how many entries are kept out of the ticker, when the last of them came, and why."""
    words = setting.words
    reason = words.say(f"held_{held.why}", when=setting.moment(held.last).shown)
    return f"{words.count('held', held.count)}: {reason}"


def _pushed(setting: Setting, push: Push) -> str:
    """Return what the hub of a source does for us."""
    words, name = setting.words, host(push.hub)
    if push.until is None:
        return words.say("hub_asked", hub=name)
    if push.last_delivery is None:
        return words.say("hub_ready", hub=name)
    when = setting.moment(push.last_delivery).shown
    return words.say("hub_pushes" if push.is_slowing else "hub_pushed", hub=name, when=when)


def _facts(setting: Setting, feed: FeedHealth) -> Iterator[Fact]:
    due = "next_due" if feed.failures or feed.state == "waiting" else "next_due_ok"
    moments = {"last_changed": feed.last_changed, "last_polled": feed.last_polled, due: feed.next_due}
    for name, moment in moments.items():
        if moment is not None:
            yield Fact(setting.words[name], setting.moment(moment))


def _feed_health(feed: FeedHealth) -> dict[str, Any]:
    return {
        "key": feed.key,
        "url": feed.url,
        "title": feed.title,
        "state": feed.state,
        "last_polled": _stamp(feed.last_polled),
        "last_changed": _stamp(feed.last_changed),
        "next_due": _stamp(feed.next_due),
        "failures": feed.failures,
        "error": feed.error,
        "status": feed.status,
        "entries": feed.entries,
        "failing_since": _stamp(feed.failing_since),
        "waiting_until": _stamp(feed.waiting_until),
        "waiting_for": feed.waiting_for,
        "held": _number_held(feed),
        "push": _push(feed.push),
    }


def _push(push: Push | None) -> dict[str, Any] | None:
    if push is None:
        return None
    return {
        "hub": push.hub,
        "until": _stamp(push.until),
        "last_delivery": _stamp(push.last_delivery),
        "slows_polling": push.is_slowing,
        "refused": push.refused,
        "error": push.error,
    }


def _our_hub(hub: OurHub | None) -> dict[str, Any] | None:
    if hub is None:
        return None
    return {
        "url": hub.hub,
        "last_told": _stamp(hub.last_told),
        "failures": hub.failures,
        "error": hub.error,
    }


def _number_held(feed: FeedHealth) -> int:
    return sum(held.count for held in feed.held)


def _stamp(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None


def _metrics(revision: int, counts: tuple[int, int], feeds: Sequence[FeedHealth]) -> Iterator[str]:
    yield from _metric("headlines", "Lines in the ticker.", {"": counts[0]})
    yield from _metric("entries", "Articles that the lines are made of.", {"": counts[1]})
    yield from _metric("revision", "Moves with every change that a reader could see.", {"": revision})
    numbers = Counter(feed.state for feed in feeds)
    by_state = {_label("state", state): numbers[state] for state in get_args(State)}
    yield from _metric("feeds", "Sources in each state.", by_state)
    failures = {_label("key", feed.key): feed.failures for feed in feeds}
    yield from _metric("feed_failures", "Failed tries in a row.", failures)
    entries = {_label("key", feed.key): feed.entries for feed in feeds}
    yield from _metric("feed_entries", "Articles of each source.", entries)
    held = {_label("key", feed.key): _number_held(feed) for feed in feeds}
    yield from _metric("feed_held", "Articles of each source that are kept out of the ticker.", held)
    polled = {
        _label("key", feed.key): int(feed.last_polled.timestamp()) for feed in feeds if feed.last_polled
    }
    yield from _metric("feed_last_polled_seconds", "When each source was last asked (Unix time).", polled)
    due = {_label("key", feed.key): int(feed.next_due.timestamp()) for feed in feeds if feed.next_due}
    yield from _metric("feed_next_due_seconds", "When each source is asked next (Unix time).", due)


def _metric(name: str, about: str, values: dict[str, int]) -> Iterator[str]:
    yield f"# HELP aggregator_{name} {about}"
    yield f"# TYPE aggregator_{name} gauge"
    for labels, value in values.items():
        yield f"aggregator_{name}{labels} {value}"


def _label(name: str, value: str) -> str:
    escaped = value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
    return f'{{{name}="{escaped}"}}'
