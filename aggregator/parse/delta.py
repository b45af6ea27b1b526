"""Delta: which bytes of a feed document are its items, so that only those not yet seen need parsing.

Works on settled UTF-8. Every step is linear. Where it is not sure it says so, and the document is parsed
whole: what comes of a reduced document must equal what a full parse makes of those items.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import xxhash

from aggregator.parse import prolog

_TOKEN = re.compile(rb"<(?:(!--|!\[CDATA\[|\?)|(/?)((?:[A-Za-z_][\w.-]*:)?(?:item|entry))(?=[\s/>]))")
_SECTIONS = {b"!--": b"-->", b"![CDATA[": b"]]>", b"?": b"?>"}
_TAG_END = re.compile(rb"(?:[^>\"']|\"[^\"]*+\"|'[^']*+')*+>")
_ROOTS = {"rss", "feed", "RDF"}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the items of a document stand."""

    items: tuple[tuple[int, int], ...]  # first byte, and the one after the last
    cut: int | None = None  # where the item begins in which the document breaks off


def split(body: bytes) -> Layout | None:
    """Return where the items are; None if there are none, or items in items, or anything that is not sure."""
    if prolog.root(body)[0].rpartition(":")[2] not in _ROOTS:
        return None
    items: list[tuple[int, int]] = []
    names: set[bytes] = set()
    start: int | None = None
    for tag in _tags(body):
        if tag.end is None:  # a section or a tag that never ends: all behind it is lost
            return _layout(items, start, names) if start is not None else None
        if tag.closes == (start is None):
            return None
        names.add(tag.name)
        start = tag.start if start is None else start
        if tag.closes or tag.empty:
            items.append((start, tag.end))
            start = None
    return _layout(items, start, names)


class _Tag(NamedTuple):
    start: int
    end: int | None
    name: bytes = b""
    closes: bool = False
    empty: bool = False


def _tags(body: bytes) -> Iterator[_Tag]:
    """Yield the tags of items and entries; what stands in comments, CDATA and instructions is none."""
    position = 0
    while found := _TOKEN.search(body, position):
        if closing := _SECTIONS.get(found[1]):
            end = body.find(closing, found.end())
            position = end + len(closing)
            if end < 0:
                yield _Tag(found.start(), None)
                return
            continue
        ending = _TAG_END.match(body, found.end())
        if ending is None:
            yield _Tag(found.start(), None)
            return
        position = ending.end()
        yield _Tag(found.start(), position, found[3], bool(found[2]), body[position - 2 : position] == b"/>")


def _layout(items: list[tuple[int, int]], cut: int | None, names: set[bytes]) -> Layout | None:
    return Layout(tuple(items), cut) if items and len(names) == 1 else None


def hashes(body: bytes, layout: Layout) -> tuple[bytes, ...]:
    """Return 8 bytes for each item, of its bytes and of all in the head that they depend on to be read."""
    first = layout.items[0][0]
    seed = xxhash.xxh3_64_intdigest(b"\0".join(_MEANINGFUL.findall(body, 0, first)))
    return tuple(xxhash.xxh3_64_digest(body[start:end], seed) for start, end in layout.items)


_MEANINGFUL = re.compile(rb"<!ENTITY[^>]*>|\b(?:xmlns[^\s=]*|xml:\w+|base|lang)\s*=\s*[\"'][^\"']*")


def reduced(body: bytes, layout: Layout, keep: Collection[int]) -> bytes:
    """Return *body* without the items whose places are not in *keep*."""
    if len(keep) == len(layout.items):
        return body
    wanted, parts, position = set(keep), [], 0
    for place, (start, end) in enumerate(layout.items):
        parts.append(body[position : end if place in wanted else start])
        position = end
    return b"".join((*parts, body[position:]))


def mended(body: bytes, layout: Layout) -> bytes:
    """Return a document that breaks off in an item without that item, and with the end that it lacks."""
    whole = body[: layout.cut]
    in_channel = b"<channel" in whole[: layout.items[0][0]] and b"</channel" not in whole
    name = prolog.root(body)[0].encode()
    return whole + (b"</channel>" if in_channel else b"") + b"</" + name + b">"


def leaks(body: bytes) -> bool:
    """Return whether what one item says can change how feedparser reads the next one.

    It forgets to close a bare <div> in content that is not declared as XHTML, and with it the xml:base and
    xml:lang in force; and it knows each namespace by the first prefix that it met.
    """
    first = _TOKEN_ITEM.search(body)
    news = body[first.start() :] if first else b""
    prefixed = b"xmlns:" in news
    if not prefixed and b"div>" not in news:
        return False
    bare = _CDATA.sub(b"", news)
    if _SCOPED.search(bare) and _DIV.search(_XHTML.sub(b"", bare)):
        return True
    return prefixed and not _one_prefix_each(body[: len(body) - len(news)] + bare)


_TOKEN_ITEM = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_CDATA = re.compile(rb"<!\[CDATA\[.*?\]\]>", re.DOTALL)
_XHTML = re.compile(
    rb"<(content|summary|title)\b[^>]*\btype\s*=\s*[\"'](?:xhtml|application/xhtml\+xml)[\"'][^>]*+>.*?</\1\s*>",
    re.DOTALL,
)
_DIV = re.compile(rb"</(?:[\w.-]+:)?div\s*>", re.IGNORECASE)
_SCOPED = re.compile(rb"\b(?:lang|base)\s*=", re.IGNORECASE)
_NAMESPACE = re.compile(rb"\bxmlns:([\w.-]+)\s*=\s*[\"']([^\"']*)[\"']")


def _one_prefix_each(markup: bytes) -> bool:
    pairs = set(_NAMESPACE.findall(markup))
    return len(pairs) == len({prefix for prefix, _ in pairs}) == len({name for _, name in pairs})


def newest(body: bytes, layout: Layout, places: Sequence[int], count: int) -> list[int]:
    """Return the *count* newest of *places*, in the document's order; the first ones if one bears no date."""
    if len(places) <= count:
        return list(places)
    dated: list[tuple[datetime, int]] = []
    for place in places:
        found = _DATE.search(body, *layout.items[place])
        when = _glimpsed(found[1].decode("latin-1").strip()) if found else None
        if when is None:
            return list(places[:count])
        dated.append((when, -place))
    return sorted(-place for _, place in sorted(dated, reverse=True)[:count])


_DATE = re.compile(
    rb"<(?:pubDate|published|dc:date|updated|issued|modified|created)\b[^>]{0,200}>\s*(?:<!\[CDATA\[)?([^<\]]{4,60})"
)


def _glimpsed(stamp: str) -> datetime | None:
    """Return a date in one of the two forms that nearly all feeds use."""
    try:
        when = datetime.fromisoformat(stamp) if stamp[:4].isdigit() else parsedate_to_datetime(stamp)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    try:
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except OverflowError:
        return None


def beginning(body: bytes, count: int) -> bytes:
    """Return *body* up to the end of its *count*-th item, for documents whose items cannot be told apart."""
    ends = (match.end() for match in _CLOSED.finditer(body))
    last = next((end for place, end in enumerate(ends, 1) if place == count), None)
    return body if last is None or not _CLOSED.search(body, last) else body[:last]


_CLOSED = re.compile(rb"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
