"""Rules: where two headlines surely are one, and where they must not become one, whatever the score. Pure."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from aggregator.dedupe.pairing import Likeness, has_same_text
from aggregator.dedupe.sides import Side
from aggregator.dedupe.vetoes import Difference, calendars_differ
from aggregator.dedupe.words import CLASS, NUMBER

# All in hours. A page is retitled in the course of a day; the day after, the same address is another issue of
# it. What comes again in the same words at the same address is the same within two hours, and later a column.
RETITLED = 16.0
RELISTED = 2.0
BY_LINK = 48.0  # another source gives the same address
SAME_WORDS = 24.0
SAME_WORDS_OF_ONE_SOURCE = 12.0  # "The weather for tomorrow" comes every day
SHORT_TITLE = 2.0  # "Fire in Zaandam": there may be another one in the evening

_FEWEST_AT_ALL = 2  # "Weather", "Live": a label that all papers have
_FEWEST_WORDS = 4  # of a title that no two events share by chance
_FEWEST_CUT = 5
_LONGEST_TAIL = 3  # words behind a title that add no news
_SOMETHING_SHARED = 0.5  # rarity
_TITLE_ALONE = 0.66  # overlap of titles, where nothing but titles can be compared
_WORDS_BESIDE = 0.8  # share of their words, rare or not, where each has two that the other lacks
_WORDS_ALONE = 0.62  # and elsewhere
_FEWEST_ALONE = 3  # of such words: two are a topic
_WORDS_OF_THREE = 0.7  # and where it is three
_ONE_TEXT = 0.9  # and of what asks or explains: so much, and it is one text that both papers bought
_BOTH_RARE = 0.7  # rarity of words that stand on one side only

Rule = Literal["link", "title", "cut", "tail"]
Bar = Literal["again"]
Veto = Literal[
    "source",
    "calendar",
    "class",
    "opposite",
    "negation",
    "number",
    "replaced",
    "turned",
    "swapped",
    "little",
    "piece",
]


def certain(new: Side, old: Side, different: Difference, like: Likeness) -> Rule | Bar | None:
    """Return the rule by which *new* is the headline *old*; "again" where it surely is another one.

    None where only the score can tell.
    """
    if new.link and new.link == old.link:
        return _by_link(new, old, different, like)
    gap = abs(new.at - old.at)
    if not different.new and not different.old and len(new.title) >= _FEWEST_AT_ALL:
        one_source = new.source == old.source != 0
        far = SAME_WORDS_OF_ONE_SOURCE if one_source else SAME_WORDS
        if calendars_differ(new.summary, old.summary):
            return "again"
        if different.turned or different.replaced or different.negation:
            return None
        if gap <= (far if len(new.title) >= _FEWEST_WORDS else SHORT_TITLE):
            return "title"
        return "again" if one_source else None
    if gap > SAME_WORDS:
        return None
    if _continues(new, old) or _continues(old, new):
        return "cut"
    if _is_longer(new, old) or _is_longer(old, new):
        return "tail" if (new.asks, new.piece) == (old.asks, old.piece) else None
    return None


def _by_link(new: Side, old: Side, different: Difference, like: Likeness) -> Rule | Bar:
    gap = abs(new.at - old.at)
    if different.calendar:
        return "again"
    if new.source != old.source:
        return "link" if gap <= BY_LINK else "again"
    retitled = bool(different.new or different.old) and like.rarest >= _SOMETHING_SHARED
    return "link" if gap <= RELISTED or (retitled and gap <= RETITLED) else "again"


def _continues(cut: Side, whole: Side) -> bool:
    """Say whether *whole* goes on where *cut* ends with an ellipsis; the last word of it may be a part."""
    kept = len(cut.order) - 1
    return (
        cut.cut
        and kept >= _FEWEST_CUT - 1
        and len(whole.order) > kept
        and cut.order[:kept] == whole.order[:kept]
    )


def _shared(new: Side, old: Side) -> float:
    """Return how many words of two titles both have, of 1 (Dice's coefficient)."""
    return 2 * len(new.title & old.title) / (len(new.title) + len(old.title) or 1)


def _is_own_piece(new: Side, old: Side) -> bool:
    """Say whether two sources write of one thing, and one of them what each paper writes for itself."""
    if new.source == old.source or not (new.asks or old.asks or new.piece or old.piece):
        return False
    return not _is_one_text(new, old)


def _is_one_text(new: Side, old: Side) -> bool:
    """Say whether all but one word is the same, or most of many; of two reviews small words count too."""
    wording = (Counter(new.order) - Counter(old.order)) + (Counter(old.order) - Counter(new.order))
    many = len(new.title & old.title) >= _FEWEST_CUT and _shared(new, old) >= _ONE_TEXT
    return wording.total() <= 1 or (many and not (new.piece and old.piece))


def _is_longer(longer: Side, whole: Side) -> bool:
    """Say whether *longer* is *whole* with a few words behind it, as "- The Paper" or ", police say"."""
    kept = len(whole.order)
    added = longer.order[kept:]
    return (
        len(whole.title) >= _FEWEST_CUT
        and 0 < len(added) <= _LONGEST_TAIL
        and longer.order[:kept] == whole.order
        and not any(token & (NUMBER | CLASS) for token in added)
    )


def forbids(new: Side, old: Side, different: Difference, like: Likeness) -> Veto | None:
    """Return why *new* must not become one headline with *old*, however alike they are."""
    if like.same_source and abs(new.at - old.at) > SAME_WORDS_OF_ONE_SOURCE:
        return "source"
    if different.calendar:
        return "calendar"
    if has_same_text(new, old) and not like.same_source:
        return None  # one agency's text at two papers: what differs is how they write it
    if words := _by_words(different):
        return words
    both_add = min(len(different.new), len(different.old)) > 1
    enough = _WORDS_BESIDE if both_add else _WORDS_ALONE
    if not like.both_texts and (veto := _by_titles(new, old, like, enough)):
        return veto
    return "swapped" if like.swapped >= _BOTH_RARE and like.summary_overlap < _SOMETHING_SHARED else None


def _by_titles(new: Side, old: Side, like: Likeness, enough: float) -> Veto | None:
    common = len(new.title & old.title)
    enough = max(enough, _WORDS_OF_THREE) if common == _FEWEST_ALONE else enough
    if common < _FEWEST_ALONE or _shared(new, old) < enough:
        return "little"
    if like.title_overlap < _TITLE_ALONE:
        return "little"
    return "piece" if _is_own_piece(new, old) else None


def _by_words(different: Difference) -> Veto | None:
    if different.classes:
        return "class"
    if different.opposites:
        return "opposite"
    if different.negation:
        return "negation"
    if different.new_number and different.old_number:
        return "number"
    if different.turned:
        return "turned"
    return "replaced" if different.replaced else None


def is_another_article(new: Side, old: Side, different: Difference, like: Likeness) -> bool:
    """Say whether a publisher uses the id of the entry *old* for another article now.

    Within a day a title that changes is a correction, save where it names another day or issue. After that
    it is one as long as no number, name or rare word has been exchanged.
    """
    if not different.new and not different.old:
        return False
    if different.calendar:
        return True
    exchanged = like.swapped >= _BOTH_RARE or (different.new_number and different.old_number)
    return abs(new.at - old.at) > RETITLED and (exchanged or like.rarest < _SOMETHING_SHARED)
