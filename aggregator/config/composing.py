"""Composing: the text of feeds.yaml as nodes, by libyaml where that reads it as ruamel.yaml does.

ruamel.yaml reads YAML in Python, which costs 0.2 ms a feed. libyaml is fifteen times as fast, but knows an
older YAML, and tells mistakes in other words. So it composes what both read alike only; whatever it refuses,
and whatever may mean something else to it, is for ruamel.yaml.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

# Not there where PyYAML was built without libyaml: all works then, more slowly.
_PARSER: Any = getattr(yaml, "CSafeLoader", None)
_DEEPEST = 50  # levels; libyaml's composer calls itself for each, and nothing else would stop it
_TAG = "tag:yaml.org,2002:"
_COLLECTIONS = {"SequenceNode": f"{_TAG}seq", "MappingNode": f"{_TAG}map"}
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
# Where the two differ, or might: white space and line ends that one of them knows; directives, and where
# documents begin and end; tags, and names for values; text in blocks; long keys; a colon
# right between a quote or a bracket and what follows.
_SPECIAL = re.compile(
    r"[^\n -~\xa1-\u1fff\u2030-\u2fff\u3001-\ud7ff\uf900-\ufdff\U00010000-\U0010ffff]"
    r"|^(?:%|---|\.\.\.)"
    r"|(?:^|[\s\[{,:'\"-])[!&*|>?](?![^\S\n]*\w+=)"
    r"|[\"'\]}]:(?!\s)",
    re.MULTILINE,
)


class _TooDeepError(Exception):
    pass


class _Composer(_PARSER or object):  # type: ignore[misc]
    """Gives the tags that matter here: nothing, a text, or a collection."""

    depth = 0

    def descend_resolver(self, _node: Any, _place: Any) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _TooDeepError

    def ascend_resolver(self) -> None:
        self.depth -= 1

    def resolve(self, kind: type, value: Any, implicit: Any) -> str:
        if kind.__name__ in _COLLECTIONS:
            return _COLLECTIONS[kind.__name__]
        plain = value if implicit[0] else None
        return f"{_TAG}null" if plain in _NULLS else f"{_TAG}value" if plain == "=" else f"{_TAG}str"


def quickly(text: str) -> Any:
    """Return the root node of *text*; None where libyaml does not know it, or not for sure."""
    if _PARSER is None or _SPECIAL.search(text):
        return None
    try:
        return _Composer(text).get_single_node()
    except (yaml.YAMLError, _TooDeepError, ValueError, OverflowError):
        return None
