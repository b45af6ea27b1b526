"""Lexicon: the closed classes of words, as the files in `languages/` list them; these are all that it reads.

A word that stands in one of them gets a token that says what it means (`@days:0`, `#7`), so that two
spellings of one thing meet, and two values of one class can be seen to differ.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from aggregator.text import fold

NOT = "@not"
NOTHING = ""  # the token of words that say little

_FEWEST_SIGNS = 3  # of a word that is looked up in every language's list, where the language is unknown


@dataclass(frozen=True, slots=True)
class Contractions:
    """Spellings that hide a word, and what they stand for: `n't`, `U.S.`"""

    meant: Mapping[str, str]
    found: re.Pattern[str] | None

    def resolve(self, text: str) -> str:
        """Return folded *text* with all of them written out."""
        return self.found.sub(lambda match: self.meant[match[0]], text) if self.found else text


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the words of one language mean."""

    meanings: Mapping[str, str]  # folded word to token
    multipliers: Mapping[str, int]
    contractions: Contractions
    percent: re.Pattern[str]  # a number's % in words
    counters: frozenset[str] = frozenset()  # words whose number tells one issue of a series from another


def lexicon(language: str) -> Lexicon:
    """Return the lexicon of *language* (two letters); of all languages together where there is none."""
    return _all_lexicons().get(language) or _common()


def labels() -> frozenset[str]:
    """Return what newsrooms put before titles, in all languages, folded."""
    return _listed("labels")


def tails() -> frozenset[str]:
    """Return what newsrooms put behind titles, in all languages, folded."""
    return _listed("tails")


def classes() -> Iterator[tuple[str, str, int]]:
    """Yield each value of each closed class: its kind (as the files name it), its class, its number."""
    kinds = ("calendar", "classes", "opposites")
    yield from {
        (kind, name, number)
        for each in _files().values()
        for kind in kinds
        for name, values in each.get(kind, {}).items()
        for number in range(len(values))
    }


def guess(words: Iterable[str], declared: str) -> str:
    """Return the language of folded *words*: the *declared* one, unless their small words say otherwise.

    Many feeds declare the language of the program that made them.
    """
    hits = Counter(language for word in words for language in _small_words().get(word, ()))
    if not hits:
        return declared
    best, most = hits.most_common(1)[0]
    return declared if hits[declared] * 2 >= most or (declared and most < 3) else best


@cache
def _files() -> dict[str, dict[str, Any]]:
    folder = files("aggregator.dedupe").joinpath("languages")
    listed = sorted((file.name, file) for file in folder.iterdir() if file.name.endswith(".toml"))
    return {name.removesuffix(".toml"): tomllib.loads(file.read_text("utf-8")) for name, file in listed}


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(fold(text) for each in _files().values() for text in each.get(name, ()))


@cache
def _all_lexicons() -> dict[str, Lexicon]:
    return {language: _made(each) for language, each in _files().items()}


@cache
def _common() -> Lexicon:
    """Return the meanings on which the languages agree, of words that are long enough not to be chance."""
    seen: dict[str, set[str]] = {}
    multipliers: dict[str, int] = {}
    for each in _all_lexicons().values():
        multipliers |= {word: value for word, value in each.multipliers.items() if len(word) >= _FEWEST_SIGNS}
        for word, meaning in each.meanings.items():
            if len(word) >= _FEWEST_SIGNS:
                seen.setdefault(word, set()).add(meaning)
    agreed = {word: meanings.pop() for word, meanings in seen.items() if len(meanings) == 1}
    return Lexicon(
        agreed,
        multipliers,
        _contractions({}),
        _percent(_files().values()),
        frozenset().union(*(each.counters for each in _all_lexicons().values())),
    )


@cache
def _small_words() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for language, each in _files().items():
        for word in {fold(filler) for filler in each.get("fillers", ())}:
            found.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in found.items()}


def _made(each: dict[str, Any]) -> Lexicon:
    meanings = {fold(word): token for word, token in _meanings(each)}
    multipliers = {fold(word): value for word, value in each.get("multipliers", {}).items()}
    counters = frozenset(fold(word) for word in each.get("counters", ()))
    contractions = _contractions(each.get("contractions", {}))
    return Lexicon(meanings, multipliers, contractions, _percent([each]), counters)


def _contractions(listed: Mapping[str, str]) -> Contractions:
    """Read a table of them: what begins with a sign is the end of a word, the others are whole words."""
    meant = {fold(spelling): text for spelling, text in listed.items()}
    if not meant:
        return Contractions({}, None)
    longest_first = sorted(meant, key=len, reverse=True)
    each = (re.escape(it) if "'" in it[:2] else rf"(?<!\w){re.escape(it)}" for it in longest_first)
    return Contractions(meant, re.compile(rf"(?:{'|'.join(each)})(?!\w)"))


def _percent(files: Iterable[Mapping[str, Any]]) -> re.Pattern[str]:
    """Return what finds the sign % in words, behind a number."""
    texts = {fold(text) for each in files for text in each.get("percent", ())} | {"%"}
    longest_first = sorted(map(re.escape, texts), key=len, reverse=True)
    return re.compile(rf"(?<=\d)\s*(?:{'|'.join(longest_first)})(?!\w)")


def _meanings(each: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each word and its token; what comes later counts where a word is listed twice."""
    yield from ((word, NOTHING) for word in each.get("fillers", ()))
    classes = {**each.get("opposites", {}), **each.get("classes", {}), **each.get("calendar", {})}
    for name, values in classes.items():
        for number, words in enumerate(values):
            yield from ((word, f"@{name}:{number}") for word in words)
    yield from ((word, f"#{number}") for word, number in each.get("numbers", {}).items())
    yield from ((word, NOT) for word in each.get("negations", ()))
