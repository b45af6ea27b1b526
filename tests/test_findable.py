"""What is found by which words, and where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.findable import EXCERPT, excerpt, findable, marked, wanted


def shown(pieces: tuple[tuple[str, bool], ...]) -> str:
    return "".join(f"[{text}]" if mark else text for text, mark in pieces)


def test_title_summary_and_text_are_found_without_case_accents_and_markup() -> None:
    assert findable("Été à Rabat", "2,25 %", "La pluie") == "ete a rabat 2 25 la pluie"


def test_arabic_words_are_found_without_what_is_joined_to_them_and_chinese_ones_by_pairs() -> None:
    assert findable("وبالرباط", "", "") == "وبالرباط بالرباط رباط"
    assert findable("東京都", "", "") == "東京 京都"


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("zon", "De Zonnepanelen van Zon BV", "De [Zonnepanelen] van [Zon] BV"),
        ("economie", "L'ÉCONOMIE va", "L'[ÉCONOMIE] va"),
        ('"economie"', "Économies et économie", "Économies et [économie]"),
        ("-zon rabat", "Zon in Rabat", "Zon in [Rabat]"),
        ("الرباط", "القطار إلى وبالرباط", "القطار إلى [وبالرباط]"),
        ("京都", "東京都と京都", "東[京都]と[京都]"),
        ("%", "100 %", "100 %"),
        ("", "niets", "niets"),
    ],
)
def test_the_words_that_are_looked_for_are_marked_as_they_stand(query: str, text: str, found: str) -> None:
    assert shown(marked(text, wanted(query))) == found


def test_an_excerpt_shows_what_is_around_the_first_of_them() -> None:
    text = "Voor de haven. " * 20 + "De zon scheen. " + "En verder niets. " * 40
    found = shown(excerpt(("Geen woord.", text), wanted("zon")))
    assert found.startswith("… ") and "[zon] scheen" in found and found.endswith(" …")
    assert len(found) < EXCERPT + 10
    assert excerpt(("Geen woord.",), wanted("zon")) == ()


@given(st.text(max_size=80), st.text(max_size=200))
def test_any_query_is_understood_and_marks_change_no_text(query: str, text: str) -> None:
    looked_for = wanted(query)
    assert "".join(piece for piece, _ in marked(text, looked_for)) == text
    said = " ".join(word for term in looked_for.terms for forms in term.words for word in forms)
    assert not set(said) & set("'\"*():&|!<>\\")
