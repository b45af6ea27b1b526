"""RSS 2.0 by feedgen, with the extensions that it lacks, after the RSS Board's Best Practices Profile."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from feedgen.util import xml_elem

from aggregator.model import Edition, Enclosure, Headline, Site
from aggregator.publish import wording

TTL = 5  # minutes

_ATOM = "http://www.w3.org/2005/Atom"
_DC = "http://purl.org/dc/elements/1.1/"
_MEDIA = "http://search.yahoo.com/mrss/"
_SLASH = "http://purl.org/rss/1.0/modules/slash/"
_WFW = "http://wellformedweb.org/CommentAPI/"

# The Profile found these spellings to be read rightly by most programs; to an XML parser they are the same.
_HEXADECIMAL = ((b"&amp;", b"&#x26;"), (b"&lt;", b"&#x3C;"), (b"&gt;", b"&#x3E;"))


def document(edition: Edition) -> bytes:
    """Return *edition*, which is clean, as RSS 2.0."""
    channel = _channel(edition)
    for headline in edition.headlines:
        _add(channel, headline, edition.site)
    written: bytes = channel.rss_str(pretty=True)
    for plain, hexadecimal in _HEXADECIMAL:
        written = written.replace(plain, hexadecimal)
    return written


def _channel(edition: Edition) -> Any:
    channel = FeedGenerator()
    # Left alone it is the time of day, and feedgen sets the locale of the whole process to write it.
    channel._FeedGenerator__rss_lastBuildDate = None
    channel.register_extension("ours", _ChannelExtension, _ItemExtension)
    channel.ours.edition = edition
    channel.title(_plain(edition.title))
    channel.description(_plain(edition.site.description or edition.title))
    channel.language(edition.site.language)
    channel.generator(wording.GENERATOR)
    channel.ttl(TTL)
    channel.link(href=wording.address(edition, "rss"), rel="self", type="application/rss+xml")
    channel.link(href=wording.home(edition), rel="alternate")  # the last one becomes <link>
    return channel


def _add(channel: Any, headline: Headline, site: Site) -> None:
    item: FeedEntry = channel.add_entry(order="append")
    item.ours.headline = headline
    link = wording.article(headline, site)
    item.title(_plain(headline.entry.title))
    item.link(href=link)
    item.guid(headline.guid, permalink=headline.guid == link)
    item.description(escape(headline.entry.summary, quote=False))
    if content := wording.content(headline, site):
        item.content(content, type="html")  # feedgen makes it the description where there is no summary
    item.category([{"term": _plain(category)} for category in headline.entry.categories])
    for enclosure in headline.entry.enclosures[:1]:
        item.enclosure(enclosure.link, enclosure.length or 0, enclosure.type)
    if headline.lead.feed:
        item.source(headline.lead.feed, _plain(headline.lead.name))
    item.comments(_reactions(headline, site))


def _plain(title: str) -> str:
    """Return *title* so that no program takes it for markup: escaped again if one that expects HTML would.

    Programs differ on whether a title is text or HTML; most titles are the same in both.
    """
    if not wording.is_like_markup(title):
        return title
    return title.replace("&", "&#x26;").replace("<", "&#x3C;")


def _reactions(headline: Headline, site: Site) -> str | None:
    link = wording.reactions_link(headline)
    return link if link or headline.comments is None else wording.article(headline, site)


class _ChannelExtension(BaseExtension):  # type: ignore[misc]  # feedgen bears no types
    edition: Edition

    def extend_ns(self) -> dict[str, str]:
        history = {"fh": wording.HISTORY} if self.edition.is_archive else {}
        return {"dc": _DC, "media": _MEDIA, "slash": _SLASH, "wfw": _WFW} | history

    def extend_rss(self, rss: Any) -> Any:
        _put(rss[0], "lastBuildDate", _date(wording.updated(self.edition)))
        if self.edition.hub:
            _put(rss[0], f"{{{_ATOM}}}link", rel="hub", href=self.edition.hub)
        for relation, href in wording.neighbours(self.edition, "rss"):
            _put(rss[0], f"{{{_ATOM}}}link", rel=relation, href=href, type="application/rss+xml")
        if self.edition.is_archive:
            _put(rss[0], f"{{{wording.HISTORY}}}archive")
        return rss


class _ItemExtension(BaseEntryExtension):  # type: ignore[misc]
    headline: Headline

    def extend_rss(self, item: Any) -> Any:
        entry = self.headline.entry
        _put(item, "pubDate", _date(self.headline.published))
        for author in entry.authors:
            _put(item, f"{{{_DC}}}creator", author.name)
        if entry.language:
            _put(item, f"{{{_DC}}}language", entry.language)
        for enclosure in entry.enclosures[1:]:
            _put(item, f"{{{_MEDIA}}}content", **_media(enclosure))
        if entry.image:
            _put(item, f"{{{_MEDIA}}}thumbnail", url=entry.image)
        if self.headline.comments is not None:
            _put(item, f"{{{_SLASH}}}comments", str(self.headline.comments))
        if entry.comments_feed:
            _put(item, f"{{{_WFW}}}commentRss", entry.comments_feed)
        return item


def _media(enclosure: Enclosure) -> dict[str, str]:
    size = {"fileSize": str(enclosure.length)} if enclosure.length else {}  # 0 is what feeds say for unknown
    return {"url": enclosure.link, "type": enclosure.type} | size


def _put(parent: Any, name: str, text: str | None = None, **attributes: str) -> None:
    xml_elem(name, parent, **attributes).text = text


def _date(moment: datetime) -> str:
    """Return *moment* after RFC 822, in English whatever the locale."""
    return format_datetime(moment)
