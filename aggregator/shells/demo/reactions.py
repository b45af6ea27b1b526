"""Reactions: what invented readers wrote below an article, as its publisher's feed of them; pure."""

from __future__ import annotations

import random
from datetime import timedelta
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement

from aggregator.shells.demo.newsroom import Article
from aggregator.shells.demo.pages import body
from aggregator.shells.demo.publishers import (
    ATOM_NAMESPACES,
    NAMESPACES,
    Issue,
    stamp,
    texts,
    written,
)

IN_FEED = 10  # the newest
APART = timedelta(seconds=20)
_READERS = (
    "Joke V.",
    "Youssef",
    "opa Henk",
    "Maaike uit Delfzijl",
    "Rachid B.",
    "Een lezer",
    "ليلى",
    "Corrie",
)
_SAID = (
    ("nl", "Dat had ik nou nooit gedacht."),
    ("nl", "Mijn buurman zei het vorige week al, maar naar hem luistert niemand."),
    ("nl", "Mooi geschreven. Hoe loopt dit af?"),
    ("nl", "Was er iemand bij die er foto's van heeft?"),
    ("nl", "Eindelijk eens goed nieuws bij de koffie."),
    ("fr", "Chez nous, c'était la même chose l'an dernier."),
    ("ar", "خبر جميل، شكرا على النشر."),
    ("nl", "Ik was er gisteren nog. Niets van gemerkt!"),
)


def reactions_feed(issue: Issue, article: Article) -> bytes:
    """Return the feed of the reactions to *article*, in its publisher's own format: RSS 2.0 or Atom."""
    chance = random.Random(article.slug)  # noqa: S311 - it invents readers
    count = article.reactions or 0
    said = [(number, chance.choice(_READERS), *chance.choice(_SAID)) for number in range(count)]
    newest = said[: -IN_FEED - 1 : -1]
    return (_atom if issue.publisher.format == "atom" else _rss)(issue, article, newest)


def _rss(issue: Issue, article: Article, said: list[tuple[int, str, str, str]]) -> bytes:
    rss = Element("rss", {"version": "2.0", **NAMESPACES})
    channel = SubElement(rss, "channel")
    link = f"{issue.home}{article.slug}#reactions"
    texts(channel, ("title", f"Reacties op: {article.title}"), ("link", link), ("description", article.title))
    for number, reader, _, words in said:
        item = SubElement(channel, "item")
        texts(item, ("title", f"Door: {reader}"), ("link", link), ("dc:creator", reader))
        guid = SubElement(item, "guid", {"isPermaLink": "false"})
        guid.text = f"{article.slug}:{number}"
        published = format_datetime(article.published + number * APART)
        texts(item, ("pubDate", published), ("content:encoded", body((words,))))
    return written(rss)


def _atom(issue: Issue, article: Article, said: list[tuple[int, str, str, str]]) -> bytes:
    feed = Element("feed", ATOM_NAMESPACES)
    texts(
        feed,
        ("id", f"tag:{issue.publisher.key}.example,2025:{article.slug}:reactions"),
        ("title", f"Reacties op: {article.title}"),
        ("updated", stamp(article.updated)),
    )
    link = {"rel": "alternate", "href": f"{issue.home}{article.slug}#reactions", "type": "text/html"}
    for number, reader, language, words in said:
        entry = SubElement(feed, "entry", {"xml:lang": language})
        texts(
            entry,
            ("id", f"tag:{issue.publisher.key}.example,2025:{article.slug}:{number}"),
            ("title", reader),
            ("published", stamp(article.published + number * APART)),
            ("updated", stamp(article.published + number * APART)),
        )
        texts(SubElement(entry, "author"), ("name", reader))
        SubElement(entry, "link", link)
        content = SubElement(entry, "content", {"type": "html"})
        content.text = body((words,))
    return written(feed)
