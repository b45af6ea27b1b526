"""The ticker: headlines as lines, days and pages, all made ready for showing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from aggregator import findable
from aggregator.model import Choice, Headline, Place, Source
from aggregator.shells.web import narrowing
from aggregator.shells.web.frame import EVERYTHING, Frame
from aggregator.shells.web.setting import Link, Setting, Text, Time, listed, rfc3339, text
from aggregator.shells.web.sources import SourceState
from aggregator.text import plain

LINES = 100  # on a page
NEWEST_LINES = 30  # in the piece of a page that is asked for again and again
LOOK = 30  # seconds between two looks for news
SOONEST_LOOK = 4  # and where feeds are polled more often than that, as in the demo
TOLD_BY_WORDS = {"near", "title"}  # rules of which the words in common are shown
LONGEST_SEARCHED = 80_000  # characters of an article's markup that an excerpt is looked for in
LINES_OF_A_DAY = 2000  # a day in the archive is one page, if it can be


@dataclass(frozen=True, slots=True)
class Other:
    """Another source of the same news, and why it is thought to be that."""

    source: str
    title: Text
    href: str | None
    time: Time
    why: str
    words: Text | None = None  # that it has in common with what it was matched with, where these decided


@dataclass(frozen=True, slots=True)
class Part:
    """Another headline of the same story."""

    source: str
    title: Text
    href: str
    time: Time


@dataclass(frozen=True, slots=True)
class Was:
    """What a headline said before, until when."""

    title: Text
    until: Time


Marked = tuple[tuple[str, bool], ...]  # words in pieces, and of each whether it is what was looked for


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ticker."""

    id: int
    href: str
    time: Time
    title: Text
    source: str
    mark: str  # the first letter of its name
    link: str | None  # where it is read at its source
    more: str  # "+4 bronnen"; '' where nobody else carries it
    others: tuple[Other, ...]
    story: str  # "+3 over dit nieuws"; '' where no other headline tells of it, or each has a line of its own
    parts: tuple[Part, ...]
    was: tuple[Was, ...]  # its former titles, oldest first
    reactions: str  # "Reacties (12)"; '' where nobody knows
    reactions_href: str | None
    is_open: bool = False
    marked: Marked = ()  # its title, on the page of a search
    excerpt: Marked = ()  # of its summary or its text, where what was looked for stands there


@dataclass(frozen=True, slots=True)
class Day:
    """The lines of one day in the site's zone."""

    heading: Link
    date: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Start:
    """How it is before the first headline: in a sentence, and source by source."""

    heading: str
    sentence: str
    sources: tuple[SourceState, ...]


@dataclass(frozen=True, slots=True)
class Ticker:
    """A page of lines. *live* is the address under which its newest lines are asked for, if it has one."""

    days: tuple[Day, ...]
    live: str | None = None
    look: int = LOOK  # seconds until it is asked again
    older: str | None = None
    newest: str | None = None
    empty: str = ""  # what to say where there are no lines
    start: Start | None = None  # what is told instead while there are no headlines at all


@dataclass(frozen=True, slots=True)
class TickerPage:
    """The page of a narrowing, or of all headlines."""

    frame: Frame
    heading: str
    ticker: Ticker
    previous: Link | None = None
    following: Link | None = None
    sources: tuple[Link, ...] = ()  # for the margin
    narrowings: tuple[tuple[str, str], ...] = ()  # that a search keeps
    dropped: tuple[Link, ...] = ()  # what is chosen without one of several narrowings
    fewer: tuple[Link, ...] = ()  # where a search found nothing: its words one by one
    calendar: narrowing.Calendar | None = None


def ticker(
    setting: Setting,
    choice: Choice,
    headlines: Sequence[Headline],
    before: Place | None,
    opened: int | None = None,
    lines: int = LINES,
    is_live: bool = True,
) -> Ticker:
    """Return a page of *headlines*, of which there is one more than its *lines* if there are older ones.

    *before* is the place that the page begins after, None for the newest; *opened* is what is being read.
    Where nobody is there to answer, as in a site of files, no page is *live*.
    """
    shown = headlines[:lines]
    if choice != EVERYTHING:  # where a story is not folded, each of its headlines is a line itself
        shown = tuple(replace(headline, related=()) for headline in shown)
    more = len(headlines) > lines
    return Ticker(
        days=_with_marks(days(setting, shown, opened), shown, choice),
        live=setting.href(choice.lines_path + choice.query) if is_live and before is None else None,
        look=_look(setting),
        older=narrowing.page_href(setting, choice, (shown[-1].published, shown[-1].id)) if more else None,
        newest=setting.href(choice.path + choice.query) if before is not None else None,
        empty="" if shown else _nothing(setting, choice, before),
    )


def _with_marks(days: tuple[Day, ...], shown: Sequence[Headline], choice: Choice) -> tuple[Day, ...]:
    """Return the lines of a search with the words that were looked for marked."""
    if not choice.search:
        return days
    looked_for = findable.wanted(choice.search)
    entries = {headline.id: headline.entry for headline in shown}

    def with_marks(line: Line) -> Line:
        entry = entries[line.id]
        marked = findable.marked(entry.title, looked_for)
        title = marked if any(mark for _, mark in marked) else ()
        texts = (entry.summary, plain(entry.content[:LONGEST_SEARCHED]))
        excerpt = () if title else findable.excerpt(texts, looked_for)
        return replace(line, marked=title, excerpt=excerpt)

    return tuple(replace(day, lines=tuple(map(with_marks, day.lines))) for day in days)


def newest_lines(
    setting: Setting, choice: Choice, headlines: Sequence[Headline], before: Place | None
) -> Ticker:
    """Return a piece of the ticker, from its newest line or *before* on, which leads to the next piece."""
    piece = ticker(setting, choice, headlines, before, lines=NEWEST_LINES)
    if len(headlines) <= NEWEST_LINES:
        return replace(piece, empty="")
    last = headlines[NEWEST_LINES - 1]
    return replace(piece, older=narrowing.page_href(setting, choice, (last.published, last.id), lines=True))


def _look(setting: Setting) -> int:
    floor = int(setting.config.polling.floor.total_seconds())
    return min(LOOK, max(SOONEST_LOOK, floor))


def days(setting: Setting, headlines: Iterable[Headline], opened: int | None) -> tuple[Day, ...]:
    """Return the lines with a heading wherever the date changes; they are in order already."""
    by_day = groupby(headlines, key=lambda headline: setting.local(headline.published).date())
    return tuple(
        Day(
            heading=Link(setting.words.day_heading(day, setting.today), setting.href(f"/day/{day}")),
            date=day.isoformat(),
            lines=tuple(line(setting, headline, opened) for headline in lines),
        )
        for day, lines in by_day
    )


def line(setting: Setting, headline: Headline, opened: int | None) -> Line:
    """Return one line of the ticker."""
    others = headline.sources[1:]
    count = headline.comments
    return Line(
        id=headline.id,
        href=setting.href(f"/read/{headline.id}"),
        time=setting.clock(headline.published),
        title=text(headline.entry.title, headline.entry.language),
        source=headline.lead.name,
        mark=next((sign for sign in headline.lead.name if sign.isalnum()), "·").upper(),
        link=headline.entry.link,
        more=setting.words.ngettext("+{n} source", "+{n} sources", len(others)) if others else "",
        others=tuple(other(setting, source, headline.published) for source in others),
        story=setting.words.ngettext("+{n} on this story", "+{n} on this story", len(headline.related))
        if headline.related
        else "",
        parts=parts(setting, headline),
        was=former(setting, headline),
        reactions=setting.words.ngettext("Reactions ({n})", "Reactions ({n})", count)
        if count is not None
        else "",
        reactions_href=headline.comments_link,
        is_open=headline.id == opened,
    )


def other(setting: Setting, source: Source, day_of: datetime) -> Other:
    """Return another source; its time bears a date where that is not the date of *day_of*."""
    words = setting.words
    told = source.words if source.rule in TOLD_BY_WORDS else ()
    return Other(
        source=source.name,
        title=text(source.title, source.language),
        href=source.link,
        time=_beside(setting, source.published, day_of),
        why=words.because(source.rule) if told else words.rule(source.rule),
        words=listed(told, source.language) if told else None,
    )


def parts(setting: Setting, headline: Headline) -> tuple[Part, ...]:
    """Return the other headlines of the same story, newest first."""
    return tuple(
        Part(
            source=one.source,
            title=text(one.title, one.language),
            href=setting.href(f"/read/{one.id}"),
            time=_beside(setting, one.published, headline.published),
        )
        for one in headline.related
    )


def _beside(setting: Setting, moment: datetime, day_of: datetime) -> Time:
    """Return the time of *moment*, with its date where that is not the date of *day_of*."""
    local = setting.local(moment)
    same_day = local.date() == setting.local(day_of).date()
    return Time(f"{local:%H:%M}" if same_day else f"{local:%d/%m %H:%M}", rfc3339(moment))


def former(setting: Setting, headline: Headline) -> tuple[Was, ...]:
    """Return what a headline said before, oldest first."""
    return tuple(
        Was(text(was.title, headline.entry.language), _until(setting, was.until)) for was in headline.formerly
    )


def _until(setting: Setting, moment: datetime) -> Time:
    time = setting.moment(moment)
    return Time(setting.words.gettext("until {when}", when=time.shown), time.datetime)


def _nothing(setting: Setting, choice: Choice, before: Place | None) -> str:
    """Return what to say in place of lines."""
    words = setting.words
    if before is not None:
        return words.gettext("No older headlines.")
    if choice.search is not None:
        return words.gettext("No headlines found for “{q}”.", q=choice.search) if choice.search else ""
    return (
        words.gettext("No headlines on this day.") if choice.day else words.gettext("No headlines here yet.")
    )
