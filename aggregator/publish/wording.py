"""What the three formats say alike of a headline: its addresses, its other sources, its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from html import escape, unescape
from types import MappingProxyType

from aggregator.model import Choice, Edition, Format, Headline, Html, Person, Site, Source
from aggregator.text import direction

GENERATOR = "draad"
HISTORY = "http://purl.org/syndication/history/1.0"  # the namespace of RFC 5005

# A feed was updated at some time, even an empty one; validators take no date before this for one.
_NEVER = datetime(1990, 1, 1, tzinfo=UTC)

_TAG = re.compile(r"<[A-Za-z/!?]")

# What comes before the names of the other sources, and between them.
_ALSO: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "en": ("Also at: ", ", "),
        "nl": ("Ook bij: ", ", "),
        "fr": ("Également sur\u00a0: ", ", "),
        "ar": ("أيضًا في: ", "، "),
    }
)


def is_like_markup(text: str) -> bool:
    """Say whether a program that expects HTML would show *text*, which is plain, otherwise than it is."""
    return bool(_TAG.search(text)) or unescape(text) != text


def home(edition: Edition) -> str:
    """Return the address of the page that shows the same headlines."""
    page = replace(edition.choice, part=None)
    return f"{_root(edition.site)}{page.path}{page.query}"


def address(edition: Edition, format: Format) -> str:
    """Return the very address at which the document is asked for."""
    return _root(edition.site) + edition.choice.feed_path(format, edition.before)


def updated(edition: Edition) -> datetime:
    """Return when the newest content in the document was; it is never the time of day."""
    return max((headline.updated for headline in edition.headlines), default=_NEVER)


def subscription(edition: Edition, format: Format) -> str:
    """Return the address of the feed that the document is a part of: a page of it, an archive, or itself."""
    return _root(edition.site) + (Choice() if edition.is_archive else edition.choice).feed_path(format)


def neighbours(edition: Edition, format: Format) -> Iterator[tuple[str, str]]:
    """Yield the relations to other documents of the same feed, and their addresses (RFC 5005)."""
    if edition.is_archive or edition.before:
        yield "current", subscription(edition, format)
    if edition.older:
        yield "next", _root(edition.site) + edition.choice.feed_path(format, edition.older)
    for relation, name in (("prev-archive", edition.previous), ("next-archive", edition.following)):
        if name:
            yield relation, f"{_root(edition.site)}/day/{name}/feed.{format}"


def article(headline: Headline, site: Site) -> str:
    """Return where to read the article: at its publisher's, or else on our own page."""
    return headline.entry.link or f"{_root(site)}/read/{headline.id}"


def authors(headline: Headline) -> tuple[Person, ...]:
    """Return who wrote it: those whom the publisher names, or else the publisher."""
    return headline.entry.authors or (Person(headline.lead.name, headline.lead.site),)


def reactions_link(headline: Headline) -> str | None:
    return headline.comments_link or headline.entry.comments_link


def others(headline: Headline) -> tuple[Source, ...]:
    """Return the sources that carry it elsewhere than the lead does, each place once."""
    told = {headline.entry.link, headline.lead.link, headline.lead.key}
    places: dict[str, Source] = {}
    for source in headline.sources[1:]:
        place = source.link or source.key
        if place not in told:
            places.setdefault(place, source)
    return tuple(places.values())


def content(headline: Headline, site: Site) -> Html:
    """Return the article's text, then where else it is told: a feed reader can not see the fold."""
    also = _also(others(headline), site.language)
    if not also:
        return headline.entry.content
    summary = headline.entry.summary and f"<p>{escape(headline.entry.summary, quote=False)}</p>"
    return Html(f"{headline.entry.content or summary}{also}")


def _also(sources: tuple[Source, ...], language: str) -> str:
    if not sources:
        return ""
    tongue = language.partition("-")[0]
    tongue = tongue if tongue in _ALSO else "en"
    lead_in, comma = _ALSO[tongue]
    names = comma.join(_linked(source) for source in sources)
    return f'<p lang="{tongue}" dir="{direction(tongue)}">{lead_in}{names}</p>'


def _linked(source: Source) -> str:
    name = f"<bdi>{escape(source.name)}</bdi>"
    return f'<a href="{escape(source.link)}">{name}</a>' if source.link else name


def _root(site: Site) -> str:
    """Return the site's address without its trailing slash."""
    return (site.link or "").removesuffix("/")
