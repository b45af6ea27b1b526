"""Subscriptions: the commands that bring feeds into feeds.yaml, and take the list of them along."""

from aggregator.shells.subscriptions.commands import add, export, import_

__all__ = ["add", "export", "import_"]
