"""Feed parsers that others wrote, asked alike: what does each of them read in a document of ours?"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Any

import atoma
import fastfeedparser
import feedparser

from aggregator.model import Headline, Site


@dataclass(frozen=True)
class Told:
    """What a parser says of one item; None for what it cannot say of any."""

    id: str
    title: str
    link: str
    date: datetime
    authors: tuple[str, ...] | None = None
    files: tuple[str, ...] | None = None


def differences(told: Sequence[Told], held: Sequence[Headline], site: Site, format: str) -> list[str]:
    """Return where a parser says something else than the headlines that the store holds, in their order."""
    if [each.id for each in told] != [headline.guid for headline in held]:
        return ["other items, or another order"]
    return [
        f"{name} of {headline.guid}: {getattr(said, name)!r}"
        for said, headline in zip(told, held, strict=True)
        for name in _wrong(said, _held(headline, site), format)
    ]


def _wrong(said: Told, meant: Told, format: str) -> Iterator[str]:
    # Where a title could be taken for markup it is escaped for those who show HTML.
    if meant.title not in {said.title, unescape(said.title)}:
        yield "title"
    if said.link != meant.link:
        yield "link"
    if said.date != meant.date:
        yield "date"
    # RSS names authors, but not the publisher as one of them; it has room for one file.
    if said.authors not in (None, meant.authors, () if format == "rss" else None):
        yield "authors"
    if said.files not in (None, meant.files[:1] if format == "rss" and meant.files else meant.files):
        yield "files"


def _held(headline: Headline, site: Site) -> Told:
    entry = headline.entry
    return Told(
        headline.guid,
        entry.title,
        entry.link or f"{site.link}read/{headline.id}",
        headline.published.replace(microsecond=0),
        tuple(person.name for person in entry.authors) or (headline.lead.name,),
        tuple(file.link for file in entry.enclosures),
    )


def by_feedparser(body: bytes, format: str) -> Sequence[Told]:
    found = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    assert (found.bozo, found.version) == (0, {"rss": "rss20", "atom": "atom10"}[format])
    return [
        Told(
            entry.id,
            entry.title,
            entry.link,
            datetime(*entry.published_parsed[:6], tzinfo=UTC),
            tuple(author["name"] for author in entry.get("authors", []) if "name" in author),
            tuple(file.href for file in entry.enclosures),
        )
        for entry in found.entries
    ]


def by_fastfeedparser(body: bytes, format: str) -> Sequence[Told]:
    return [
        Told(
            entry.id,
            entry.title,
            entry.link,
            datetime.fromisoformat(entry.published),
            files=None if format == "atom" else tuple(file["url"] for file in entry.get("enclosures", ())),
        )
        for entry in fastfeedparser.parse(body).entries
    ]


def by_atoma(body: bytes, format: str) -> Sequence[Told]:
    match format:
        case "rss":
            return [
                Told(i.guid, i.title, i.link, i.pub_date, files=tuple(file.url for file in i.enclosures))
                for i in atoma.parse_rss_bytes(body).items
            ]
        case "atom":
            return [_atom_entry(entry) for entry in atoma.parse_atom_bytes(body).entries]
    return [
        Told(i.id_, i.title, i.url, i.date_published, files=tuple(file.url for file in i.attachments))
        for i in atoma.parse_json_feed_bytes(body).items
    ]


def _atom_entry(entry: Any) -> Told:
    [link] = [link.href for link in entry.links if link.rel is None]
    files = tuple(link.href for link in entry.links if link.rel == "enclosure")
    authors = tuple(author.name for author in entry.authors)
    return Told(entry.id_, entry.title.value, link, entry.published, authors, files)


def by_sfeed(body: bytes, format: str) -> Sequence[Told]:
    """Ask Debian's sfeed: a line for each item, its fields parted by tabs, of several files the last."""
    program = shutil.which("sfeed")
    assert program, "sfeed is not installed (apt-get install sfeed)"
    lines = subprocess.run([program], input=body, stdout=subprocess.PIPE, check=True).stdout
    rows = [line.split("\t") for line in lines.decode().split("\n")[:-1]]
    return [Told(row[5], row[1], row[2], datetime.fromtimestamp(int(row[0]), UTC)) for row in rows]


def by_json(body: bytes, format: str) -> Sequence[Told]:
    return [
        Told(
            item["id"],
            item["title"],
            item["url"],
            datetime.fromisoformat(item["date_published"]),
            tuple(author["name"] for author in item["authors"]),
            tuple(file["url"] for file in item.get("attachments", ())),
        )
        for item in json.loads(body)["items"]
    ]


PARSERS: dict[tuple[str, str], Callable[[bytes, str], Sequence[Told]]] = {
    **{("feedparser", format): by_feedparser for format in ("rss", "atom")},
    **{("fastfeedparser", format): by_fastfeedparser for format in ("rss", "atom", "json")},
    **{("atoma", format): by_atoma for format in ("rss", "atom", "json")},
    **{("sfeed", format): by_sfeed for format in ("rss", "atom")},
    ("json", "json"): by_json,
}
