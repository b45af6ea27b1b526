"""Feeds made of vectors: each in every field of RSS, Atom and JSON Feed, as publishers would."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

from lxml import etree, html

NOW = datetime.now(UTC).replace(microsecond=0)
SHARED = "https://news.example/the-same"  # by its address the headline of many feeds is one
_ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:wfw="http://wellformedweb.org/CommentAPI/" '
    'xmlns:thr="http://purl.org/syndication/thread/1.0" xmlns:a="http://www.w3.org/2005/Atom"'
)


def rss(vectors: Sequence[str], *, cdata: bool = False) -> bytes:
    """Return RSS whose items have each vector in every field, escaped or in CDATA."""
    items = "".join(_item(place, vector, cdata) for place, vector in enumerate(vectors))
    return _rss("<title>Pier</title><link>https://pier.example/</link>" + items)


def rss_named(vector: str) -> bytes:
    """Return RSS with *vector* in every field of the channel, and the headline that all of these share."""
    v = _words(vector)
    return _rss(
        f"<title>{v}</title><link>{v}</link><description>{v}</description><language>{v}</language>"
        f"<generator>{v}</generator><copyright>{v}</copyright><managingEditor>{v}</managingEditor>"
        f"<webMaster>{v}</webMaster><category domain='{v}'>{v}</category><ttl>{v}</ttl><docs>{v}</docs>"
        f"<image><url>{v}</url><title>{v}</title><link>{v}</link></image><itunes:image href='{v}'/>"
        f"<textInput><title>{v}</title><name>{v}</name><link>{v}</link></textInput>"
        f"<a:link rel='hub' href='{v}'/><a:link rel='self' href='{v}'/><dc:creator>{v}</dc:creator>"
        f"<item><guid>{v}</guid><title>{v}</title><link>{SHARED}</link></item>"
    )


def good(title: str, image: str) -> bytes:
    """Return RSS of one article that means no harm."""
    text = f"<![CDATA[<p>An honest <b>picture</b>:</p><img src='{image}' alt='x'>]]>"
    return _rss(
        f"<title>Good</title><item><guid>1</guid><title>{title}</title><description>{text}</description></item>"
    )


def _rss(inside: str) -> bytes:
    return f"<rss version='2.0' {_NAMESPACES}><channel>{inside}</channel></rss>".encode()


def _item(place: int, vector: str, cdata: bool) -> str:
    v = _words(vector)
    text = "<![CDATA[" + _ILLEGAL.sub("", vector).replace("]]>", "]]]]><![CDATA[>") + "]]>" if cdata else v
    return (
        f"<item><guid isPermaLink='{'false' if cdata else 'true'}'>{v}</guid><title>{text}</title>"
        f"<link>{v}</link><description>{text}</description><content:encoded>{text}</content:encoded>"
        f"<author>{text}</author><dc:creator>{text}</dc:creator><dc:language>{v}</dc:language>"
        f"<category domain='{v}'>{text}</category><pubDate>{_when(place):%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
        f"<enclosure url='{v}' type='{v}' length='{v}'/><enclosure url='/a.mp3' type='audio/{v}'/>"
        f"<media:thumbnail url='{v}'/><media:content url='{v}' medium='video' type='{v}'/>"
        f"<media:description>{text}</media:description><itunes:image href='{v}'/>"
        f"<itunes:author>{v}</itunes:author><comments>{v}</comments><wfw:commentRss>{v}</wfw:commentRss><slash:comments>{v}</slash:comments>"
        f"<source url='{v}'>{v}</source></item>"
    )


def poisoned(poison: bytes, name: str) -> bytes:
    """Return RSS of five good items and, in their middle, one with *poison* in it."""
    good = [f"<item><guid>{name}-{n}</guid><title>Good {name} {n}</title></item>".encode() for n in range(5)]
    bad = b"<item><guid>%b-bad</guid><title>%b</title><description>%b</description></item>" % (
        name.encode(),
        poison,
        poison,
    )
    inside = b"".join([*good[:3], bad, *good[3:]])
    return b"<rss version='2.0'><channel><title>Poisoned</title>" + inside + b"</channel></rss>"


def atom(vectors: Sequence[str], kind: str) -> bytes:
    """Return Atom whose entries have each vector in every field; *kind* is the type of its texts."""
    inside = "".join(_atom_entry(place, vector, kind) for place, vector in enumerate(vectors))
    return _atom(
        f"<title>Mole</title><id>tag:mole.example,2026:{kind}</id>{inside}", "https://mole.example/a/"
    )


def atom_named(vector: str) -> bytes:
    """Return Atom with *vector* in every field of the feed, and the headline that all of these share."""
    v = _words(vector)
    return _atom(
        f"<title type='html'>{v}</title><subtitle type='html'>{v}</subtitle><id>{v}</id><link href='{v}'/>"
        f"<link rel='self' href='{v}'/><link rel='hub' href='{v}'/><icon>{v}</icon><logo>{v}</logo>"
        f"<rights>{v}</rights><generator uri='{v}' version='{v}'>{v}</generator>"
        f"<author><name>{v}</name><uri>{v}</uri><email>{v}</email></author>"
        f"<category term='{v}' scheme='{v}'/>"
        f"<entry><id>{v}</id><title>{v}</title><link href='{SHARED}'/></entry>",
        v,
    )


def _atom(inside: str, base: str) -> bytes:
    root = f"<feed xmlns='http://www.w3.org/2005/Atom' {_NAMESPACES} xml:base='{base}' xml:lang='en'>"
    return f"{root}{inside}</feed>".encode()


def _atom_entry(place: int, vector: str, kind: str) -> str:
    v = _words(vector)
    text = f"<div xmlns='http://www.w3.org/1999/xhtml'>{_xhtml(vector)}</div>" if kind == "xhtml" else v
    return (
        f"<entry xml:base='{v}' xml:lang='{v}'><id>tag:mole.example,2026:{kind}-{place}</id>"
        f"<title type='{kind}'>{text}</title><summary type='{kind}'>{text}</summary>"
        f"<content type='{kind}' xml:base='{v}'>{text}</content>"
        f"<published>{_when(place).isoformat()}</published><updated>{_when(place).isoformat()}</updated>"
        f"<author><name>{v}</name><uri>{v}</uri><email>{v}</email></author><category term='{v}' label='{v}'/>"
        f"<link href='{v}'/><link rel='enclosure' href='{v}' type='{v}'/>"
        f"<link rel='replies' type='text/html' href='{v}'/><thr:total>{place}</thr:total>"
        f"<link rel='related' href='{v}' title='{v}'/><media:thumbnail url='{v}'/></entry>"
    )


def _xhtml(vector: str) -> str:
    """Return what a publisher's XML library would make of *vector*; its text where it is no such thing."""
    try:
        fragment = html.fragment_fromstring(_ILLEGAL.sub("", vector) or "-", create_parent="div")
        written = etree.tostring(fragment, encoding="unicode")
        etree.fromstring(f"<div xmlns:xlink='x'>{written}</div>")
    except (ValueError, etree.LxmlError):
        return _words(vector)
    return f"<div xmlns:xlink='http://www.w3.org/1999/xlink'>{written}</div>"


def json_feed(vectors: Sequence[str]) -> bytes:
    """Return JSON Feed whose items have each vector in every field, as it is."""
    return _json([_json_item(place, vector) for place, vector in enumerate(vectors)], "Kade")


def json_named(vector: str) -> bytes:
    """Return JSON Feed with *vector* in every field of the feed, and the headline that all of these share."""
    return _json([{"id": vector, "title": vector, "url": SHARED}], vector)


def _json(items: Iterable[dict[str, Any]], v: str) -> bytes:
    about = {"title": v, "description": v, "home_page_url": v, "feed_url": v, "icon": v, "favicon": v}
    more = {"language": v, "user_comment": v, "next_url": v, "hubs": [{"type": v, "url": v}]}
    feed = {"version": "https://jsonfeed.org/version/1.1", **about, **more, "items": list(items)}
    return json.dumps(feed).encode()


def _json_item(place: int, v: str) -> dict[str, Any]:
    file = {"url": v, "mime_type": v, "title": v, "size_in_bytes": v}
    return {
        "id": f"kade-{place}",
        "title": v,
        "summary": v,
        "content_text": v,
        "url": v,
        "external_url": v,
        "image": v,
        "banner_image": v,
        "language": v,
        "authors": [{"name": v, "url": v, "avatar": v}],
        "tags": [v],
        "attachments": [file, {**file, "url": "https://kade.example/a.mp4", "mime_type": "video/mp4"}],
        "date_published": _when(place).isoformat(),
        v: v,
        **({"content_html": v} if place % 2 == 0 else {}),
    }


def _words(vector: str) -> str:
    """Return *vector* for an XML document: what XML has no way to say is said as a reference of HTML's."""
    return escape(_ILLEGAL.sub(lambda found: f"&#{ord(found[0])};", vector))


def _when(place: int) -> datetime:
    return NOW - timedelta(minutes=5 * place + 10)
