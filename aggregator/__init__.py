"""A newsroom wire: feeds in, one timestamped ticker and merged feeds out."""

__version__ = "0.1.0"
