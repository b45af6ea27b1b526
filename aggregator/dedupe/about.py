"""About: what kind of event a text tells of, and where, by the words that `topics/` and `places/` list.

"Grote brand in soek" and "Vlammenzee in medina" have no word in common; that both tell of a fire is for a
list to say, and that Japan is not China. The lists of a language are read when the first text in it comes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from aggregator.dedupe.words import CLASS, SMALL, tokens


class About(NamedTuple):
    """What a text is about, as far as the lists know it."""

    topics: int = 0  # a bit for each
    countries: int = 0  # a bit for each
    cities: frozenset[int] = frozenset()  # tokens


def about(said: frozenset[int], language: str) -> About:
    """Return what the tokens *said* in *language* are about; nothing where there are no lists for it."""
    known = _lists(language)
    topics = countries = 0
    for token in said & known.telling:
        topics |= known.topics.get(token, 0)
        countries |= known.countries.get(token, 0)
    return About(topics, countries, said & known.cities)


class _Lists(NamedTuple):
    topics: Mapping[int, int]  # of each word, the bits
    countries: Mapping[int, int]
    cities: frozenset[int]
    telling: frozenset[int]  # the words of topics and countries


@cache
def _lists(language: str) -> _Lists:
    places = _read("places", language)
    cities = (token for name in places.get("cities", ()) for token in _tokens(name, language))
    topics = _bits(_read("topics", language).get("topics", {}), language)
    countries = _bits(places.get("countries", {}), language)
    return _Lists(topics, countries, frozenset(cities), frozenset((*topics, *countries)))


def _read(folder: str, language: str) -> dict[str, Any]:
    file = files("aggregator.dedupe").joinpath(folder, f"{language or 'none'}.toml")
    return tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}


def _bits(listed: Mapping[str, Iterable[str]], language: str) -> Mapping[int, int]:
    """Return the bits of each word: one for each of the names, in their order, that it is listed under."""
    found: dict[int, int] = {}
    for number, name in enumerate(sorted(listed)):
        for word in listed[name]:
            for token in _tokens(word, language):
                found[token] = found.get(token, 0) | 1 << number
    return found


def _tokens(word: str, language: str) -> Iterable[int]:
    return [token for token in tokens(word, language) if not token & (SMALL | CLASS)]
