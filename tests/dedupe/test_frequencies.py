"""How rare a word is: known from the start, counted on, kept and gone on with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedupe.frequencies import BEGINNING, LARGEST, RARITY_OF_CLASSES, Frequencies
from aggregator.dedupe.stems import stem
from aggregator.dedupe.words import token
from aggregator.text import fold


def word(text: str) -> int:
    return token(stem(fold(text)))


@pytest.mark.parametrize(
    ("language", "rare", "common"),
    [
        ("nl", "kerktorenhaan", "politie"),
        ("fr", "girouette", "président"),
        ("ar", "المنجنيق", "الحكومة"),
        ("en", "weathercock", "police"),
        ("xx", "weathercock", "police"),
        ("", "girouette", "president"),
    ],
)
def test_a_rare_word_is_rarer_than_a_common_one_from_the_start(language: str, rare: str, common: str) -> None:
    rarities = Frequencies().rarities(language)
    assert 1 >= rarities[word(rare)] > rarities[word(common)] > 0


def test_a_word_that_comes_often_becomes_common() -> None:
    known = Frequencies()
    before = known.rarities("nl")[word("Goudriaan")]
    for _ in range(100):
        known.learn("nl", [word("Goudriaan")])
    assert before == pytest.approx(1.0)
    assert known.rarities("nl")[word("Goudriaan")] < 0.6
    assert known.rarities("fr")[word("Goudriaan")] == pytest.approx(1.0)


def test_days_and_opposites_say_little_as_words_that_both_have() -> None:
    assert Frequencies().rarities("nl")[token("@days:0")] == RARITY_OF_CLASSES


@given(st.lists(st.integers(0, 2**32 - 1), max_size=30), st.sampled_from(["nl", "ar", "xx", ""]))
def test_every_rarity_is_between_nothing_and_one(tokens: list[int], language: str) -> None:
    known = Frequencies()
    for _ in range(3):
        known.learn(language, tokens)
    rarities = known.rarities(language)
    assert all(0 < rarities[each] <= 1 for each in tokens)
    assert rarities.weigh(tokens) == pytest.approx(sum(rarities[each] ** 2 for each in tokens))


def test_what_is_kept_goes_on_as_if_nothing_had_happened() -> None:
    known = Frequencies()
    for n in range(40):
        known.learn("nl", [word("sluis"), word(f"dorp{n}")])
        known.learn("ar", [word("قنطرة")])
    again = Frequencies(known.keep())
    assert again.keep() == known.keep()
    assert again.rarities("nl")[word("sluis")] == known.rarities("nl")[word("sluis")]
    again.learn("nl", [word("sluis")])
    known.learn("nl", [word("sluis")])
    assert again.keep() == known.keep()


def test_the_past_fades_so_that_what_is_kept_stays_bounded() -> None:
    known = Frequencies()
    known.learn("nl", [word("eenmalig")])
    for _ in range(LARGEST - BEGINNING):
        known.learn("nl", ())
    assert known.rarities("nl")[word("eenmalig")] == pytest.approx(1.0)
    assert len(known.keep()["nl"]) < len(Frequencies(known.keep()).keep()["nl"]) + 1
    assert known.rarities("nl")[word("politie")] < 1
