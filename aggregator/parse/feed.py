"""Feed: what a document says of itself, from feedparser's words to ours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from aggregator.model import Document, RawText

_HTML = {"text/html", "application/xhtml+xml"}
# A tag that HTML knows, or knew; feedparser leaves a title with any other than harmless ones as plain text.
_TAG = re.compile(
    r"</?(?:a|abbr|b|base|big|body|br|cite|code|del|div|em|embed|font|form|frame|h[1-6]|head|html|i|iframe|img|input"
    r"|ins|link|math|meta|object|p|q|s|script|small|span|strike|strong|style|sub|sup|svg|table|template|title|tt|u"
    r"|video|audio|wbr)(?:[\s/][^<>]*)?>|<!--",
    re.IGNORECASE,
)
_PERIODS = {"hourly": 1, "daily": 24, "weekly": 168, "monthly": 720, "yearly": 8760}  # hours
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SKIPPED = re.compile(rb"<(skipHours|skipDays)\b[^>]*>(.{0,5000}?)</\1\s*>", re.DOTALL | re.IGNORECASE)
_WORD = re.compile(rb">\s*([0-9]{1,2}|[A-Za-z]{6,9})\s*<")


@dataclass(frozen=True, slots=True)
class Frame:
    """What a document says for all of its entries."""

    version: str  # feedparser's name of the format, '' for RSS without its root
    base: str
    language: str | None  # xml:lang of the root
    leaks: bool  # feedparser may have carried the base and language of one entry over to the next


def frame(version: str, url: str, root: dict[str, str], leaks: bool) -> Frame:
    """Return the frame that the attributes of the *root* set."""
    return Frame(version, _joined(url, root.get("xml:base")), root.get("xml:lang"), leaks)


def raw_feed(found: Any, outside: bytes, around: Frame) -> Document:
    """Return the document without its entries; *outside* is the markup around them."""
    feed = found.feed
    hours, days = _skipped(outside)
    return Document(
        format=around.version or "xml",
        base=around.base,
        entries=(),
        id=word(feed, "id"),
        title=text(feed, "title", around),
        link=word(feed, "link"),
        description=text(feed, "subtitle", around),
        language=word(feed, "language"),
        updated=moment(feed, "updated_parsed") or moment(feed, "published_parsed"),
        ttl=_ttl(feed),
        skip_hours=hours,
        skip_days=days,
        hub=_linked(feed, "hub"),
        topic=_linked(feed, "self"),
    )


def _linked(feed: Any, rel: str) -> str | None:
    """Return the first address that the feed itself names as *rel*."""
    links = dict.get(feed, "links") or ()
    return next((word(link, "href") for link in links if word(link, "rel") == rel), None)


def word(source: Any, name: str) -> str | None:
    """Return a value of feedparser's that is a filled string, None otherwise."""
    # dict.get, as the dictionary's own get maps names on to others, and warns.
    value = dict.get(source, name)
    return value if isinstance(value, str) and value else None


def text(source: Any, name: str, around: Frame) -> RawText | None:
    """Return a text construct of feedparser's; None where there is none."""
    value = word(source, name)
    detail = dict.get(source, f"{name}_detail") or {}
    return None if value is None else raw_text(value, detail, around)


def raw_text(value: str, detail: Any, around: Frame) -> RawText:
    """Return *value* with its type: only Atom says it; in RSS a tag that HTML knows makes it markup."""
    is_markup = detail.get("type", "text/html") in _HTML
    guessed = not around.version.startswith("atom") and _TAG.search(value) is not None
    own = None if around.leaks else word(detail, "base")
    return RawText(value, is_markup or guessed, own if own != around.base else None)


def moment(source: Any, name: str) -> datetime | None:
    """Return a date of feedparser's in UTC; None for 30 February, the year 10000 and the like."""
    parts: Any = dict.get(source, name) or ()
    try:
        year, month, day, hour, minute, second = parts[:6]
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except (ValueError, OverflowError, TypeError):
        return None


def number(value: object, most: int = 10**9) -> int | None:
    """Return a count that is written in *value*: 0 or more, and not sillily large."""
    written = str(value).strip() if isinstance(value, str | int) else ""
    return int(written) if written.isascii() and written.isdigit() and int(written[:20]) <= most else None


def _joined(url: str, base: str | None) -> str:
    try:
        return urljoin(url, base) if base else url
    except ValueError:
        return url


def _ttl(feed: Any) -> timedelta | None:
    minutes = number(word(feed, "ttl"), most=10**6)
    if minutes:
        return timedelta(minutes=minutes)
    period = _PERIODS.get((word(feed, "sy_updateperiod") or "").strip().lower())
    times = number(word(feed, "sy_updatefrequency") or "1", most=10**6)
    return timedelta(hours=period) / times if period and times else None


def _skipped(outside: bytes) -> tuple[frozenset[int], frozenset[int]]:
    """Return the hours and days not to ask in; feedparser keeps only the last of them."""
    hours: set[int] = set()
    days: set[int] = set()
    for block in _SKIPPED.finditer(outside[:100_000]):
        words = [word.decode("ascii").lower() for word in _WORD.findall(block[2])]
        # RSS 0.91 counted from 1 to 24.
        hours.update(int(word) % 24 for word in words if word.isdigit() and int(word) <= 24)
        days.update(_DAYS.index(word) for word in words if word in _DAYS)
    return frozenset(hours), frozenset(days)
