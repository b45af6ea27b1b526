"""XML: UTF-8 of RSS, RDF, Atom and CDF to a Document, with feedparser behind it.

feedparser gets the head and the items not yet seen (delta.py); the whole, where that is not sure to give the
same. Judged by what it finds, not by its `bozo`: a cut-off feed has good entries, a page that is none has no
complaint.
"""

from __future__ import annotations

import io
import pyexpat
import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from html.entities import name2codepoint
from typing import Any

import feedparser

from aggregator.errors import MEND, FeedError
from aggregator.model import Document
from aggregator.parse import delta, plain, prolog, sections
from aggregator.parse.entry import raw_entry
from aggregator.parse.feed import frame, raw_feed
from aggregator.parse.other import not_a_feed, refuse_page

# The first expat that limits how far entities may unfold (CVE-2013-0340).
if pyexpat.version_info < (2, 4, 1):
    raise RuntimeError(f"{pyexpat.EXPAT_VERSION} is too old to read what strangers wrote: 2.4.1 at least")


def xml_document(
    body: bytes, url: str, known: Collection[bytes], *, max_body: int, max_entries: int
) -> Document:
    """Return the feed in *body*, with the newest of those of its items that are not *known*."""
    body = settled(body, max_body)
    refuse_page(body)
    _refuse_abyss(body)
    location = location_of(body, url)
    layout, leaks = delta.split(body), delta.leaks(body)
    if layout is None:
        part = delta.beginning(body, max_entries)
        found = _sound(part, None, location) or _any(_repaired(part), location)
        return document_of(found, found.entries[:max_entries], body, url, leaks)
    if layout.cut is not None:
        body, layout = delta.mended(body, layout), replace(layout, cut=None)
    outside, marks = delta.reduced(body, layout, ()), delta.hashes(body, layout)
    places = [place for place, mark in enumerate(marks) if leaks or mark not in known]
    chosen = delta.newest(body, layout, places, max_entries)
    found = _sound(delta.reduced(body, layout, chosen), len(chosen), location)
    if found is not None:
        document = document_of(found, found.entries, outside, url, leaks)
        return document if leaks else replace(document, item_hashes=b"".join(marks))
    chosen = delta.newest(body, layout, range(len(marks)), max_entries)
    found, entries = _damaged(_repaired(delta.reduced(body, layout, chosen)), len(chosen), location)
    return document_of(found, entries, outside, url, leaks)


def settled(body: bytes, max_body: int) -> bytes:
    """Return *body* with nothing in it that feedparser would choke on."""
    return sections.closed(_digestible(prolog.settled(body, max_body)))


def location_of(body: bytes, url: str) -> str:
    """Return the address that feedparser is to know, '' for none.

    Given one, it makes every guid absolute that does not deny being a link, and the id would change with the
    address; so only where xml:base makes it need one. Links are resolved by normalise.
    """
    return url if b"xml:base" in body else ""


DEEPEST = 5_000  # elements inside one another: no feed has more than thirty, its XHTML content included


def _refuse_abyss(body: bytes) -> None:
    """Raise FeedError where elements are nested endlessly: feedparser takes seconds to climb out again."""
    if body.count(b"<") <= DEEPEST:
        return
    depth, parser = 0, pyexpat.ParserCreate()

    def down(_name: str, _attributes: Any) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise FeedError("parse", f"its elements are nested more than {DEEPEST:,} deep; {MEND}")

    def up(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = down, up
    with suppress(pyexpat.ExpatError):  # what is broken is read as far as it goes
        parser.Parse(body, True)


def document_of(found: Any, entries: list[Any], outside: bytes, url: str, leaks: bool) -> Document:
    """Return what feedparser *found* as a Document; *outside* is the markup around its *entries*."""
    name, attributes = prolog.root(outside)
    # feedparser reads CDF, but has no version for it.
    version = found.get("version") or ("cdf" if name.lower() == "channel" else "")
    if not version and not entries:
        raise not_a_feed(outside)
    around = frame(version, url, attributes, leaks)
    return replace(
        raw_feed(found, outside, around), entries=tuple(raw_entry(entry, around) for entry in entries)
    )


def _sound(body: bytes, count: int | None, location: str) -> Any:
    """Return what feedparser finds in *body* if it is sound XML, with *count* entries if that is known."""
    found = plain.found_in(body, location) or found_by_feedparser(body, location)
    if found is None or found.bozo:
        return None
    return found if count in (None, len(found.entries)) else None


def _damaged(body: bytes, count: int, location: str) -> tuple[Any, list[Any]]:
    """Return what feedparser finds in *body*, which is not sound, and at most *count* entries.

    The parser for broken XML may swallow what follows; so it gets the broken items alone, if only items are.
    """
    found, layout = _sound(body, count, location), delta.split(body)
    if found is None and layout is not None and len(layout.items) == count:
        around = _sound(delta.reduced(body, layout, ()), 0, location)
        if around is not None:
            return around, _salvaged(body, layout, range(count), location)
    found = found or _any(body, location)
    return found, found.entries[:count]


def _salvaged(body: bytes, layout: delta.Layout, places: Sequence[int], location: str) -> list[Any]:
    """Return the entries at *places*: halved until the sound ones are parsed apart from the broken ones."""
    part = delta.reduced(body, layout, places)
    found = _sound(part, len(places), location)
    if found is None and len(places) == 1:
        found = found_by_feedparser(part, location)
    if found is not None or len(places) == 1:
        return list(found.entries[: len(places)]) if found else []
    middle = len(places) // 2
    halves = (places[:middle], places[middle:])
    return [entry for half in halves for entry in _salvaged(body, layout, half, location)]


def _any(body: bytes, location: str) -> Any:
    """Return what feedparser finds in *body*, sound or not."""
    found = found_by_feedparser(body, location)
    if found is None:
        raise FeedError("parse", f"its XML is too broken to find anything in it; {MEND}")
    return found


def _repaired(body: bytes) -> bytes:
    """Return *body* with HTML's entities as numbers, and without characters that XML forbids.

    They are what most broken feeds suffer from. Within CDATA they mean the same either way.
    """
    return _REFERENCE.sub(_legal_reference, body)


_REFERENCE = re.compile(rb"&(?:#[xX]([0-9a-fA-F]+)|#([0-9]+)|([A-Za-z][A-Za-z0-9]{1,30}));")


def _legal_reference(match: re.Match[bytes]) -> bytes:
    hexadecimal, decimal, name = match.groups()
    if name:
        known = None if name in _XML_ENTITIES else name2codepoint.get(name.decode())
        return b"&#%d;" % known if known else match[0]
    digits, base = (hexadecimal, 16) if hexadecimal else (decimal, 10)
    code = int(digits, base) if len(digits.lstrip(b"0")) <= 7 else 0
    legal = (
        code in {9, 10, 13} or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    )
    return match[0] if legal else b""


_XML_ENTITIES = {b"amp", b"lt", b"gt", b"quot", b"apos"}


def found_by_feedparser(body: bytes, location: str) -> Any:
    """Return feedparser's result, None if it failed on something that it was not made for."""
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": location}
    try:
        # Bare bytes that look like a path would be opened as a file: always a stream.
        found = feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except MemoryError:
        raise  # of our bound on a worker; that says nothing about the document
    except Exception:  # whatever a stranger's bytes make of a stranger's parser says nothing about our code
        return None
    if "out of memory" in str(found.get("bozo_exception", "")):  # expat has no other way to tell
        raise MemoryError
    return found


def _digestible(body: bytes) -> bytes:
    """Return *body* without the two things that feedparser would choke on.

    It takes media:description for the entry's own, so that the caption of a photograph would become the
    article; and it looks for an e-mail address in an author's name in quadratic time.
    """
    body = _LONG_NAME.sub(rb"\1", body)
    return _CAPTION.sub(_renamed, body) if b"media:description" in body else body


_LONG_NAME = re.compile(
    rb"(<(?:[\w.-]+:)?(?:author|creator|publisher|managingEditor|webMaster)\b[^>]{0,500}>"
    rb"\s*+(?:<!\[CDATA\[)?)[^<\]]{500,}+",
    re.IGNORECASE,
)
_CAPTION = re.compile(rb"<(/?)media:description\b([^>]*)>")


def _renamed(tag: re.Match[bytes]) -> bytes:
    return b"<" + tag[1] + b"media:caption" + (b"/>" if tag[2].endswith(b"/") else b">")
