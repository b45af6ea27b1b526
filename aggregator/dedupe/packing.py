"""Packing: words as bytes, for the store and the index. Pure.

A hundred thousand headlines are in memory at once: what is kept of each is a row of numbers.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from struct import Struct

from aggregator.dedupe.words import Words

_HEAD = Struct("<3sBBBI")  # language, flags, tokens of the title, tokens of the summary, source
_CUT, _CASED, _ASKS, _PIECE = 1, 2, 4, 8


def pack(words: Words, source: int) -> bytes:
    """Return *words* and who published them as bytes; `unpack` reads them."""
    flags = _CUT * words.cut | _CASED * words.cased | _ASKS * words.asks | _PIECE * words.piece
    both = words.title + words.summary
    named = sum(1 << at for at, token in enumerate(both) if token in words.names)
    head = _HEAD.pack(words.language.encode(), flags, len(words.title), len(words.summary), source)
    return head + array("I", both).tobytes() + named.to_bytes((named.bit_length() + 7) // 8, "little")


def unpack(packed: bytes) -> tuple[Words, int]:
    """Return the words and the source that `pack` made bytes of; older stores have none, and empty bytes."""
    if not packed:
        return _NO_WORDS, 0
    language, flags, titles, summaries, source = _HEAD.unpack_from(packed)
    end = _HEAD.size + 4 * (titles + summaries)
    both = tuple(memoryview(packed)[_HEAD.size : end].cast("I"))
    named = int.from_bytes(packed[end:], "little")
    names = frozenset([token for at, token in enumerate(both) if named >> at & 1]) if named else _NONE
    words = Words(
        language.rstrip(b"\0").decode(),
        both[:titles],
        both[titles:],
        names,
        bool(flags & _CASED),
        bool(flags & _CUT),
        bool(flags & _ASKS),
        bool(flags & _PIECE),
    )
    return words, source


def tokens_of(packed: bytes | memoryview) -> Iterable[int]:
    """Return the tokens of title and summary that `pack` made bytes of, and nothing else: quickly."""
    if not packed:
        return ()
    _, _, titles, summaries, _ = _HEAD.unpack_from(packed)
    return memoryview(packed)[_HEAD.size : _HEAD.size + 4 * (titles + summaries)].cast("I")


_NONE: frozenset[int] = frozenset()
_NO_WORDS = Words("", (), (), _NONE, True, False, False, False)
