"""Config: feeds.yaml to Config, and every mistake in it with its line. Reads one file; fetches nothing."""

from aggregator.config.form import schema
from aggregator.config.loading import load

__all__ = ["load", "schema"]
