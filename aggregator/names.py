"""Names: how an entry is called by those who write feeds.yaml, and by the store. Pure.

An admin says which headlines are one by links, ids or titles; each has a form in which it is compared.
"""

from __future__ import annotations

import re

from aggregator.links import canonical
from aggregator.text import fold

_NOT_WORDS = re.compile(r"[^\w%€$£+]+")


def title_key(title: str) -> str:
    """Return the form in which two titles are the same words: case, accents, quotes and dashes set aside.

    Signs that change a meaning stay: 5 % is not 5, and C++ is not C.
    """
    return _NOT_WORDS.sub(" ", fold(title)).strip()


def names_of(entry_id: str, link_key: str, title: str) -> frozenset[str]:
    """Return what an entry can be called: by its id, its canonical link, its title."""
    return frozenset(name for name in (entry_id, link_key, _as_title(title)) if name)


def spelt(name: str) -> frozenset[str]:
    """Return the names that *name*, as an admin writes it, may stand for."""
    return frozenset((name, canonical(name) if "://" in name else "", _as_title(name))) - {""}


def titles_in(names: frozenset[str]) -> frozenset[str]:
    """Return the keys of the titles among *names*."""
    return frozenset(name.removeprefix(_TITLE) for name in names if name.startswith(_TITLE))


_TITLE = "title: "  # before the key of a title, so that no id is taken for one


def _as_title(text: str) -> str:
    key = title_key(text)
    return f"{_TITLE}{key}" if key else ""
