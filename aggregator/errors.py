"""What can go wrong with one feed, or because of its admin. Everything else is our bug, and rises."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

# What to do about what is wrong, where many errors say the same of it.
AGAIN = "nothing to do, it is asked again by itself"
IF_IT_STAYS = "it is asked again by itself; if this stays so, check the address"
MEND = "its publisher has to mend that"
CHECK = "check the address"
NEW_ADDRESS = "look for the feed's new address on its publisher's site"


class FeedError(Exception):
    """Something is wrong with one feed; *message* tells an admin what, and what to do about it.

    *stage* names the step that failed: fetch, parse, normalise, filter or store. The message is one sentence
    of plain text, quotes nothing of an answer's body, and holds no credentials.
    """

    def __init__(self, stage: str, message: str) -> None:
        super().__init__(message)
        self.stage = stage
        self.message = message

    def __reduce__(self) -> tuple[type[FeedError], tuple[object, ...]]:
        """Survive the way back from a worker process."""
        return type(self), (self.stage, self.message)


class WebPageError(FeedError):
    """There is a web page where a feed should be; it may name the feeds that belong to it."""

    def __init__(self, page: bytes) -> None:
        super().__init__("parse", "this is no feed but a web page (HTML)")
        self.page = page  # UTF-8

    def __reduce__(self) -> tuple[type[FeedError], tuple[object, ...]]:
        return type(self), (self.page,)


class UserError(Exception):
    """The user's problem, said in one clear sentence: exit status 1, no traceback."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong with feeds.yaml."""

    path: Path
    line: int  # from 1
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class ConfigError(UserError):
    """Everything that is wrong with a configuration, all at once."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


class StoreError(Exception):
    """The store cannot be reached or written at this moment: a full disk, a lock, a lost server.

    Whoever meets it keeps what he has and tries again.
    """
