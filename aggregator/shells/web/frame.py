"""The frame of a page: everything around what it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aggregator.model import FORMATS, Choice, Format, Site
from aggregator.shells.web import narrowing
from aggregator.shells.web.setting import Link, Setting
from aggregator.shells.web.words import LANGUAGES, Words, spoken
from aggregator.text import direction

FEED_TYPES: dict[Format, str] = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
FEED_NAMES: dict[Format, str] = {"rss": "RSS", "atom": "Atom", "json": "JSON"}
EVERYTHING = Choice()


@dataclass(frozen=True, slots=True)
class Alternate:
    """A feed of what the page shows, for the programs that look for one."""

    type: str
    title: str
    href: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands in the head, the masthead and the foot of a page."""

    words: Words
    title: str  # of the window
    site: str
    description: str
    home: str  # its address
    is_home: bool
    dateline: str
    canonical: str | None  # None: the page is not for search engines
    search: str  # where the search form leads
    asks: bool  # the page has a search form of its own
    q: str  # what was searched for
    sections: tuple[Link, ...]
    languages: tuple[Link, ...]
    alternates: tuple[Alternate, ...]
    feeds: tuple[Link, ...]
    follow: tuple[Link, ...]
    foot: tuple[Link, ...]
    speaks: tuple[Link, ...]  # the same page in each language that we speak
    chosen: str  # of them the one that the reader chose, if any
    static: Callable[[str], str]  # the address of a static file, for templates of the admin's
    style: str
    script: str
    worker: str  # what shows the last ticker without a network
    icon: str
    touch_icon: str
    manifest: str


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """The page that says that there is none."""

    frame: Frame
    heading: str
    sentence: str


def frame(
    setting: Setting, static: Callable[[str], str], title: str, choice: Choice | None, path: str | None
) -> Frame:
    """Return the frame of a page called *title*; *static* tells the address of a static file.

    *choice* is what the page shows, None where it shows something else than headlines; *path* is its lasting
    address, None for pages that search engines have no business with.
    """
    site, words = setting.site, setting.words
    feeds = choice if choice is not None and choice.search != "" else EVERYTHING
    whole = full_title(site, title)
    sources = words.ngettext("{n} source", "{n} sources", len(setting.config.subscriptions))
    return Frame(
        words=words,
        title=whole,
        site=site.title,
        description=site.description,
        home=setting.href("/"),
        is_home=choice == EVERYTHING,
        dateline=f"{words.full_date(setting.today)} · {sources}",
        canonical=setting.absolute(path) if path is not None else None,
        search=setting.href("/search"),
        asks=choice is not None and choice.search is not None,
        q=(choice.search if choice else None) or "",
        sections=narrowing.sections(setting, choice),
        languages=narrowing.languages(setting, choice),
        alternates=_alternates(setting, feeds, whole if feeds == choice else site.title),
        feeds=_feeds(setting, feeds),
        follow=(*(Link(link.title, link.link) for link in site.follow), *_feeds(setting, EVERYTHING)[:2]),
        foot=_foot(setting),
        speaks=_speaks(setting),
        chosen=setting.chosen,
        static=static,
        style=static("style.css"),
        script=static("page.js"),
        worker=setting.file_href("/sw.js"),
        icon=static("icon.svg"),
        touch_icon=static("icon-180.png"),
        manifest=setting.file_href("/manifest.webmanifest"),
    )


def full_title(site: Site, title: str) -> str:
    """Return the title of a window or a feed: what it is narrowed to, and the site's."""
    return site.title if title == site.title else f"{title} – {site.title}"


def _alternates(setting: Setting, choice: Choice, title: str) -> tuple[Alternate, ...]:
    return tuple(
        Alternate(
            FEED_TYPES[format], f"{title} ({FEED_NAMES[format]})", setting.file_href(choice.feed_path(format))
        )
        for format in FORMATS
    )


def _feeds(setting: Setting, choice: Choice) -> tuple[Link, ...]:
    return tuple(Link(FEED_NAMES[format], setting.file_href(choice.feed_path(format))) for format in FORMATS)


def _foot(setting: Setting) -> tuple[Link, ...]:
    return (
        Link(setting.words.gettext("Sources"), setting.href("/sources")),
        *_feeds(setting, EVERYTHING),
        Link("OPML", setting.file_href("/feeds.opml")),
    )


def _speaks(setting: Setting) -> tuple[Link, ...]:
    """Return the links to this page in each language of ours, called as its speakers call it."""
    own = spoken(setting.site.language)
    return tuple(
        Link(
            setting.words.language_name(language),
            setting.href_in("" if language == own else language, setting.asked),
            language == setting.words.language,
            language,
            direction(language),
        )
        for language in LANGUAGES
    )
