"""Narrowings: which there are, what they are called, and the addresses that lead to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from aggregator.model import Choice, Config, FeedHealth, Headline, Place, Subscription
from aggregator.shells.web.setting import Link, Setting
from aggregator.shells.web.words import capital
from aggregator.text import direction, slug, tidy

LONGEST_SEARCH = 200  # characters
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE = re.compile(r"([0-9]{1,17})-([0-9]{1,18})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def search(words: str) -> Choice:
    """Return the choice of a search; without words it chooses nothing."""
    return Choice(search=tidy(words)[:LONGEST_SEARCH].rstrip())


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
    """Say whether feeds.yaml names this category, language or source; other narrowings need no naming."""
    feeds = config.subscriptions
    if choice.category is not None:
        return choice.category in dict(_categories(feeds))
    if choice.language is not None:
        return choice.language in _languages(feeds)
    if choice.source is not None:
        return choice.source in {feed.key for feed in feeds}
    return True


def title(choice: Choice, setting: Setting, sources: Iterable[FeedHealth]) -> str:
    """Return what a narrowing is called on its page; the site's title where there is none."""
    if choice.category is not None:
        named = dict(_categories(setting.config.subscriptions))
        return named.get(choice.category) or capital(choice.category.replace("-", " "))
    if choice.language is not None:
        return setting.words.language_name(choice.language)
    if choice.source is not None:
        return next((feed.title for feed in sources if feed.key == choice.source), choice.source)
    if choice.day is not None:
        return capital(setting.words.full_date(date.fromisoformat(choice.day)))
    if choice.search is not None:
        words = setting.words
        return words.say("results", q=choice.search) if choice.search else words["search"]
    return setting.site.title


def sections(setting: Setting, choice: Choice | None) -> tuple[Link, ...]:
    """Return the links to everything and to each category that feeds.yaml names, in its order."""
    found = [(setting.words["all"], Choice())]
    found += [(name, Choice(category=one)) for one, name in _categories(setting.config.subscriptions)]
    return tuple(Link(name, setting.href(other.path), other == choice) for name, other in found)


def languages(setting: Setting, choice: Choice | None) -> tuple[Link, ...]:
    """Return the links to each language, in its own name; none where all feeds share one."""
    codes = _languages(setting.config.subscriptions)
    if len(codes) < 2:
        return ()
    return tuple(_language(setting, code, choice) for code in codes)


def sources(setting: Setting, choice: Choice, feeds: Iterable[FeedHealth]) -> tuple[Link, ...]:
    """Return the links to each source."""
    found = ((feed.title, Choice(source=feed.key)) for feed in feeds)
    return tuple(Link(name, setting.href(mine.path), mine == choice) for name, mine in found)


def day_before(setting: Setting, older: Iterable[Headline]) -> Link | None:
    """Return the link to the day of the newest of *older*, the headlines before a day's first."""
    days = (setting.local(headline.published).date() for headline in older)
    return next((Link(setting.words["previous_day"], setting.href(f"/day/{day}")) for day in days), None)


def day_after(setting: Setting, day: str) -> Link | None:
    """Return the link to the day after *day*, unless it is still to come."""
    after = date.fromisoformat(day) + timedelta(days=1)
    return Link(setting.words["next_day"], setting.href(f"/day/{after}")) if after <= setting.today else None


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


def _language(setting: Setting, code: str, choice: Choice | None) -> Link:
    name, mine = setting.words.language_name(code), Choice(language=code)
    return Link(name, setting.href(mine.path), mine == choice, code, direction(code))
