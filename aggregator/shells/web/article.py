"""The article page: one headline in full, with all that is known about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import NamedTuple
from urllib.parse import quote

from markupsafe import Markup

from aggregator.links import host
from aggregator.model import SHARES, Choice, Enclosure, Entry, Headline, Html, Place
from aggregator.sanitise import has_video, with_images, with_words
from aggregator.shells.web.desk import Desk
from aggregator.shells.web.frame import EVERYTHING, Frame
from aggregator.shells.web.reactions import Talk
from aggregator.shells.web.setting import Link, Setting, Text, Time, rfc3339, text
from aggregator.shells.web.ticker import LINES, Other, Part, Ticker, Was, former, other, parts
from aggregator.shells.web.words import Words, capital
from aggregator.text import fold, plain, shorten, slug

MOST_CATEGORIES = 3  # above the headline
PREVIEWED = 300  # characters of the summary, where somebody links to the article
BEGINNING = 20_000  # characters of an article that its summary may be the first words of
SAME_MOMENT = 60  # seconds: what was changed sooner was not changed, it was published


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with the article: *kind* is audio, video or file."""

    kind: str
    href: str
    title: str
    type: str


@dataclass(frozen=True, slots=True)
class Share:
    """Where an article can be passed on; a None is not offered."""

    copy: str | None
    mail: str | None
    places: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """A headline in full."""

    title: Text
    kicker: tuple[Link, ...]
    lead: str
    source: Link
    authors: tuple[str, ...]
    published: Time
    updated: Time | None
    was: tuple[Was, ...]
    image: str | None
    body: Markup
    note: str  # about pictures that are not shown
    attachments: tuple[Attachment, ...]
    read_on: Link | None
    others: tuple[Other, ...]
    parts: tuple[Part, ...]
    reactions: str
    reactions_href: str | None
    share: Share


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """The page of one headline, the ticker beside it."""

    frame: Frame
    line: int  # its line in the ticker, or that of the headline which speaks for its story
    article: Article
    ticker: Ticker
    newer: Link | None = None
    older: Link | None = None
    preview: tuple[tuple[str, str], ...] = ()
    talk: Talk | None = None  # None where the publisher lets nobody read the reactions


def article(setting: Setting, headline: Headline, address: Callable[[str], str] | None = str) -> Article:
    """Return a headline as it is read; its images are at their *address* for us, None: they are not shown."""
    entry, words = headline.entry, setting.words
    content = with_images(entry.content, address) if address else entry.content
    picture = address(entry.image) if address and entry.image and "<img" not in content else None
    changed = (headline.updated - headline.published).total_seconds() > SAME_MOMENT
    return Article(
        title=text(entry.title, entry.language),
        kicker=tuple(_categories(setting, headline)),
        lead=_lead(entry),
        source=Link(headline.lead.name, setting.href(Choice(source=headline.lead.key).path)),
        authors=tuple(author.name for author in entry.authors),
        published=setting.full_moment(headline.published),
        updated=_updated(setting, headline.updated) if changed else None,
        was=former(setting, headline),
        image=None if has_video(entry.content) else picture,
        body=_trusted(with_words(content, partial(_watch, words), words.language, picture)),
        note=words.gettext("This site shows no pictures in articles; they are on the publisher's page.")
        if address is None and (entry.image or "<img" in entry.content)
        else "",
        attachments=tuple(_attachment(setting, enclosure) for enclosure in entry.enclosures),
        read_on=Link(words.gettext("Read on at {source}", source=headline.lead.name), entry.link)
        if entry.link
        else None,
        others=tuple(other(setting, source, headline.published) for source in headline.sources[1:]),
        parts=parts(setting, headline),
        reactions=""
        if headline.comments is None
        else words.ngettext("Reactions ({n})", "Reactions ({n})", headline.comments),
        reactions_href=headline.comments_link,
        share=_share(setting, headline),
    )


class Surroundings(NamedTuple):
    """The lines of the ticker beside a headline: the newest ones, or those around it."""

    lines: tuple[Headline, ...]
    before: Place | None  # where they begin, unless with the newest
    line: int  # that of the headline
    newer: Headline | None  # the one above it
    older: Headline | None


def surroundings(desk: Desk, headline: Headline) -> Surroundings:
    """Return what stands around a headline."""
    lines, before = desk.ticker(EVERYTHING, None, LINES + 1), None
    line = line_of(headline, lines[:LINES])
    if line is None:
        before, line = (headline.published, headline.id), headline.id
        lines = (headline, *desk.ticker(EVERYTHING, before, LINES))
    at = next(at for at, each in enumerate(lines) if each.id == line)
    newer = lines[at - 1] if at else desk.newer((lines[0].published, lines[0].id))
    return Surroundings(lines, before, line, newer, next(iter(lines[at + 1 : at + 2]), None))


def line_of(headline: Headline, lines: Iterable[Headline]) -> int | None:
    """Return which of *lines* the headline is, or is folded under; None if it is in none of them."""
    ids = {headline.id, *(part.id for part in headline.related)}
    return next((line.id for line in lines if line.id in ids), None)


def _updated(setting: Setting, moment: datetime) -> Time:
    time = setting.moment(moment)
    return Time(setting.words.gettext("updated {when}", when=time.shown), time.datetime)


def _trusted(content: Html) -> Markup:
    """Return the content for a template: its type says that the sanitiser made it."""
    return Markup(content)  # noqa: S704


def _lead(entry: Entry) -> str:
    """Return the summary, or nothing where the article begins with the same words."""
    if not entry.content:
        return entry.summary
    begins = fold(entry.summary).rstrip(" .…")
    return "" if fold(plain(entry.content[:BEGINNING])).startswith(begins) else entry.summary


def _categories(setting: Setting, headline: Headline) -> Iterator[Link]:
    """Yield the article's first categories, or else those that its source is filed under."""
    filed = next((s.categories for s in setting.config.subscriptions if s.key == headline.lead.key), ())
    for category in (headline.entry.categories or filed)[:MOST_CATEGORIES]:
        if slug(category):
            yield Link(capital(category), setting.href(Choice(category=slug(category)).path))


def _attachment(setting: Setting, enclosure: Enclosure) -> Attachment:
    major = enclosure.type.partition("/")[0]
    kind = major if major in {"audio", "video"} else "file"
    size = f", {enclosure.length / 1e6:.1f} MB" if enclosure.length and enclosure.length >= 50_000 else ""
    words = setting.words
    names = {
        "audio": words.gettext("Listen"),
        "video": words.gettext("Watch"),
        "file": words.gettext("Attachment"),
    }
    title = f"{names[kind]} ({host(enclosure.link)}{size})"
    return Attachment(kind, enclosure.link, title, enclosure.type)


def _watch(words: Words, site: str) -> str:
    return words.gettext("Watch the video at {site}", site=site)


def _share(setting: Setting, headline: Headline) -> Share:
    """Return how to pass on the publisher's own page, or ours where it has none."""
    link = headline.entry.link or setting.absolute(f"/read/{headline.id}")
    subject, body = quote(headline.entry.title, safe=""), quote(link, safe="")
    wanted = setting.site.share
    return Share(
        copy=link if "copy" in wanted else None,
        mail=f"mailto:?subject={subject}&body={body}" if "mail" in wanted else None,
        places=tuple(
            Link(SHARES[place][0], SHARES[place][1].format(title=subject, link=body))
            for place in wanted
            if place in SHARES
        ),
    )


def beside(setting: Setting, headline: Headline | None) -> Link | None:
    """Return the link to the headline before or after the one that is read."""
    if headline is None:
        return None
    title = text(headline.entry.title, headline.entry.language)
    return Link(title.words, setting.href(f"/read/{headline.id}"), lang=title.lang, dir=title.dir)


def preview(setting: Setting, headline: Headline) -> tuple[tuple[str, str], ...]:
    """Return what other sites show where somebody links to the article (Open Graph): names and values."""
    entry = headline.entry
    told = (
        ("og:type", "article"),
        ("og:site_name", setting.site.title),
        ("og:title", entry.title),
        ("og:description", shorten(entry.summary, PREVIEWED)),
        ("og:url", setting.absolute(f"/read/{headline.id}")),
        ("og:image", entry.image or "" if setting.site.images == "direct" else ""),
        ("article:published_time", rfc3339(headline.published)),
        ("article:modified_time", rfc3339(headline.updated)),
    )
    return tuple((name, value) for name, value in told if value)
