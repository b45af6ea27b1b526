"""Plain: a reader of our own for documents that are sound and plain, ten times as fast as feedparser.

It tells what feedparser would, word for word, or nothing at all: it knows the elements that nearly all feeds
are made of, and leaves every document that has another one to feedparser.
"""

from __future__ import annotations

import pyexpat
import re
from typing import Any

from feedparser import FeedParserDict
from feedparser.mixin import _FeedParserMixin
from feedparser.urls import make_safe_absolute_uri

from aggregator.parse.plain.places import KNOWN, ROOTS
from aggregator.parse.plain.told import (
    BASE,
    LANG,
    NOTHING,
    OTHERS,
    Attributes,
    Begin,
    End,
    Place,
    Told,
    UnsureError,
)


def found_in(body: bytes, location: str) -> Any:
    """Return what feedparser would find in settled UTF-8; None where that is not sure.

    *location* makes addresses absolute; '' leaves them as they are.
    """
    if not _ROOT.match(body):
        return None
    told = Told(_settled(location, location) if location else "")
    told.context, told.place = told.feed, ROOTS
    parser = pyexpat.ParserCreate("utf-8", " ")
    parser.buffer_text = True
    walk = _Walk(told)
    parser.StartNamespaceDeclHandler = walk.names.declared
    parser.StartElementHandler, parser.EndElementHandler = walk.down, walk.up
    parser.CharacterDataHandler = told.texts.append
    try:
        parser.Parse(body, True)
    except (pyexpat.ExpatError, UnsureError):
        return None
    return FeedParserDict(version=told.version, feed=told.feed, entries=told.entries, bozo=False)


_ROOT = re.compile(rb"<[A-Za-z]")


class _Walk:
    """Goes through a document from element to element."""

    def __init__(self, told: Told) -> None:
        self.names = _Names(told)
        self._told = told
        self._around: list[tuple[Place, End, str | None, str]] = []

    def down(self, name: str, attributes: Attributes) -> None:
        told = self._told
        key = self.names[name]
        begin = told.place.get(key) or _other(told.place, key)
        place, language, base = told.place, told.language, told.base
        told.depth += 1
        if attributes:
            _set_scope(told, attributes)
        self._around.append((place, begin(told, attributes), language, base))

    def up(self, _name: str) -> None:
        told = self._told
        place, end, language, base = self._around.pop()
        if end is not None:
            end(told)
        told.depth -= 1
        told.place, told.language, told.base = place, language, base


def _other(place: Place, key: str) -> Begin:
    """Return how to pass over an element of which feedparser knows no more than we do."""
    known = key in KNOWN or "_" not in key or key.endswith(("_detail", "_parsed"))
    if known or any(hasattr(_FeedParserMixin, f"_{side}_{key}") for side in ("start", "end")):
        raise UnsureError
    if place is NOTHING or OTHERS not in place:
        raise UnsureError
    return place[OTHERS]


def _set_scope(told: Told, attributes: Attributes) -> None:
    for name, value in attributes.items():
        if name == LANG:
            told.language = value or None
        elif name == BASE and told.base:
            told.base = _settled(told.base, value)
        elif name.lower().endswith("base"):  # feedparser takes any of them for xml:base
            raise UnsureError


def _settled(base: str, link: str) -> str:
    """Return *link* as the base of what is inside, as feedparser has it."""
    found = str(make_safe_absolute_uri(base, link or base) or base)
    if make_safe_absolute_uri(found, found) != found:
        raise UnsureError
    return found


class _Names(dict[str, str]):
    """From the names that expat gives to elements to those that feedparser does: prefix_name, lower case."""

    def __init__(self, told: Told) -> None:
        super().__init__()
        self._told = told
        self._prefixes: dict[str, str] = {}  # of names that feedparser does not know
        self._owners: dict[str, str] = {}  # which namespace has a prefix

    def declared(self, prefix: str | None, name: str | None) -> None:
        """Take note of a namespace; raise UnsureError where feedparser could take it for another one."""
        if not name:
            return
        lower = name.lower()
        known = _NAMESPACES.get(lower)
        written = (prefix or "").lower()
        self._told.version = self._told.version or _VERSIONS.get(lower, "")
        if name.split() != [name] or lower in _STRANGE or "backend.userland.com/rss" in lower:
            raise UnsureError
        if known is None:
            if self._prefixes.setdefault(name, written) != written:
                raise UnsureError
        elif (known == "" and lower not in _PLAIN) or (written in _PREFIXES and written != known.lower()):
            raise UnsureError
        for owned in {written, (known or written).lower()} - {""}:
            if self._owners.setdefault(owned, name) != name:
                raise UnsureError

    def __missing__(self, written: str) -> str:
        name, _, local = written.rpartition(" ")
        known = _NAMESPACES.get(name.lower())
        prefix = self._prefixes.get(name) if known is None else known
        if prefix is None or (not prefix and "_" in local):
            raise UnsureError
        key = self[written] = (f"{prefix}_{local}" if prefix else local).lower()
        return key


_NAMESPACES = {name.lower(): prefix for name, prefix in _FeedParserMixin.namespaces.items()}
_PREFIXES = {prefix.lower() for prefix in _NAMESPACES.values()} - {""}
_PLAIN = {
    "http://www.w3.org/2005/atom",
    "http://purl.org/rss/1.0/",
    "http://blogs.law.harvard.edu/tech/rss",
}
_STRANGE = {"http://www.w3.org/1999/xlink", "http://my.netscape.com/rdf/simple/0.9/"}
_VERSIONS = {"http://www.w3.org/2005/atom": "atom10", "http://purl.org/rss/1.0/": "rss10"}
