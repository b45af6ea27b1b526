"""Writing: subscriptions as an OPML 2.0 document that other readers take in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement, register_namespace

from aggregator.links import without_credentials
from aggregator.model import Site, Subscription
from aggregator.text import tidy

NAMESPACE = "urn:uuid:0b8f5f4e-2a43-4a55-9c0f-6d5f6f0c7a1d"
"""Of what OPML has no word for and we read again (OPML 2.0, «Extending OPML»)."""
PREFIX = "draad"
KEY = f"{{{NAMESPACE}}}key"
register_namespace(PREFIX, NAMESPACE)


def export(
    subscriptions: Sequence[Subscription],
    titles: Mapping[str, tuple[str, str | None]],
    site: Site,
    now: datetime | None,
) -> bytes:
    """Return *subscriptions* as OPML; *titles* has (title, site link) by key.

    A feed stands below each of its categories, as in the lists of Feedly, Inoreader and NewsBlur: who knows
    one folder for a feed takes the first. The same arguments give the same bytes; without *now* the document
    bears no date.
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
        attributes = _attributes(subscription, tidy(title), link)
        categories = dict.fromkeys(map(tidy, subscription.categories))
        for category in categories:
            if category not in folders:
                folders[category] = SubElement(body, "outline", text=category, title=category)
            SubElement(folders[category], "outline", attributes)
        if not categories:
            SubElement(body, "outline", attributes)


def as_tag(category: str) -> str:
    """Return *category* as the category attribute has it: a comma there parts two, a slash makes steps."""
    return re.sub(r"\s*[,/]\s*", " ", tidy(category)).strip()


def _attributes(subscription: Subscription, title: str, link: str | None) -> dict[str, str]:
    attributes = {
        "type": "rss",
        "text": title,
        "title": title,
        "xmlUrl": tidy(without_credentials(subscription.url)),
        "htmlUrl": tidy(link or ""),
        "category": ",".join(filter(None, map(as_tag, subscription.categories))),
        "language": subscription.language or "",
        KEY: subscription.key,
    }
    return {name: value for name, value in attributes.items() if value or name in {"text", "title"}}
