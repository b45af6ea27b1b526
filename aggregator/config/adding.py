"""Adding: feeds into what is written in feeds.yaml, looked over before and after. Writes no file itself."""

from __future__ import annotations

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from aggregator.config.editing import with_feeds
from aggregator.config.loading import understood
from aggregator.config.page import composed, text_of
from aggregator.errors import ConfigError, UserError
from aggregator.model import Config, Listing


def begun(path: Path, written: bytes, environ: Mapping[str, str]) -> Config:
    """Return the configuration that is *written* at *path*, where there may be no feeds yet, or nothing.

    Raises ConfigError with every mistake in it, as `load` does.
    """
    text = text_of(path, written)
    composed(path, text)  # tells what is no YAML
    return understood(path, with_feeds(text, ()), environ)


def added(path: Path, written: bytes, listings: Sequence[Listing], environ: Mapping[str, str]) -> bytes:
    """Return what is *written* at *path*, which has no mistake, with *listings* behind its feeds.

    Raises UserError unless it is sound, with the feeds that were there and the new ones, and nothing else.
    """
    before = begun(path, written, environ)
    mark = codecs.BOM_UTF8 * written.startswith(codecs.BOM_UTF8)
    text = with_feeds(text_of(path, written), listings)
    try:
        after = understood(path, text_of(path, text.encode()), environ)
    except ConfigError as error:
        told = "; ".join(mistake.message for mistake in error.mistakes[:3])
        raise UserError(f"{path}: left as it was, as it would not be sound: {told}") from None
    old, new = (
        after.subscriptions[: len(before.subscriptions)],
        after.subscriptions[len(before.subscriptions) :],
    )
    as_it_was = replace(after, subscriptions=old) == before
    if not as_it_was or [each.url for each in new] != [listing.url for listing in listings]:
        raise UserError(f"{path}: left as it was: its feeds are written in a way that only you can add to")
    return mark + text.encode()
