"""The scheduler: the command `serve`, which polls on a schedule and keeps the pages' processes up."""

from aggregator.shells.scheduler.command import serve

__all__ = ["serve"]
