"""What texts are about: the lists of topics and places are sound, and tell what their words mean."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import pytest
from sided import beside, side

from aggregator.dedupe.about import About, about
from aggregator.dedupe.words import words_of

FOLDER = files("aggregator.dedupe")
LISTS = {
    (folder, file.name.removesuffix(".toml")): tomllib.loads(file.read_text("utf-8"))
    for folder in ("topics", "places")
    for file in FOLDER.joinpath(folder).iterdir()
}
LANGUAGES = sorted(language for folder, language in LISTS if folder == "topics")


def told(text: str, language: str) -> About:
    return about(frozenset(words_of(text, "", language, ()).title), language)


def names(listed: dict[str, Any]) -> set[str]:
    """Return the topics of a file, or its countries."""
    return set(listed.get("topics") or listed["countries"])


def test_every_language_with_topics_has_places() -> None:
    assert sorted(language for folder, language in LISTS if folder == "places") == LANGUAGES


@pytest.mark.parametrize(("folder", "language"), sorted(LISTS))
def test_all_languages_know_the_same_topics_and_countries(folder: str, language: str) -> None:
    assert names(LISTS[folder, language]) == names(LISTS[folder, "nl"])


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("nl", "Vlammenzee in oude medina", "Grote brand in soek"),
        ("ar", "حريق بسوق الجملة", "السيطرة على النيران"),
        ("fr", "Un incendie ravage un entrepôt", "Les pompiers maîtrisent les flammes"),
        ("en", "Blaze guts warehouse", "Firefighters tackle fire in Hull"),
    ],
)
def test_two_words_for_one_kind_of_event_are_one_topic(language: str, one: str, other: str) -> None:
    assert told(one, language).topics & told(other, language).topics


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("nl", "Drie gewonden bij explosie in Japan", "Drie doden bij explosie in China"),
        ("ar", "انفجار بمصنع في اليابان", "انفجار بمصنع في الصين"),
    ],
)
def test_two_countries_are_two_places(language: str, one: str, other: str) -> None:
    like = beside(side(one, language), side(other, language, source=2), language).like
    assert (like.topic, like.country, like.other_country) == (1, 0, 1)


def test_a_people_is_its_country() -> None:
    like = beside(side("Noren winnen", "nl"), side("Zege voor Noorwegen", "nl", source=2), "nl").like
    assert (like.country, like.other_country) == (1, 0)


def test_two_cities_are_two_places_and_one_beside_none_is_not() -> None:
    fire, other, nowhere = (side(f"Brand {where}", "nl") for where in ("in Utrecht", "in Arnhem", "geblust"))
    assert beside(fire, other, "nl").like.other_city == 1
    assert beside(fire, nowhere, "nl").like.other_city == 0


def test_nothing_is_known_of_a_language_without_lists() -> None:
    assert told("Gaisras sandėlyje Vilniuje", "lt") == About()
    assert told("Brand in Utrecht", "") == About()
