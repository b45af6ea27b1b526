"""Explaining: decisions in sentences, for an admin who asks why. Decides nothing and prints nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from aggregator import dedupe
from aggregator.dedupe.index import side_of
from aggregator.dedupe.packing import unpack
from aggregator.dedupe.pairing import compare
from aggregator.dedupe.rules import certain, forbids
from aggregator.dedupe.scoring import Scale, shipped
from aggregator.dedupe.sides import Side
from aggregator.dedupe.vetoes import difference
from aggregator.dedupe.words import spoken
from aggregator.model import FLOOD, Arrival, Cited, Decision, Decisions, Entry, Move, Refusal
from aggregator.store import Store
from aggregator.text import plain

MOST_TERMS = 5  # of a score that are told
_NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)  # two titles come at one moment, whichever

VETOES = {
    "source": "one source brought both, too long after each other to be one article",
    "calendar": "they name different days, months or issues",
    "class": "they name different things of one kind, such as two directions",
    "opposite": "they say opposite things",
    "negation": "one of them denies what the other says",
    "number": "each names a number that the other lacks",
    "replaced": "they are the same but for a word or two in one place, as two events of a kind are",
    "turned": "they are the same words with two of them exchanged",
    "little": "only their titles can be compared, and those have too little in common",
    "swapped": "each has a rare word in place of one of the other's",
    "again": "one address or title is used again here for another article",
    "piece": "one is a question, a review, a guide or the like, of which each paper writes its own",
    "score": "they have too little in common",
}
RULES = {
    "founded": "founded this headline",
    FLOOD: "is held out of the ticker: its publisher listed many old entries at once",
    "link": "has the same address as",
    "title": "has the same words in its title as",
    "cut": "is the same title, cut short at one of the two, as",
    "tail": "is the same title, but for a few words behind one of the two, as",
    "near": "tells the same as",
    "same": "is one with it because feeds.yaml says so, with",
}
TERMS = {
    "title_overlap": "what the titles have in common",
    "overlap": "what titles and summaries have in common",
    "summary_overlap": "what the summary of one has in common with the other",
    "covered": "how much of one title the other says too",
    "rarest": "how rare the rarest word in common is",
    "second": "how rare the second word in common is",
    "third": "how rare the third word in common is",
    "names": "the names in common",
    "shared": "how many words they have in common",
    "numbers_agree": "a number that stands in both titles",
    "numbers_differ": "numbers that differ",
    "number_missing": "a number that one title lacks",
    "negation": "a negation on one side",
    "classes": "things of one kind that differ, such as directions",
    "opposites": "words that are opposites",
    "swapped": "rare words that stand on one side only",
    "added": "how much of one title the other does not say",
    "same_source": "that one source brought both",
    "same_text": "that their summaries are the same",
    "both_texts": "that both have a summary",
    "length": "how long the shorter title is",
    "gap": "the time between them",
    "between": "how many others came between them",
    "topic": "that both tell of one kind of event",
    "other_topic": "that they tell of different kinds of events",
    "country": "that both name one country",
    "other_country": "that they name different countries",
    "other_city": "that they name different cities",
    "template": "that they differ just as two events of a kind do",
}


def explain(store: Store, number: int) -> list[str] | None:
    """Return why a headline is what it is, a sentence or two each; None if there is no such headline."""
    found = store.decisions(number)
    return None if found is None else sentences(found)


def sentences(found: Decisions) -> list[str]:
    """Return what was decided of a headline in sentences."""
    return list(_headline(found))


def explain_titles(first: str, second: str) -> list[str]:
    """Return whether two titles, published at one moment by two sources, are one headline, and why."""
    one, other = _arrival(1, first), _arrival(2, second)
    frequencies = dedupe.Frequencies()
    old, _ = side_of(one.facts, _NOON, frequencies)
    frequencies.learn(unpack(one.facts.words)[0].language, old.words)
    new, rarities = side_of(other.facts, _NOON, frequencies)
    different = difference(new, old)
    like = compare(new, old, different, rarities, 1.0)
    rule, veto = certain(new, old, different, like), forbids(new, old, different, like)
    scale = shipped().headline
    score = scale.score(like)
    terms = list(scale.terms(like).items())[:MOST_TERMS]
    return [
        _outcome(rule, veto, score, scale),
        *_conflict(old, new, one, other),
        f"Their score is {score:.3f}; from {scale.threshold:g} on, two titles are one headline.",
        f"What weighed most: {'; '.join(f'{weight:+.2f} {TERMS[name]}' for name, weight in terms)}.",
    ]


def _outcome(rule: str | None, veto: str | None, score: float, scale: Scale) -> str:
    if rule is not None and rule != "again":
        return f"One headline: the second {RULES[rule]} the first (rule “{rule}”)."
    bar = rule or veto or (None if score >= scale.threshold else "score")
    if bar is None:
        return f"One headline: the second {RULES['near']} the first (rule “near”)."
    return f"Not one headline: {VETOES[bar]} (“{bar}”)."


def _conflict(old: Side, new: Side, one: Arrival, other: Arrival) -> Iterator[str]:
    """Yield the words of each title that the other lacks."""
    for name, mine, lacks, arrival in (("first", old, new, one), ("second", new, old, other)):
        language = unpack(arrival.facts.words)[0].language
        said = spoken(arrival.entry.title, "", language)
        only = [token for token in dict.fromkeys(mine.order) if token not in lacks.order]
        words = [said[token] for token in only if token in mine.title and token in said]
        if words:
            yield f"Only in the {name}: {', '.join(words)}."


def _arrival(feed: int, title: str) -> Arrival:
    shown = plain(title)
    return dedupe.arrival(feed, str(feed), "", Entry(str(feed), shown, _NOON), False, "")


def _headline(found: Decisions) -> Iterator[str]:
    lead = found.cited.get(found.lead)
    if found.merged_into is not None:
        yield f"Headline {found.headline} has no line of its own: its entries are in {found.merged_into}."
    elif lead is not None:
        yield f"Headline {found.headline}: “{lead.title}”, in the words of {lead.source}."
    came = {move.entry: move for move in found.moves if move.after == found.headline}
    for decision in found.entries:
        yield from _entry(found, decision, came.get(decision.entry))
    for move in found.moves:
        if move.before == found.headline:
            yield _moved(found, move)
    yield from _story(found)


def _entry(found: Decisions, decision: Decision, move: Move | None) -> Iterator[str]:
    yield f"{decision.source}, “{decision.title}”: {_why(found, decision, move)}"
    for refusal in decision.reasons.refused:
        yield f"  near, but not joined: {_refused(found, refusal)}"


def _why(found: Decisions, decision: Decision, move: Move | None) -> str:
    if move is not None:
        verb = "is in it" if move.kind == "same" else "has a headline of its own"
        word = "one headline" if move.kind == "same" else "two headlines"
        return (
            f"{verb} because feeds.yaml says that “{move.one}” and “{move.other}” are {word}; "
            f"it came from headline {move.before}."
        )
    words = f"; words in common: {', '.join(decision.reasons.words)}" if decision.reasons.words else ""
    match decision.rule:
        case "founded" if decision.alone:
            return "founded this headline; its feed is compared with nothing (dedupe: false)."
        case "founded" | "flood":
            return f"{RULES[decision.rule]}."
        case "near":
            return f"{RULES['near']} {_named(found, decision.matched)} (score {decision.score:.3f}){words}."
    rule = RULES.get(decision.rule, f"came by the rule “{decision.rule}” to")
    return f"{rule} {_named(found, decision.matched)}{words if decision.rule == 'title' else ''}."


def _refused(found: Decisions, refusal: Refusal) -> str:
    why = VETOES.get(refusal.veto, f"the rule “{refusal.veto}” forbids it")
    words = f"; only in this title: {', '.join(refusal.words)}" if refusal.words else ""
    return f"{_named(found, refusal.entry)} (score {refusal.score:.3f}): {why} (“{refusal.veto}”){words}."


def _moved(found: Decisions, move: Move) -> str:
    word = "one headline" if move.kind == "same" else "two headlines"
    return (
        f"{_named(found, move.entry)} was moved away because feeds.yaml says that “{move.one}” and "
        f"“{move.other}” are {word}."
    )


def _story(found: Decisions) -> Iterator[str]:
    """Yield by which headline this one came into its story, and what else is in it."""
    for decision in found.entries:
        reasons = decision.reasons
        if reasons.story_with is not None:
            words = f"; words in common: {', '.join(reasons.story_words)}" if reasons.story_words else ""
            yield (
                f"Story: it tells of the same event as {_named(found, reasons.story_with)} "
                f"(score {reasons.story_score:.3f}){words}."
            )
    if found.story:
        yield f"Also in its story: {'; '.join(map(_lead, found.story))}."
    elif not found.is_held:
        yield "Story: no other headline tells of it."


def _named(found: Decisions, row: int | None) -> str:
    cited = found.cited.get(row) if row is not None else None
    if cited is None:
        return "an entry that is no longer kept"
    if cited.headline == found.headline:
        return f"“{cited.title}” ({cited.source})"
    return f"“{cited.title}” ({cited.source}, headline {cited.headline})"


def _lead(cited: Cited) -> str:
    return f"headline {cited.headline}, “{cited.title}” ({cited.source})"
