"""OPML: subscriptions as an OPML 2.0 document that other readers take in. Knows no store and no feeds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from aggregator.links import without_credentials
from aggregator.model import Site, Subscription
from aggregator.text import tidy


def export(
    subscriptions: Sequence[Subscription],
    titles: Mapping[str, tuple[str, str | None]],
    site: Site,
    now: datetime | None,
) -> bytes:
    """Return *subscriptions* as OPML, each below its first category; *titles* has (title, site link) by key.

    The same arguments give the same bytes; without *now* the document bears no date.
    """
    opml = Element("opml", version="2.0")
    head = SubElement(opml, "head")
    SubElement(head, "title").text = tidy(site.title)
    if now is not None:
        SubElement(head, "dateCreated").text = format_datetime(now.astimezone(UTC), usegmt=True)
    _fill(SubElement(opml, "body"), subscriptions, titles)
    ElementTree.indent(opml)
    document: bytes = ElementTree.tostring(opml, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _fill(
    body: Element, subscriptions: Sequence[Subscription], titles: Mapping[str, tuple[str, str | None]]
) -> None:
    folders: dict[str, Element] = {}
    for subscription in subscriptions:
        title, link = titles.get(subscription.key, (subscription.title or subscription.key, None))
        folder = body
        for category in map(tidy, subscription.categories[:1]):
            if category not in folders:
                folders[category] = SubElement(body, "outline", text=category, title=category)
            folder = folders[category]
        SubElement(folder, "outline", _attributes(subscription, tidy(title), link))


def _attributes(subscription: Subscription, title: str, link: str | None) -> dict[str, str]:
    # In the category attribute a comma parts categories, and a slash the steps of one; a tag has neither.
    categories = ",".join(re.sub(r"\s*[,/]\s*", " ", tidy(category)) for category in subscription.categories)
    attributes = {
        "type": "rss",
        "text": title,
        "title": title,
        "xmlUrl": tidy(without_credentials(subscription.url)),
        "htmlUrl": tidy(link or ""),
        "category": categories,
    }
    return {name: value for name, value in attributes.items() if value or name in {"text", "title"}}
