"""The words of the page: four languages that say the same, each by its own rules."""

from __future__ import annotations

from datetime import date, datetime
from string import Formatter
from typing import Any

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from aggregator.shells.web.words import LANGUAGES, NAMES, TEMPLATES, capital, catalogue_path, speak

MONDAY = date(2026, 11, 23)
FRESH = ("{n} new headline", "{n} new headlines")
METHODS = [("**.html", "jinja2"), ("shells/web/**.py", "python")]


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_sentence_of_the_page_is_translated_whole_and_no_other(
    language: str, template: Catalog
) -> None:
    catalogue = catalogue_of(language)
    assert ids(catalogue) == ids(template), "run the two commands of docs/translating.md"
    assert not catalogue.obsolete
    wrong = [m.id for m in messages(catalogue) if m.fuzzy or not all(strings(m.string))]
    assert wrong == []
    assert [
        m.id for m in messages(catalogue) if m.pluralizable and len(m.string) != catalogue.num_plurals
    ] == []


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_translations_have_the_gaps_of_their_sentences(language: str) -> None:
    """A plural form may say its number in words, as Arabic does; a form for many numbers shows it."""
    for message in messages(catalogue_of(language)):
        asked = gaps(strings(message.id)[-1])
        forms = strings(message.string)
        assert all(gaps(form) <= asked for form in forms), message.id
        assert gaps(forms[-1]) == asked, message.id
        assert message.pluralizable or gaps(forms[0]) == asked, message.id


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_the_plurals_of_a_catalogue_are_those_of_cldr(language: str) -> None:
    words = speak(language)
    forms = {
        n: (words.locale.plural_form(n), words.ngettext("{n} source", "{n} sources", n)) for n in range(400)
    }
    said = {form: told.replace(words.number(n), "{n}") for n, (form, told) in forms.items()}
    assert all(said[form] == told.replace(words.number(n), "{n}") for n, (form, told) in forms.items())


def test_a_script_is_given_each_form_that_a_count_can_ask_for() -> None:
    assert set(speak("ar").forms(*FRESH)) == {"zero", "one", "two", "few", "many", "other"}
    assert speak("fr").forms(*FRESH) == {"one": "{n} nouveau titre", "other": "{n} nouveaux titres"}


@pytest.mark.parametrize("code", NAMES)
def test_a_language_is_called_as_its_speakers_do(code: str) -> None:
    """CLDR's own names, with our capital; `ber` is a family of languages, which CLDR has no names in."""
    if code != "ber":
        assert NAMES[code] == capital(Locale.parse(code).get_language_name(code) or "")


def test_numbers_are_written_as_the_language_does() -> None:
    many = {language: speak(language).number(12345) for language in LANGUAGES}
    assert many == {"en": "12,345", "nl": "12.345", "fr": "12\u202f345", "ar": "12.345"}


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
    assert [speak("nl").ngettext("+{n} source", "+{n} sources", n) for n in (1, 4)] == [
        "+1 bron",
        "+4 bronnen",
    ]
    assert [speak("fr").ngettext("{n} article", "{n} articles", n) for n in (0, 1, 2)] == [
        "0 article",
        "1 article",
        "2 articles",
    ]
    assert [speak("ar").ngettext("{n} source", "{n} sources", n) for n in (0, 1, 2, 3, 11, 100, 103)] == [
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


@pytest.mark.parametrize("rule", ["cut", "flood", "founded", "link", "same", "tail", "title"])
def test_the_rules_of_the_matcher_are_put_into_words(rule: str) -> None:
    assert speak("en").rule(rule) != speak("en").rule("near") == "same news"


@pytest.fixture(scope="module")
def template() -> Catalog:
    """All sentences that stand in templates and code."""
    root, found = TEMPLATES.parent, Catalog()
    keywords = {**DEFAULT_KEYWORDS, "forms": (1, 2)}
    for folder in ("templates", "aggregator"):
        extracted = extract_from_dir(root / folder, METHODS, keywords=keywords)
        for _file, _line, sentence, _comments, context in extracted:
            found.add(sentence, context=context)
    return found


def catalogue_of(language: str) -> Catalog:
    with catalogue_path(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def ids(catalogue: Catalog) -> set[tuple[Any, str | None]]:
    return {(message.id, message.context) for message in messages(catalogue)}


def strings(value: Any) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value,)


def gaps(sentence: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(sentence) if name is not None}
