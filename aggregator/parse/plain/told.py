"""Told: what a document has told so far, and the simplest of its elements."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from feedparser.datetimes import _parse_date
from feedparser.mixin import _FeedParserMixin
from feedparser.urls import _urljoin

Attributes = dict[str, str]


class UnsureError(Exception):
    """What is said here could mean something else to feedparser."""


@dataclass(slots=True)
class Told:
    """What a document has told so far, in the words that feedparser has for it."""

    base: str  # '' where addresses stay as they are
    version: str = ""
    feed: dict[str, Any] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)
    context: dict[str, Any] = field(default_factory=dict)  # the feed, or the entry that is open
    levels: dict[str, int] | None = None  # how deep the words of the open entry stood
    place: Place = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)  # of the innermost element that is read
    outer: str = ""  # of the author around it
    depth: int = 0
    title_depth: int = -1  # of the title that makes deeper ones moot
    has_content: bool = False
    language: str | None = None  # xml:lang in force
    kind: str = ""  # of the text that is open
    is_link: bool = False  # the guid that is open
    is_over: bool = False  # the channel has ended

    def open_text(self, attributes: Attributes, allowed: Iterable[str] = ()) -> None:
        """Begin to read a text that holds no markup."""
        only(attributes, allowed)
        self.place = NOTHING
        self.texts.clear()

    def said(self) -> str:
        """Return the text that has just ended."""
        return "".join(self.texts).strip()

    def joined(self, link: str) -> str:
        """Return an address as feedparser makes it absolute."""
        return str(_urljoin(self.base, link))

    def keep(self, name: str, value: str) -> None:
        """Keep a word of the feed or of the entry; of an entry's the one that stands least deep."""
        if self.levels is None:
            self.context[name] = value
        elif self.depth <= self.levels.get(name, self.depth):
            self.levels[name] = self.depth
            self.context[name] = value


End = Callable[[Told], None] | None
Begin = Callable[[Told, Attributes], End]
Place = dict[str, Begin]

LANG, BASE = (f"http://www.w3.org/XML/1998/namespace {name}" for name in ("lang", "base"))
ABOUT = "http://www.w3.org/1999/02/22-rdf-syntax-ns# about"
SCOPE = {LANG, BASE}
OTHERS = "*"  # in a place: elements that nobody knows are passed over
NOTHING: Place = {}
_ADDRESSES = _FeedParserMixin.can_be_relative_uri
_CONTROLS = re.compile("[\x80-\x9f]")
_WINDOWS = {code: letter for code in range(128, 160) if (letter := bytes([code]).decode("cp1252", "ignore"))}


def only(attributes: Attributes, allowed: Iterable[str] = ()) -> None:
    """Raise UnsureError where there are attributes but the *allowed* ones."""
    if attributes and not attributes.keys() <= set(allowed):
        raise UnsureError


def mended(text: str) -> str:
    """Return *text* as feedparser mends UTF-8 that was taken for Latin-1, and windows-1252 that was."""
    if text.isascii():
        return text
    with contextlib.suppress(UnicodeError):
        text = text.encode("latin-1").decode("utf-8")
    return text.translate(_WINDOWS) if _CONTROLS.search(text) else text


def skipped(told: Told, attributes: Attributes) -> End:
    """Pass over a text that is of no use to us."""
    told.place = NOTHING
    return None


def passed(told: Told, attributes: Attributes) -> End:
    """Pass over an element, and the likes of it inside."""
    told.place = _UNKNOWN
    return None


def around(place: Place, allowed: Iterable[str] = ()) -> Begin:
    """Return the beginning of an element that means nothing itself."""

    def begin(told: Told, attributes: Attributes) -> End:
        only(attributes, allowed)
        told.place = place
        return None

    return begin


def word(name: str) -> Begin:
    """Return the beginning of a text that is kept as *name*."""
    is_address = name in _ADDRESSES

    def begin(told: Told, attributes: Attributes) -> End:
        told.open_text(attributes)
        return end

    def end(told: Told) -> None:
        text = told.said()
        told.keep(name, mended(told.joined(text) if text and is_address else text))

    return begin


def date(name: str) -> Begin:
    def begin(told: Told, attributes: Attributes) -> End:
        told.open_text(attributes, SCOPE)
        return end

    def end(told: Told) -> None:
        try:
            told.context[f"{name}_parsed"] = _parse_date(mended(told.said()))
        except Exception as error:  # feedparser fails on it: so does the document
            raise UnsureError from error

    return begin


def skipping(names: str) -> Place:
    """Return a place of texts that are of no use to us."""
    return dict.fromkeys(names.split(), skipped)


_UNKNOWN: Place = {OTHERS: passed}
