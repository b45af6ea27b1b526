"""De-duplication: is this entry new, changed, a copy of a headline that we have, or part of a story?

Comes in: arrivals, what the store knows of them, and the index of recent entries. Goes out: a plan, which the
store carries out. Decides only; remembers nothing that the store could not give back.
"""

from aggregator.dedupe.decide import Numbers, Settings, decide
from aggregator.dedupe.facts import arrival, prepare
from aggregator.dedupe.flood import hold, rushes
from aggregator.dedupe.frequencies import Frequencies
from aggregator.dedupe.index import Index
from aggregator.dedupe.overrides import Overrides

__all__ = [
    "Frequencies",
    "Index",
    "Numbers",
    "Overrides",
    "Settings",
    "arrival",
    "decide",
    "hold",
    "prepare",
    "rushes",
]
