"""De-duplication: is this entry new, changed, or a copy of a headline that we have?

Comes in: arrivals, what the store knows of them, and the index of recent entries. Goes out: a plan, which the
store carries out. Decides only; remembers nothing that the store could not give back.
"""

from aggregator.dedupe.decide import decide
from aggregator.dedupe.facts import arrival
from aggregator.dedupe.flood import hold, rushes
from aggregator.dedupe.index import Index, Match

__all__ = ["Index", "Match", "arrival", "decide", "hold", "rushes"]
