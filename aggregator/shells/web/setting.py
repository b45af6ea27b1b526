"""The setting of a page: whose site, in which words and zone, on what day. And what all pages show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from aggregator.model import Config, Site
from aggregator.shells.web.words import LANGUAGES, Words, speak, spoken
from aggregator.text import direction


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its words. *current* says that it leads to the page it stands on."""

    title: str
    href: str
    current: bool = False
    lang: str | None = None
    dir: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """Words of somebody else, kept apart from ours: with their language, if known, and their direction."""

    words: str
    lang: str | None
    dir: str


@dataclass(frozen=True, slots=True)
class Time:
    """A moment as a reader sees it, and as programs do."""

    shown: str
    datetime: str


@dataclass(frozen=True, slots=True)
class Setting:
    """What a page needs to know before it knows its headlines."""

    config: Config
    words: Words
    zone: ZoneInfo
    today: date  # in that zone
    chosen: str = ""  # the language that the reader chose, unless it is the site's
    asked: str = "/"  # the path and the query that were asked for, without a language

    @property
    def site(self) -> Site:
        return self.config.site

    def href(self, path: str) -> str:
        """Return the address of a page as a link on our pages, in the language that the reader chose."""
        return self.href_in(self.chosen, path)

    def href_in(self, language: str, path: str) -> str:
        """Return the address of a page in *language*; '' is the site's, which needs no naming."""
        if not language:
            return self.file_href(path)
        return f"{self.file_href(path)}{'&' if '?' in path else '?'}lang={language}"

    def file_href(self, path: str) -> str:
        """Return the address of what all languages share: below the site's, wherever a proxy puts it."""
        return base_path(self.site) + path

    def absolute(self, path: str) -> str:
        """Return the public address of *path*, which begins with `/`."""
        return (self.site.link or "").rstrip("/") + path

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def clock(self, moment: datetime) -> Time:
        """Return the time of day of *moment*."""
        local = self.local(moment)
        return Time(f"{local:%H:%M}", rfc3339(moment))

    def moment(self, moment: datetime) -> Time:
        """Return the time of *moment*, with its day unless that is today."""
        return Time(self.words.moment(self.local(moment), self.today), rfc3339(moment))

    def full_moment(self, moment: datetime) -> Time:
        """Return the day and the time of *moment*."""
        return Time(self.words.full_moment(self.local(moment)), rfc3339(moment))


def setting(config: Config, now: datetime, language: str = "", asked: str = "/") -> Setting:
    """Return the setting of a page at this moment: what was *asked* for, and in which *language*."""
    zone = ZoneInfo(config.site.timezone)
    today = now.astimezone(zone).date()
    own = spoken(config.site.language)
    chosen = language if language in LANGUAGES and language != own else ""
    return Setting(config, speak(chosen or own), zone, today, chosen, asked)


def base_path(site: Site) -> str:
    """Return the path of the site's address without its last slash: '' where it lies at its host's root."""
    return urlsplit(site.link or "").path.rstrip("/")


def text(words: str, language: str | None) -> Text:
    """Return *words* with the language that they were declared in and the direction that they run in."""
    return Text(words, language, direction(language, words))


def listed(words: Sequence[str], language: str | None) -> Text:
    """Return *words* in a row, with the comma of the direction that they run in."""
    way = direction(language, " ".join(words))
    return Text(("، " if way == "rtl" else ", ").join(words), language, way)


def rfc3339(moment: datetime) -> str:
    """Return `2026-11-23T15:00:00Z`; fractions of a second are left out."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
