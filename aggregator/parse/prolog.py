"""Prolog: what stands before the root of an XML document, made harmless; and what the root says.

No DTD is fetched and no declared entity may hold another one (billion laughs; a long chain of them overruns
the stack of expat before 2.7). Those that stand for mere text are kept, unless they unfold beyond the bound.
"""

from __future__ import annotations

import re
from collections import Counter
from html import unescape

from aggregator.errors import MEND, FeedError

_BEFORE = re.compile(rb"(?:\s++|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_QUOTED = rb"\"[^\"]*+\"|'[^']*+'"
_DOCTYPE = re.compile(
    rb"<!DOCTYPE(?P<name>(?:[^\"'\[>]|" + _QUOTED + rb")*+)"
    rb"(?:\[(?P<subset>(?:[^\]\"'<]|<!--.*?-->|<\?.*?\?>|<|" + _QUOTED + rb")*+)\]\s*+)?>",
    re.DOTALL,
)
_ENTITY = re.compile(rb"<!--.*?-->|<!ENTITY\s+([\w.-]+)\s+(?:\"([^\"&%<]*)\"|'([^'\"&%<]*)')\s*>", re.DOTALL)
_REFERENCE = re.compile(rb"&([\w.-]+);")
_ROOT = re.compile(rb"<([A-Za-z_][\w:.-]*)((?:[^>\"']|" + _QUOTED + rb")*+)>")


def settled(body: bytes, max_body: int) -> bytes:
    """Return *body* with nothing before its root but a DOCTYPE that does no harm."""
    body = body[_BEFORE.match(body).end() :]  # type: ignore[union-attr]  # it matches the empty string
    if not body.startswith(b"<!DOCTYPE"):
        return body
    doctype = _DOCTYPE.match(body)
    if doctype is None:
        raise FeedError("parse", f"its document type declaration (DOCTYPE) never ends; {MEND}")
    rest = body[doctype.end() :]
    rest = rest[_BEFORE.match(rest).end() :]  # type: ignore[union-attr]
    entities = _entities(doctype["subset"] or b"", rest, max_body)
    declared = b"".join(b'<!ENTITY %s "%s">\n' % pair for pair in entities.items())
    # feedparser knows RSS 0.91 of Netscape by the DOCTYPE's name, and entities where a line begins with them.
    name = doctype["name"].replace(b"\n", b" ")
    return b"<!DOCTYPE" + name + (b"[\n" + declared + b"]" if declared else b"") + b">\n" + rest


def root(body: bytes) -> tuple[str, dict[str, str]]:
    """Return the name and attributes of the root of a settled *body*; ('', {}) where there is none."""
    doctype = _DOCTYPE.match(body)
    found = _ROOT.match(body[doctype.end() :].lstrip() if doctype else body)
    if found is None:
        return "", {}
    pairs = re.findall(rb"([\w:.-]+)\s*=\s*(\"[^\"]*\"|'[^']*')", found[2])
    return found[1].decode("utf-8", "replace"), {
        name.decode("utf-8", "replace"): unescape(value[1:-1].decode("utf-8", "replace"))
        for name, value in pairs
    }


def _entities(subset: bytes, rest: bytes, max_body: int) -> dict[bytes, bytes]:
    """Return the entities of *subset* that stand for text alone; refuse those that blow *rest* up."""
    found = {match[1]: match[2] or match[3] or b"" for match in _ENTITY.finditer(subset) if match[1]}
    uses = Counter(name for name in _REFERENCE.findall(rest) if name in found) if found else {}
    if sum(len(found[name]) * times for name, times in uses.items()) > max_body:
        raise FeedError(
            "parse",
            "the entities in it unfold to more than poll.max_body allows, as in an attack; ask its publisher,"
            " or remove the feed",
        )
    return {name: found[name] for name in uses}
