"""Entry: one item, from feedparser's words to ours. A detail that is broken is left out quietly."""

from __future__ import annotations

from typing import Any

from aggregator.model import Enclosure, Person, RawEntry, RawText
from aggregator.parse.feed import Frame, moment, number, raw_text, text, word
from aggregator.videos import video_page

_READABLE = {"text/plain", "text/html", "application/xhtml+xml"}
_FEED_TYPES = {
    "application/atom+xml",
    "application/rss+xml",
    "application/feed+json",
    "application/xml",
    "text/xml",
}
_MOST = 1000  # details of one kind in one entry; normalise keeps far fewer


def raw_entry(entry: Any, around: Frame) -> RawEntry:
    """Return *entry* as a RawEntry; *around* is what its document says for all of them."""
    content = _content(entry, around)
    links = [link for link in _list(entry, "links") if word(link, "href")]
    replies = [link for link in links if link.get("rel") == "replies"]
    files = _enclosures(entry, links)
    return RawEntry(
        id=word(entry, "id"),
        link=_link(entry, links),
        title=text(entry, "title", around),
        summary=text(entry, "summary", around) if "summary_detail" in entry else None,
        content=content or _caption(entry),
        authors=_authors(entry),
        categories=tuple(
            filter(None, (word(tag, "label") or word(tag, "term") for tag in _list(entry, "tags")))
        ),
        enclosures=files,
        image=_image(entry, files),
        language=_language(entry, around),
        published=moment(entry, "published_parsed") or moment(entry, "created_parsed"),
        updated=moment(entry, "updated_parsed"),
        comments=_comments(entry, replies),
        comments_link=word(entry, "comments") or _first(replies, {"text/html", "application/xhtml+xml"}),
        comments_feed=word(entry, "wfw_commentrss") or _first(replies, _FEED_TYPES),
    )


def _list(entry: Any, name: str) -> list[Any]:
    found = dict.get(entry, name)
    return [one for one in found[:_MOST] if isinstance(one, dict)] if isinstance(found, list) else []


def _link(entry: Any, links: list[Any]) -> str | None:
    link = word(entry, "feedburner_origlink") or word(entry, "link")
    if link is None:  # feedparser takes alternates of type text/html only
        link = next((one["href"] for one in links if one.get("rel") == "alternate"), None)
    # A guid is a link unless it denies it, and many a publisher forgets to deny it for a bare number.
    bare = link is not None and "://" not in link and not link.startswith("/")
    return None if bare and link == word(entry, "id") else link


def _content(entry: Any, around: Frame) -> RawText | None:
    """Return the first content that is markup, else the first that can be read at all."""
    found = [
        raw_text(one["value"], one, around)
        for one in _list(entry, "content")
        if word(one, "value") and one.get("type", "text/html") in _READABLE
    ]
    return next((one for one in found if one.is_markup), found[0] if found else None)


def _caption(entry: Any) -> RawText | None:
    """Return the description of the video where there is no other word about it, as at YouTube."""
    caption = word(entry, "media_caption")
    return RawText(caption, is_markup="</" in caption) if caption and "summary_detail" not in entry else None


def _authors(entry: Any) -> tuple[Person, ...]:
    people = ((_name(author), word(author, "href")) for author in _list(entry, "authors"))
    return tuple(Person(name, link) for name, link in people if name)


def _name(author: Any) -> str | None:
    name, address = word(author, "name"), word(author, "email")
    if name and address and "(" in name and ")" not in name:
        # Of «ed@paper.media (The Editor)» feedparser leaves «a (The Editor»: it knows short domains only.
        name = name.rpartition("(")[2].strip()
    return name or address


def _enclosures(entry: Any, links: list[Any]) -> tuple[Enclosure, ...]:
    enclosed = [
        Enclosure(link["href"], word(link, "type") or "", number(link.get("length")))
        for link in links
        if link.get("rel") == "enclosure"
    ]
    media = [
        Enclosure(one["url"], word(one, "type") or "", number(one.get("filesize")))
        for one in _list(entry, "media_content")
        if word(one, "url") and (_kind(one) in {"audio", "video"} or video_page(one["url"]))
    ]
    player = word(dict.get(entry, "media_player") or {}, "url")
    played = [Enclosure(player, "")] if player and video_page(player) else []
    return (*enclosed, *media, *played)


def _kind(media: Any) -> str:
    """Return what a media:content is: audio, video, image …; '' if it does not say."""
    return (word(media, "medium") or (word(media, "type") or "").partition("/")[0]).lower()


def _image(entry: Any, files: tuple[Enclosure, ...]) -> str | None:
    thumbnails = [one for one in _list(entry, "media_thumbnail") if word(one, "url")]
    pictures = [one for one in _list(entry, "media_content") if word(one, "url") and _kind(one) == "image"]
    for found in (thumbnails, pictures):
        if found:
            return str(max(found, key=lambda one: number(one.get("width")) or 0)["url"])
    own = dict.get(entry, "image")
    enclosed = next((file.link for file in files if file.type.startswith("image/")), None)
    return (word(own, "href") if isinstance(own, dict) else None) or enclosed


def _language(entry: Any, around: Frame) -> str | None:
    """Return the entry's own language, or that of its parts; not what it has from the document's root."""
    parts = (dict.get(entry, f"{name}_detail") for name in ("title", "summary"))
    details = [part for part in (*parts, *_list(entry, "content")) if isinstance(part, dict)]
    declared = next((tag for tag in (word(detail, "language") for detail in details) if tag), None)
    inherited = (around.language or "").replace("_", "-").lower()
    return word(entry, "language") or (
        declared if declared and declared.lower() != inherited and not around.leaks else None
    )


def _comments(entry: Any, replies: list[Any]) -> int | None:
    counts = (
        dict.get(entry, "slash_comments"),
        dict.get(entry, "thr_total"),
        *(link.get("thr:count", link.get("count")) for link in replies),
    )
    return next((count for count in map(number, counts) if count is not None), None)


def _first(links: list[Any], types: set[str]) -> str | None:
    return next((str(link["href"]) for link in links if link.get("type", "text/html") in types), None)
