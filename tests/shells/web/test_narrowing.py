"""Narrowings: their names, their addresses, and which there are."""

from __future__ import annotations

from datetime import UTC, date, datetime

import invented
import pytest

from aggregator.model import Choice
from aggregator.shells.web import narrowing
from aggregator.shells.web.setting import Link, setting

HERE = setting(invented.config(), invented.NOW)


@pytest.mark.parametrize(
    ("choice", "title"),
    [
        (Choice(), "De Draad"),
        (Choice(category="nederland"), "Nederland"),
        (Choice(category="vrije-tijd"), "Vrije tijd"),
        (Choice(language="ar"), "العربية"),
        (Choice(source="unknown"), "unknown"),
        (Choice(day="2026-11-22"), "Zondag 22 november 2026"),
        (Choice(search="rabat"), "Koppen met ‘rabat’"),
        (Choice(search=""), "Zoeken"),
    ],
)
def test_a_narrowing_has_a_name_of_its_own(choice: Choice, title: str) -> None:
    assert narrowing.title(choice, HERE, ()) == title


@pytest.mark.parametrize(
    ("language", "search", "day"),
    [
        ("nl", "Koppen met ‘rabat’", "Zondag 22 november 2026"),
        ("en", "Headlines with “rabat”", "Sunday 22 November 2026"),
        ("fr", "Titres avec « rabat »", "Dimanche 22 novembre 2026"),
        ("ar", "عناوين فيها «rabat»", "الأحد 22 نونبر 2026"),
    ],
)
def test_a_narrowing_is_called_in_the_sites_language(language: str, search: str, day: str) -> None:
    here = setting(invented.config(language=language), invented.NOW)
    assert narrowing.title(Choice(search="rabat"), here, ()) == search
    assert narrowing.title(Choice(day="2026-11-22"), here, ()) == day
    assert narrowing.title(Choice(language="ar"), here, ()) == "العربية"  # each by its own name


def test_sections_are_the_categories_of_feeds_yaml_in_their_order() -> None:
    here = setting(invented.config(), invented.NOW)
    assert narrowing.sections(here, Choice(category="sport")) == (
        Link("Alles", "/"),
        Link("Nederland", "/category/nederland"),
        Link("Economie", "/category/economie"),
        Link("Politiek", "/category/politiek"),
        Link("Natuur", "/category/natuur"),
        Link("Maghreb", "/category/maghreb"),
        Link("Sport", "/category/sport", current=True),
    )


def test_addresses_lie_below_the_path_of_the_site() -> None:
    below = setting(invented.config(link="https://example.org/news/"), invented.NOW)
    assert narrowing.languages(below, None)[2] == Link("العربية", "/news/language/ar", lang="ar", dir="rtl")
    assert below.absolute("/read/1") == "https://example.org/news/read/1"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2026-11-23", True),
        ("1970-01-01", True),
        ("2026-11-24", False),  # tomorrow
        ("1969-12-31", False),
        ("2026-02-30", False),
        ("2026-1-2", False),
        ("20261123", False),
        ("٢٠٢٦-١١-٢٣", False),
        ("", False),
    ],
)
def test_a_day_is_a_date_that_has_begun(text: str, is_one: bool) -> None:
    assert narrowing.is_day(text, date(2026, 11, 23)) is is_one


def test_a_place_survives_its_address() -> None:
    place = (datetime(2026, 11, 23, 12, 0, 0, 123, tzinfo=UTC), 42)
    href = narrowing.page_href(HERE, Choice(search="a b"), place)
    assert href == "/search?q=a+b&page=1795435200000123-42"
    assert narrowing.place("1795435200000123-42") == place


@pytest.mark.parametrize(
    "mark", ["", "1", "1-", "-1", "a-b", "1-2-3", " 1-2", "9" * 30 + "-1", "1-" + "9" * 30]
)
def test_what_names_no_place_is_no_place(mark: str) -> None:
    assert narrowing.place(mark) is None


def test_the_last_place_that_can_be_written_is_a_date() -> None:
    assert narrowing.place("9" * 17 + "-" + "9" * 18) is not None


def test_a_search_is_tidied_and_bounded() -> None:
    assert narrowing.search("  rabat \u202e\x00 casa ") == Choice(search="rabat casa")
    assert len(narrowing.search("x" * 1000).search or "") == narrowing.LONGEST_SEARCH


def test_a_day_leads_on_but_not_into_the_future() -> None:
    assert narrowing.day_after(HERE, "2026-11-22") == Link("Volgende dag", "/day/2026-11-23")
    assert narrowing.day_after(HERE, "2026-11-23") is None


def test_a_day_begins_at_midnight_in_the_zone_of_the_site() -> None:
    assert narrowing.day_start(HERE, "2026-11-23") == (datetime(2026, 11, 22, 23, tzinfo=UTC), 0)
