"""Editing: feeds written into the text of feeds.yaml, of which every other character stays as it was.

Text goes in, text comes out. Nothing is written anew from values, as YAML libraries do: that keeps comments,
but not quotes, indentation, line lengths and blank lines as their admin left them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentEndEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from aggregator.config.form import FeedForm
from aggregator.config.page import literally
from aggregator.errors import UserError
from aggregator.model import Listing

# What needs no quotes, whatever stands around it. YAML would allow more.
_PLAIN_ADDRESS = re.compile(r"https?://[\w.~-]+(?::\d+)?(?:/[\w.~/%+=&?-]*)?", re.ASCII)
_PLAIN_TEXT = re.compile(r"[^\W\d_](?:[\w .'()/-]*[\w.')])?")
_MEANT_OTHERWISE = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_COLON = re.compile(r"(?:\s*:)?")
_COMMA = re.compile(r"[ \t]*,")
_LINE_END = re.compile(r"\r\n|\n|\r|\Z")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


def unfit(listing: Listing) -> str | None:
    """Return why *listing* cannot stand in feeds.yaml, or None where it can."""
    try:
        FeedForm.model_validate(_values(listing))
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        return f"{detail['loc'][0]}: {detail.get('ctx', {}).get('error', detail['msg'])}"
    return None


def with_feeds(text: str, listings: Sequence[Listing]) -> str:
    """Return *text*, which is sound YAML, with *listings* behind the feeds that it has.

    Where it has no list of feeds it gets one, though *listings* may be empty. Raises UserError where the
    feeds are not written as a list.
    """
    root, ends = _outline(text)
    if root is not None and not isinstance(root.event, MappingStartEvent):
        return text  # a mistake, and for the loader to tell
    feeds = root.value("feeds") if root else None
    if root is None or (feeds is None and not root.is_flow):
        return _with_new_key(text, root, ends, listings)
    if feeds is None:
        return _in_flow(text, root, [f'"feeds": [{", ".join(_flow_items(listings))}]'])
    if feeds.is_nothing:
        return _with_first(text, root, feeds, listings)
    if not listings:
        return text
    if not isinstance(feeds.event, SequenceStartEvent):
        raise UserError("feeds: is not written as a list that could be added to; begin each feed with '- '")
    if not feeds.is_flow:
        column = feeds.dash(text)
        return _behind(text, feeds.end, column, listings, deeper_than=column)
    if not root.is_flow and not text[feeds.start + 1 : feeds.end - 1].strip():
        return _with_first(text, root, feeds, listings)
    return _in_flow(text, feeds, _flow_items(listings))


@dataclass(slots=True)
class _Part:
    """A value as it stands in the text, from character to character; an alias is a part of its own."""

    event: Event
    start: int
    end: int = 0  # behind its last sign: comments and blank lines that follow are no part of it
    parts: list[_Part] = field(default_factory=list)  # of a mapping: key, value, key, value …

    @property
    def is_flow(self) -> bool:
        return bool(getattr(self.event, "flow_style", False))

    @property
    def is_nothing(self) -> bool:
        return isinstance(self.event, ScalarEvent) and not self.event.style and self.event.value in _NULLS

    def value(self, name: str) -> _Part | None:
        """Return what stands behind the key *name*."""
        pairs = zip(self.parts[::2], self.parts[1::2], strict=True)
        return next((value for key, value in pairs if getattr(key.event, "value", None) == name), None)

    def dash(self, text: str) -> int:
        """Return the column of the dashes of this block sequence.

        Its event ends before the first dash, or where that is not indented, behind it.
        """
        mark = self.event.end_mark
        return int(mark.column) if text[mark.index : mark.index + 1] == "-" else int(mark.column) - 1


def _outline(text: str) -> tuple[_Part | None, int]:
    """Return the root of *text*, None in an empty one; and where its document ends."""
    top = _Part(Event(), 0)
    stack = [top]
    ends = len(text)
    for event in YAML(typ="safe", pure=True).parse(text):
        if isinstance(event, CollectionStartEvent):
            stack.append(_Part(event, event.start_mark.index))
            stack[-2].parts.append(stack[-1])
        elif isinstance(event, CollectionEndEvent):
            part = stack.pop()
            part.end = _end(part, event)
        elif isinstance(event, ScalarEvent | AliasEvent):
            stack[-1].parts.append(_leaf(text, event, stack[-1]))
        elif isinstance(event, DocumentEndEvent) and event.explicit:
            ends = event.start_mark.index
    return (top.parts[0] if top.parts else None), ends


def _end(part: _Part, event: Event) -> int:
    if part.is_flow:
        return int(event.end_mark.index)
    return part.parts[-1].end if part.parts else part.start


def _leaf(text: str, event: Event, around: _Part) -> _Part:
    """Return the part of a scalar or an alias; what *event* says of its place is not always so."""
    start, end = int(event.start_mark.index), int(event.end_mark.index)
    if start == end:  # nothing stands here, and its event is put where the next thing begins
        before = around.parts[-1].end if around.parts else around.start
        start = end = _COLON.match(text, before).end()  # type: ignore[union-attr]  # it matches nothing too
    while end > start and text[end - 1].isspace():  # a block scalar goes on over the blank lines below it
        end -= 1
    return _Part(event, start, end)


def _with_new_key(text: str, root: _Part | None, ends: int, listings: Sequence[Listing]) -> str:
    """Return *text* with a list of feeds at its end."""
    newline = _newline(text)
    column = root.event.start_mark.column if root else 0
    head = text[:ends]
    head += newline * (bool(head) and head[-1] not in "\r\n")
    head += newline * bool(root)
    key = f"{' ' * column}feeds:"
    lines = [key, *_block_lines(listings, column + 2)] if listings else [f"{key} []"]
    return head + "".join(line + newline for line in lines) + text[ends:]


def _with_first(text: str, root: _Part, feeds: _Part, listings: Sequence[Listing]) -> str:
    """Return *text* with *listings* where it says that there are no feeds, as `[]`, `~` or with nothing."""
    head, tail = text[: feeds.start], text[feeds.end :]
    head = head.rstrip(" ") if feeds.start < feeds.end else head
    if root.is_flow or not listings:
        return f"{head} [{', '.join(_flow_items(listings))}]{tail}"
    column = root.event.start_mark.column
    return _behind(head + tail, len(head), column + 2, listings, deeper_than=column)


def _behind(text: str, end: int, column: int, listings: Sequence[Listing], deeper_than: int) -> str:
    """Return *text* with *listings*, their dashes at *column*, on the lines below what ends at *end*.

    Comments right below that begin *deeper_than* a column belong to what stands above.
    """
    newline = _newline(text)
    at = _next_line(text, end)
    comment = re.compile(f" {{{deeper_than + 1},}}#")
    while comment.match(text, at):
        at = _next_line(text, at)
    head = text[:at]
    head += newline * (head[-1:] not in {"\r", "\n"})
    return head + "".join(line + newline for line in _block_lines(listings, column)) + text[at:]


def _in_flow(text: str, around: _Part, items: list[str]) -> str:
    """Return *text* with *items* behind those that stand between the brackets of *around*."""
    if not around.parts:
        at = around.start + 1
        return f"{text[:at]}{', '.join(items)} {text[at:]}"
    last = around.parts[-1]
    begins = text.rfind("\n", 0, last.start) + 1
    indent = text[begins : last.start]
    comma = _COMMA.match(text, last.end)
    at = _next_line(text, last.end)
    if not begins or indent.strip() or at >= around.end:
        return text[: last.end] + "".join(f", {item}" for item in items) + text[last.end :]
    # Each has a line of its own; the new ones have too, below the comment that may stand behind the last.
    lines = f",{_newline(text)}".join(indent + item for item in items) + "," * bool(comma) + _newline(text)
    return text[: last.end] + "," * (not comma) + text[last.end : at] + lines + text[at:]


def _next_line(text: str, at: int) -> int:
    return _LINE_END.search(text, at).end()  # type: ignore[union-attr]  # there is an end


def _newline(text: str) -> str:
    return _LINE_END.search(text)[0] or "\n"  # type: ignore[index]


def _block_lines(listings: Sequence[Listing], column: int) -> Iterator[str]:
    indent = " " * column
    for listing in listings:
        values = _values(listing)
        if list(values) == ["url"]:
            yield f"{indent}- {_scalar(listing.url, _PLAIN_ADDRESS)}"
            continue
        for number, (key, value) in enumerate(values.items()):
            yield f"{indent}{'  ' if number else '- '}{key}: {_block_value(key, value)}"


def _block_value(key: str, value: str | list[str]) -> str:
    plain = _PLAIN_ADDRESS if key == "url" else _PLAIN_TEXT
    if isinstance(value, str):
        return _scalar(value, plain)
    return f"[{', '.join(_scalar(each, plain) for each in value)}]"


def _flow_items(listings: Sequence[Listing]) -> list[str]:
    """Return *listings* as JSON, which is YAML too: a file may be either."""
    return [_flow_item(_values(listing)) for listing in listings]


def _flow_item(values: dict[str, str | list[str]]) -> str:
    written = {
        key: literally(value) if isinstance(value, str) else [literally(each) for each in value]
        for key, value in values.items()
    }
    return json.dumps(written["url"] if list(values) == ["url"] else written, ensure_ascii=False)


def _values(listing: Listing) -> dict[str, str | list[str]]:
    """Return what *listing* says, under the keys of feeds.yaml."""
    said: dict[str, str | list[str] | None] = {
        "url": listing.url,
        "key": listing.key,
        "title": listing.title,
        "categories": list(listing.categories),
        "language": listing.language,
    }
    return {key: value for key, value in said.items() if value or key == "url"}  # type: ignore[misc]


def _scalar(text: str, plain: re.Pattern[str]) -> str:
    """Return *text* in YAML: as it is where that can only be read one way, or else in quotes."""
    written = literally(text)
    if plain.fullmatch(written) and written.casefold() not in _MEANT_OTHERWISE:
        return written
    return json.dumps(written, ensure_ascii=False)
