"""The words of the page: four languages that say the same, each by its own rules."""

from __future__ import annotations

import tomllib
from datetime import date, datetime

import pytest

from aggregator.shells.web.words import LANGUAGES, PLURALS, TEMPLATES, speak

MONDAY = date(2026, 11, 23)
TABLE = tomllib.loads((TEMPLATES / "words.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_phrase(language: str) -> None:
    def keys(table: dict[str, object]) -> dict[str, object]:
        parts = ("words", "rules", "states", "errors", "counts")
        return {"": set(table), **{part: set(table[part]) for part in parts}}  # type: ignore[call-overload]

    assert keys(TABLE[language]) == keys(TABLE["en"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_phrases_of_all_languages_have_the_same_gaps(language: str) -> None:
    def gaps(words: dict[str, str]) -> dict[str, list[str]]:
        return {
            name: [gap for gap in ("{q}", "{source}", "{when}", "{url}", "{host}") if gap in words[name]]
            for name in words
        }

    assert gaps(TABLE[language]["words"]) == gaps(TABLE["en"]["words"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plural_that_a_number_can_ask_for_is_there(language: str) -> None:
    needed = {PLURALS[language](number) for number in range(400)}
    assert all(needed <= set(forms) for forms in TABLE[language]["counts"].values())


def test_the_four_languages_name_a_day() -> None:
    assert {language: speak(language).full_date(MONDAY) for language in LANGUAGES} == {
        "en": "Monday 23 November 2026",
        "nl": "maandag 23 november 2026",
        "fr": "lundi 23 novembre 2026",
        "ar": "الاثنين 23 نونبر 2026",
    }


def test_a_day_is_headed_by_how_far_it_is() -> None:
    days = (MONDAY, date(2026, 11, 22), date(2026, 11, 15), date(2025, 12, 1))
    assert [speak("nl").day_heading(day, MONDAY) for day in days] == [
        "Vandaag, 23 november",
        "Gisteren, 22 november",
        "Zondag 15 november",
        "Maandag 1 december 2025",
    ]


def test_french_has_a_first_of_the_month() -> None:
    assert speak("fr").day_heading(date(2026, 11, 1), MONDAY) == "Dimanche 1er novembre"


def test_a_moment_bears_its_day_unless_that_is_today() -> None:
    moments = (datetime(2026, 11, 23, 9, 5), datetime(2026, 11, 22, 18, 0), datetime(2025, 1, 2, 3, 4))  # noqa: DTZ001
    assert [speak("nl").moment(moment, MONDAY) for moment in moments] == [
        "09:05",
        "22 november, 18:00",
        "2 januari 2025, 03:04",
    ]


def test_plurals_follow_the_language() -> None:
    assert [speak("nl").count("more", n) for n in (1, 4)] == ["+1 bron", "+4 bronnen"]
    assert [speak("fr").count("entries", n) for n in (0, 1, 2)] == ["0 article", "1 article", "2 articles"]
    assert [speak("ar").count("sources", n) for n in (0, 1, 2, 3, 11, 100, 103)] == [
        "لا مصادر",
        "مصدر واحد",
        "مصدران",
        "3 مصادر",
        "11 مصدرا",
        "100 مصدر",
        "103 مصادر",
    ]


def test_a_rule_that_nobody_put_into_words_is_still_told() -> None:
    assert speak("nl").rule("by telepathy") == "zelfde nieuws"
    assert speak("nl").rule("title") == "zelfde kop"


def test_a_language_that_the_page_does_not_speak_is_english() -> None:
    assert speak("xx").language == "en"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_of_the_matcher_is_put_into_words(language: str) -> None:
    assert {"cut", "flood", "founded", "link", "near", "same", "title"} <= set(TABLE[language]["rules"])
