"""Normalise: a Document to one Feed and its clean Entries. Pure; after it nobody checks an entry again.

Everything that comes out is bounded, in UTC, in plain text or in sanitised Html, and its links are absolute.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import unquote, urlsplit

from aggregator.links import host, resolve
from aggregator.model import (
    Document,
    Enclosure,
    Entry,
    Feed,
    Html,
    Person,
    RawEntry,
    RawText,
    Subscription,
)
from aggregator.sanitise import clean, from_text, with_videos
from aggregator.text import clean_characters, first_sentence, language_tag, plain, shorten, slug, tidy
from aggregator.videos import video_page

_LONGEST_TITLE = 1000
_LONGEST_SUMMARY = 1000
_LONGEST_ID = 2000
_LONGEST_NAME = 200
_MADE_TITLE = 120  # a sentence that is longer is no title
_LONGEST_LOOK = 200_000  # characters of markup that a title or summary is looked for in
_MOST_CATEGORIES, _MOST_AUTHORS, _MOST_ENCLOSURES = 50, 20, 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}")


def normalise(
    document: Document, subscription: Subscription, now: datetime
) -> tuple[Feed, tuple[Entry, ...]]:
    """Return the feed and its entries in the document's order; *now* dates those that bear no date.

    An id that occurs twice is one entry, and the first counts. An entry is dropped only if it cannot be read:
    it never takes its neighbours along.
    """
    feed = _feed(document, now)
    language = language_tag(subscription.language) or feed.language
    entries: dict[str, Entry] = {}
    for raw in document.entries:
        if entry := _sound_entry(raw, document, feed, language, now):
            entries.setdefault(entry.id, entry)
    return feed, tuple(entries.values())


def _feed(document: Document, now: datetime) -> Feed:
    return Feed(
        title=_line(document.title, _LONGEST_TITLE) or host(document.base) or document.base,
        link=resolve(document.link, document.base),
        id=_identifier(document.id),
        description=_line(document.description, _LONGEST_SUMMARY),
        language=language_tag(document.language),
        updated=_moment(document.updated, now),
        ttl=document.ttl,
        skip_hours=document.skip_hours,
        skip_days=document.skip_days,
        hub=resolve(document.hub, document.base),
        topic=resolve(document.topic, document.base),
    )


def _sound_entry(
    raw: RawEntry, document: Document, feed: Feed, language: str | None, now: datetime
) -> Entry | None:
    """Return the entry, or None for one that no reader of text, dates and links can take."""
    try:
        return _entry(raw, document.base, feed, language, now)
    except (ValueError, OverflowError, RecursionError):  # what strange characters, dates and nests can raise
        return None


def _entry(raw: RawEntry, base: str, feed: Feed, language: str | None, now: datetime) -> Entry:
    link = resolve(raw.link, base)
    text = _line(raw.summary, _LONGEST_SUMMARY) or _line(raw.content, _LONGEST_SUMMARY)
    title = _line(raw.title, _LONGEST_TITLE)
    stamp = _moment(raw.published, now) or _moment(raw.updated, now)
    published, updated = stamp or now, _moment(raw.updated, now)
    files = _enclosures(raw.enclosures, base)
    videos = {file.link: page for file in files if (page := video_page(file.link))}
    return Entry(
        id=_identifier(raw.id) or link or _made_id(raw, title, text),
        title=title or _made_title(text, link, feed, stamp),
        published=published,
        link=link,
        summary=text,
        content=with_videos(_html(raw.content, base) or _html(raw.summary, base), videos.values()),
        authors=_authors(raw.authors, base),
        categories=_categories(raw.categories),
        enclosures=tuple(file for file in files if file.link not in videos),
        image=resolve(raw.image, base),
        language=language_tag(raw.language) or language,
        updated=updated if updated and updated >= published else None,
        comments=raw.comments,
        comments_link=resolve(raw.comments_link, base),
        comments_feed=resolve(raw.comments_feed, base),
        dated=stamp is not None,
    )


def _line(text: RawText | None, length: int) -> str:
    """Return *text* as one line of plain text, at most *length* characters long."""
    if text is None:
        return ""
    value = text.value[:_LONGEST_LOOK]
    return shorten(plain(value) if text.is_markup else tidy(value), length)


def _html(text: RawText | None, base: str) -> Html:
    if text is None:
        return Html("")
    return clean(text.value, text.base or base) if text.is_markup else from_text(text.value)


def _moment(stamp: datetime | None, now: datetime) -> datetime | None:
    """Return *stamp* to the second; None for a time that is not yet, or when there were no feeds.

    Some publishers stamp tomorrow's date to stay on top: that is no date, when it was first seen is.
    """
    return stamp.replace(microsecond=0) if stamp is not None and _EPOCH <= stamp <= now else None


def _identifier(value: str | None) -> str | None:
    """Return the publisher's id on one line; one that is too long to keep by its hash, which is as unique."""
    cleaned = " ".join(clean_characters(value or "").split())
    return _hashed(cleaned) if len(cleaned) > _LONGEST_ID else cleaned or None


def _made_id(raw: RawEntry, title: str, text: str) -> str:
    """Return an id that is the same at the next poll: without the date, which may be that of the answer."""
    if title or text:
        return _hashed(f"{title}\0{text}")
    return _hashed(repr((raw.published, raw.enclosures, raw.image, raw.authors, raw.categories)))


def _hashed(text: str) -> str:
    return f"urn:sha256:{sha256(text.encode('utf-8', 'replace')).hexdigest()}"


def _made_title(text: str, link: str | None, feed: Feed, stamp: datetime | None) -> str:
    """Return a title for an entry that has none: from its text, its address, or its feed and day."""
    dated = f"{feed.title}, {stamp:%Y-%m-%d}" if stamp else feed.title
    return first_sentence(text, _MADE_TITLE) or _last_words(link) or dated


def _last_words(link: str | None) -> str:
    """Return the words in the last part of an address; nothing if it is only numbers."""
    last = unquote(urlsplit(link or "").path).rstrip("/").rpartition("/")[2]
    words = tidy(re.sub(r"[-_+]+", " ", re.sub(r"\.\w{2,5}$", "", last)))
    return shorten(words, _MADE_TITLE) if re.search(r"[^\W\d_]{3}", words) else ""


def _authors(people: Iterable[Person], base: str) -> tuple[Person, ...]:
    found: dict[str, Person] = {}
    for person in people:
        name = shorten(plain(person.name[:_LONGEST_LOOK]), _LONGEST_NAME)
        if name and len(found) < _MOST_AUTHORS:
            found.setdefault(name.casefold(), Person(name, resolve(person.link, base)))
    return tuple(found.values())


def _categories(labels: Iterable[str]) -> tuple[str, ...]:
    """Return the labels that can be part of an address, each once however it is spelt."""
    found: dict[str, str] = {}
    for label in labels:
        line = shorten(plain(label[:_LONGEST_LOOK]), _LONGEST_NAME)
        if (name := slug(line)) and len(found) < _MOST_CATEGORIES:
            found.setdefault(name, line)
    return tuple(found.values())


def _enclosures(files: Iterable[Enclosure], base: str) -> tuple[Enclosure, ...]:
    found: dict[str, Enclosure] = {}
    for file in files:
        link, kind = resolve(file.link, base), file.type.strip().lower()
        if link and len(found) < _MOST_ENCLOSURES:
            known = kind if _MEDIA_TYPE.fullmatch(kind) else ""
            found.setdefault(link, Enclosure(link, known, file.length))
    return tuple(found.values())
