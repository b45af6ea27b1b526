"""Titles as tokens: two spellings of one thing meet, and two things stay apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedupe.packing import pack, unpack
from aggregator.dedupe.sides import says_something
from aggregator.dedupe.stems import stem
from aggregator.dedupe.words import (
    LONGEST_TITLE,
    MOST_IN_SUMMARY,
    NUMBER,
    SMALL,
    Words,
    spoken,
    token,
    words_of,
)
from aggregator.text import fold


def said(title: str, language: str = "") -> frozenset[int]:
    return says_something(words_of(title, "", language, ()).title)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("nl", "KADE IN ZWOLLE VERZAKT", "Kade in Zwolle verzakt"),
        ("fr", "Évacués près d'Évreux", "EVACUES PRES D’EVREUX"),
        ("ar", "المزارعون في مكناس", "مزارعون في مكناس"),
        ("ar", "وَصَلَ القِطارُ إلى وجدة", "وصل القطار إلى وجدة"),
        ("ar", "بالمدرسة والجامعة", "المدرسة الجامعة"),
        ("nl", "Rente naar 2,25 procent", "Rente naar 2.25%"),
        ("fr", "Taux à 2,25 pour cent", "Taux à 2,25 %"),
        ("nl", "Fonds krijgt 10 mln", "Fonds krijgt 10 miljoen"),
        ("en", "Fund gets 10 million", "Fund gets 10,000,000"),
        ("ar", "١٢ سفينة", "12 سفينة"),
        ("fa", "۱۲ کشتی", "12 کشتی"),
        ("hi", "१२ जहाज", "12 जहाज"),
        ("nl", "Twaalf schepen", "12 schepen"),
        ("fr", "Trois marins", "3 marins"),
        ("en", "Losses of 1.000.000 grow", "Losses of 1 000 000 grow"),
        ("en", "Café &amp; bar shut", "Cafe & bar shut"),
    ],
)
def test_two_spellings_of_one_thing_are_one(language: str, one: str, other: str) -> None:
    assert said(one, language) == said(other, language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("nl", "Zwolle wint 2-1", "Zwolle wint 1-2"),
        ("ar", "فاز الفريق ٢-١", "فاز الفريق ١-٢"),
        ("fr", "Prix en hausse de 5 %", "Prix en hausse de 5"),
        ("en", "Boeing 737 grounded", "Boeing 747 grounded"),
        ("en", "Model A7 recalled", "Model A8 recalled"),
        ("nl", "Fonds krijgt 10 miljoen", "Fonds krijgt 10 miljard"),
        ("nl", "Het regent maandag", "Het regent dinsdag"),
    ],
)
def test_two_things_stay_two(language: str, one: str, other: str) -> None:
    assert said(one, language) != said(other, language)


def test_ten_millions_is_one_number_in_all_languages_that_have_the_word() -> None:
    found = [
        said(title, language)
        for language, title in (
            ("nl", "10 mln"),
            ("fr", "10 millions"),
            ("ar", "10 ملايين"),
            ("en", "10 million"),
            ("de", "10 Millionen"),
        )
    ]
    assert found == [{token("#10000000")}] * 5


def test_a_score_is_one_token_and_a_number() -> None:
    assert token("#2-1") in said("Zwolle wint met 2 - 1", "nl")
    assert token("#2-1") & NUMBER


def test_scripts_without_blanks_give_pairs_of_signs() -> None:
    assert said("東京大雪", "ja") == {token(pair) for pair in ("東京", "京大", "大雪")}
    assert len(said("น้ำท่วมเชียงใหม่", "th")) > 5


def test_small_words_say_nothing() -> None:
    assert said("De brug van de stad", "nl") == said("Brug stad", "nl")
    assert all(number & SMALL for number in words_of("de van het", "", "nl", ()).title)


def test_names_are_words_with_a_capital_where_no_sentence_begins() -> None:
    names = words_of("Gisteren stopte minister Terpstra in Hengelo", "", "nl", ()).names
    assert {token(stem(fold(name))) for name in ("Terpstra", "Hengelo")} == names


def test_a_title_in_capitals_tells_no_names() -> None:
    assert words_of("MINISTER TERPSTRA IN HENGELO", "", "nl", ()).names == frozenset()


def test_a_title_that_ends_with_an_ellipsis_is_cut() -> None:
    assert [
        words_of(title, "", "nl", ()).cut for title in ("De brug is…", "De brug is...", "De brug is.")
    ] == [
        True,
        True,
        False,
    ]


def test_small_words_tell_the_language_where_a_feed_declares_another() -> None:
    assert words_of("Le maire de la ville dans une salle pour les pauvres", "", "en", ()).language == "fr"


def test_what_is_told_of_tokens_are_the_words_that_stood_there() -> None:
    told = spoken("Twaalf schepen", "in Oostende", "nl")
    assert told[token("#12")] == "twaalf"
    assert told[token(stem("oostende"))] == "oostende"


@given(st.text(max_size=200), st.text(max_size=200), st.sampled_from(["", "nl", "ar", "fr", "ja", "xx"]))
def test_any_text_gives_tokens_and_survives_packing(title: str, summary: str, language: str) -> None:
    words = words_of(title, summary, language, ("x",))
    assert len(words.title) <= LONGEST_TITLE
    assert len(words.summary) <= MOST_IN_SUMMARY
    assert words.names <= {*words.title, *words.summary}
    assert unpack(pack(words, 7)) == (words, 7)


@pytest.mark.parametrize("digits", ["9" * 400, "1." * 200, "٣" * 300, "²³", "1-" * 90, "1/0", "0" * 60 + "%"])
def test_no_number_is_too_much(digits: str) -> None:
    assert words_of(f"Lot {digits} miljard", digits, "nl", ()).title


TOKENS = st.integers(0, 2**32 - 1)


@given(
    st.from_regex(r"[a-z]{0,3}", fullmatch=True),
    st.lists(TOKENS, max_size=64),
    st.lists(TOKENS, max_size=32),
    st.data(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    TOKENS,
)
def test_what_is_packed_is_unpacked_as_it_was(
    language: str,
    title: list[int],
    summary: list[int],
    data: st.DataObject,
    cased: bool,
    cut: bool,
    asks: bool,
    piece: bool,
    source: int,
) -> None:
    both = [*title, *summary]
    names = frozenset(data.draw(st.lists(st.sampled_from(both)))) if both else frozenset()
    words = Words(language, tuple(title), tuple(summary), names, cased, cut, asks, piece)
    assert unpack(pack(words, source)) == (words, source)


def test_an_older_store_has_no_words() -> None:
    words, source = unpack(b"")
    assert (words.title, words.summary, source) == ((), (), 0)
