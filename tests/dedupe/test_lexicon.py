"""The files of closed classes: each is sound, and what they list tells two headlines apart."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from aggregator.dedupe.lexicon import NOTHING, _files, classes, guess, lexicon
from aggregator.dedupe.stems import bare
from aggregator.dedupe.vetoes import _conflicts
from aggregator.dedupe.words import token
from aggregator.text import fold

FILES = dict(_files())
LANGUAGES = sorted(FILES)


def listed(language: str) -> dict[str, set[str]]:
    """Return each word of the classes of *language*, and the values that it is listed under."""
    found: dict[str, set[str]] = {}
    for kind in ("calendar", "classes", "opposites"):
        for name, values in FILES[language].get(kind, {}).items():
            for number, words in enumerate(values):
                for word in words:
                    found.setdefault(fold(word), set()).add(f"@{name}:{number}")
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_file_loads_and_a_week_has_seven_days_and_a_year_twelve_months(language: str) -> None:
    known = lexicon(language)
    assert known.meanings
    calendar: dict[str, Any] = FILES[language]["calendar"]
    assert {name: len(values) for name, values in calendar.items()} == {"days": 7, "months": 12}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_has_two_values_of_one_class(language: str) -> None:
    twice = {
        word: values
        for word, values in listed(language).items()
        if max(Counter(value.partition(":")[0] for value in values).values()) > 1
    }
    assert twice == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_opposition_has_two_sides_and_every_class_some_words(language: str) -> None:
    for name, values in FILES[language].get("opposites", {}).items():
        assert len(values) == 2, name
        assert all(values), name
    for name, values in FILES[language].get("classes", {}).items():
        assert len(values) > 1, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_the_calendar_mean_what_it_says(language: str) -> None:
    calendar: dict[str, Any] = FILES[language]["calendar"]
    for name, values in calendar.items():
        for number, words in enumerate(values):
            for word in words:
                meaning = lexicon(language).meanings[fold(word)]
                assert meaning == f"@{name}:{number}" or meaning.startswith("#"), word


@pytest.mark.parametrize("language", LANGUAGES)
def test_multipliers_and_numbers_are_more_than_one(language: str) -> None:
    assert all(value >= 10 for value in lexicon(language).multipliers.values())
    assert all(value >= 0 for value in FILES[language].get("numbers", {}).values())


def test_two_values_of_one_class_conflict_and_of_two_classes_do_not() -> None:
    by_class: dict[str, tuple[str, list[int]]] = {}
    for kind, name, number in classes():
        by_class.setdefault(name, (kind, []))[1].append(number)
    for name, (kind, numbers) in by_class.items():
        one, other = token(f"@{name}:{numbers[0]}"), token(f"@{name}:{numbers[1]}")
        assert kind in _conflicts([one], [other])
        assert not _conflicts([one], [one])
    assert not _conflicts([token("@days:0")], [token("@months:1")])


def test_an_unknown_language_knows_the_words_on_which_all_agree() -> None:
    assert lexicon("xx").meanings["september"] == "@months:8"
    assert "de" not in lexicon("xx").meanings


def test_a_language_is_guessed_by_its_small_words_and_else_as_declared() -> None:
    assert guess(["de", "het", "een", "van"], "en") == "nl"
    assert guess(["xyzzy"], "en") == "en"
    assert guess([], "") == ""


def test_small_words_mean_nothing() -> None:
    assert lexicon("nl").meanings["van"] == NOTHING


def test_particles_are_set_aside_for_arabic_words() -> None:
    assert next(bare("والسلام")) == "سلام"
    assert re.fullmatch(r"\w+", next(bare("بمدينه")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_word_of_a_piece_is_found_where_it_stands(language: str) -> None:
    known, each = lexicon(language), FILES[language]
    for word in each.get("pieces", ()):
        assert known.pieces.search(fold(f"Medea in Sneek: {word.removesuffix(':')}"))
    for word in each.get("openings", ()):
        assert known.openings.search(fold(f"{word} Medea")) and known.openings.search(
            fold(f"Sneek: {word} x")
        )
        assert not known.openings.search(fold(f"Medea in Sneek {word}"))
    assert not known.pieces.search("") and not known.openings.search("")


def test_where_the_small_words_of_two_languages_are_the_same_the_others_decide() -> None:
    title = "la banque centrale releve son taux directeur a"
    assert guess(title.split(), "") == "fr"
    assert guess(["el", "banco", "central", "sube", "a", "la", "vez", "su", "tipo"], "") == "es"
