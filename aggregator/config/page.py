"""The page: feeds.yaml as plain values that know their lines. Knows YAML, not what the keys mean.

Every scalar stays the text that stands in the file: whether `no`, `08` or `12:30` is a word, a number or a
mistake is for its key to say, not for YAML, whose versions disagree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from aggregator.config.composing import quickly
from aggregator.errors import ConfigError, Mistake
from aggregator.text import clean_characters

Node: TypeAlias = "ScalarNode | SequenceNode | MappingNode"  # or libyaml's, with the same parts
Value: TypeAlias = "str | list[Value] | dict[str, Value] | None"
Where: TypeAlias = tuple[str | int, ...]  # ("feeds", 2, "url")

LARGEST = 10_000_000  # bytes
_DEEPEST = 20  # levels; the format has five
_MOST_ALIASED = 100_000  # values that are read a second time through an alias; bounds "billion laughs"
_KINDS = ("str", "int", "float", "bool", "null", "timestamp", "merge", "map", "seq")
_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in _KINDS)
_VARIABLE = re.compile(r"\$(\$?)\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Page:
    """What stands in the file, where, and what is wrong with it as a page."""

    values: Value
    lines: Mapping[Where, int]
    written: Mapping[Where, str]  # the text in the file, where variables were filled in
    mistakes: Mapping[Where, Mistake]

    def place(self, where: Where) -> Where:
        """Return *where* if something stands there, or else the nearest thing around it."""
        while where not in self.lines:
            where = where[:-1]
        return where


def read(path: Path, text: str, environ: Mapping[str, str]) -> Page:
    """Return the page that *text* is, with `${NAME}` filled in from *environ*; `$${` stands for `${` itself.

    *path* is where it stands, or will stand.
    """
    root = composed(path, text)
    if root is None:
        raise _wrong(path, 1, "the file is empty; write at least 'feeds:' and a feed's address under it")
    unfolding = _Unfolding(path, environ)
    values = unfolding.value(root, ())
    if not isinstance(values, dict):
        what = "a list" if isinstance(values, list) else "one value"
        raise _wrong(
            path, unfolding.lines[()], f"the file holds {what}, not keys; put the feeds under 'feeds:'"
        )
    return Page(values, unfolding.lines, unfolding.written, unfolding.mistakes)


def literally(text: str) -> str:
    """Return how to write *text* so that nothing in it is filled in."""
    return _VARIABLE.sub(lambda variable: f"${variable[0]}", text)


def text_of(path: Path, written: bytes) -> str:
    """Return what is *written* at *path* as text, without its byte order mark."""
    if len(written) > LARGEST:
        raise _wrong(path, 1, "the file is larger than 10 MB; is it a list of feeds?")
    try:
        return written.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = written.count(b"\n", 0, error.start) + 1
        raise _wrong(
            path, line, f"the byte 0x{written[error.start]:02x} is no UTF-8; save the file as UTF-8"
        ) from None


def written_at(path: Path) -> bytes:
    """Return what stands at *path*, cut off one byte after the most that may."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except FileNotFoundError:
        raise _wrong(path, 1, "there is no such file; make it, or name another with --config") from None
    except IsADirectoryError:
        raise _wrong(path, 1, "this is a folder; name the file in it with --config") from None
    except PermissionError:
        raise _wrong(path, 1, "the file may not be read; give this user the right to read it") from None
    except (OSError, ValueError) as error:
        raise _wrong(path, 1, f"the file cannot be read: {error}") from None


def composed(path: Path, text: str) -> Node | None:
    """Return the root of *text*; raise ConfigError where that is no YAML. None: there is nothing in it."""
    try:
        root: Node | None = quickly(text) or YAML(typ="safe", pure=True).compose(text)
        return root
    except RecursionError:
        raise _wrong(
            path, 1, f"lists or keys stand more than {_DEEPEST} deep; the format needs five"
        ) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _wrong(
            path, line, f"the character U+{error.character:04X} may not stand here; remove it"
        ) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _wrong(path, mark.line + 1 if mark else 1, _syntax(error)) from None
    except YAMLError as error:
        raise _wrong(path, 1, f"this is no YAML: {_one_line(str(error))}") from None
    except (OverflowError, ValueError):  # "\UFFFFFFFF", and "%YAML 1." with five thousand digits
        raise _wrong(path, 1, "this is no YAML: an escape (\\U…) or a number in it is out of range") from None


# What ruamel.yaml says, and what an admin should do about it.
_REMEDIES = (
    (r"found character '\\t'", "a tab; YAML is indented with spaces"),
    (r"found character '([@`%|>&*!])'", r"a value may not begin with \1; put it in quotes"),
    (r"could not find expected ':'", "a key without its ':', here or in the line above"),
    (
        r"mapping values are not allowed here",
        "a ':' too many, or wrong indentation; put text with ': ' in quotes",
    ),
    (
        r"found undefined alias '(.*)'",
        r"*\1 is nowhere defined with &\1; put text that begins with * in quotes",
    ),
    (r"but found another document", "a second '---'; everything belongs in one document"),
    (r"found unexpected end of stream", "a quote that is opened here is never closed"),
    (
        r"expected (<block end>|'<document start>')",
        "does not fit the lines above; look at indentation, dashes, quotes",
    ),
    (r"expected ',' or '[\]}]'", "a [ or { that is never closed, or a comma too few"),
)


def _syntax(error: MarkedYAMLError) -> str:
    problem = _one_line(str(error.problem or error.context))
    for pattern, remedy in _REMEDIES:
        if said := re.match(pattern, problem):
            return said.expand(remedy)
    context = f" ({_one_line(error.context)})" if error.context else ""
    return f"this is no YAML: {problem}{context}; look at the indentation, the colons and the quotes"


def _one_line(text: str) -> str:
    return clean_characters(" ".join(text.split()))


def _wrong(path: Path, line: int, message: str) -> ConfigError:
    return ConfigError((Mistake(path, line, message),))


@dataclass(slots=True)
class _Unfolding:
    """Turns nodes into values, and collects on the way what the page says besides."""

    path: Path
    environ: Mapping[str, str]
    lines: dict[Where, int] = field(default_factory=dict)
    written: dict[Where, str] = field(default_factory=dict)
    mistakes: dict[Where, Mistake] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    aliased: int = 0

    def value(self, node: Node, where: Where) -> Value:
        """Return what *node* stands for; raise when it is built to be endless."""
        self._bound(node, where)
        self.lines.setdefault(where, node.start_mark.line + 1)
        if node.tag not in _TAGS:
            self._told(where, "tags (words that begin with '!') mean nothing here; write the plain value")
            return None
        if node.id == "scalar":
            return None if node.tag.endswith(":null") else self._filled_in(str(node.value), where)
        if node.id == "sequence":
            return [self.value(item, (*where, number)) for number, item in enumerate(node.value)]
        return self._mapping(node, where)

    def _bound(self, node: Node, where: Where) -> None:
        line = node.start_mark.line + 1
        if len(where) > _DEEPEST:
            raise _wrong(
                self.path, line, f"lists or keys stand more than {_DEEPEST} deep; the format needs five"
            )
        if id(node) in self.seen:
            self.aliased += 1
            if self.aliased > _MOST_ALIASED:
                raise _wrong(self.path, line, f"aliases (*name) unfold to more than {_MOST_ALIASED:,} values")
        self.seen.add(id(node))

    def _mapping(self, node: Node, where: Where) -> Value:
        values: dict[str, Value] = {}
        first: dict[str, int] = {}
        for key, item in node.value:
            line = key.start_mark.line + 1
            if key.id != "scalar":
                self._told(where, "a key must be a word", line)
                continue
            name = clean_characters(str(key.value))
            here = (*where, name)
            if name in first:
                twice = (*here, -line)  # a place of its own: the first one may be wrong besides
                self._told(
                    twice, f"stands here a second time (first in line {first[name]}); remove one", line
                )
                continue
            first[name] = line
            values[name] = self.value(item, here)
            if not isinstance(values[name], str):
                self.lines[here] = line
        return values

    def _filled_in(self, text: str, where: Where) -> str:
        unset: list[str] = []

        def value(variable: re.Match[str]) -> str:
            if variable[1]:
                return variable[0][1:]
            if variable[2] not in self.environ:
                unset.append(variable[0])
            return self.environ.get(variable[2], variable[0])

        filled = _VARIABLE.sub(value, text)
        if filled != text:
            self.written[where] = text
        for name in unset:
            self._told(
                where, f"{name} is not set in the environment; set it, or write ${name} to mean the text"
            )
        if clean_characters(filled) != filled:
            self._told(where, "holds a control character or another that no text needs; remove it")
        return clean_characters(filled)  # pydantic takes no lone surrogates

    def _told(self, where: Where, message: str, line: int | None = None) -> None:
        key = next((part for part in reversed(where) if isinstance(part, str)), None)
        told = f"{key}: {message}" if key is not None else message
        self.mistakes.setdefault(where, Mistake(self.path, line or self.lines[where], told))
