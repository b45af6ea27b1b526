"""Sections: CDATA, comments and instructions that an item forgets to close, closed where the item ends.

Left open, one of them swallows the items behind it, up to where the next one is closed; and what comes of it
may well be sound XML. Every step is linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

_CDATA = b"<![CDATA["
_ENDS = {b"<!--": b"-->", _CDATA: b"]]>", b"<?": b"?>"}
_TOKEN = re.compile(rb"(<!--|<!\[CDATA\[|<\?)|<(/?)(?:[A-Za-z_][\w.-]*:)?(?:item|entry)(?=[\s/>])")
_ITEM = rb"<(?:[A-Za-z_][\w.-]*:)?(?:item|entry)(?=[\s/>])"
_ITEM_END = rb"</(?:[A-Za-z_][\w.-]*:)?(?:item|entry)\s*>"
_ELEMENT = re.compile(rb"<([A-Za-z_][\w.:-]*)(?:\s[^<>]*)?>\s*\Z")
_LONGEST_TAG = 300  # bytes; that of a title or a description
_MOST = 1000  # no publisher forgets more; an attack would


def closed(body: bytes) -> bytes:
    """Return *body* with an end for each section in an item that swallows the end of its item and more."""
    even = all(body.count(start) == body.count(end) for start, end in _ENDS.items())
    if even and b"<!-->" not in body:  # which begins a comment and ends none
        return body  # as nearly all are
    parts: list[bytes] = []
    position = 0
    for place, end in islice(_missing(body), _MOST):
        parts += [body[position:place], end]
        position = place
    return b"".join((*parts, body[position:]))


def _missing(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield where an end is missing, and which."""
    scouts = {kind: _Scouts.of(body, kind) for kind in _ENDS}
    position, in_item = 0, False
    while found := _TOKEN.search(body, position):
        position, kind = found.end(), found[1]
        if kind is None:
            in_item = not found[2]
            continue
        ahead = scouts[kind]
        place = ahead.swallowed(position) if in_item else None
        if place is None:
            position = ahead.end.after(position)[0]
            continue
        if kind == _CDATA:
            place = _end_of_element(body, found.start(), position, place)
        yield place, _ENDS[kind]
        position = place


class _Scout:
    """Finds the next match at or after a place, each beyond the one before: nothing is read twice."""

    def __init__(self, body: bytes, pattern: bytes) -> None:
        self._body, self._pattern = body, re.compile(pattern)
        self._found = (-1, -1)

    def after(self, place: int) -> tuple[int, int]:
        """Return where the match begins and ends; both are the end of the body where there is none."""
        if self._found[0] < place:
            found = self._pattern.search(self._body, place)
            self._found = found.span() if found else (len(self._body),) * 2
        return self._found

    @property
    def finds_nothing(self) -> bool:
        """Say whether nothing lies ahead."""
        return self._found[0] == len(self._body)


class _Scouts(NamedTuple):
    """What lies ahead of a section of one kind."""

    end: _Scout
    item_end: _Scout
    item: _Scout
    again: _Scout  # another section of its kind

    @classmethod
    def of(cls, body: bytes, kind: bytes) -> _Scouts:
        patterns = (re.escape(_ENDS[kind]), _ITEM_END, _ITEM, re.escape(kind))
        return cls(*(_Scout(body, pattern) for pattern in patterns))

    def swallowed(self, start: int) -> int | None:
        """Return where the item ends that a section from *start* on swallows; None if it means to hold it.

        Text may hold an item, as an example. That it holds another section of its own kind as well, in the
        item behind, and ends with that, is what an open section looks like.
        """
        end, (item_end, behind) = self.end.after(start)[0], self.item_end.after(start)
        if item_end >= end:
            return None
        again = self.again.after(self.item.after(behind)[1])[0]
        return item_end if again < end or self.end.finds_nothing else None


def _end_of_element(body: bytes, section: int, start: int, item_end: int) -> int:
    """Return where the element ends that begins right before *section*; the item's end where it does not."""
    element = _ELEMENT.search(body[max(section - _LONGEST_TAG, 0) : section])
    end = body.find(b"</" + element[1] + b">", start, item_end) if element else -1
    return item_end if end < 0 else end
