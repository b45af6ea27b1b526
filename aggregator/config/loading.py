"""Loading: from the page through the form to a Config, or to all the mistakes at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path

from pydantic import ValidationError

from aggregator.config.addresses import anchored
from aggregator.config.form import ConfigForm, FeedForm, RuleForm
from aggregator.config.mistakes import mistakes_of
from aggregator.config.page import Page, Value, Where, read, text_of, written_at
from aggregator.errors import ConfigError, Mistake
from aggregator.links import host, resolve, without_credentials
from aggregator.model import Config, FollowLink, Matching, Polling, Publishing, Rule, Site, Subscription
from aggregator.text import slug


def load(path: Path, environ: Mapping[str, str]) -> Config:
    """Return the configuration at *path*; raise ConfigError with every mistake in it.

    `${NAME}` in a value is filled in from *environ*; `$${` means `${` itself. A relative SQLite file is
    looked for in the folder of *path*.
    """
    return understood(path, text_of(path, written_at(path)), environ)


def understood(path: Path, text: str, environ: Mapping[str, str]) -> Config:
    """Return the configuration that *text* would be at *path*, as `load` does."""
    page = read(path, text, environ)
    mistakes = [*page.mistakes.values(), *_twins(path, page)]
    try:
        form = ConfigForm.model_validate(page.values)
    except ValidationError as error:
        mistakes += mistakes_of(error, path, page)
    if mistakes:
        raise ConfigError(tuple(sorted(mistakes, key=lambda mistake: mistake.line)))
    return _config(form, path.parent)


def _twins(path: Path, page: Page) -> Iterator[Mistake]:
    """Yield a mistake for each feed that has the address or the key of an earlier one."""
    first: dict[tuple[str, str], Where] = {}
    for where, (name, text) in _names(page.values):
        earlier = first.setdefault((name, text), where)
        if earlier != where:
            message = (
                f"{name}: the same as in line {page.lines[earlier]}; two feeds cannot share it, remove one"
            )
            yield Mistake(path, page.lines[where], message)


def _names(values: Value) -> Iterator[tuple[Where, tuple[str, str]]]:
    """Yield where each feed's url and key stand, and how they compare."""
    feeds = values.get("feeds") if isinstance(values, dict) else None
    for number, feed in enumerate(feeds if isinstance(feeds, list) else ()):
        where: Where = ("feeds", number)
        if isinstance(feed, str):
            yield where, ("url", _compared(feed))
        elif isinstance(feed, dict):
            if isinstance(url := feed.get("url"), str):
                yield (*where, "url"), ("url", _compared(url))
            if isinstance(key := feed.get("key"), str):
                yield (*where, "key"), ("key", key.strip().casefold())


def _compared(url: str) -> str:
    """Return *url* as two feeds' addresses compare; with another password it may be another document."""
    return url if without_credentials(url) != url else resolve(url, None) or url


def _config(form: ConfigForm, folder: Path) -> Config:
    follow = tuple(FollowLink(**dict(link)) for link in form.site.follow)
    return Config(
        subscriptions=tuple(_subscriptions(form)),
        store=anchored(form.store, folder),
        site=Site(**{**dict(form.site), "follow": follow}),
        polling=Polling(**dict(form.poll)),
        matching=Matching(**dict(form.dedupe)),
        publishing=Publishing(**dict(form.publish)),
        keep=form.keep,
    )


def _subscriptions(form: ConfigForm) -> Iterator[Subscription]:
    taken = {feed.key.casefold() for feed in form.feeds if feed.key}
    for feed in form.feeds:
        key = feed.key or _free(_default_key(feed), taken)
        taken.add(key)
        yield Subscription(
            **{
                **dict(feed),
                "key": key,
                "every": feed.every or form.poll.every,
                "categories": tuple(dict.fromkeys(feed.categories)),
                "keep": tuple(map(_rule, feed.keep)),
                "drop": tuple(map(_rule, feed.drop)),
            }
        )


def _default_key(feed: FeedForm) -> str:
    return slug(feed.title or "") or slug(host(feed.url).removeprefix("www.")) or "feed"


def _free(key: str, taken: set[str]) -> str:
    """Return *key*, with the first number behind it that makes it nobody else's."""
    if key not in taken:
        return key
    return next(numbered for number in count(2) if (numbered := f"{key}-{number}") not in taken)


def _rule(form: RuleForm) -> Rule:
    return Rule(tuple((field, pattern) for field, pattern in form if pattern))
