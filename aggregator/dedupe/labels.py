"""Labels: what newsrooms put before and behind a title, taken off. Pure.

`BREAKING: …`, `عاجل | …`, `… (video)`, `… - De Ochtendbode`: the title is what is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from aggregator.dedupe.lexicon import labels, tails
from aggregator.text import fold

FEWEST_LEFT = 8  # characters of a title
_MOST = 3  # labels taken off each end
_SHORTEST_NAME = 3  # characters of a publisher's name
_SHORTEST_PART = 4  # characters of a part of one

# A label with what parts it from the title: "live (closed) |", "update 1-", "urgent..".
_BEGINNING = re.compile(
    r"[\W_]*(?P<label>\w[^:|\[\](){}!.]{0,30}?)"
    r"(?:\s*\d{1,3}-(?=\w)|(?:\s*\d{1,3})?\s*(?:\([^)]{1,20}\)\s*)?(?:[:|\])!]|\.\.+|\s-\s))[\W_]*"
)
_BRACKETS = re.compile(r"\s*[\[(]([^\[\]()]{2,30})[\])]\W*$")
_LAST_PART = re.compile(r"(?:\s+[|•·»/-]\s+|\s*[|｜,:]\s*)(?!.*(?:\s[|•·»/-]\s|[|｜,:]))(?P<tail>\S.*)$")
_SEPARATES = frozenset("|•·»/-｜")  # before a publisher's name; a comma or a colon does not
_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}")
_SIGNS = re.compile(r"[\W_]")


def bare_title(title: str, publishers: Iterable[str]) -> str:
    """Return a folded *title* without the labels in front, and without tails and *publishers* behind."""
    return _without_tails(_without_labels(title), [_compact(fold(name)) for name in publishers])


def _without_labels(title: str) -> str:
    for _ in range(_MOST):
        found = _BEGINNING.match(title)
        if not found or found["label"] not in labels() or len(title) - found.end() < FEWEST_LEFT:
            break
        title = title[found.end() :]
    first, _, rest = title.partition(" ")
    return rest if first in _ALONE and len(rest) > FEWEST_LEFT else title


_ALONE = frozenset(("breaking", "عاجل", "eilmeldung"))  # labels that need no sign behind them


def _without_tails(title: str, publishers: list[str]) -> str:
    for _ in range(_MOST):
        start = _tail_start(title, publishers)
        if start is None or len(title[:start].strip()) < FEWEST_LEFT:
            break
        title = title[:start]
    return title


def _tail_start(title: str, publishers: list[str]) -> int | None:
    """Return where the last tail of *title* begins, or None if it has none."""
    if title.endswith((")", "]")) and (found := _BRACKETS.search(title)) and found[1] in _tails():
        return found.start()
    found = _LAST_PART.search(title)
    if found is None:
        return None
    tail = found["tail"].rstrip()
    if tail.strip("!?. ") in _tails():
        return found.start()
    if found[0].lstrip()[0] not in _SEPARATES:
        return None
    signed = _DOMAIN.fullmatch(tail) or any(_names(_compact(tail), name) for name in publishers)
    return found.start() if signed else None


def _names(tail: str, publisher: str) -> bool:
    """Say whether *tail* is a name of *publisher*, or a part of one, or the other way round."""
    if len(tail) < _SHORTEST_NAME or len(publisher) < _SHORTEST_NAME:
        return False
    shorter, longer = sorted((tail, publisher), key=len)
    return shorter == longer or (len(shorter) >= _SHORTEST_PART and shorter in longer)


def _compact(text: str) -> str:
    return _SIGNS.sub("", text)


@cache
def _tails() -> frozenset[str]:
    return tails() | labels()
