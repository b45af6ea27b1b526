"""What tests ask of worker processes. It imports nothing: a worker's room is counted from its start."""

from __future__ import annotations


def size(megabytes: int) -> int:
    """Return how many bytes so many *megabytes* are, after taking them."""
    return len(bytes(megabytes << 20))
