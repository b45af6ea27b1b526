"""JSON Feed 1.0 and 1.1: bytes to a Document. Odd types and missing members are left out quietly."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from aggregator.errors import MEND, FeedError
from aggregator.model import Document, Enclosure, Person, RawEntry, RawText
from aggregator.parse.feed import number
from aggregator.parse.other import unknown_json


def json_document(text: str, url: str, *, max_entries: int) -> Document:
    """Return the feed in *text*, with the newest of its items if there are more than *max_entries*."""
    feed = _loaded(text)
    version = feed.get("version") if isinstance(feed, dict) else None
    if not isinstance(version, str) or "jsonfeed.org/version/" not in version:
        raise unknown_json()
    entries = [_entry(item) for item in _dicts(feed.get("items"))]
    return Document(
        format="json1" if version.rstrip("/").endswith(("/1", "/1.0")) else "json11",
        base=url,
        entries=tuple(_newest(entries, max_entries)),
        id=_word(feed.get("feed_url")),
        title=_plain(feed.get("title")),
        link=_word(feed.get("home_page_url")),
        description=_plain(feed.get("description")),
        language=_word(feed.get("language")),
        hub=_hub(feed),
        topic=_word(feed.get("feed_url")),
    )


def _hub(feed: dict[str, Any]) -> str | None:
    hubs = (hub for hub in _dicts(feed.get("hubs")) if str(hub.get("type")).lower() == "websub")
    return next((_word(hub.get("url")) for hub in hubs), None)


def _loaded(text: str) -> Any:
    try:
        # Numbers stay as they are written: an id may have more digits than a float, or than int() will read.
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=lambda _: None)
    except RecursionError:
        raise FeedError("parse", f"this is JSON, but nested too deeply to be read; {MEND}") from None
    except ValueError:
        raise FeedError("parse", f"this looks like JSON, but is broken or breaks off; {MEND}") from None


def _entry(item: dict[str, Any]) -> RawEntry:
    link, external = _word(item.get("url")), _word(item.get("external_url"))
    html = _word(item.get("content_html"))
    return RawEntry(
        id=_word(item.get("id")),
        link=link or external,
        title=_plain(item.get("title")),
        summary=_plain(item.get("summary")),
        content=RawText(html, is_markup=True) if html else _plain(item.get("content_text")),
        authors=tuple(_authors(item)),
        categories=tuple(tag for tag in map(_word, _list(item.get("tags"))) if tag),
        enclosures=tuple(_attachments(item)),
        image=_word(item.get("image")) or _word(item.get("banner_image")),
        language=_word(item.get("language")),
        published=_moment(item.get("date_published")),
        updated=_moment(item.get("date_modified")),
    )


def _authors(item: dict[str, Any]) -> Iterable[Person]:
    """Yield the authors: a list since 1.1, one object before."""
    for author in _dicts(item.get("authors")) or _dicts([item.get("author")]):
        if name := _word(author.get("name")) or _word(author.get("url")):
            yield Person(name, _word(author.get("url")))


def _attachments(item: dict[str, Any]) -> Iterable[Enclosure]:
    for file in _dicts(item.get("attachments")):
        if link := _word(file.get("url")):
            yield Enclosure(link, _word(file.get("mime_type")) or "", number(file.get("size_in_bytes")))


def _newest(entries: list[RawEntry], count: int) -> list[RawEntry]:
    """Return the *count* newest in the document's order; the first ones if one bears no date."""
    dates = [entry.published or entry.updated for entry in entries]
    if len(entries) <= count or None in dates:
        return entries[:count]
    dated = sorted(((when, -place) for place, when in enumerate(dates) if when), reverse=True)
    return [entries[place] for place in sorted(-place for _, place in dated[:count])]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in _list(value) if isinstance(one, dict)]


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _plain(value: object) -> RawText | None:
    word = _word(value)
    return RawText(word, is_markup=False) if word else None


def _moment(value: object) -> datetime | None:
    """Return an RFC 3339 date in UTC; one without a zone is taken as UTC."""
    try:
        when = datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
        return when and (when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC))
    except (ValueError, OverflowError):
        return None
