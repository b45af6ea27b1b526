"""Demo: a small newsroom of invented news on loopback HTTP, and the command that lets the program poll it.

The newsroom knows nothing of the program; the program knows its address and its feeds.yaml.
"""

from __future__ import annotations

from aggregator.shells.demo.command import demo
from aggregator.shells.demo.server import Newsroom

__all__ = ["Newsroom", "demo"]
