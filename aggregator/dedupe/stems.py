"""Stems: the part of a word that its forms share. Pure; knows scripts, not languages.

A stem is no more than a key: six letters of a word in most scripts, for Arabic without the particles that
are written together with it. A language's own stemmer would be wrong wherever a feed declares the wrong one.
"""

from __future__ import annotations

from collections.abc import Iterator

from aggregator.text import ARTICLES, PARTICLES

LONGEST = 6
_ARABIC = ("\u0600", "\u06ff")
# Endings of plural, dual and possession, after folding.
_ENDINGS = ("يين", "ات", "ون", "ين", "ان", "يه", "ها", "هم", "ه", "ي", "ا")
_SHORTEST = 3  # letters that must be left


def stem(word: str) -> str:
    """Return the stem of a folded *word*."""
    return _arabic(word) if is_arabic(word) else word[:LONGEST]


def is_arabic(word: str) -> bool:
    return _ARABIC[0] <= word[0] <= _ARABIC[1]


def bare(word: str) -> Iterator[str]:
    """Yield what an Arabic *word* may be without the particles joined to it, the surest first."""
    for joined in ARTICLES:
        if word.startswith(joined) and len(word) - len(joined) >= _SHORTEST:
            yield word[len(joined) :]
            return
    if word[0] in PARTICLES and len(word) > _SHORTEST:
        yield word[1:]


def _arabic(word: str) -> str:
    for joined in ARTICLES:
        if word.startswith(joined) and len(word) - len(joined) >= _SHORTEST:
            word = word[len(joined) :]
            break
    else:
        if word[0] in PARTICLES and len(word) >= _SHORTEST + 2:
            word = word[1:]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            word = word[: -len(ending)]
            break
    return word[:LONGEST]
