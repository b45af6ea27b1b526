"""Rows to values and back: the only place that knows both the columns and the words."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from pydantic import TypeAdapter

from aggregator.model import (
    Arrival,
    Config,
    Enclosure,
    Entry,
    Facts,
    Feed,
    Html,
    Known,
    Person,
    Reasons,
    Source,
    Subscription,
    Validators,
)
from aggregator.store.tables import entries, feeds, headlines

T = TypeVar("T")
Details = tuple[tuple[Person, ...], tuple[str, ...], tuple[Enclosure, ...]]

ABOUT: TypeAdapter[Feed] = TypeAdapter(Feed)
CONFIG: TypeAdapter[Config] = TypeAdapter(Config)
DETAILS: TypeAdapter[Details] = TypeAdapter(Details)
REASONS: TypeAdapter[Reasons] = TypeAdapter(Reasons)
SUBSCRIPTION: TypeAdapter[Subscription] = TypeAdapter(Subscription)

KNOWN: tuple[sa.Column[Any], ...] = (
    entries.c.id,
    entries.c.feed,
    entries.c.uid,
    entries.c.headline,
    entries.c.title,
    entries.c.fingerprint,
    entries.c.digest,
    entries.c.link_key,
    entries.c.title_key,
    entries.c.words,
    entries.c.published,
    entries.c.first_seen,
    entries.c.alone,
    entries.c.entry_id,
    entries.c.revision,
    entries.c.updated,
    headlines.c.story,
)
ENTRY_COLUMNS = (
    "title",
    "link",
    "summary",
    "content",
    "image",
    "language",
    "details",
    "published",
    "updated",
    "dated",
    "comments",
    "comments_link",
    "comments_feed",
    "fingerprint",
    "digest",
    "link_key",
    "title_key",
    "words",
)
SOURCE: tuple[sa.Column[Any], ...] = (
    entries.c.headline,
    entries.c.id,
    feeds.c.key,
    feeds.c.name,
    feeds.c.url,
    feeds.c.about,
    entries.c.entry_id,
    entries.c.title,
    entries.c.link,
    entries.c.language,
    entries.c.published,
    entries.c.updated,
    entries.c.rule,
    entries.c.score,
    entries.c.matched,
    entries.c.reasons,
    entries.c.comments,
    entries.c.comments_link,
)


def entry_columns(arrival: Arrival) -> dict[str, Any]:
    """Return what an entry's row says in its publisher's words; `entry_of` reads it back."""
    entry, facts = arrival.entry, arrival.facts
    return {
        "title": entry.title,
        "link": entry.link,
        "summary": entry.summary,
        "content": entry.content,
        "image": entry.image,
        "language": entry.language,
        "details": DETAILS.dump_json((entry.authors, entry.categories, entry.enclosures)).decode(),
        "published": entry.published,
        "updated": entry.updated,
        "dated": entry.dated,
        "comments": entry.comments,
        "comments_link": entry.comments_link,
        "comments_feed": entry.comments_feed,
        "fingerprint": facts.fingerprint,
        "digest": facts.digest,
        "link_key": facts.link_key,
        "title_key": facts.title_key,
        "words": facts.words,
    }


def entry_of(row: sa.Row[Any]) -> Entry:
    """Return the entry of a row; its content is empty where the column was not asked for."""
    authors, categories, enclosures = DETAILS.validate_json(row.details)
    return Entry(
        id=row.entry_id,
        title=row.title,
        published=row.published,
        link=row.link,
        summary=row.summary,
        content=Html(getattr(row, "content", "")),
        authors=authors,
        categories=categories,
        enclosures=enclosures,
        image=row.image,
        language=row.language,
        updated=row.updated,
        comments=row.comments,
        comments_link=row.comments_link,
        comments_feed=row.comments_feed,
        dated=row.dated,
    )


def known_of(row: sa.Row[Any]) -> Known:
    """Return what de-duplication needs of a row made of the columns KNOWN."""
    return Known(
        row=row.id,
        feed=row.feed,
        uid=row.uid,
        headline=row.headline,
        title=row.title,
        facts=Facts(row.fingerprint, row.digest, row.link_key, row.title_key, row.words or b""),
        published=row.published,
        first_seen=row.first_seen,
        alone=row.alone,
        entry_id=row.entry_id,
        story=row.story,
        revision=row.revision,
        updated=row.updated,
    )


def source_of(row: sa.Row[Any], about: Feed | None) -> Source:
    """Return the source that a row of the columns SOURCE tells of."""
    return Source(
        key=row.key,
        name=row.name,
        feed=row.url,
        site=about.link if about else None,
        feed_id=about.id if about else None,
        feed_updated=row.updated or row.published,  # the feed's own moves at every poll of many
        entry_id=row.entry_id,
        title=row.title,
        link=row.link,
        language=row.language,
        published=row.published,
        rule=row.rule,
        score=row.score,
        words=reasons_of(row.reasons).words,
        comments=row.comments,
        comments_link=row.comments_link,
    )


def reasons_of(text: str) -> Reasons:
    """Return why an entry is where it is; nothing where nothing was kept."""
    return REASONS.validate_json(text) if text else Reasons()


@lru_cache(maxsize=1024)
def about_of(text: str | None) -> Feed | None:
    """Return what a feed last said of itself."""
    return ABOUT.validate_json(text) if text else None


@lru_cache(maxsize=2)
def config_of(text: str) -> Config:
    """Return the configuration that was accepted; read once, though asked for with every page."""
    return CONFIG.validate_json(text)


def validators_of(row: sa.Row[Any]) -> Validators:
    """Return the validators kept in a feed's row."""
    return Validators(row.etag, row.last_modified)


def chunks(values: Iterable[T], size: int = 500) -> Iterable[list[T]]:
    """Yield *values* in lists that fit the parameters of one statement."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk
