"""The decisions in their order: the same entry, the same headline, the same event. Out goes a plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from aggregator.dedupe.facts import LONGEST_KEY, with_words
from aggregator.dedupe.index import Index, side_of
from aggregator.dedupe.judge import Case, Verdict, judge
from aggregator.dedupe.memory import Memory
from aggregator.dedupe.overrides import Overrides
from aggregator.dedupe.packing import unpack
from aggregator.dedupe.pairing import compare
from aggregator.dedupe.rules import is_another_article
from aggregator.dedupe.scoring import Scales, shipped
from aggregator.dedupe.vetoes import difference
from aggregator.dedupe.words import spoken
from aggregator.model import FLOOD, Addition, Arrival, Known, Plan, Reasons, Refusal, Revision
from aggregator.names import names_of


class Numbers(NamedTuple):
    """The next rows of the store."""

    entry: int
    headline: int


@dataclass(frozen=True, slots=True)
class Settings:
    """What the admin lets the matcher do."""

    stories: bool = True
    overrides: Overrides = field(default_factory=Overrides)
    scales: Scales = field(default_factory=shipped)


def decide(
    arrivals: Iterable[Arrival],
    known: Iterable[Known],
    index: Index,
    numbers: Numbers,
    now: datetime,
    settings: Settings,
) -> Plan:
    """Return what should happen to the store, and let *index* know it already.

    *known* are the store's entries that share feed and id, or feed and link, with an arrival, and those that
    an override names. Rows and headlines are numbered from *numbers* on. Each sees the decisions before it.
    """
    return _Desk(tuple(known), index, numbers, now, settings).plan(arrivals)


class _Desk:
    """One batch, while it is decided upon."""

    def __init__(
        self, known: Sequence[Known], index: Index, numbers: Numbers, now: datetime, settings: Settings
    ) -> None:
        self._index, self._now, self._settings = index, now, settings
        self._memory = Memory(known)
        self._headlines = _Called(known) if settings.overrides else _Called(())
        self._entry, self._headline = numbers
        self._additions: list[Addition] = []
        self._revisions: list[Revision] = []
        self._succeeded: list[int] = []
        self._merged: list[tuple[int, int]] = []
        self._doubted: set[int] = set()

    def plan(self, arrivals: Iterable[Arrival]) -> Plan:
        """Decide on *arrivals* one by one; of several under one id the last counts, at every poll."""
        arrivals = tuple(arrivals)
        last = {arrival.uid: number for number, arrival in enumerate(arrivals)}
        for arrival in (arrivals[number] for number in sorted(last.values())):
            mine = self._memory.find(arrival)
            if mine is None:
                self._add(arrival)
            elif arrival.facts.digest != mine.facts.digest:
                self._change(mine, arrival)
        return Plan(
            tuple(self._additions),
            tuple(self._revisions),
            tuple(self._succeeded),
            tuple(self._merged),
            frozenset(self._doubted),
        )

    def _change(self, mine: Known, arrival: Arrival) -> None:
        """Take in what a publisher made of an entry: a correction, or another article under its id.

        What a hub delivers must be newer by its own date: it may come late, or again, and undoes nothing.
        """
        if arrival.pushed and not _is_newer(arrival, mine):
            if arrival.facts.fingerprint != mine.facts.fingerprint:
                self._doubted.add(arrival.feed)
            return
        if mine.uid == arrival.uid and self._is_another(mine, arrival):
            self._succeeded.append(mine.row)
            self._add(arrival)
            return
        noticeable = arrival.facts.fingerprint != mine.facts.fingerprint
        self._revisions.append(Revision(mine, arrival, noticeable))
        told = replace(
            mine, title=arrival.entry.title, facts=arrival.facts, story=self._story_now(mine.story)
        )
        self._see(told, arrival)

    def _story_now(self, story: int | None) -> int | None:
        """Return what has become of *story* in this batch."""
        for joined, older in self._merged:
            story = older if story == joined else story
        return story

    def _is_another(self, mine: Known, arrival: Arrival) -> bool:
        if mine.facts.title_key == arrival.facts.title_key:
            return False
        published = arrival.entry.published if arrival.entry.dated else mine.published
        language = arrival.entry.language
        now = with_words(arrival.facts, arrival.entry.title, language)
        new, rarities = side_of(now, published, self._index.frequencies)
        before = with_words(mine.facts, mine.title, language)
        old, _ = side_of(before, mine.published, self._index.frequencies)
        different = difference(new, old)
        like = compare(new, old, different, rarities, self._index.rate)
        return is_another_article(new, old, different, like)

    def _add(self, arrival: Arrival) -> None:
        verdict = Verdict(FLOOD) if arrival.held else Verdict() if arrival.alone else self._verdict(arrival)
        row, self._entry = self._entry, self._entry + 1
        headline, guid, story = verdict.headline, None, None
        if headline is None:
            headline, self._headline = self._headline, self._headline + 1
            guid = _guid(arrival)
            story = headline if verdict.story is None else self._joined(verdict)
        addition = Addition(
            row,
            headline,
            arrival,
            verdict.rule,
            round(verdict.score, 3),
            verdict.row,
            guid,
            story,
            _reasons(verdict, arrival),
        )
        self._additions.append(addition)
        self._see(_known(addition, self._now), arrival)

    def _joined(self, verdict: Verdict) -> int:
        """Return the story of a new headline; where it joins several, these become the oldest of them."""
        assert verdict.story is not None  # noqa: S101
        oldest = min(verdict.story, *verdict.joined) if verdict.joined else verdict.story
        for story in {verdict.story, *verdict.joined} - {oldest}:
            self._merged.append((story, oldest))
            for headline in self._index.headlines_of(story):
                self._index.fold(headline, oldest)
        return oldest

    def _verdict(self, arrival: Arrival) -> Verdict:
        overrides = self._settings.overrides
        names = (
            names_of(arrival.entry.id, arrival.facts.link_key, arrival.entry.title)
            if overrides
            else frozenset()
        )
        forced = self._headlines.called(overrides.same(names)) if names else ()
        if forced:
            return Verdict("same", 1.0, forced[0].row, forced[0].headline)
        barred = (
            {known.headline for known in self._headlines.called(overrides.different(names))} if names else ()
        )
        side, rarities = side_of(arrival.facts, arrival.entry.published, self._index.frequencies)
        return judge(Case(side, rarities, self._index, self._settings.scales), barred, self._settings.stories)

    def _see(self, known: Known, arrival: Arrival) -> None:
        """Let the arrivals that follow know it."""
        self._memory.by_uid[arrival.uid] = known
        self._headlines.add(known)
        self._index.learn([known])


class _Called:
    """Entries by what an override may call them."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._by_name: dict[str, list[Known]] = {}
        for each in known:
            self.add(each)

    def add(self, known: Known) -> None:
        for name in names_of(known.entry_id, known.facts.link_key, known.title):
            self._by_name.setdefault(name, []).append(known)

    def called(self, names: Iterable[str]) -> tuple[Known, ...]:
        """Return the entries that bear one of *names*, the oldest first."""
        found = (known for name in names for known in self._by_name.get(name, ()))
        return tuple(sorted(set(found), key=lambda known: known.row))


def _reasons(verdict: Verdict, arrival: Arrival) -> Reasons:
    """Return the reasons in words of the new entry, for those who ask."""
    if not (verdict.tokens or verdict.refused or verdict.story_tokens):
        return Reasons()
    entry = arrival.entry
    said = spoken(entry.title, entry.summary, unpack(arrival.facts.words)[0].language)

    def told(tokens: Iterable[int]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(said[token] for token in tokens if token in said))

    return Reasons(
        told(verdict.tokens),
        tuple(
            Refusal(each.row, round(each.score, 3), each.veto, told(each.tokens)) for each in verdict.refused
        ),
        verdict.story_row,
        round(verdict.story_score, 3),
        told(verdict.story_tokens),
    )


def _guid(arrival: Arrival) -> str:
    """Return the id under which a new headline is published for ever.

    The publisher's own where that is an absolute IRI (RFC 4287, 4.2.6); else a `tag:` made from feed and id.
    The store takes the latter too where two feeds use the same id.
    """
    return arrival.entry.id if _is_iri(arrival.entry.id) else arrival.tag


def _is_iri(text: str) -> bool:
    """Say whether *text* is an absolute IRI of a kind that publishers use for ids (RFC 3987, 2.2)."""
    if len(text) > LONGEST_KEY or any(c.isspace() or c in '<>"{}|\\^`[]' for c in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    if parts.scheme in {"http", "https"}:
        return bool(parts.netloc)
    return parts.scheme in {"tag", "urn"} and bool(parts.path)


def _known(addition: Addition, now: datetime) -> Known:
    arrival = addition.arrival
    return Known(
        row=addition.row,
        feed=arrival.feed,
        uid=arrival.uid,
        headline=addition.headline,
        title=arrival.entry.title,
        facts=arrival.facts,
        published=arrival.entry.published,
        first_seen=now,
        alone=arrival.alone,
        entry_id=arrival.entry.id,
        story=addition.story,
        revision=_JUST_NOW,
    )


def _is_newer(arrival: Arrival, mine: Known) -> bool:
    """Say whether *arrival* says of itself that it came after what is known of the entry."""
    entry = arrival.entry
    return entry.dated and (entry.updated or entry.published) > (mine.updated or mine.published)


_JUST_NOW = 1 << 62  # a revision that no store has reached: it is to be counted
