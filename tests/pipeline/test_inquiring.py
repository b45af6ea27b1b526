"""Reactions that readers want to see: asked for by the one client, read by a worker, kept in the store."""

from __future__ import annotations

from datetime import timedelta

import pytest
from newsdesk import Newsdesk
from newsroom import NOON, subscription
from publisher import Answer, Publisher, conditional

from aggregator.model import Choice, Reactions

RSS = {"Content-Type": "application/rss+xml"}
FLOOR = timedelta(minutes=1)


def news(publisher: Publisher) -> bytes:
    return (
        '<rss version="2.0" xmlns:wfw="http://wellformedweb.org/CommentAPI/"><channel><title>Kust</title><item>'
        f"<guid>k:1</guid><title>Dijken</title><wfw:commentRss>{publisher.url('/said')}</wfw:commentRss>"
        "</item></channel></rss>"
    ).encode()


def said(*words: str) -> bytes:
    items = "".join(
        f"<item><guid>{place}</guid><dc:creator>Joke &lt;{place}&gt;</dc:creator>"
        f"<pubDate>Mon, 23 Nov 2026 11:{place:02}:00 GMT</pubDate>"
        f"<description><![CDATA[{each}]]></description></item>"
        for place, each in enumerate(words)
    )
    head = '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Reacties</title>'
    return f"{head}{items}</channel></rss>".encode()


@pytest.fixture
def polled(desk: Newsdesk, publisher: Publisher) -> Newsdesk:
    """A program that has polled one feed, with one entry that can be reacted to."""
    publisher.answers["/feed"] = Answer(news(publisher), headers=RSS)
    desk.subscribe(subscription("kust", url=publisher.url("/feed")))
    desk.poll()
    return desk


def asked(desk: Newsdesk) -> Reactions:
    """Want the reactions, let the program go on, and return what there is then."""
    (line,) = desk.store.ticker(Choice(), None, 9)
    desk.store.forum.want(line.id, desk.now)
    desk.correspond()
    found = desk.store.forum.reactions(line.id, desk.now)
    assert found is not None
    assert not found.is_waiting
    return found


def test_they_are_read_when_somebody_wants_them_and_not_before(
    polled: Newsdesk, publisher: Publisher
) -> None:
    publisher.answers["/said"] = Answer(said("Mooi.", "<b>Nee</b><script>alert(1)</script>"), headers=RSS)
    polled.correspond()
    assert not publisher.asked("/said")
    found = asked(polled)
    assert [(each.author, each.content) for each in found.items] == [
        ("Joke <0>", "Mooi."),
        ("Joke <1>", "<b>Nee</b>"),
    ]
    assert found.items[1].published == NOON - timedelta(minutes=59)
    assert (found.read, found.failed, found.may_be_asked) == (NOON, False, False)
    asked(polled.after(seconds=59))
    assert len(publisher.asked("/said")) == 1
    assert [each.host for each in polled.store.manners(NOON)] == ["127.0.0.1"]
    assert polled.store.manners(NOON)[0].requests == 2


def test_the_second_time_they_are_asked_for_conditionally(polled: Newsdesk, publisher: Publisher) -> None:
    publisher.answers["/said"] = conditional(said("Mooi."), '"1"')
    asked(polled)
    found = asked(polled.after(minutes=1))
    assert publisher.asked("/said")[1].headers["if-none-match"] == '"1"'
    assert ([each.content for each in found.items], found.read) == (["Mooi."], NOON + FLOOR)


def test_the_publishers_freshness_is_waited_for(polled: Newsdesk, publisher: Publisher) -> None:
    publisher.answers["/said"] = Answer(said("Mooi."), headers={**RSS, "Cache-Control": "max-age=600"})
    asked(polled)
    asked(polled.after(seconds=599))
    assert len(publisher.asked("/said")) == 1
    asked(polled.after(seconds=1))
    assert len(publisher.asked("/said")) == 2


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"", 404),
        Answer(b"", 410),
        Answer(b"<!doctype html><title>Reacties</title>", headers={"Content-Type": "text/html"}),
        Answer(b"no feed at all", headers=RSS),
        Answer(b"", 500),
    ],
    ids=["not found", "gone", "a page", "a text", "broken"],
)
def test_what_is_no_feed_is_told_and_the_news_goes_on(
    polled: Newsdesk, publisher: Publisher, answer: Answer
) -> None:
    publisher.answers["/said"] = answer
    found = asked(polled)
    assert (found.items, found.failed, found.may_be_asked) == ((), True, False)
    (health,) = polled.store.health(polled.now)
    assert (health.error, health.failures) == (None, 0)
    assert polled.after(minutes=15).poll()["kust"].kind == "unchanged"


def test_who_has_enough_of_us_is_left_alone_by_all(polled: Newsdesk, publisher: Publisher) -> None:
    publisher.answers["/said"] = Answer(b"", 429, headers={"Retry-After": "3600"})
    assert asked(polled).failed
    assert polled.after(minutes=30).poll() == {}
    asked(polled)
    assert len(publisher.asked("/said")) == 1
    assert polled.after(minutes=31).poll()["kust"].kind == "unchanged"


def test_an_address_that_the_admin_did_not_allow_is_not_asked(polled: Newsdesk, publisher: Publisher) -> None:
    publisher.answers["/said"] = Answer(b"", 302, headers={"Location": "http://10.0.0.1/said"})
    assert asked(polled).failed


def test_of_very_many_the_newest_are_kept(polled: Newsdesk, publisher: Publisher) -> None:
    publisher.answers["/said"] = Answer(said(*("x" * 40_000 for _ in range(20))), headers=RSS)
    found = asked(polled)
    assert [each.author for each in found.items] == [f"Joke <{place}>" for place in range(13, 20)]
