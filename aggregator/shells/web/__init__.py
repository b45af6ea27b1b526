"""The web shell: the reading page and the merged feeds over HTTP. Flask, and a callable in front of it."""

from aggregator.shells.web.app import create_app
from aggregator.shells.web.command import publish
from aggregator.shells.web.front import front

__all__ = ["create_app", "front", "publish"]
