"""Findable: a text as the search knows it, and what somebody looks for in it. Pure; knows no database.

Both are folded alike (case, accents, forms of Arabic letters), here and nowhere else, so that every database
finds the same: it only has to keep words that are separated by blanks, and their places.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from aggregator.text import ARTICLES, PARTICLES, UNSPACED, VOWEL_SIGNS, fold

LONGEST_BODY = 20_000  # characters of an article that are searched
LONGEST_WORD = 40  # characters
MOST_TERMS = 8  # of what is looked for; each may be a phrase
MOST_IN_PHRASE = 8
SHORTEST_BEGINNING = 3  # letters that stand for all words which begin with them
AROUND = 60  # characters before the first word that is marked in an excerpt
EXCERPT = 220

_SIGNS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200c\u200d"
)
_WORD = re.compile(rf"(?:[^\W_{UNSPACED}]|[{VOWEL_SIGNS}])(?:[^\W_{UNSPACED}]|[{VOWEL_SIGNS}{_SIGNS}])*")
_ASCII_WORD = re.compile("[a-z0-9]+")  # what _WORD finds in folded text of this kind, five times as fast
_UNSPACED = re.compile(f"[{UNSPACED}]")
_RUN = re.compile(rf"(?P<unspaced>[{UNSPACED}]+)|(?P<word>{_WORD.pattern})")
_TERM = re.compile(r'(?P<no>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_ARABIC = re.compile("[\u0620-\u06ff]")
_LETTERS_LEFT = 3


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase that is looked for, each of its words in all the forms that will do."""

    words: tuple[tuple[str, ...], ...]
    begins: bool  # the last word may go on
    unwanted: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: all of *terms* that are wanted, and none that is not."""

    terms: tuple[Term, ...]

    def __bool__(self) -> bool:
        return any(not term.unwanted for term in self.terms)


def findable(title: str, summary: str, body: str) -> str:
    """Return the words by which an entry is found, in their order, separated by blanks; *body* is plain text.

    Behind them stand those of Arabic ones without the particles that are written together with them.
    """
    said = [word for text in (title, summary, body[:LONGEST_BODY]) for word in _words(text)]
    arabic = () if all(map(str.isascii, said)) else filter(_ARABIC.match, said)
    bare = dict.fromkeys(form for word in arabic for form in _bare(word))
    return " ".join((*said, *bare))


def wanted(query: str) -> Wanted:
    """Return what *query* asks for: words that begin so, "phrases" as they stand, and -what is not wanted."""
    found = []
    for part in _TERM.finditer(query):
        quoted = part["phrase"] is not None
        words = _words(part["phrase"] if quoted else part["word"])[:MOST_IN_PHRASE]
        if words:
            begins = not quoted and (len(words[-1]) >= SHORTEST_BEGINNING or not words[-1].isascii())
            forms = tuple((word, *(() if quoted else _bare(word))) for word in words)
            found.append(Term(forms, begins, part["no"] is not None))
    return Wanted(tuple(found[:MOST_TERMS]))


def marked(text: str, wanted: Wanted) -> tuple[tuple[str, bool], ...]:
    """Return *text* in pieces, and of each whether it is one of the words that are wanted."""
    pieces: list[tuple[str, bool]] = []
    end = 0
    for begin, stop in _found(text, wanted):
        pieces += [(text[end:begin], False), (text[begin:stop], True)]
        end = stop
    pieces.append((text[end:], False))
    return tuple(piece for piece in pieces if piece[0])


def excerpt(texts: Iterable[str], wanted: Wanted) -> tuple[tuple[str, bool], ...]:
    """Return the first place in *texts* where a wanted word stands, with what is around it, in pieces."""
    for text in texts:
        first = next(_found(text, wanted), None)
        if first is not None:
            begin = _word_start(text, max(0, first[0] - AROUND))
            cut = text[begin : begin + EXCERPT]
            if begin + EXCERPT < len(text):
                cut = (cut.rpartition(" ")[0] or cut) + " …"
            return marked(("… " if begin else "") + cut, wanted)
    return ()


def _word_start(text: str, near: int) -> int:
    return 0 if near == 0 else text.find(" ", near, near + AROUND) + 1 or near


def _words(text: str) -> Sequence[str]:
    """Return the folded words of *text*; of scripts without blanks each pair of signs."""
    folded = fold(text)
    if folded.isascii():
        found = _ASCII_WORD.findall(folded)
    elif not _UNSPACED.search(folded):
        found = _WORD.findall(folded)
    else:
        runs = _RUN.finditer(folded)
        found = [word for run in runs for word in ([run[0]] if run["word"] else _pairs(run[0]))]
    return [word[:LONGEST_WORD] for word in found]


def _pairs(run: str) -> Iterable[str]:
    return (one + other for one, other in pairwise(run)) if len(run) > 1 else (run,)


def _bare(word: str) -> Sequence[str]:
    """Return what an Arabic *word* may be without what is joined to it, one particle after the other."""
    found: list[str] = []
    while _ARABIC.match(word) and (rest := _without_first(word)):
        found.append(rest)
        word = rest
    return found


def _without_first(word: str) -> str:
    for joined in ARTICLES:
        if word.startswith(joined) and len(word) - len(joined) >= _LETTERS_LEFT:
            return word[len(joined) :]
    return word[1:] if word[0] in PARTICLES and len(word) > _LETTERS_LEFT + 1 else ""


def _found(text: str, wanted: Wanted) -> Iterator[tuple[int, int]]:
    """Yield where the wanted words stand in *text*, whatever their case and accents there."""
    looked_for = [
        (form, at == len(term.words) - 1 and term.begins)
        for term in wanted.terms
        if not term.unwanted
        for at, forms in enumerate(term.words)
        for form in forms
    ]
    for run in _RUN.finditer(text):
        if run["unspaced"]:
            yield from _found_in_run(run, [form for form, _ in looked_for])
            continue
        folded = fold(run[0])
        said = (folded, *_bare(folded)) if folded else ()
        if any(
            word == form or (begins and word.startswith(form)) for word in said for form, begins in looked_for
        ):
            yield run.span()


def _found_in_run(run: re.Match[str], looked_for: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the signs of a run without blanks that belong to a wanted pair."""
    hits = [any(sign in form for form in looked_for if form in fold(run[0])) for sign in map(fold, run[0])]
    begin = None
    for at, hit in enumerate((*hits, False)):
        if hit and begin is None:
            begin = at
        elif not hit and begin is not None:
            yield run.start() + begin, run.start() + at
            begin = None
