"""Two titles, ready to be compared as the judge compares them."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from newsroom import NOON, entry

from aggregator.dedupe import arrival
from aggregator.dedupe.frequencies import Frequencies
from aggregator.dedupe.index import side_of
from aggregator.dedupe.pairing import Likeness, compare
from aggregator.dedupe.sides import Side
from aggregator.dedupe.vetoes import Difference, difference

KNOWN = Frequencies()


class Compared(NamedTuple):
    new: Side
    old: Side
    different: Difference
    like: Likeness


def side(
    title: str, language: str = "", summary: str = "", hours: float = 0, source: int = 1, link: str = ""
) -> Side:
    told = entry(title, summary=summary, link=link or None, language=language or None)
    published = NOON + timedelta(hours=hours)
    return side_of(arrival(source, "", "", told, False, "").facts, published, KNOWN)[0]._replace(
        source=source
    )


def beside(new: Side, old: Side, language: str = "") -> Compared:
    different = difference(new, old)
    return Compared(new, old, different, compare(new, old, different, KNOWN.rarities(language), 1.0))
