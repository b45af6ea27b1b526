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
    assert narrowing.search("  rabat \u202e\x00 casa ") == "rabat casa"
    assert len(narrowing.search("x" * 1000)) == narrowing.LONGEST_SEARCH


def test_a_day_leads_on_but_not_into_the_future() -> None:
    assert narrowing.day_after(HERE, "2026-11-22") == Link("Volgende dag", "/day/2026-11-23")
    assert narrowing.day_after(HERE, "2026-11-23") is None


def test_a_day_begins_at_midnight_in_the_zone_of_the_site() -> None:
    assert narrowing.day_start(HERE, "2026-11-23") == (datetime(2026, 11, 22, 23, tzinfo=UTC), 0)


def test_several_narrowings_have_one_address_and_each_can_be_dropped() -> None:
    both = Choice(category="maghreb", language="ar", day="2026-11-23")
    assert both.path + both.query == "/category/maghreb?language=ar&day=2026-11-23"
    assert both.feed_path("atom") == "/category/maghreb/feed.atom?language=ar&day=2026-11-23"
    found = Choice(search="rabat", language="ar", source="sada")
    assert found.path + found.query == "/search?q=rabat&language=ar&source=sada"
    assert narrowing.title(both, HERE, ()) == "Maghreb · العربية · Maandag 23 november 2026"
    assert narrowing.dropped(found, HERE, ()) == (
        Link("العربية", "/search?q=rabat&source=sada"),
        Link("sada", "/search?q=rabat&language=ar"),
    )
    assert narrowing.dropped(Choice(language="ar"), HERE, ()) == ()


def test_sections_and_languages_keep_each_other_and_what_is_searched_for() -> None:
    here = Choice(search="rabat", language="fr")
    assert "/search?q=rabat&category=sport&language=fr" in [
        link.href for link in narrowing.sections(HERE, here)
    ]
    assert "/category/sport?language=nl" in [
        link.href for link in narrowing.languages(HERE, Choice(category="sport"))
    ]


def test_the_calendar_leads_to_each_day_since_the_oldest_headline_and_no_further() -> None:
    month = narrowing.calendar(HERE, Choice(day="2026-11-03"), datetime(2026, 11, 2, 12, tzinfo=UTC))
    days = {link.title: link for week in month.weeks for link in week if link}
    assert [title for title, link in days.items() if link.href] == [str(day) for day in range(2, 24)]
    assert days["3"].current and len(days) == 30
    assert (month.name, month.previous, month.following) == ("November 2026", None, None)
    assert month.weeks[0][:6] == (None,) * 6  # the first is a Sunday
    older = narrowing.calendar(HERE, Choice(day="2026-10-20"), datetime(2025, 1, 2, 12, tzinfo=UTC))
    assert older.previous == Link("september 2026", "/day/2026-09-30")
    assert older.following == Link("november 2026", "/day/2026-11-01")
