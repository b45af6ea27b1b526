"""The judge: is a new entry a headline that we have, or part of a story? Decides; remembers nothing.

First the rules that are sure, then the score of the likeliest headline, unless something forbids it; for what
founds a headline of its own, the score of the likeliest story.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from aggregator.dedupe.frequencies import Rarities
from aggregator.dedupe.index import Index, Trace
from aggregator.dedupe.pairing import Likeness, compare
from aggregator.dedupe.rules import certain, forbids
from aggregator.dedupe.scoring import Scales
from aggregator.dedupe.sides import Side
from aggregator.dedupe.vetoes import Difference, difference

MOST_TOLD = 3  # refusals that are kept
MOST_WORDS_TOLD = 6
NEAR = 0.3  # score from which a refusal is worth telling
LISTED = 0.5  # overlap of the titles of one source from which they are items of a list
SAID_BY_CHANCE = 0.6  # rarity of a word that one source uses in several articles
LARGEST_JOINED = 8  # headlines of the smaller of two stories that turn out to be one
MOST_JOINED = 3  # stories that are looked at
SURER = 0.1  # above the threshold, to make one story of two


# The rules, the surest first, and their scores.
_SURE = {"link": 1.0, "title": 0.98, "cut": 0.95, "tail": 0.95}


class Case(NamedTuple):
    """A new entry, and what it takes to judge it."""

    new: Side
    rarities: Rarities
    recent: Index
    scales: Scales


class Compared(NamedTuple):
    """A new entry beside one that we have."""

    trace: Trace
    old: Side
    different: Difference
    like: Likeness
    rule: str | None  # that is sure
    veto: str | None
    score: float  # that they are one headline


@dataclass(frozen=True, slots=True)
class Refused:
    """A headline that was near."""

    row: int
    score: float
    veto: str  # "score" where nothing forbade it
    tokens: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided of one entry."""

    rule: str = "founded"
    score: float = 1.0
    row: int | None = None  # the entry that it was matched with
    headline: int | None = None
    tokens: tuple[int, ...] = ()  # that both have, the rarest first
    refused: tuple[Refused, ...] = ()
    story: int | None = None  # for what founds a headline: the story that it joins
    story_score: float = 0.0
    story_row: int | None = None
    story_tokens: tuple[int, ...] = ()
    joined: tuple[int, ...] = ()  # stories that are one with it


def judge(case: Case, barred: Collection[int] = (), stories: bool = True) -> Verdict:
    """Return what a new entry is among the headlines of the index.

    It is none of the headlines in *barred*, nor of their stories; a story is looked for only if *stories*.
    """
    found = ((trace, case.recent.side(trace)) for trace in case.recent.candidates(case.new, case.rarities))
    compared = [_compared(case, trace, old) for trace, old in found]
    apart = {each.trace.headline for each in compared if each.rule == "again"}.union(barred)
    verdict = _by_rule(case, compared, apart) or _by_score(case, compared, apart)
    if verdict.headline is not None or not stories:
        return verdict
    return _in_story(verdict, case, compared, apart, {case.recent.story_of(headline) for headline in barred})


def _compared(case: Case, trace: Trace, old: Side) -> Compared:
    new = case.new
    different = difference(new, old)
    like = compare(new, old, different, case.rarities, case.recent.rate)
    rule, veto = certain(new, old, different, like), forbids(new, old, different, like)
    return Compared(trace, old, different, like, rule, veto, case.scales.headline.score(like))


def _by_rule(case: Case, compared: Sequence[Compared], apart: Collection[int]) -> Verdict | None:
    """Return what the surest rule says, of the newest entry that it speaks for."""
    for rule, sure in _SURE.items():
        found = [each for each in compared if each.rule == rule and each.trace.headline not in apart]
        if found:
            best = max(found, key=lambda each: each.trace.row)
            return Verdict(rule, sure, best.trace.row, best.trace.headline, _shared(case, best.old))
    return None


def _by_score(case: Case, compared: Sequence[Compared], apart: Collection[int]) -> Verdict:
    """Return the likeliest headline if it is likely enough, and what was near and refused in any case."""
    groups: dict[int, list[Compared]] = {}
    for each in compared:
        if each.veto is None and each.rule is None and each.trace.headline not in apart:
            groups.setdefault(each.trace.headline, []).append(each)
    scale = case.scales.headline
    scored = {
        headline: scale.together([each.score for each in members], case.recent.sources_of(headline))
        for headline, members in groups.items()
    }
    best = max(scored, key=scored.__getitem__, default=None)
    if best is None or scored[best] < scale.threshold:
        return Verdict(refused=_refused(compared, None))
    nearest = max(groups[best], key=lambda each: each.score)
    tokens = _shared(case, nearest.old)
    return Verdict("near", scored[best], nearest.trace.row, best, tokens, _refused(compared, best))


def _refused(compared: Sequence[Compared], joined: int | None) -> tuple[Refused, ...]:
    """Return the headlines that were near and not joined, by the nearest entry of each."""
    nearest: dict[int, Compared] = {}
    for each in sorted(compared, key=lambda each: -each.score):
        if each.score >= NEAR and each.trace.headline != joined:
            nearest.setdefault(each.trace.headline, each)
    return tuple(
        Refused(each.trace.row, each.score, each.veto or each.rule or "score", tuple(each.different.new))
        for each in list(nearest.values())[:MOST_TOLD]
    )


def _in_story(
    verdict: Verdict,
    case: Case,
    compared: Sequence[Compared],
    apart: Collection[int],
    barred: Collection[int],
) -> Verdict:
    """Return *verdict* with the story that the new headline belongs to, if there is one; none of *barred*."""
    scale, index = case.scales.story, case.recent
    nearest: dict[int, dict[int, tuple[float, Compared]]] = {}  # of each headline of a story, one entry
    for each in compared:
        headline = each.trace.headline
        story = index.story_of(headline)
        if headline not in apart and story not in barred and may_be_one_event(each.different, each.like):
            members = nearest.setdefault(story, {})
            scored = (scale.score(each.like), each)
            members[headline] = max(members.get(headline, scored), scored, key=_score)
    ranked = [
        (scale.together([score for score, _ in members.values()], index.size_of(story)), story)
        for story, members in nearest.items()
    ]
    ranked.sort(reverse=True)
    if not ranked or ranked[0][0] < scale.threshold:
        return verdict
    score, story = ranked[0]
    best = max(nearest[story].values(), key=_score)[1]
    size = index.size_of(story)
    joined = tuple(
        other
        for likely, other in ranked[1:MOST_JOINED]
        if likely >= scale.threshold + SURER
        and min(size, index.size_of(other)) <= LARGEST_JOINED
        and not _tell_of_a_kind(case, nearest[story].values(), nearest[other].values())
    )
    return replace(
        verdict,
        story=story,
        story_score=score,
        story_row=best.trace.row,
        story_tokens=_shared(case, best.old),
        joined=joined,
    )


def _tell_of_a_kind(
    case: Case, some: Iterable[tuple[float, Compared]], others: Iterable[tuple[float, Compared]]
) -> bool:
    """Say whether a headline of *some* and one of *others* are two events of a kind: so are their stories."""
    pairs = ((one.old, other.old) for _, one in some for _, other in others)
    for one, other in pairs:
        different = difference(one, other)
        if _are_listed(different, compare(one, other, different, case.rarities, case.recent.rate)):
            return True
    return False


def _are_listed(different: Difference, like: Likeness) -> bool:
    """Say whether two titles are two items of a list: the same, but for what tells events of a kind apart."""
    return different.is_of_kind and like.title_overlap >= LISTED and not like.same_text


def may_be_one_event(different: Difference, like: Likeness) -> bool:
    """Say whether it is worth asking: one word in common is no event, nor a phrase below every article.

    One source writes alike of many things; two items of a list of its are no event at all.
    """
    if like.gap >= 1 or not like.covered:  # a story lives three days
        return False
    if _are_listed(different, like):
        return False
    if like.same_source:
        return like.second >= SAID_BY_CHANCE
    return like.second > 0 or (like.topic > 0 and like.rarest >= SAID_BY_CHANCE)


def _score(scored: tuple[float, Compared]) -> float:
    return scored[0]


def _shared(case: Case, old: Side) -> tuple[int, ...]:
    """Return the words that both have, the rarest first."""
    rarities = case.rarities
    return tuple(sorted(case.new.words & old.words, key=lambda token: -rarities[token])[:MOST_WORDS_TOLD])
