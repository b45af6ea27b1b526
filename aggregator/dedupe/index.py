"""The index of recent entries: which of them may be the headline that has just come?

Lives in memory, is filled from the store, and forgets what is older than the window. It finds candidates and
knows which headlines and stories they belong to; it decides nothing.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from heapq import nlargest
from struct import Struct
from typing import NamedTuple

from xxhash import xxh3_64_intdigest

from aggregator.dedupe.about import about
from aggregator.dedupe.frequencies import Frequencies, Rarities
from aggregator.dedupe.pace import Pace
from aggregator.dedupe.packing import tokens_of, unpack
from aggregator.dedupe.sides import Side, says_something
from aggregator.model import Facts, Known

RARE_WORDS = 14  # of a headline, by which candidates are looked for
MOST_WITH_WORD = 150  # of the entries with one word, the newest
FEW = 8  # entries with a word: so rare that it counts as several
COUNTED_AS = 3
CANDIDATES = 12  # that are compared

_TOPIC = 1 << 32  # set in the keys of topics
_KEY = 1 << 63  # set in keys that are no tokens: digests of links and titles
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)


_HEAD = Struct("<QQdd")


class Trace(NamedTuple):
    """What the index keeps of an entry, as bytes: there are many of them."""

    row: int
    headline: int
    link: int
    seen: float  # hours since 1970, when it was first seen
    at: float  # when it was published
    words: bytes

    def pack(self) -> bytes:
        """Return all but the row as bytes."""
        return _HEAD.pack(self.headline, self.link, self.seen, self.at) + self.words


def _trace(row: int, packed: bytes) -> Trace:
    headline, link, seen, at = _HEAD.unpack_from(packed)
    return Trace(row, headline, link, seen, at, packed[_HEAD.size :])


class Index:
    """What was seen within the window, by words and by canonical link.

    *revision* is the store's, up to which the index knows everything; *counted* the one up to which the
    frequencies have counted it.
    """

    def __init__(self, window: timedelta, frequencies: Frequencies | None = None, counted: int = 0) -> None:
        self.window = window
        self.frequencies = frequencies or Frequencies()
        self.revision, self.counted = 0, counted
        self._traces: dict[int, bytes] = {}  # oldest first: rows are numbered as they come
        self._rows: dict[int, int | array[int]] = {}  # of a token, or the key of a link
        self._members: dict[int, int | tuple[int, ...]] = {}  # the row of a headline; its rows, if several
        self._story: dict[int, int] = {}  # of a headline, if it is not the one that founded it
        self._folded: dict[int, tuple[int, ...]] = {}  # the headlines of a story, besides that one
        self._sides: dict[int, Side] = {}  # of rows that were compared lately
        self._pace = Pace()
        self._stale = 0  # rows that are in _rows and nowhere else

    def __len__(self) -> int:
        return len(self._traces)

    # what it is told

    def learn(self, entries: Iterable[Known]) -> None:
        """Take in *entries*, in place of what was known of the same rows."""
        for known in entries:
            old = self._traces.get(known.row)
            if old is not None:
                self._part(known.row, _trace(known.row, old).headline)
            words, _ = unpack(known.facts.words)
            said = says_something(words.title).union(words.summary)
            trace = Trace(
                row=known.row,
                headline=known.headline,
                seen=hours(known.first_seen),
                at=hours(known.published),
                link=link_key(known.facts.link_key),
                words=known.facts.words,
            )
            self._traces[known.row] = trace.pack()
            if old is None:
                self._pace.count(trace.at)
            self._join(known.headline, known.row)
            story = known.headline if known.story is None else known.story
            if self.story_of(known.headline) != story:
                self.fold(known.headline, story)
            if known.alone:
                continue
            for key in said:
                self._put(key, known.row)
            for name in filter(None, (trace.link, title_key(says_something(words.title)))):
                self._put(name, known.row)
            for key in _topic_keys(about(said, words.language).topics):
                self._put(key, known.row)
            if old is None and known.revision > self.counted:
                self.frequencies.learn(words.language, said)

    def fold(self, headline: int, story: int) -> None:
        """Note that *headline* belongs to *story*."""
        self._unfold(headline)
        if story != headline and headline in self._members:
            self._story[headline] = story
            self._folded[story] = (*self._folded.get(story, ()), headline)

    def forget(self, before: datetime) -> None:
        """Drop what was first seen before *before*."""
        limit = hours(before)
        old = []
        for row, packed in self._traces.items():
            trace = _trace(row, packed)
            if trace.seen >= limit:
                break
            old.append(trace)
        for trace in old:
            self._part(trace.row, trace.headline)
            del self._traces[trace.row]
        self._stale += len(old)
        if self._stale > len(self._traces) + 1000:
            self._sweep()

    # what it is asked

    @property
    def rate(self) -> float:
        """How many entries are published in an hour, these days."""
        return self._pace.rate

    def candidates(self, side: Side, rarities: Rarities) -> Iterator[Trace]:
        """Yield the entries within the window that are likest *side*, by the rare words that they share."""
        found: Counter[int] = Counter()
        for token in nlargest(RARE_WORDS, side.words, key=rarities.__getitem__):
            rows = self._with(token)
            for _ in range(COUNTED_AS if len(rows) <= FEW else 1):
                found.update(rows)
        topical = {row for key in _topic_keys(side.about.topics) for row in self._with(key)}
        found.update(topical.intersection(found))
        several = [row for row, shared in found.items() if shared > 1]
        likest = nlargest(CANDIDATES, several, key=lambda row: (found[row], row))
        keys = filter(None, (side.link, title_key(side.title)))
        same = [row for key in keys for row in self._with(key)[-SAME_KEY:]]
        far = self.window / _HOUR
        for row in dict.fromkeys((*same, *likest)):
            if row in self._traces and (row in same or self._has_much(row, side, row in topical)):
                trace = _trace(row, self._traces[row])
                if abs(trace.at - side.at) <= far:
                    yield trace

    def _has_much(self, row: int, side: Side, is_topical: bool) -> bool:
        """Say whether an entry has two words in common with *side*, or one and a topic; less is nothing."""
        packed = memoryview(self._traces[row])[_HEAD.size :]
        return len(side.words.intersection(tokens_of(packed))) > 1 - is_topical

    def side(self, trace: Trace) -> Side:
        """Return an entry that we have as a side of a comparison, with all that its headline says."""
        side = self._sides.get(trace.row)
        if side is None:
            if len(self._sides) >= _MOST_SIDES:
                self._sides.clear()
            side = self._sides[trace.row] = self._side(trace)
        return side

    def _side(self, trace: Trace) -> Side:
        words, source = unpack(trace.words)
        rarities = self.frequencies.rarities(words.language)
        others = self._rows_of(trace.headline)
        title = says_something(words.title)
        said, names = title.union(words.summary), words.names
        if len(others) > 1:
            rows = (row for row in others[:_MOST_MEMBERS] if row != trace.row)
            more = [unpack(_trace(row, self._traces[row]).words)[0] for row in rows]
            said = said.union(*(says_something(each.title).union(each.summary) for each in more))
            names = names.union(*(each.names for each in more))
        return Side(
            words.title,
            title,
            frozenset(words.summary),
            said,
            about(said, words.language),
            names,
            words.cased,
            words.cut,
            words.asks,
            words.piece,
            source,
            trace.link,
            trace.at,
            rarities.weigh(title),
            rarities.weigh(words.summary),
            rarities.weigh(title.union(words.summary)),
        )

    def story_of(self, headline: int) -> int:
        """Return the story that *headline* belongs to: the id of the headline that founded it."""
        return self._story.get(headline, headline)

    def sources_of(self, headline: int) -> int:
        """Return how many entries *headline* has."""
        return len(self._rows_of(headline))

    def size_of(self, story: int) -> int:
        """Return how many headlines of *story* are remembered."""
        return len(self._folded.get(story, ())) + (story in self._members)

    def headlines_of(self, story: int) -> tuple[int, ...]:
        """Return the headlines of *story*, its founder first."""
        return (story, *self._folded.get(story, ()))

    # how it is kept

    def _put(self, key: int, row: int) -> None:
        """Note that *row* has *key*. Most words occur once: these need no list."""
        rows = self._rows.get(key)
        if rows is None:
            self._rows[key] = row
        elif isinstance(rows, int):
            if rows != row:
                self._rows[key] = array("I", (rows, row))
        elif rows[-1] != row:
            rows.append(row)
            if len(rows) > 2 * MOST_WITH_WORD:  # older ones are never asked for
                del rows[:MOST_WITH_WORD]

    def _with(self, key: int) -> Sequence[int]:
        """Return the newest rows with *key*."""
        rows = self._rows.get(key, ())
        return (rows,) if isinstance(rows, int) else rows[-MOST_WITH_WORD:]

    def _rows_of(self, headline: int) -> tuple[int, ...]:
        rows = self._members.get(headline, ())
        return (rows,) if isinstance(rows, int) else rows

    def _join(self, headline: int, row: int) -> None:
        """Put an entry into its headline, whose other entries say more now."""
        members = self._rows_of(headline)
        self._members[headline] = (*members, row) if members else row
        for other in members:
            self._sides.pop(other, None)

    def _part(self, row: int, headline: int) -> None:
        """Take an entry out of its headline."""
        members = self._rows_of(headline)
        for member in members:
            self._sides.pop(member, None)
        left = tuple(member for member in members if member != row)
        if left:
            self._members[headline] = left
        else:
            del self._members[headline]
            self._unfold(headline)

    def _unfold(self, headline: int) -> None:
        story = self._story.pop(headline, None)
        if story is None:
            return
        left = tuple(other for other in self._folded[story] if other != headline)
        if left:
            self._folded[story] = left
        else:
            del self._folded[story]

    def _sweep(self) -> None:
        """Make _rows anew, without what was forgotten."""
        for key, rows in list(self._rows.items()):
            kept = [row for row in ([rows] if isinstance(rows, int) else rows) if row in self._traces]
            if not kept:
                del self._rows[key]
            else:
                self._rows[key] = kept[0] if len(kept) == 1 else array("I", kept)
        self._stale = 0


SAME_KEY = 3  # of those with the same link or title that are compared
_MOST_MEMBERS = 8  # of a headline whose words count
_MOST_SIDES = 500  # kept unpacked: what is compared once is often compared again


def side_of(facts: Facts, published: datetime, frequencies: Frequencies) -> tuple[Side, Rarities]:
    """Return an entry as a side of a comparison, and how rare words are in its language."""
    words, source = unpack(facts.words)
    rare = frequencies.rarities(words.language)
    title = says_something(words.title)
    said = title.union(words.summary)
    side = Side(
        words.title,
        title,
        frozenset(words.summary),
        said,
        about(said, words.language),
        words.names,
        words.cased,
        words.cut,
        words.asks,
        words.piece,
        source,
        link_key(facts.link_key),
        hours(published),
        rare.weigh(title),
        rare.weigh(words.summary),
        rare.weigh(said),
    )
    return side, rare


def hours(moment: datetime) -> float:
    """Return hours since 1970."""
    return (moment - _EPOCH) / _HOUR


def link_key(link: str) -> int:
    """Return the key of a canonical link; 0 for none."""
    return xxh3_64_intdigest(link.encode()) | _KEY if link else 0


def _topic_keys(topics: int) -> Iterator[int]:
    """Yield the key of each of *topics*: beyond the tokens, and no digest."""
    while topics:
        lowest = topics & -topics
        yield _TOPIC | lowest.bit_length()
        topics ^= lowest


def title_key(title: frozenset[int]) -> int:
    """Return the key of a title's words, whatever their order; 0 for none."""
    return xxh3_64_intdigest(array("I", sorted(title)).tobytes()) | _KEY if title else 0
