"""Config: feeds.yaml to Config, and every mistake in it with its line; and feeds added to what it says.

Reads one file; writes none, and fetches nothing.
"""

from aggregator.config.adding import added, begun
from aggregator.config.editing import unfit
from aggregator.config.form import schema
from aggregator.config.loading import load
from aggregator.config.page import LARGEST, written_at

__all__ = ["LARGEST", "added", "begun", "load", "schema", "unfit", "written_at"]
