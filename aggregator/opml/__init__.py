"""OPML: subscriptions to the list that other programs take in, and back. Knows no store and asks nobody."""

from aggregator.opml.reading import Outlines, outlines
from aggregator.opml.writing import export

__all__ = ["Outlines", "export", "outlines"]
