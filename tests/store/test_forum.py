"""The forum: wishes of readers, who makes inquiries and when, and what is kept of the answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from newsroom import HOUR, NOON, bring, configuration, entry

from aggregator.model import Choice, Html, Inquiry, Reaction, Reply, Validators
from aggregator.store import Store
from aggregator.store.forum import APART, KEPT, LEASE, MOST_WAITING, PATIENCE

FEED = "https://one.example/dijken/comments"
SECOND = timedelta(seconds=1)
SAID = (Reaction("Joke", NOON - HOUR, Html("<p>Mooi.</p>"), f"{FEED}#1", "nl"),)


@pytest.fixture
def forum(store: Store) -> Store:
    """A store with three headlines of two sources: 1 and 2 can be reacted to at one, 3 at the other."""
    store.accept(configuration("one", "two"), NOON)
    first = [entry("Dijken", comments_feed=FEED), entry("Sluizen", comments_feed=f"{FEED}/2")]
    bring(store, {"one": first}, NOON)
    bring(store, {"two": [entry("Molens", comments_feed="https://two.example/c"), entry("Duinen")]}, NOON)
    return store


def number(store: Store, title: str) -> int:
    return next(line.id for line in store.ticker(Choice(), None, 200) if line.entry.title == title)


def told(inquiries: Sequence[Inquiry]) -> list[str]:
    return [inquiry.claim.url for inquiry in inquiries]


def reply(inquiry: Inquiry, **values: Any) -> Reply:
    return Reply(**{"entry": inquiry.entry, "at": NOON, "not_before": NOON + HOUR, "items": SAID, **values})


def test_what_a_reader_wants_is_asked_once_and_shown_to_all(forum: Store) -> None:
    dikes = number(forum, "Dijken")
    found = forum.forum.reactions(dikes, NOON)
    assert found is not None
    assert (found.items, found.read, found.is_waiting, found.may_be_asked) == ((), None, False, True)
    assert forum.forum.inquiries(NOON, 9) == ()
    for _ in range(100):
        forum.forum.want(dikes, NOON)
    (inquiry,) = forum.forum.inquiries(NOON, 9)
    claim = inquiry.claim
    assert (claim.url, claim.host, claim.subscription.key) == (FEED, "one.example", "one")
    assert forum.forum.inquiries(NOON, 9) == ()
    waiting = forum.forum.reactions(dikes, NOON)
    assert waiting is not None
    assert waiting.is_waiting
    forum.forum.settle(reply(inquiry, etag='"1"', last_modified="x"))
    found = forum.forum.reactions(dikes, NOON)
    assert found is not None
    assert (found.items, found.read, found.is_waiting, found.may_be_asked) == (SAID, NOON, False, False)
    forum.forum.want(dikes, NOON + HOUR - SECOND)
    assert forum.forum.inquiries(NOON + HOUR, 9) == ()
    forum.forum.want(dikes, NOON + HOUR)
    (again,) = forum.forum.inquiries(NOON + HOUR, 9)
    assert again.claim.validators == Validators('"1"', "x")


def test_what_cannot_be_read_is_told_and_what_was_read_before_stays(forum: Store) -> None:
    dikes = number(forum, "Dijken")
    forum.forum.want(dikes, NOON)
    (inquiry,) = forum.forum.inquiries(NOON, 9)
    forum.forum.settle(reply(inquiry, etag='"1"'))
    forum.forum.want(dikes, NOON + HOUR)
    (inquiry,) = forum.forum.inquiries(NOON + HOUR, 9)
    forum.forum.settle(reply(inquiry, at=NOON + HOUR, items=None, error="one.example answers 500"))
    found = forum.forum.reactions(dikes, NOON + HOUR)
    assert found is not None
    assert (found.items, found.failed) == (SAID, True)
    forum.forum.want(dikes, NOON + 2 * HOUR)
    assert forum.forum.inquiries(NOON + 2 * HOUR, 9)[0].claim.validators.etag == '"1"'


def test_without_a_feed_of_reactions_nobody_is_asked(forum: Store) -> None:
    dunes = number(forum, "Duinen")
    assert forum.forum.reactions(dunes, NOON) is None
    assert forum.forum.reactions(999, NOON) is None
    forum.forum.want(dunes, NOON)
    forum.forum.want(999, NOON)
    assert forum.forum.inquiries(NOON, 9) == ()


def test_a_source_is_asked_one_at_a_time_the_longest_wanted_first(forum: Store) -> None:
    for second, title in enumerate(("Sluizen", "Dijken", "Molens")):
        forum.forum.want(number(forum, title), NOON + second * SECOND)
    now = NOON + 3 * SECOND
    first = forum.forum.inquiries(now, 9)
    assert told(first) == [f"{FEED}/2", "https://two.example/c"]
    assert forum.forum.inquiries(now, 9) == ()
    forum.forum.settle(reply(first[0], at=now))
    assert forum.forum.inquiries(now, 9) == ()
    assert told(forum.forum.inquiries(now + APART, 9)) == [FEED]


def test_a_wish_is_good_for_two_minutes_and_a_lost_inquiry_is_made_again(forum: Store) -> None:
    dikes = number(forum, "Dijken")
    forum.forum.want(dikes, NOON)
    (lost,) = forum.forum.inquiries(NOON, 9)
    assert forum.forum.inquiries(NOON + LEASE - SECOND, 9) == ()
    assert forum.forum.inquiries(NOON + LEASE, 9)[0].entry == lost.entry
    forum.forum.give_back(lost.entry)
    assert len(forum.forum.inquiries(NOON + LEASE, 9)) == 1
    assert forum.forum.inquiries(NOON + PATIENCE + LEASE, 9) == ()
    found = forum.forum.reactions(dikes, NOON + PATIENCE)
    assert found is not None
    assert not found.is_waiting


def test_a_host_that_wants_to_be_left_alone_is_and_so_are_its_feeds(forum: Store) -> None:
    forum.forum.want(number(forum, "Dijken"), NOON)
    (inquiry,) = forum.forum.inquiries(NOON, 9)
    rest = ("one.example", NOON + HOUR)
    forum.forum.settle(reply(inquiry, items=None, error="429", host_wait=rest))
    forum.forum.want(number(forum, "Sluizen"), NOON + APART)
    assert forum.forum.inquiries(NOON + APART, 9) == ()
    due = forum.claim(NOON + HOUR - SECOND, 9, "test", HOUR)
    assert [claim.subscription.key for claim in due] == ["two"]


def test_only_so_many_wait_at_once(store: Store) -> None:
    store.accept(configuration("one"), NOON)
    many = [entry(f"Plan {place}", comments_feed=f"{FEED}/{place}") for place in range(MOST_WAITING + 1)]
    for place in range(0, len(many), 10):
        bring(store, {"one": many[place : place + 10]}, NOON)
    for title in (each.title for each in many):
        store.forum.want(number(store, title), NOON)
    waits = [store.forum.reactions(number(store, each.title), NOON) for each in many]
    assert sum(each is not None and each.is_waiting for each in waits) == MOST_WAITING


def test_another_address_is_asked_anew(forum: Store) -> None:
    dikes = number(forum, "Dijken")
    forum.forum.want(dikes, NOON)
    forum.forum.settle(reply(forum.forum.inquiries(NOON, 9)[0], etag='"1"'))
    moved = entry("Dijken", comments_feed=f"{FEED}/moved")
    bring(forum, {"one": [moved]}, NOON + SECOND)
    found = forum.forum.reactions(dikes, NOON + SECOND)
    assert found is not None
    assert (found.items, found.may_be_asked) == ((), True)
    forum.forum.want(dikes, NOON + APART)
    (inquiry,) = forum.forum.inquiries(NOON + APART, 9)
    assert (inquiry.claim.url, inquiry.claim.validators) == (f"{FEED}/moved", Validators())


def test_after_a_week_nothing_is_kept(forum: Store) -> None:
    dikes = number(forum, "Dijken")
    forum.forum.want(dikes, NOON)
    forum.forum.settle(reply(forum.forum.inquiries(NOON, 9)[0]))
    forum.forum.forget(NOON + KEPT)
    kept = forum.forum.reactions(dikes, NOON)
    forum.forum.forget(NOON + KEPT + SECOND)
    gone = forum.forum.reactions(dikes, NOON)
    assert kept is not None
    assert gone is not None
    assert (kept.items, gone.items) == (SAID, ())


def test_a_clock_that_is_moved_shortens_no_wait_and_makes_none_endless(forum: Store) -> None:
    dikes, mills = number(forum, "Dijken"), number(forum, "Molens")
    forum.forum.want(dikes, NOON)
    forum.forum.settle(reply(forum.forum.inquiries(NOON, 9)[0]))
    forum.put_clock_right(NOON + 24 * HOUR, 24 * HOUR)
    later = forum.forum.reactions(dikes, NOON + 24 * HOUR)
    assert later is not None
    assert not later.may_be_asked
    forum.forum.want(mills, NOON + 24 * HOUR)
    forum.put_clock_right(NOON - HOUR, timedelta())
    back = forum.forum.reactions(dikes, NOON - HOUR)
    assert back is not None
    assert (back.read, back.may_be_asked) == (NOON - HOUR, False)
    there = forum.forum.reactions(mills, NOON - HOUR)
    assert there is not None
    assert not there.is_waiting
