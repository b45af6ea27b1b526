"""Lexicon: the closed classes of words, as the files in `languages/` list them; these are all that it reads.

A word that stands in one of them gets a token that says what it means (`@days:0`, `#7`), so that two
spellings of one thing meet, and two values of one class can be seen to differ.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from sys import intern
from typing import Any, NamedTuple

from aggregator.text import fold

NOT = "@not"
NOTHING = ""  # the token of words that say little

_FOLDER = files("aggregator.dedupe").joinpath("languages")
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
    pieces: re.Pattern[str]  # words of reviews, guides and the like
    openings: re.Pattern[str]  # how a title begins that asks or explains
    counters: frozenset[str] = frozenset()  # words whose number tells one issue of a series from another


def lexicon(language: str) -> Lexicon:
    """Return the lexicon of *language* (two letters); of all languages together where there is none."""
    return _of(language) or _tables().common


def load_all() -> None:
    """Load everything, for processes that are forked: what one of them loads by itself it has for itself."""
    for language in languages():
        lexicon(language)
    _tables()


@cache
def languages() -> frozenset[str]:
    """Return the languages that there are files of."""
    names = (file.name for file in _FOLDER.iterdir())
    return frozenset(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def labels() -> frozenset[str]:
    """Return what newsrooms put before titles, in all languages, folded."""
    return _tables().labels


def tails() -> frozenset[str]:
    """Return what newsrooms put behind titles, in all languages, folded."""
    return _tables().tails


@cache
def classes() -> frozenset[tuple[str, str, int]]:
    """Return each value of each closed class: its kind (as the files name it), its class, its number."""
    return frozenset(value for _, each in _files() for value in _classes(each))


def guess(words: Collection[str], declared: str) -> str:
    """Return the language of folded *words*: the *declared* one, unless their small words say otherwise.

    Many feeds declare the language of the program that made them. Where none is declared and several have
    the same small words ("la", "son"), the other words that their files list decide.
    """
    small = _tables().small_words
    hits = Counter(language for word in words for language in small.get(word, ()))
    if not hits:
        return declared
    best, most = hits.most_common(1)[0]
    if not declared and len(tied := [language for language, hit in hits.items() if hit == most]) > 1:
        return max(tied, key=lambda language: sum(word in lexicon(language).meanings for word in words))
    return declared if hits[declared] * 2 >= most or (declared and most < 3) else best


class _Tables(NamedTuple):
    """What all files together say."""

    common: Lexicon
    labels: frozenset[str]
    tails: frozenset[str]
    small_words: Mapping[str, tuple[str, ...]]  # the languages that have each


@cache
def _tables() -> _Tables:
    """Read the files, one after the other: this is all that is kept of them together."""
    lexicons: list[Lexicon] = []
    labels: set[str] = set()
    tails: set[str] = set()
    percent: set[str] = set()
    pieces: set[str] = set()
    openings: set[str] = set()
    small: dict[str, tuple[str, ...]] = {}
    for language, each in _files():
        lexicons.append(_made(each))
        labels.update(map(fold, each.get("labels", ())))
        tails.update(map(fold, each.get("tails", ())))
        percent.update(each.get("percent", ()))
        pieces.update(each.get("pieces", ()))
        openings.update(each.get("openings", ()))
        for word in {intern(fold(filler)) for filler in each.get("fillers", ())}:
            small[word] = (*small.get(word, ()), language)
    common = _common(lexicons, _percent(percent), _pieces(pieces), _openings(openings))
    return _Tables(common, frozenset(labels), frozenset(tails), small)


@cache
def _of(language: str) -> Lexicon | None:
    return _made(_file(language)) if language in languages() else None


def _files() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each language and what its file says."""
    yield from ((language, _file(language)) for language in sorted(languages()))


def _file(language: str) -> dict[str, Any]:
    return tomllib.loads(_FOLDER.joinpath(f"{language}.toml").read_text("utf-8"))


def _classes(each: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    for kind in ("calendar", "classes", "opposites"):
        for name, values in each.get(kind, {}).items():
            yield from ((kind, name, number) for number in range(len(values)))


def _common(
    lexicons: Collection[Lexicon],
    percent: re.Pattern[str],
    pieces: re.Pattern[str],
    openings: re.Pattern[str],
) -> Lexicon:
    """Return the meanings on which the languages agree, of words that are long enough not to be chance."""
    seen: dict[str, set[str]] = {}
    multipliers: dict[str, int] = {}
    for each in lexicons:
        multipliers |= {word: value for word, value in each.multipliers.items() if len(word) >= _FEWEST_SIGNS}
        for word, meaning in each.meanings.items():
            if len(word) >= _FEWEST_SIGNS:
                seen.setdefault(word, set()).add(meaning)
    agreed = {word: meanings.pop() for word, meanings in seen.items() if len(meanings) == 1}
    counters = frozenset().union(*(each.counters for each in lexicons))
    return Lexicon(agreed, multipliers, _contractions({}), percent, pieces, openings, counters)


def _made(each: dict[str, Any]) -> Lexicon:
    meanings = {intern(fold(word)): intern(token) for word, token in _meanings(each)}
    multipliers = {fold(word): value for word, value in each.get("multipliers", {}).items()}
    counters = frozenset(fold(word) for word in each.get("counters", ()))
    contractions = _contractions(each.get("contractions", {}))
    percent = _percent(each.get("percent", ()))
    pieces, openings = _pieces(each.get("pieces", ())), _openings(each.get("openings", ()))
    return Lexicon(meanings, multipliers, contractions, percent, pieces, openings, counters)


def _contractions(listed: Mapping[str, str]) -> Contractions:
    """Read a table of them: what begins with a sign is the end of a word, the others are whole words."""
    meant = {fold(spelling): text for spelling, text in listed.items()}
    if not meant:
        return Contractions({}, None)
    longest_first = sorted(meant, key=len, reverse=True)
    each = (re.escape(it) if "'" in it[:2] else rf"(?<!\w){re.escape(it)}" for it in longest_first)
    return Contractions(meant, re.compile(rf"(?:{'|'.join(each)})(?!\w)"))


def _percent(spellings: Iterable[str]) -> re.Pattern[str]:
    """Return what finds the sign % in words, behind a number."""
    texts = {*map(fold, spellings), "%"}
    longest_first = sorted(map(re.escape, texts), key=len, reverse=True)
    return re.compile(rf"(?<=\d)\s*(?:{'|'.join(longest_first)})(?!\w)")


def _pieces(words: Iterable[str]) -> re.Pattern[str]:
    """Return what finds one of *words* in a folded title.

    With a colon behind it a word counts only before a sign, or at the end: "Review: …", "… (review)".
    """
    listed = list(words)
    anywhere = "|".join(re.escape(fold(word)) for word in listed if not word.endswith(":"))
    apart = "|".join(re.escape(fold(word[:-1])) for word in listed if word.endswith(":"))
    patterns = (
        rf"(?<!\w)(?:{anywhere})(?!\w)" if anywhere else "",
        rf"(?<!\w)(?:{apart})(?=\s*(?:[:|()\[\]]|-\s|$))" if apart else "",
    )
    return re.compile("|".join(filter(None, patterns)) or _NEVER)


def _openings(words: Iterable[str]) -> re.Pattern[str]:
    """Return what finds one of *words* at the beginning of a folded title, or of what follows its colon."""
    any_of = "|".join(re.escape(fold(word)) for word in words)
    return re.compile(rf"(?:^|[:|]\s|\s-\s)\W*(?:{any_of})(?!\w)" if any_of else _NEVER)


_NEVER = r"(?!)"


def _meanings(each: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each word and its token; what comes later counts where a word is listed twice."""
    yield from ((word, NOTHING) for word in each.get("fillers", ()))
    classes = {**each.get("opposites", {}), **each.get("classes", {}), **each.get("calendar", {})}
    for name, values in classes.items():
        for number, words in enumerate(values):
            yield from ((word, f"@{name}:{number}") for word in words)
    yield from ((word, f"#{number}") for word, number in each.get("numbers", {}).items())
    yield from ((word, NOT) for word in each.get("negations", ()))
