"""Publishers: the articles of a publisher as its feed. RSS 2.0, RSS 1.0, Atom or JSON Feed; pure.

None of them says how often it changes (ttl, sy:updatePeriod, max-age): a polite reader would obey, and the
demo would stand still.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, tostring

from aggregator.shells.demo.news import Publisher
from aggregator.shells.demo.newsroom import Article
from aggregator.shells.demo.pages import body, picture

FILES = {"rss": "feed.xml", "rdf": "feed.rdf", "atom": "feed.atom", "json": "feed.json"}
REACTIONS_FILE = "reactions"
TYPES = {
    "rss": "application/rss+xml",
    "rdf": "application/rdf+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
NAMESPACES = {
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:slash": "http://purl.org/rss/1.0/modules/slash/",
    "xmlns:wfw": "http://wellformedweb.org/CommentAPI/",
}
RDF_NAMESPACES = {
    "xmlns": "http://purl.org/rss/1.0/",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
ATOM_NAMESPACES = {
    "xmlns": "http://www.w3.org/2005/Atom",
    "xmlns:media": "http://search.yahoo.com/mrss/",
    "xmlns:thr": "http://purl.org/syndication/thread/1.0",
}


@dataclass(frozen=True, slots=True)
class Issue:
    """What a publisher says at one moment, and the address that all links of the newsroom start with."""

    publisher: Publisher
    articles: tuple[Article, ...]  # newest first
    changed: datetime
    base: str  # with its trailing slash

    @property
    def home(self) -> str:
        return f"{self.base}{self.publisher.key}/"

    @property
    def feed(self) -> str:
        return f"{self.home}{FILES[self.publisher.format]}"

    def link(self, article: Article) -> str:
        """Return where to read an article: on this site, or by way of a tracker on another's."""
        if article.via is None:
            return f"{self.home}{article.slug}"
        tracking = {"utm_source": self.publisher.key, "utm_medium": "rss", "utm_campaign": "overzicht"}
        return f"{self.base}{'/'.join(article.via)}?{urlencode(tracking)}"

    def reactions(self, article: Article) -> str:
        """Return where the feed of the reactions to an article is."""
        return f"{self.home}{article.slug}/{REACTIONS_FILE}"

    def image(self, article: Article) -> str:
        return f"{self.home}{article.slug}.svg"


def document(issue: Issue) -> bytes:
    """Return the publisher's feed in its own format."""
    writers: Mapping[str, Callable[[Issue], bytes]] = {
        "rss": _rss,
        "rdf": _rdf,
        "atom": _atom,
        "json": _json,
    }
    return writers[issue.publisher.format](issue)


def _rss(issue: Issue) -> bytes:
    rss = Element("rss", {"version": "2.0", **NAMESPACES})
    channel = SubElement(rss, "channel")
    texts(
        channel,
        ("title", issue.publisher.title),
        ("link", issue.home),
        ("description", issue.publisher.description),
        ("language", issue.publisher.language),
        ("lastBuildDate", format_datetime(issue.changed)),
        ("generator", "Newsroom of the demo"),
    )
    SubElement(channel, "atom:link", {"rel": "self", "href": issue.feed, "type": TYPES["rss"]})
    for article in issue.articles:
        _rss_item(SubElement(channel, "item"), issue, article)
    return written(rss)


def _rss_item(item: Element, issue: Issue, article: Article) -> None:
    texts(item, ("title", article.title), ("link", issue.link(article)))
    guid = SubElement(item, "guid", {"isPermaLink": "false"})
    guid.text = f"{issue.publisher.key}:{article.slug}"
    texts(
        item,
        ("pubDate", format_datetime(article.published)),
        ("dc:creator", article.author),
        ("category", article.category),
        ("description", article.lead),
        ("content:encoded", body(article.text)),
    )
    if article.reactions is not None:
        texts(item, ("comments", _reactions(issue, article)), ("slash:comments", str(article.reactions)))
        texts(item, ("wfw:commentRss", issue.reactions(article)))


def _rdf(issue: Issue) -> bytes:
    rdf = Element("rdf:RDF", RDF_NAMESPACES)
    channel = SubElement(rdf, "channel", {"rdf:about": issue.feed})
    texts(
        channel,
        ("title", issue.publisher.title),
        ("link", issue.home),
        ("description", issue.publisher.description),
        ("dc:language", issue.publisher.language),
        ("dc:date", stamp(issue.changed)),
    )
    contents = SubElement(SubElement(channel, "items"), "rdf:Seq")
    for article in issue.articles:
        SubElement(contents, "rdf:li", {"rdf:resource": issue.link(article)})
        _rdf_item(SubElement(rdf, "item", {"rdf:about": issue.link(article)}), issue, article)
    return written(rdf)


def _rdf_item(item: Element, issue: Issue, article: Article) -> None:
    texts(
        item,
        ("title", article.title),
        ("link", issue.link(article)),
        ("description", article.lead),
        ("dc:creator", article.author),
        ("dc:date", stamp(article.published)),
        ("dc:subject", article.category),
        ("content:encoded", body(article.text)),
    )


def _atom(issue: Issue) -> bytes:
    feed = Element("feed", {**ATOM_NAMESPACES, "xml:lang": issue.publisher.language})
    texts(
        feed,
        ("id", f"tag:{issue.publisher.key}.example,2025:feed"),
        ("title", issue.publisher.title),
        ("subtitle", issue.publisher.description),
        ("updated", stamp(issue.changed)),
    )
    SubElement(feed, "link", {"rel": "self", "href": issue.feed, "type": TYPES["atom"]})
    SubElement(feed, "link", {"rel": "alternate", "href": issue.home, "type": "text/html"})
    for article in issue.articles:
        _atom_entry(SubElement(feed, "entry"), issue, article)
    return written(feed)


def _atom_entry(entry: Element, issue: Issue, article: Article) -> None:
    texts(
        entry,
        ("id", f"tag:{issue.publisher.key}.example,2025:{article.slug}"),
        ("title", article.title),
        ("published", stamp(article.published)),
        ("updated", stamp(article.updated)),
    )
    texts(SubElement(entry, "author"), ("name", article.author))
    SubElement(entry, "category", {"term": article.category})
    SubElement(entry, "link", {"rel": "alternate", "href": issue.link(article), "type": "text/html"})
    if article.reactions is not None:
        replies = {"rel": "replies", "href": _reactions(issue, article), "type": "text/html"}
        SubElement(entry, "link", replies)
        replies = {"rel": "replies", "href": issue.reactions(article), "type": TYPES["atom"]}
        SubElement(entry, "link", replies)
        texts(entry, ("thr:total", str(article.reactions)))
    if issue.publisher.illustrated:
        SubElement(entry, "link", {"rel": "enclosure", "href": issue.image(article), **_picture(article)})
        SubElement(entry, "media:thumbnail", {"url": issue.image(article)})
    texts(entry, ("summary", article.lead))
    content = SubElement(entry, "content", {"type": "html"})
    content.text = _illustrated_body(issue, article)


def _json(issue: Issue) -> bytes:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": issue.publisher.title,
        "description": issue.publisher.description,
        "home_page_url": issue.home,
        "feed_url": issue.feed,
        "language": issue.publisher.language,
        "items": [_json_item(issue, article) for article in issue.articles],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _json_item(issue: Issue, article: Article) -> dict[str, object]:
    attachment = _picture(article)
    return {
        "id": f"{issue.publisher.key}:{article.slug}",
        "url": issue.link(article),
        "title": article.title,
        "summary": article.lead,
        "content_html": _illustrated_body(issue, article),
        "image": issue.image(article),
        "date_published": stamp(article.published),
        "date_modified": stamp(article.updated),
        "authors": [{"name": article.author}],
        "tags": [article.category],
        "attachments": [
            {
                "url": issue.image(article),
                "mime_type": attachment["type"],
                "size_in_bytes": int(attachment["length"]),
            }
        ],
    }


def _illustrated_body(issue: Issue, article: Article) -> str:
    return body(article.text, image=issue.image(article) if issue.publisher.illustrated else None)


def _picture(article: Article) -> dict[str, str]:
    return {"type": "image/svg+xml", "length": str(len(picture(article.slug)))}


def _reactions(issue: Issue, article: Article) -> str:
    return f"{issue.home}{article.slug}#reactions"


def texts(parent: Element, *children: tuple[str, str]) -> None:
    for name, text in children:
        SubElement(parent, name).text = text


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def written(root: Element) -> bytes:
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document
