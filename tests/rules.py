"""The rules of STANDARDS.md and of the W3C feed validator, as far as a document shows whether they hold.

Each function takes a document, the address that it was asked at and the time, and returns what is wrong.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from lxml import etree, html

NS = {
    "a": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "fh": "http://purl.org/syndication/history/1.0",
    "media": "http://search.yahoo.com/mrss/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
URI = re.compile(r"https?://[A-Za-z0-9.\-]+(:\d+)?/[A-Za-z0-9;/?:@&=+$.\-_!~*'()%,#]*")  # RFC 2396
IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
MIME = re.compile(r"[^\s()<>,;:\\\"/\[\]?=]+/[^\s()<>,;:\\\"/\[\]?=]+(;.*)?")
RFC822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
LANGUAGE = re.compile(r"(?!qq)[a-z]{2,3}(-[a-z0-9]{1,8})*")
MARKUP = re.compile(r"</\w+>")
# C1 and what XML forbids; U+FFFD stands for what nobody can read.
BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
RELATIONS = {"alternate", "self", "hub", "related", "enclosure", "replies", "current", "next"}
RELATIONS |= {"prev-archive", "next-archive"}
UNSAFE = {"script", "style", "iframe", "object", "embed", "form", "base", "meta", "link", "svg", "math"}
SINCE = datetime(1990, 1, 1, tzinfo=UTC)


def rss(body: bytes, address: str, now: datetime) -> list[str]:
    """Return what is wrong with an RSS document."""
    return [str(fault) for fault in _rss(etree.fromstring(body), address, now)]


def atom(body: bytes, address: str, now: datetime) -> list[str]:
    """Return what is wrong with an Atom document."""
    return [str(fault) for fault in _atom(etree.fromstring(body), address, now)]


def json_feed(body: bytes, address: str, now: datetime) -> list[str]:
    """Return what is wrong with a JSON Feed."""
    return [str(fault) for fault in _json(json.loads(body), address, now)]


def _rss(root: Any, address: str, now: datetime) -> Iterator[str]:
    yield from _text(root)
    if (root.tag, root.get("version"), len(root)) != ("rss", "2.0", 1):
        yield "no RSS 2.0 with one channel"
    channel = root[0]
    names = [child.tag for child in channel]
    items = channel.findall("item")
    needed = "title", "link", "description", "language", "lastBuildDate", "generator", "ttl"
    yield from _once(channel, *needed)
    if "item" in names and set(names[names.index("item") :]) != {"item"}:
        yield "something comes after the first item"
    yield from _selves(channel, address, "application/rss+xml")
    yield from _plain(channel, "title", "description")
    yield from _uris(channel, "link")
    if not LANGUAGE.fullmatch(channel.findtext("language")):
        yield "language"
    if not int(channel.findtext("ttl")) > 0:
        yield "ttl"
    guids = [item.findtext("guid") for item in items]
    if len(set(guids)) < len(guids):
        yield "a guid twice"
    for item in items:
        yield from (f"{item.findtext('guid')}: {fault}" for fault in _item(item, now))
    for date in channel.iterfind("lastBuildDate"):
        yield from _rfc822(date.text, now)


def _item(item: Any, now: datetime) -> Iterator[str]:
    yield from _once(item, "guid", "pubDate", "link", "source", "title")
    single = "description", "content:encoded", "enclosure", "comments", "slash:comments", "wfw:commentRss"
    yield from _at_most_once(item, *single, "dc:language")
    names = [child.tag for child in item]
    encoded = f"{{{NS['content']}}}encoded"
    if encoded in names and names.index("description") > names.index(encoded):
        yield "description after content:encoded"
    guid, link = item.find("guid"), item.findtext("link")
    if guid.get("isPermaLink") != ("true" if guid.text == link else "false"):
        yield "isPermaLink"
    yield from _rfc822(item.findtext("pubDate"), now)
    yield from _plain(item, "title", "category", "source")
    yield from _uris(item, "link", "comments", "wfw:commentRss")
    for name, attribute in (("source", "url"), ("enclosure", "url"), ("media:content", "url")):
        yield from _addresses(item, name, attribute)
    yield from _addresses(item, "media:thumbnail", "url")
    for enclosure in item.iterfind("enclosure"):
        if not (enclosure.get("length").isdigit() and MIME.fullmatch(enclosure.get("type"))):
            yield f"enclosure {dict(enclosure.attrib)}"
    for media in item.iterfind("media:content", NS):
        if not (MIME.fullmatch(media.get("type")) and int(media.get("fileSize", "1")) > 0):
            yield f"media:content {dict(media.attrib)}"
    for name in ("description", "content:encoded"):
        for element in item.iterfind(name, NS):
            yield from _html(element.text or "")
    if item.find("author") is not None:
        yield "author is for e-mail addresses"
    for creator in item.iterfind("dc:creator", NS):
        if not (creator.text or "").strip():
            yield "dc:creator"
    yield from _languages(text for text in (item.findtext("dc:language", None, NS),) if text is not None)
    if not (item.findtext("slash:comments", "0", NS)).isdigit():
        yield "slash:comments"


def _atom(feed: Any, address: str, now: datetime) -> Iterator[str]:
    yield from _text(feed)
    yield from _once(feed, "a:id", "a:title", "a:updated", "a:author/a:name", "a:generator")
    yield from _selves(feed, address, "application/atom+xml")
    yield from _rfc3339([feed.findtext("a:updated", None, NS)], now)
    yield from _constructs(feed, "a:title", "a:subtitle")
    yield from _links(feed)
    names = [child.tag for child in feed]
    entry_name = f"{{{NS['a']}}}entry"
    if entry_name in names and set(names[names.index(entry_name) :]) != {entry_name}:
        yield "something comes after the first entry"
    pairs = Counter((link.get("rel"), link.get("type")) for link in feed.iterfind("a:link", NS))
    yield from (f"{pair} twice" for pair, count in pairs.items() if count > 1)
    entries = feed.findall("a:entry", NS)
    ids = [entry.findtext("a:id", None, NS) for entry in entries]
    if len(set(ids)) < len(ids):
        yield "an id twice"
    for entry in entries:
        yield from (f"{entry.findtext('a:id', None, NS)}: {fault}" for fault in _entry(entry, now))


def _entry(entry: Any, now: datetime) -> Iterator[str]:
    yield from _once(entry, "a:id", "a:title", "a:updated", "a:published", "a:source")
    yield from _at_most_once(entry, "a:summary", "a:content", "thr:total")
    source = entry.find("a:source", NS)
    yield from _once(source, "a:id", "a:title", "a:updated", "a:link[@rel='self']")
    for identity in (entry.findtext("a:id", None, NS), source.findtext("a:id", None, NS)):
        if not IRI.fullmatch(identity):
            yield f"{identity} is no IRI"
    names = [name.text for name in entry.iterfind("a:author/a:name", NS)]
    if not names or not all(name.strip() for name in names):
        yield "an entry without author"
    said = [entry.findtext(name, "", NS) for name in ("a:content", "a:summary")]
    if not any(text.strip() for text in said):
        yield "an entry without text"
    if len(entry.xpath("a:link[not(@rel) or @rel='alternate']", namespaces=NS)) != 1:
        yield "not one alternate"
    dates = ("a:updated", "a:published", "a:source/a:updated")
    yield from _rfc3339([entry.findtext(name, None, NS) for name in dates], now)
    yield from _constructs(entry, "a:title", "a:summary")
    yield from _constructs(source, "a:title")
    yield from _links(entry)
    yield from _links(source)
    yield from _languages(entry.xpath("@xml:lang"))
    for content in entry.iterfind("a:content", NS):
        if content.get("type") != "html":
            yield "content that is not html"
        yield from _html(content.text)
    for category in entry.iterfind("a:category", NS):
        if not category.get("term").strip():
            yield "category"
    if not entry.findtext("thr:total", "0", NS).isdigit():
        yield "thr:total"


def _json(feed: Any, address: str, now: datetime) -> Iterator[str]:
    known = {
        "version",
        "title",
        "home_page_url",
        "feed_url",
        "next_url",
        "description",
        "authors",
        "language",
    }
    if unknown := set(feed) - known - {"hubs", "items"}:
        yield f"unknown: {unknown}"
    if feed["version"] != "https://jsonfeed.org/version/1.1" or not feed["title"].strip():
        yield "version or title"
    if feed["feed_url"] != address or feed.get("next_url") == address:
        yield "feed_url or next_url"
    if not (URI.fullmatch(feed["home_page_url"]) and LANGUAGE.fullmatch(feed["language"])):
        yield "home_page_url or language"
    ids = [item["id"] for item in feed["items"]]
    if len(set(ids)) < len(ids) or not all(isinstance(each, str) and each for each in ids):
        yield "ids"
    for item in feed["items"]:
        yield from (f"{item['id']}: {fault}" for fault in _json_item(item, now))
    for text in _strings(feed):
        if BAD.search(text):
            yield f"a bad character in {text[:40]!r}"


def _json_item(item: Any, now: datetime) -> Iterator[str]:
    known = {"id", "url", "title", "content_html", "content_text", "summary", "image", "date_published"}
    known |= {"date_modified", "authors", "tags", "language", "attachments", "_sources", "_story"}
    known |= {"_corrections"}
    if unknown := set(item) - known:
        yield f"unknown: {unknown}"
    if ("content_html" in item) == ("content_text" in item):
        yield "not one content"
    yield from _html(item.get("content_html", ""))
    yield from _rfc3339([item["date_published"], item["date_modified"]], now)
    for link in (item["url"], item.get("image", item["url"])):
        if not URI.fullmatch(link):
            yield f"{link} is no URI"
    if not item["authors"] or not all(author["name"].strip() for author in item["authors"]):
        yield "authors"
    yield from _languages([item["language"]] if "language" in item else [])
    for file in item.get("attachments", []):
        if not (URI.fullmatch(file["url"]) and MIME.fullmatch(file["mime_type"])):
            yield f"attachment {file}"
    for source in item["_sources"]:
        if set(source) != {"title", "url", "source", "feed", "time"}:
            yield f"source {source}"


def _text(root: Any) -> Iterator[str]:
    """Yield what no element may be: empty, or with characters that nothing should bear."""
    for element in root.iter():
        if BAD.search(element.text or ""):
            yield f"a bad character in {element.tag}"
        is_empty = not len(element) and not element.attrib and not (element.text or "").strip()
        if is_empty and element.tag != f"{{{NS['fh']}}}archive":
            yield f"{element.tag} is empty"


def _once(parent: Any, *names: str) -> Iterator[str]:
    for name in names:
        found = parent.findall(name, NS)
        if len(found) != 1 or not ((found[0].text or "").strip() or found[0].attrib or len(found[0])):
            yield f"{len(found)} of {name}"


def _at_most_once(parent: Any, *names: str) -> Iterator[str]:
    for name in names:
        if len(parent.findall(name, NS)) > 1:
            yield f"several of {name}"


def _selves(parent: Any, address: str, kind: str) -> Iterator[str]:
    selves = [(link.get("href"), link.get("type")) for link in parent.iterfind("a:link[@rel='self']", NS)]
    if selves != [(address, kind)]:
        yield f"self is {selves}"


def _plain(parent: Any, *names: str) -> Iterator[str]:
    for name in names:
        for element in parent.iterfind(name, NS):
            if MARKUP.search(element.text):
                yield f"markup in {name}"


def _constructs(parent: Any, *names: str) -> Iterator[str]:
    for name in names:
        for element in parent.iterfind(name, NS):
            if element.get("type") == "html":
                yield from _html(element.text)
            elif MARKUP.search(element.text) or re.search(r"&#?\w+;", element.text):
                yield f"undeclared markup in {name}"


def _uris(parent: Any, *names: str) -> Iterator[str]:
    for name in names:
        for element in parent.iterfind(name, NS):
            if not URI.fullmatch(element.text):
                yield f"{element.text} is no URI"


def _addresses(parent: Any, name: str, attribute: str) -> Iterator[str]:
    for element in parent.iterfind(name, NS):
        if not URI.fullmatch(element.get(attribute)):
            yield f"{element.get(attribute)} is no URI"


def _links(parent: Any) -> Iterator[str]:
    for link in parent.iterfind("a:link", NS):
        if link.get("rel", "alternate") not in RELATIONS or not URI.fullmatch(link.get("href")):
            yield f"link {dict(link.attrib)}"
        if not (MIME.fullmatch(link.get("type", "a/b")) and link.get("length", "0").isdigit()):
            yield f"link {dict(link.attrib)}"
        if link.get("title") == "" or link.text:
            yield f"link {dict(link.attrib)}"


def _languages(tags: Any) -> Iterator[str]:
    for tag in tags:
        if not LANGUAGE.fullmatch(tag):
            yield f"language {tag}"


def _rfc822(text: str, now: datetime) -> Iterator[str]:
    if not RFC822.fullmatch(text) or format_datetime(parsedate_to_datetime(text)) != text:
        yield f"{text} is no date"
    elif not SINCE <= parsedate_to_datetime(text) <= now + timedelta(minutes=10):
        yield f"{text} is no likely date"


def _rfc3339(texts: list[str], now: datetime) -> Iterator[str]:
    for text in texts:
        if not RFC3339.fullmatch(text):
            yield f"{text} is no date"
        elif not SINCE <= datetime.fromisoformat(text) <= now + timedelta(minutes=10):
            yield f"{text} is no likely date"


def _html(markup: str) -> Iterator[str]:
    """Yield what is relative in *markup*, or wants to run."""
    if not markup.strip():
        return
    for element in html.fragment_fromstring(markup, create_parent="div").iter():
        if element.tag in UNSAFE:
            yield f"<{element.tag}>"
        for name, value in element.attrib.items():
            if name.startswith("on") or name in {"style", "srcdoc"}:
                yield f"{name}={value}"
            if name in {"href", "src", "cite", "poster"} and not re.match(r"https?://|mailto:|tel:", value):
                yield f"{name}={value}"


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from (name, *_strings(each))
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
