"""Atom (RFC 4287) by feedgen, with the extensions that it lacks."""

from __future__ import annotations

import re
from datetime import datetime
from html import escape, unescape
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from feedgen.util import xml_elem

from aggregator.model import Edition, Enclosure, Headline, Person, Site, Source
from aggregator.publish import wording

_MEDIA = "http://search.yahoo.com/mrss/"
_END_TAG = re.compile(r"</\w")
_THREAD = "http://purl.org/syndication/thread/1.0"
_XML = "http://www.w3.org/XML/1998/namespace"


def document(edition: Edition) -> bytes:
    """Return *edition*, which is clean, as Atom."""
    feed = _feed(edition)
    for headline in edition.headlines:
        _add(feed, headline, edition.site)
    written: bytes = feed.atom_str(pretty=True)
    return written


def _feed(edition: Edition) -> Any:
    feed = FeedGenerator()
    feed.register_extension("ours", _FeedExtension, _EntryExtension)
    feed.ours.edition = edition
    feed.id(wording.subscription(edition, "atom"))
    feed.title(edition.title)
    feed.subtitle(edition.site.description or None)
    feed.updated(wording.updated(edition))
    feed.author(name=edition.site.title, uri=edition.site.link)
    feed.language(edition.site.language)
    feed.generator(wording.GENERATOR)
    feed.link(href=wording.address(edition, "atom"), rel="self", type="application/atom+xml")
    feed.link(href=wording.home(edition), rel="alternate", type="text/html")
    if edition.hub:
        feed.link(href=edition.hub, rel="hub")
    for relation, href in wording.neighbours(edition, "atom"):
        feed.link(href=href, rel=relation, type="application/atom+xml")
    return feed


def _add(feed: Any, headline: Headline, site: Site) -> None:
    entry: FeedEntry = feed.add_entry(order="append")
    entry.ours.headline = headline
    entry.id(headline.guid)
    entry.title(headline.entry.title)
    entry.updated(headline.updated)
    entry.published(headline.published)
    entry.author([_person(person) for person in wording.authors(headline)])
    # The only one: feedgen leaves out what rel a link of an entry has.
    entry.link(href=wording.article(headline, site))
    entry.category([{"term": category} for category in headline.entry.categories])
    text = wording.content(headline, site)
    if text:
        entry.content(text, type="html")
    if headline.entry.summary or not text:
        entry.summary(headline.entry.summary or headline.entry.title)  # some text should be there


def _person(person: Person) -> dict[str, str]:
    return {"name": person.name} | ({"uri": person.link} if person.link else {})


class _FeedExtension(BaseExtension):  # type: ignore[misc]  # feedgen bears no types
    edition: Edition

    def extend_ns(self) -> dict[str, str]:
        history = {"fh": wording.HISTORY} if self.edition.is_archive else {}
        return {"media": _MEDIA, "thr": _THREAD} | history

    def extend_atom(self, feed: Any) -> Any:
        if self.edition.is_archive:
            _put(feed, f"{{{wording.HISTORY}}}archive")
        _declare(feed)
        return feed


class _EntryExtension(BaseEntryExtension):  # type: ignore[misc]
    headline: Headline

    def extend_atom(self, entry: Any) -> Any:
        ours = self.headline.entry
        if ours.language:
            entry.set(f"{{{_XML}}}lang", ours.language)
        for source in wording.others(self.headline):
            if source.link:
                _put(entry, "link", rel="related", href=source.link, title=source.title)
        for enclosure in ours.enclosures:
            _put(entry, "link", rel="enclosure", **_file(enclosure))
        if ours.image:
            _put(entry, f"{{{_MEDIA}}}thumbnail", url=ours.image)
        _add_reactions(entry, self.headline)
        _add_source(entry, self.headline.lead, self.headline.updated)
        _declare(entry)
        return entry


def _declare(parent: Any) -> None:
    """Declare as HTML the text that could be taken for it (RFC 4287, 3.1.1): validators warn, readers guess.

    No more of it than that: there are readers that show what is so declared as it stands.
    """
    for element in parent.iter("title", "subtitle", "summary"):
        if element.text and (_END_TAG.search(element.text) or unescape(element.text) != element.text):
            element.set("type", "html")
            element.text = escape(element.text, quote=False)


def _file(enclosure: Enclosure) -> dict[str, str]:
    length = {} if enclosure.length is None else {"length": str(enclosure.length)}
    return {"href": enclosure.link, "type": enclosure.type} | length


def _add_reactions(entry: Any, headline: Headline) -> None:
    """Say where the reactions are, and how many (RFC 4685)."""
    link = wording.reactions_link(headline)
    if link:
        _put(entry, "link", rel="replies", href=link, type="text/html")
    if headline.comments is not None:
        _put(entry, f"{{{_THREAD}}}total", str(headline.comments))


def _add_source(entry: Any, lead: Source, updated: datetime) -> None:
    """Name the feed that it came from; *updated* is when, if the feed itself did not say."""
    source = xml_elem("source", entry)
    if identity := lead.feed_id or lead.feed:
        _put(source, "id", identity)
    _put(source, "title", lead.name)
    _put(source, "updated", (lead.feed_updated or updated).isoformat())
    if lead.feed:
        _put(source, "link", rel="self", href=lead.feed)
    if lead.site:
        _put(source, "link", rel="alternate", href=lead.site)


def _put(parent: Any, name: str, text: str | None = None, **attributes: str) -> None:
    xml_elem(name, parent, **attributes).text = text
