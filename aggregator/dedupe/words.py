"""Words: a title and its summary as tokens that can be compared. Pure.

Comes in: plain text, its language, the names of who published it. Goes out: numbers of 32 bits, in their
order; two spellings of one word give one token, whatever its case, accents, endings, or script of its digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple
from unicodedata import decimal

from xxhash import xxh32_intdigest

from aggregator.dedupe.labels import bare_title
from aggregator.dedupe.lexicon import NOTHING, Lexicon, guess, lexicon
from aggregator.dedupe.stems import bare, is_arabic, stem
from aggregator.text import UNSPACED, VOWEL_SIGNS, fold, plain

NUMBER = 1 << 31  # set in the tokens of numbers
SMALL = 1 << 30  # set in the tokens of words that say little
CLASS = 1 << 29  # set in the tokens of closed classes: weekdays, directions, negation
LONGEST_TITLE = 64  # tokens
LONGEST_TEXT = 400  # characters of a title, and of a summary
MOST_IN_SUMMARY = 32  # different tokens
ENOUGH_TO_GUESS = 40  # words, to tell a language by its small ones

_KINDS = {"#": NUMBER, "~": SMALL, "@": CLASS}
_ANY_KIND = NUMBER | SMALL | CLASS
PERCENT = "%"
_ARTICLE = "ال"  # stands alone where it is joined to a number
_IDEOGRAPHS = 0x20000  # from here on there are no digits; to look at all takes 0.1 s of each start
_BEYOND_ASCII = "".join(map(chr, range(0x80, _IDEOGRAPHS)))
_DIGITS = {ord(digit): str(decimal(digit)) for digit in re.findall(r"\d", _BEYOND_ASCII)}
_PART = re.compile(
    rf"""
    (?P<score>\d{{1,3}}\s?-\s?\d{{1,3}}(?![\w-]))
    | (?P<number>\d{{1,3}}(?:[ .,']\d{{3}})+(?!\d) | \d+(?:[.,:/-]\d+)*)
    | (?P<code>[a-z]+\d+[a-z\d]*)
    | (?P<unspaced>[{UNSPACED}]+)
    | (?P<word>(?:[^\W\d_{UNSPACED}]|[{VOWEL_SIGNS}])+)
    """,
    re.VERBOSE,
)
_GROUPED = re.compile(r"\d{1,3}(?:[ .,']\d{3})+")
_CAPITALISED = re.compile(r"(?<![\w.])[^\W\d_a-z][\w’'-]{2,}")
_WORD = re.compile(r"[^\W\d_]{3,}")
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s)\W*$")
_CASELESS = re.compile("[\u0590-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u9fff\uac00-\ud7af]")
_ASKS = re.compile("[?؟？]")
_ENDS_CUT = re.compile(r"(?:…|\.\.\.)\W*$")


class Words(NamedTuple):
    """What a title and its summary say, as tokens."""

    language: str  # two or three letters, or '' where nothing tells
    title: tuple[int, ...]  # in order, small words too
    summary: tuple[int, ...]  # each once, no small words
    names: frozenset[int]  # those of both that are written with a capital where no sentence begins
    cased: bool  # the script has capitals
    cut: bool  # the title ends with an ellipsis
    asks: bool  # the title asks or explains something
    piece: bool  # it is a review, a guide or the like, of which each paper writes its own


def words_of(title: str, summary: str, language: str, publishers: Iterable[str]) -> Words:
    """Return the tokens of *title* and *summary*, without the labels and names that newsrooms add.

    *publishers* are names by which the source may sign its titles: its own, its feed's, its host.
    """
    title, summary = title[:LONGEST_TEXT], summary[:LONGEST_TEXT]
    shown = plain(title) if "&" in title else title
    folded = fold(shown.translate(_DIGITS))
    cut = _ENDS_CUT.search(shown) is not None
    text = bare_title(folded, publishers)
    start = fold(summary.translate(_DIGITS)) if summary else ""
    tongue = guess([part[0] for part in islice(_PART.finditer(f"{text} {start}"), ENOUGH_TO_GUESS)], language)
    known = lexicon(tongue)
    in_title = tuple(token(said) for said, _ in _tokens(text, known))[:LONGEST_TITLE]
    in_summary: dict[int, None] = {}
    for said, _ in _tokens(start, known):
        number = token(said)
        if not number & SMALL:
            in_summary[number] = None
    body = tuple(in_summary)[:MOST_IN_SUMMARY]
    both = {*in_title, *body}
    names = frozenset(name for name in _names(shown, summary, known) if name in both)
    cased = _CASELESS.search(shown) is None
    asks = _ASKS.search(shown) is not None or known.openings.search(folded) is not None
    return Words(tongue, in_title, body, names, cased, cut, asks, known.pieces.search(folded) is not None)


@lru_cache(1 << 14)
def token(said: str) -> int:
    """Return the number of a word as `_tokens` gives it."""
    return xxh32_intdigest(said.encode()) & ~_ANY_KIND | _KINDS.get(said[0], 0)


def tokens(text: str, language: str) -> list[int]:
    """Return the tokens of *text*, small words too; it is in *language*, and bears no labels."""
    return [token(said) for said, _ in _tokens(fold(text.translate(_DIGITS)), lexicon(language))]


def spoken(title: str, summary: str, language: str) -> dict[int, str]:
    """Return the tokens of a title and its summary, as words that a reader knows; for explaining."""
    known = lexicon(language)
    text = (
        f"{summary[:LONGEST_TEXT]} {title[:LONGEST_TEXT]}"  # the title's own words count where both have one
    )
    return {token(said): word for said, word in _tokens(fold(text.translate(_DIGITS)), known)}


def _tokens(text: str, known: Lexicon) -> Iterator[tuple[str, str]]:
    """Yield the words of folded *text* as they count, and as they stand there.

    They count as stems, `#7` for numbers, `@days:0` for values of a class, `~the` for small words.
    """
    number: float | None = None  # that a multiplier may follow
    written = before = ""
    text = known.percent.sub(PERCENT, known.contractions.resolve(text))
    for part in _PART.finditer(text):
        kind, said = part.lastgroup, part[0]
        if number is not None:
            multiplied = kind == "word" and said in known.multipliers
            if multiplied:
                number *= known.multipliers[said]
                written = f"{written} {said}"
            yield _number(number), written
            number = None
            if multiplied:
                continue
        counted, before = before, before if said == _ARTICLE else said
        if kind == "number" and (value := _value(said)) is not None:
            if counted in known.counters and text[part.end() : part.end() + 1] != PERCENT:
                yield f"@issue:{value:g}", f"{counted} {said}"
            else:
                number, written = value, said
                if text[part.end() : part.end() + 1] == PERCENT:
                    yield f"{_number(value)}{PERCENT}", f"{said} %"
                    number = None
        elif kind in ("score", "number", "code"):
            yield f"#{said.replace(' ', '')}", said
        elif kind == "unspaced":
            pairs = (said[at : at + 2] for at in range(max(1, len(said) - 1)))
            yield from ((pair, pair) for pair in pairs)
        else:
            meaning = _meaning(said, known)
            if meaning is not None and meaning.startswith("#"):
                number, written = float(meaning[1:]), said
            else:
                yield _word(said, meaning), said
    if number is not None:
        yield _number(number), written


def _word(said: str, meaning: str | None) -> str:
    if meaning:
        return meaning
    if meaning == NOTHING or said == _ARTICLE or (len(said) == 1 and said.isascii()):
        return f"~{said}"
    return stem(said)


def _number(value: float) -> str:
    return f"#{value:.12g}"


def _meaning(said: str, known: Lexicon) -> str | None:
    """Return what *said* means, joined particles set aside; a multiplier alone counts once."""
    for form in (said, *bare(said)) if is_arabic(said) else (said,):
        if form in known.meanings:
            return known.meanings[form]
        if form in known.multipliers and len(form) > 2:
            return f"#{known.multipliers[form]}"
    return None


def _value(said: str) -> float | None:
    """Return the value of a number as any language writes it; None for dates, times and the like."""
    if _GROUPED.fullmatch(said) and not said.startswith("0"):
        return float(re.sub(r"\D", "", said)[:15])
    try:
        return float(said.replace(",", ".")[:15])
    except ValueError:
        return None


def _names(title: str, summary: str, known: Lexicon) -> Iterator[int]:
    """Yield the tokens of capitalised words; of titles only where capitals tell something."""
    written = _WORD.findall(title)
    tells = sum(word[0].isupper() for word in written) <= 0.6 * len(written)
    for text in (title, summary) if tells else (summary,):
        for found in _CAPITALISED.finditer(text):
            if found[0][0].isupper() and not _SENTENCE_START.search(text, 0, found.start()):
                for part in _WORD.findall(fold(found[0])):
                    yield token(_word(part, _meaning(part, known)))
