"""Details: the addresses, labels, files and pictures of a feed or an entry."""

from __future__ import annotations

import re

from aggregator.parse.plain.texts import media_title
from aggregator.parse.plain.told import (
    NOTHING,
    OTHERS,
    SCOPE,
    Attributes,
    Begin,
    End,
    Place,
    Told,
    UnsureError,
    mended,
    only,
    passed,
    skipping,
    word,
)

_REPLIES = "http://purl.org/syndication/thread/1.0 "
_LINK = {
    "rel",
    "type",
    "href",
    "hreflang",
    "title",
    "length",
    _REPLIES + "count",
    _REPLIES + "updated",
    *SCOPE,
}


def guid(told: Told, attributes: Attributes) -> End:
    told.open_text(attributes, {"isPermaLink", *SCOPE})
    told.is_link = attributes.get("isPermaLink", "true") == "true"
    return _end_guid


def _end_guid(told: Told) -> None:
    text = told.said()
    text = mended(told.joined(text) if text and told.is_link else text)
    told.keep("id", text)
    if told.is_link:
        told.context.setdefault("link", text)


def link(told: Told, attributes: Attributes) -> End:
    told.open_text(attributes, _LINK)
    rel, kind = attributes.get("rel", "alternate").lower(), attributes.get("type")
    link = {"rel": rel, "type": _link_type(rel) if kind is None else kind.lower()}
    link |= {name: attributes[name] for name in ("href", "length") if name in attributes}
    if _REPLIES + "count" in attributes:
        link["count"] = attributes[_REPLIES + "count"]
    told.context.setdefault("links", []).append(link)
    if "href" not in link:
        return _end_link
    link["href"] = told.joined(link["href"])
    if rel == "alternate" and link["type"] in {"html", "text/html", "xhtml", "application/xhtml+xml"}:
        told.context["link"] = link["href"]
    return None


def _link_type(rel: str) -> str:
    return "application/atom+xml" if rel == "self" else "text/html"


def _end_link(told: Told) -> None:
    text = told.said()
    text = mended(told.joined(text) if text else text)
    if told.levels is not None:
        text = text.replace("&amp;", "&")
    text = _HALF_REFERENCE.sub(r"&\1", text)
    told.context["link"] = text
    if text or told.levels is None:
        told.context["links"][-1]["href"] = text


_HALF_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")


def enclosure(told: Told, attributes: Attributes) -> End:
    only(attributes, {"url", "type", "length"})
    told.place = NOTHING
    link = {"rel": "enclosure"} | {name: attributes[name] for name in ("length",) if name in attributes}
    if "type" in attributes:
        link["type"] = attributes["type"].lower()
    if attributes.get("url"):
        link["href"] = attributes["url"]
    told.context.setdefault("links", []).append(link)
    return None


def category(told: Told, attributes: Attributes) -> End:
    told.open_text(attributes, {"term", "scheme", "domain", "label", *SCOPE})
    scheme = attributes.get("scheme", attributes.get("domain"))
    _tag(told, attributes.get("term"), scheme, attributes.get("label"))
    return _end_category


def _tag(told: Told, term: str | None, scheme: str | None = None, label: str | None = None) -> None:
    tags, tag = told.context.setdefault("tags", []), {"term": term, "scheme": scheme, "label": label}
    if any(tag.values()) and tag not in tags:
        tags.append(tag)


def _end_category(told: Told) -> None:
    term, tags = mended(told.said()), told.context["tags"]
    if term and tags and not tags[-1]["term"]:
        tags[-1]["term"] = term
    elif term:
        _tag(told, term)


def keywords(scheme: str | None) -> Begin:
    def begin(told: Told, attributes: Attributes) -> End:
        told.open_text(attributes)
        return end

    def end(told: Told) -> None:
        for term in mended(told.said()).split(","):
            if term.strip():
                _tag(told, term.strip(), scheme)

    return begin


def _lowered(attributes: Attributes) -> Attributes:
    """Return attributes that are kept as they are, but for the case of their names and of the type."""
    if any(" " in name or name.lower() == "lang" for name in attributes):
        raise UnsureError
    lowered = {name.lower(): value for name, value in attributes.items()}
    return lowered | {name: lowered[name].lower() for name in ("rel", "type") if name in lowered}


def media_content(told: Told, attributes: Attributes) -> End:
    told.context.setdefault("media_content", []).append(_lowered(attributes))
    told.place = MEDIA
    return None


def player(told: Told, attributes: Attributes) -> End:
    told.context["media_player"] = _lowered(attributes)
    told.place = NOTHING
    return None


def thumbnail(told: Told, attributes: Attributes) -> End:
    if "url" not in attributes:
        raise UnsureError
    told.context.setdefault("media_thumbnail", []).append(_lowered(attributes))
    told.place = NOTHING
    return None


def caption(told: Told, attributes: Attributes) -> End:
    if not attributes:
        return word("media_caption")(told, attributes)
    told.context["media_caption"] = attributes
    told.place = NOTHING
    return None


def picture(told: Told, attributes: Attributes) -> End:
    only(attributes, {"href", "url"})
    if link := attributes.get("href") or attributes.get("url"):
        told.context["image"] = {"href": link}
    told.place = NOTHING
    return None


MEDIA: Place = {
    "media_content": media_content,
    "media_player": player,
    "media_thumbnail": thumbnail,
    "media_title": media_title,
    "media_caption": caption,
    "media_keywords": keywords(None),
    **skipping("media_credit media_rating"),
    OTHERS: passed,
}
