"""Narrowings: which there are, what they are called, and the addresses that lead to them."""

from __future__ import annotations

import calendar as calendars
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from aggregator.model import Choice, Config, FeedHealth, Headline, Place, Subscription
from aggregator.shells.web.setting import Link, Setting
from aggregator.shells.web.words import Words, capital
from aggregator.text import direction, slug, tidy

MONTHS = calendars.Calendar()  # weeks begin on Monday, as in Morocco and in most of Europe
MOST_WORDS = 6  # of a search, that are offered one by one
LONGEST_SEARCH = 200  # characters
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE = re.compile(r"([0-9]{1,17})-([0-9]{1,18})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Calendar:
    """A month: its weeks from Monday on, with None for days of other months.

    Days without an address are to come, or too old.
    """

    name: str
    weekdays: tuple[str, ...]
    weeks: tuple[tuple[Link | None, ...], ...]
    previous: Link | None
    following: Link | None
    open: bool  # on the page of a day


def search(words: str) -> str:
    """Return what is looked for, as it is kept in an address; without words nothing is found."""
    return tidy(words)[:LONGEST_SEARCH].rstrip()


def is_day(text: str, today: date) -> bool:
    """Say whether *text* is a day that there can be headlines of."""
    if not _DAY.fullmatch(text):
        return False
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return False
    return EPOCH.date() <= day <= today


def is_configured(choice: Choice, config: Config) -> bool:
    """Say whether feeds.yaml names its category, language and source; other narrowings need no naming."""
    feeds = config.subscriptions
    known = {
        "category": dict(_categories(feeds)),
        "language": _languages(feeds),
        "source": {feed.key for feed in feeds},
    }
    return all(value in known[name] for name, value in choice.narrowings if name in known)


def title(choice: Choice, setting: Setting, sources: Iterable[FeedHealth]) -> str:
    """Return what a choice is called on its page; the site's title where nothing is narrowed."""
    names = [named for _, named in _named(choice, setting, sources)]
    if choice.search is not None:
        words = setting.words
        names.insert(0, _searched(words, choice.search))
    return " · ".join(names) or setting.site.title


def _searched(words: Words, looked_for: str) -> str:
    return words.gettext("Headlines with “{q}”", q=looked_for) if looked_for else words.gettext("Search")


def dropped(choice: Choice, setting: Setting, sources: Iterable[FeedHealth]) -> tuple[Link, ...]:
    """Return a link for each of several narrowings, to what is chosen without it."""
    if len(choice.narrowings) + (choice.search is not None) < 2:
        return ()
    return tuple(
        Link(named, _href(setting, replace(choice, **{name: None})))
        for name, named in _named(choice, setting, sources)
    )


def fewer(choice: Choice, setting: Setting) -> tuple[Link, ...]:
    """Return the links that search for each word of several alone."""
    words = list(dict.fromkeys((choice.search or "").replace('"', " ").split()))
    if len(words) < 2:
        return ()
    return tuple(Link(word, _href(setting, replace(choice, search=word))) for word in words[:MOST_WORDS])


def _named(choice: Choice, setting: Setting, sources: Iterable[FeedHealth]) -> Iterator[tuple[str, str]]:
    """Yield what each narrowing of *choice* is called."""
    titles = {feed.key: feed.title for feed in sources} if choice.source is not None else {}
    categories = dict(_categories(setting.config.subscriptions))
    for name, value in choice.narrowings:
        match name:
            case "category":
                yield name, categories.get(value) or capital(value.replace("-", " "))
            case "language":
                yield name, setting.words.language_name(value)
            case "source":
                yield name, titles.get(value, value)
            case _:
                yield name, capital(setting.words.full_date(date.fromisoformat(value)))


def _href(setting: Setting, choice: Choice) -> str:
    return setting.href(choice.path + choice.query)


def sections(setting: Setting, choice: Choice | None) -> tuple[Link, ...]:
    """Return the links to everything and to each category that feeds.yaml names, in its order.

    They keep the language that is chosen, and what is searched for.
    """
    kept = Choice(language=choice.language, search=choice.search or None) if choice else Choice()
    found = [(setting.words.gettext("All"), replace(kept, language=None))]
    names = _categories(setting.config.subscriptions)
    found += [(name, replace(kept, category=one)) for one, name in names]
    return tuple(Link(name, _href(setting, other), _is_in(other, choice)) for name, other in found)


def _is_in(other: Choice, choice: Choice | None) -> bool:
    """Say whether the section *other* is where *choice* is."""
    if choice is None or choice.source is not None or choice.day is not None:
        return False
    return choice.category == other.category and (other.category is not None or choice == other)


def languages(setting: Setting, choice: Choice | None) -> tuple[Link, ...]:
    """Return the links to each language, in its own name; none where all feeds share one.

    They keep the category that is chosen, and what is searched for.
    """
    codes = _languages(setting.config.subscriptions)
    if len(codes) < 2:
        return ()
    kept = Choice(category=choice.category, search=choice.search or None) if choice else Choice()
    return tuple(
        Link(
            setting.words.language_name(code),
            _href(setting, replace(kept, language=code)),
            choice is not None and choice.language == code,
            code,
            direction(code),
        )
        for code in codes
    )


def sources(setting: Setting, choice: Choice, feeds: Iterable[FeedHealth]) -> tuple[Link, ...]:
    """Return the links to each source; they keep what is searched for."""
    kept = Choice(search=choice.search or None)
    found = ((feed.title, replace(kept, source=feed.key)) for feed in feeds)
    return tuple(Link(name, _href(setting, mine), mine.source == choice.source) for name, mine in found)


def calendar(setting: Setting, choice: Choice, oldest: datetime | None) -> Calendar:
    """Return the month of the day that is chosen, or this one, with a link to each day since the *oldest*."""
    today = setting.today
    begin = setting.local(oldest).date() if oldest else today
    day = date.fromisoformat(choice.day) if choice.day else today
    first = day.replace(day=1)
    before, after = first - timedelta(days=1), (first + timedelta(days=31)).replace(day=1)
    chosen = day if choice.day else None
    weeks = tuple(
        tuple(_day(setting, each, chosen, begin) if each.month == day.month else None for each in week)
        for week in MONTHS.monthdatescalendar(day.year, day.month)
    )
    return Calendar(
        name=capital(setting.words.month(first)),
        weekdays=setting.words.short_weekdays(),
        weeks=weeks,
        previous=Link(setting.words.month(before), setting.href(f"/day/{before}"))
        if before >= begin
        else None,
        following=Link(setting.words.month(after), setting.href(f"/day/{after}")) if after <= today else None,
        open=choice.day is not None,
    )


def _day(setting: Setting, day: date, chosen: date | None, begin: date) -> Link:
    href = setting.href(f"/day/{day}") if begin <= day <= setting.today else ""
    return Link(str(day.day), href, day == chosen)


def day_before(setting: Setting, older: Iterable[Headline]) -> Link | None:
    """Return the link to the day of the newest of *older*, the headlines before a day's first."""
    days = (setting.local(headline.published).date() for headline in older)
    return next(
        (Link(setting.words.gettext("Previous day"), setting.href(f"/day/{day}")) for day in days), None
    )


def day_after(setting: Setting, day: str) -> Link | None:
    """Return the link to the day after *day*, unless it is still to come."""
    after = date.fromisoformat(day) + timedelta(days=1)
    return (
        Link(setting.words.gettext("Next day"), setting.href(f"/day/{after}"))
        if after <= setting.today
        else None
    )


def day_start(setting: Setting, day: str) -> Place:
    """Return the place in the ticker that is older than all of *day*."""
    return datetime.combine(date.fromisoformat(day), time(), setting.zone).astimezone(UTC), 0


def page_href(setting: Setting, choice: Choice, place: Place, lines: bool = False) -> str:
    """Return the address of the page, or of the *lines* alone, older than *place*: the same ones for ever."""
    return setting.href((choice.lines_path if lines else choice.path) + choice.page_query(place))


def place(mark: str) -> Place | None:
    """Return the place that the `page` of an address names; None where it names none."""
    found = _PLACE.fullmatch(mark)
    if found is None:
        return None
    return EPOCH + timedelta(microseconds=int(found[1])), int(found[2])


def _categories(feeds: Iterable[Subscription]) -> Iterator[tuple[str, str]]:
    """Yield each category's slug and its name, in the order of feeds.yaml, once."""
    seen = set()
    for category in (category for feed in feeds for category in feed.categories):
        name = slug(category)
        if name and name not in seen:
            seen.add(name)
            yield name, capital(category)


def _languages(feeds: Iterable[Subscription]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(feed.language.partition("-")[0] for feed in feeds if feed.language))
