"""Prepared: what every worker needs, loaded once before they are forked. Imported by the fork server only.

The lists of words take 9 MB and 0.4 s of the processor: workers share them, and a new one has them at once.
"""

from aggregator import dedupe
from aggregator.pipeline import reading as reading

dedupe.prepare()
