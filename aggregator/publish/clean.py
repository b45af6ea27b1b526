"""The last look at an edition before it is printed: one poisonous item must never take down a whole feed.

What is clean already comes out as it went in. The three formats print what this returns, and check nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from aggregator.links import resolve
from aggregator.model import Edition, Enclosure, Entry, FormerTitle, Headline, Html, Person, Source
from aggregator.text import clean_characters, language_tag

# Clocks do not reach further back everywhere: Newsboat takes 1900 for 2036, email.utils the year 1 for 2001.
_OLDEST = datetime(1970, 1, 1, tzinfo=UTC)
_NEWEST = datetime(9999, 12, 30, tzinfo=UTC)

_PLAIN_ADDRESS = re.compile(r"https?://[a-z0-9.-]+(?::\d+)?/[A-Za-z0-9/:@!$&'()*+,;=._~?#%-]*")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_NAMELESS = "…"

_ISO_639_1 = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de
dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id
ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu
lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu
rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to
tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
_LANGUAGES = frozenset(_ISO_639_1.split())


def clean(edition: Edition) -> Edition:
    """Return *edition* without characters that XML forbids, addresses but http(s), and impossible dates."""
    site = replace(
        edition.site,
        title=_name(edition.site.title),
        description=clean_characters(edition.site.description),
        language=_language(edition.site.language) or "en",
    )
    headlines = tuple(_headline(headline) for headline in edition.headlines)
    title = _name(edition.title)
    return replace(edition, title=title, site=site, headlines=headlines, hub=_address(edition.hub))


def _headline(headline: Headline) -> Headline:
    return replace(
        headline,
        guid=clean_characters(headline.guid),
        published=_moment(headline.published),
        updated=_moment(headline.updated),
        entry=_entry(headline.entry),
        sources=tuple(_source(source) for source in headline.sources),
        formerly=tuple(FormerTitle(_name(was.title), _moment(was.until)) for was in headline.formerly),
    )


def _entry(entry: Entry) -> Entry:
    return replace(
        entry,
        title=_name(entry.title),
        link=_address(entry.link),
        summary=clean_characters(entry.summary),
        content=Html(clean_characters(entry.content)),
        authors=_people(entry.authors),
        categories=tuple(filter(None, map(clean_characters, entry.categories))),
        enclosures=_enclosures(entry.enclosures),
        image=_address(entry.image),
        language=_language(entry.language),
        comments_link=_address(entry.comments_link),
        comments_feed=_address(entry.comments_feed),
    )


def _source(source: Source) -> Source:
    """Return *source* with addresses that may be shown: feeds.yaml may hold passwords."""
    feed_id = clean_characters(source.feed_id or "")
    return replace(
        source,
        key=clean_characters(source.key),
        name=_name(source.name),
        feed=_address(source.feed) or "",
        site=_address(source.site),
        feed_id=feed_id if _IRI.fullmatch(feed_id) else None,
        feed_updated=_moment(source.feed_updated) if source.feed_updated else None,
        title=_name(source.title),
        link=_address(source.link),
        published=_moment(source.published),
        comments_link=_address(source.comments_link),
    )


def _language(language: str | None) -> str | None:
    """Return a language that there is; three letters are too many to tell."""
    tag = language_tag(language)
    primary = (tag or "").partition("-")[0]
    return tag if len(primary) == 3 or primary in _LANGUAGES else None


def _people(people: Iterable[Person]) -> tuple[Person, ...]:
    cleaned = (Person(clean_characters(person.name), _address(person.link)) for person in people)
    return tuple(person for person in cleaned if person.name.strip())


def _enclosures(enclosures: Iterable[Enclosure]) -> tuple[Enclosure, ...]:
    """Return those that lead somewhere; all three formats want a type, and "bytes" is always true."""
    return tuple(
        Enclosure(link, clean_characters(enclosure.type) or "application/octet-stream", enclosure.length)
        for enclosure in enclosures
        if (link := _address(enclosure.link))
    )


def _name(text: str) -> str:
    cleaned = clean_characters(text)
    return cleaned if cleaned.strip() else _NAMELESS


def _address(link: str | None) -> str | None:
    return link if link is None or _PLAIN_ADDRESS.fullmatch(link) else resolve(link, None)


def _moment(moment: datetime) -> datetime:
    return min(max(moment, _OLDEST), _NEWEST).astimezone(UTC).replace(microsecond=0)
