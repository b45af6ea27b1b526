"""Reactions: what others wrote below an article, on our page when a reader asks for it.

The reader's wish goes into the store, where the program that polls finds it; no page asks a publisher. For a
moment the answer is waited for, as it mostly comes at once; a slow one is there when the reader looks again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import BoundedSemaphore
from time import monotonic, sleep

from flask import abort, request
from markupsafe import Markup

from aggregator.model import Reaction, Reactions
from aggregator.shells.web.setting import Setting, Text, Time
from aggregator.store import Store
from aggregator.text import direction, plain, shorten

PATIENCE = 3.0  # seconds that a reader is kept waiting
LOOK = 0.1  # seconds between two looks at whether the answer is there
MOST_PATIENT = 2  # readers who wait in one process: the others are told to look again
BEGINNING = 200  # characters by which the direction of a reaction is told


@dataclass(frozen=True, slots=True)
class Said:
    """One reaction as it is read."""

    author: str
    time: Time
    body: Markup
    beginning: Text  # its language and direction
    href: str | None


@dataclass(frozen=True, slots=True)
class Talk:
    """The reactions to an article, and how to ask for them."""

    items: tuple[Said, ...] = ()
    told: str = ""  # about them
    ask: str = ""  # where to post the wish; '' while nobody may ask
    label: str = ""  # of the button
    again: str = ""  # where to look again
    pictureless: bool = False


class Asking:
    """Takes the wishes of readers."""

    def __init__(self, store: Store, clock: Callable[[], datetime], patience: float = PATIENCE) -> None:
        self._store, self._clock, self._patience = store, clock, patience
        self._chairs = BoundedSemaphore(MOST_PATIENT)

    def ask(self, headline: int) -> None:
        """Note that somebody wants the reactions to *headline*, and wait for them for a moment."""
        if request.headers.get("Sec-Fetch-Site") == "cross-site":  # no other site asks in a reader's name
            abort(403)
        self._store.forum.want(headline, self._clock())
        if not self._chairs.acquire(blocking=False):
            return
        try:
            ends = monotonic() + self._patience
            while self._is_waiting(headline) and monotonic() < ends:
                sleep(LOOK)
        finally:
            self._chairs.release()

    def _is_waiting(self, headline: int) -> bool:
        found = self._store.forum.reactions(headline, self._clock())
        return found is not None and found.is_waiting


def talk(setting: Setting, headline: int, reactions: Reactions | None, opened: bool) -> Talk | None:
    """Return the talk below an article, to be *opened* by who wants to see it; None where there is none."""
    words = setting.words
    if reactions is None:
        return None
    if not opened:
        return Talk(ask=_address(setting, headline), label=words.gettext("Show the reactions here"))
    may_ask = reactions.may_be_asked and not reactions.is_waiting
    return Talk(
        items=tuple(_said(setting, each) for each in reactions.items),
        told=_told(setting, reactions),
        ask=_address(setting, headline) if may_ask else "",
        label=words.gettext("Look for newer ones")
        if reactions.read and not reactions.failed
        else words.gettext("Show the reactions here"),
        again=f"{_address(setting, headline)}#reactions" if reactions.is_waiting else "",
        pictureless=setting.site.images != "direct",
    )


def _address(setting: Setting, headline: int) -> str:
    return setting.href(f"/read/{headline}/reactions")


def _said(setting: Setting, reaction: Reaction) -> Said:
    beginning = shorten(plain(reaction.content[: 10 * BEGINNING]), BEGINNING)
    # Who reacts writes in any language, whatever the feed declares: the letters tell which way.
    way = direction(None, beginning)
    language = reaction.language if direction(reaction.language) == way else None
    return Said(
        author=reaction.author,
        time=setting.moment(reaction.published),
        body=Markup(reaction.content),  # noqa: S704 the sanitiser made it
        beginning=Text(beginning, language, way),
        href=reaction.link,
    )


def _told(setting: Setting, reactions: Reactions) -> str:
    words = setting.words
    if reactions.is_waiting:
        return words.gettext("The publisher is being asked for them.")
    if reactions.read is None:
        return words.gettext("Nobody has asked the publisher for them yet.")
    when = setting.moment(reactions.read).shown
    if reactions.failed:
        return words.gettext("They could not be read ({when}); the publisher's own page has them.", when=when)
    if not reactions.items:
        return words.gettext("There were none yet: {when}.", when=when)
    return words.gettext("Read at the publisher's: {when}.", when=when)
