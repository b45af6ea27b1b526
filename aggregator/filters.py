"""Filters: which entries a subscription's rules let through. Pure; the rules were checked by config."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from aggregator.errors import FeedError
from aggregator.model import Entry, Rule, Subscription
from aggregator.text import shorten


def chosen(entries: Sequence[Entry], subscription: Subscription) -> tuple[Entry, ...]:
    """Return the entries that match one of the keep rules, if there are any, and none of the drop rules.

    A TimeoutError that its caller lets rise in here, by a signal, becomes a FeedError that names the rule.
    """
    return tuple(
        entry
        for entry in entries
        if (not subscription.keep or any(_matches(rule, entry) for rule in subscription.keep))
        and not any(_matches(rule, entry) for rule in subscription.drop)
    )


def _matches(rule: Rule, entry: Entry) -> bool:
    return all(
        any(_found(field, pattern, text) for text in _texts(entry, field)) for field, pattern in rule.patterns
    )


def _found(field: str, pattern: str, text: str) -> bool:
    try:
        return _compiled(pattern).search(text) is not None
    except TimeoutError:
        raise FeedError(
            "filter",
            f"the rule «{field}: {shorten(pattern, 200)}» takes for ever on one of the entries;"
            " write its expression in feeds.yaml without repeats inside repeats",
        ) from None


_compiled = lru_cache(maxsize=1000)(re.compile)


def _texts(entry: Entry, field: str) -> tuple[str, ...]:
    """Return what a rule for *field* looks at: each author's name and each category alone."""
    match field:
        case "title":
            return (entry.title,)
        case "summary":
            return (entry.summary,)
        case "author":
            return tuple(author.name for author in entry.authors)
        case "category":
            return entry.categories
        case "link":
            return (entry.link or "",)
    raise ValueError(f"no field of an entry that rules know: {field}")
