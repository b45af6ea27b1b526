"""Frequencies: how rare a word is in a language, from what was read so far.

Begins with a small table for each language, which ships with the package, and goes on counting. Counts
headlines, not words. What it knows goes into the store now and then, so that a restart is not a cold start.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from math import exp, log

from aggregator.dedupe.words import CLASS, token

BEGINNING = 8000  # headlines that the starting table stands for
LARGEST = 400_000  # headlines counted in one language; beyond it all counts are halved, so the past fades

# Weekdays, negations and opposites decide by themselves whether two headlines are one; as words that both
# have they say next to nothing.
RARITY_OF_CLASSES = 0.3

_SLIGHTLY_MORE = 1.01  # headlines, before rarities are worked out anew
_WORDS_IN_A_HEADLINE = 24  # with its summary


class _Language:
    """The counts of one language."""

    def __init__(self, total: float, counts: dict[int, float]) -> None:
        self.total, self.counts = total, counts


class Rarities(dict[int, float]):
    """How rare tokens are at one moment, 0 to 1; worked out when first asked."""

    def __init__(self, language: _Language) -> None:
        super().__init__()
        self._counts, self.total = language.counts, language.total
        self._never = log(1 + language.total / 0.5)
        self.weights = Weights(self)

    def __missing__(self, number: int) -> float:
        if number & CLASS:
            rarity = RARITY_OF_CLASSES
        else:
            rarity = log(1 + self.total / (self._counts.get(number, 0.0) + 0.5)) / self._never
        self[number] = rarity
        return rarity

    def weigh(self, tokens: Iterable[int]) -> float:
        """Return what *tokens* weigh together."""
        return sum(map(self.weights.__getitem__, tokens))


class Weights(dict[int, float]):
    """What tokens weigh: their rarities squared."""

    def __init__(self, rarities: Rarities) -> None:
        super().__init__()
        self._rarities = rarities

    def __missing__(self, number: int) -> float:
        weight = self._rarities[number] ** 2
        self[number] = weight
        return weight


class Frequencies:
    """The counts of all languages."""

    def __init__(self, kept: Mapping[str, bytes] | None = None) -> None:
        """Go on from what `keep` returned."""
        self._languages = {language: _read(row) for language, row in (kept or {}).items()}
        self._rarities: dict[str, Rarities] = {}

    def rarities(self, language: str) -> Rarities:
        """Return how rare words of *language* are, as of a few headlines ago."""
        known = self._rarities.get(language)
        of = self._of(language)
        if known is None or not known.total <= of.total <= known.total * _SLIGHTLY_MORE:
            known = self._rarities[language] = Rarities(of)
        return known

    def learn(self, language: str, tokens: Iterable[int]) -> None:
        """Count the words of one headline, each once."""
        of = self._of(language)
        of.total += 1
        counts = of.counts
        for number in tokens:
            counts[number] = counts.get(number, 0.0) + 1
        if of.total > LARGEST:
            of.total /= 2
            of.counts = {number: count / 2 for number, count in counts.items() if count >= 2}

    def keep(self) -> dict[str, bytes]:
        """Return what is known, language by language, for the store."""
        return {language: _written(of) for language, of in self._languages.items()}

    def _of(self, language: str) -> _Language:
        if language not in self._languages:
            self._languages[language] = _Language(BEGINNING, _beginning(language))
        return self._languages[language]


# Where the language is not known, a word is as common as in the one of these that has it most.
_COMMONEST = ("en", "nl", "fr", "de", "es", "ar")

# How often numbers stand in texts: small ones by their size; then years, and the scores of matches.
_NUMBERS: dict[str, float] = {
    **{f"{number}": 0.0008 / number**0.9 for number in range(1, 101)},
    **{f"{year}": 0.00025 for year in range(2020, 2036)},
    **{f"{one}-{other}": 0.0001 for one in range(5) for other in range(5)},
}


def _beginning(language: str) -> dict[int, float]:
    """Return in how many of the first headlines each word would stand, from how often it stands in texts."""
    return dict(zip(*_table(language), strict=True))


@lru_cache(maxsize=32)
def _table(language: str) -> tuple[array[int], array[float]]:
    """Return the words of the starting table and their counts: 36 kB, where reading it anew takes 15 ms."""
    counts = {token(f"#{number}"): _headlines_with(share) for number, share in _NUMBERS.items()}
    folder = files("aggregator.dedupe").joinpath("frequencies")
    tables = [folder.joinpath(f"{language}.txt")]
    if not tables[0].is_file():  # a language that we know nothing of, or none
        tables = [folder.joinpath(f"{other}.txt") for other in _COMMONEST]
    for table in tables:
        for line in table.read_text("utf-8").splitlines():
            stem, zipf = line.split()
            number = token(stem)
            share = _headlines_with(10 ** (int(zipf) / 100 - 9))
            counts[number] = max(share, counts.get(number, 0.0))
    return array("I", counts), array("d", counts.values())


def _headlines_with(share: float) -> float:
    """Return in how many headlines a word stands that is such a *share* of all words."""
    return BEGINNING * (1 - exp(-_WORDS_IN_A_HEADLINE * share))


def _written(language: _Language) -> bytes:
    numbers = array("I", language.counts)
    counts = array("f", [language.total, *language.counts.values()])
    return numbers.tobytes() + counts.tobytes()


def _read(row: bytes) -> _Language:
    size = 4 * ((len(row) // 4 - 1) // 2)
    numbers, counts = memoryview(row)[:size].cast("I"), memoryview(row)[size:].cast("f")
    return _Language(counts[0], dict(zip(numbers, counts[1:], strict=True)))
