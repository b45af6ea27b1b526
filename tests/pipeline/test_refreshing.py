"""Feeds in, ticker out: the whole way with a real client, real workers and a real store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime

from newsdesk import Newsdesk
from newsroom import NOON, subscription
from publisher import Answer, Publisher, conditional, redirect

from aggregator.model import Choice, Rule, Subscription

RSS = {"Content-Type": "application/rss+xml"}


def rss(*titles: str, title: str = "Kustkrant") -> bytes:
    items = "".join(
        f"<item><guid>https://kust.example/{name}</guid><link>https://kust.example/{name}</link>"
        f"<pubDate>{format_datetime(NOON - timedelta(minutes=n))}</pubDate>"
        f"<title>{name}</title><description>About {name}</description></item>"
        for n, name in enumerate(titles)
    )
    return f'<rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'.encode()


def feed(publisher: Publisher, path: str = "/feed", key: str = "kust", **values: object) -> Subscription:
    return subscription(key, url=publisher.url(path), **values)


def titles(desk: Newsdesk) -> list[str]:
    return [headline.entry.title for headline in desk.store.ticker(Choice(), None, 100)]


def test_what_a_feed_brings_is_in_the_ticker(desk: Newsdesk, publisher: Publisher) -> None:
    publisher.answers["/feed"] = Answer(rss("Storm", "Sun"), headers=RSS)
    desk.subscribe(feed(publisher))
    outcome = desk.poll()["kust"]
    assert (outcome.kind, outcome.status, outcome.new, outcome.headlines) == ("news", 200, 2, 2)
    assert titles(desk) == ["Storm", "Sun"]
    assert desk.store.health(desk.now)[0].title == "Kustkrant"


def test_the_second_poll_is_conditional_and_a_304_changes_nothing(
    desk: Newsdesk, publisher: Publisher
) -> None:
    publisher.answers["/feed"] = conditional(rss("Storm"), 'W/"1"')
    desk.subscribe(feed(publisher))
    desk.poll()
    revision = desk.store.revision()
    outcome = desk.after(minutes=15).poll()["kust"]
    assert publisher.log[1].headers["if-none-match"] == 'W/"1"'
    assert (outcome.kind, outcome.status) == ("unchanged", 304)
    assert desk.store.revision() == revision


def test_the_same_body_without_validators_changes_nothing(desk: Newsdesk, publisher: Publisher) -> None:
    publisher.answers["/feed"] = Answer(rss("Storm"), headers=RSS)
    desk.subscribe(feed(publisher))
    desk.poll()
    assert desk.after(minutes=15).poll()["kust"].kind == "unchanged"


def test_validators_are_kept_from_an_equal_body_too(desk: Newsdesk, publisher: Publisher) -> None:
    body = rss("Storm")
    publisher.answers["/feed"] = [Answer(body, headers=RSS), Answer(body, headers={**RSS, "ETag": '"2"'})]
    desk.subscribe(feed(publisher))
    desk.poll()
    desk.after(minutes=15).poll()
    desk.after(minutes=15).poll()
    assert publisher.log[2].headers["if-none-match"] == '"2"'


def test_of_a_changed_body_only_what_is_new_comes_through(desk: Newsdesk, publisher: Publisher) -> None:
    publisher.answers["/feed"] = [Answer(rss("Storm"), headers=RSS), Answer(rss("Sun", "Storm"), headers=RSS)]
    desk.subscribe(feed(publisher))
    desk.poll()
    outcome = desk.after(minutes=15).poll()["kust"]
    assert (outcome.new, outcome.changed) == (1, 0)
    assert titles(desk) == ["Sun", "Storm"]


def test_the_program_started_again_asks_nothing_early_and_finds_nothing_new(
    open_desk: Callable[[], Newsdesk], publisher: Publisher
) -> None:
    publisher.answers["/feed"] = Answer(rss("Storm"), headers=RSS)
    first = open_desk()
    first.subscribe(feed(publisher))
    first.poll()
    second = open_desk()
    second.subscribe(feed(publisher))
    assert second.after(minutes=14).poll() == {}
    assert second.after(minutes=1).poll()["kust"].new == 0
    assert titles(second) == ["Storm"]


def test_one_broken_feed_leaves_the_others_on_time(desk: Newsdesk, publisher: Publisher) -> None:
    publisher.answers["/good"] = Answer(rss("Storm"), headers=RSS)
    publisher.answers["/gone"] = Answer(status=410)
    publisher.answers["/html"] = Answer(
        b"<html><body>Hello</body></html>", headers={"Content-Type": "text/html"}
    )
    publisher.answers["/broken"] = Answer(rss("A storm that is not told"), status=500, headers=RSS)
    desk.subscribe(*(feed(publisher, f"/{name}", name) for name in ("good", "gone", "html", "broken")))
    kinds = {key: outcome.kind for key, outcome in desk.poll().items()}
    assert kinds == {"good": "news", "gone": "gone", "html": "failed", "broken": "failed"}
    assert titles(desk) == ["Storm"]
    states = {health.key: health.state for health in desk.store.health(desk.now)}
    assert states == {"good": "ok", "gone": "gone", "html": "failing", "broken": "failing"}


def test_what_is_gone_is_not_asked_again(desk: Newsdesk, publisher: Publisher) -> None:
    publisher.answers["/feed"] = Answer(status=410)
    desk.subscribe(feed(publisher))
    desk.poll()
    assert desk.after(days=3).poll() == {}


def test_after_a_failure_the_news_stays_and_the_next_good_answer_goes_on(
    desk: Newsdesk, publisher: Publisher
) -> None:
    publisher.answers["/feed"] = [
        Answer(rss("Storm"), headers={**RSS, "ETag": '"1"'}),
        Answer(status=503),
        Answer(rss("Sun", "Storm"), headers=RSS),
    ]
    desk.subscribe(feed(publisher))
    desk.poll()
    assert desk.after(minutes=15).poll()["kust"].kind == "failed"
    assert titles(desk) == ["Storm"]
    assert desk.after(hours=24).poll()["kust"].new == 1
    assert publisher.log[2].headers["if-none-match"] == '"1"'
    assert desk.store.health(desk.now)[0].failures == 0


def test_a_permanent_move_is_used_from_then_on_and_told(desk: Newsdesk, publisher: Publisher) -> None:
    publisher.answers["/feed"] = redirect("/new", 301)
    publisher.answers["/new"] = Answer(rss("Storm"), headers=RSS)
    desk.subscribe(feed(publisher))
    assert desk.poll()["kust"].moved_to == publisher.url("/new")
    desk.after(minutes=15).poll()
    assert [asked.path for asked in publisher.log] == ["/feed", "/new", "/new"]


def test_a_move_to_something_that_is_no_feed_is_not_kept(desk: Newsdesk, publisher: Publisher) -> None:
    publisher.answers["/feed"] = redirect("/parked", 301)
    publisher.answers["/parked"] = Answer(
        b"<html>This domain is for sale</html>", headers={"Content-Type": "text/html"}
    )
    desk.subscribe(feed(publisher))
    desk.poll()
    desk.after(hours=1).poll()
    assert [asked.path for asked in publisher.log] == ["/feed", "/parked", "/feed", "/parked"]


def test_the_same_news_from_two_feeds_in_one_moment_is_one_headline(
    desk: Newsdesk, publisher: Publisher
) -> None:
    publisher.answers["/a"] = Answer(rss("Storm closes the harbour"), headers=RSS)
    publisher.answers["/b"] = Answer(rss("Storm closes the harbour", title="Other paper"), headers=RSS)
    desk.subscribe(feed(publisher, "/a", "a"), feed(publisher, "/b", "b"))
    desk.poll()
    (headline,) = desk.store.ticker(Choice(), None, 10)
    assert sorted(source.key for source in headline.sources) == ["a", "b"]


def test_a_document_nested_without_end_harms_no_other_feed(desk: Newsdesk, publisher: Publisher) -> None:
    deep = b"<rss><channel>" + b"<a>" * 300_000
    publisher.answers["/deep"] = Answer(deep, headers=RSS)
    publisher.answers["/good"] = Answer(rss("Storm"), headers=RSS)
    desk.subscribe(feed(publisher, "/deep", "deep"), feed(publisher, "/good", "good"))
    outcomes = desk.poll()
    assert (outcomes["deep"].new, outcomes["good"].new) == (0, 1)


def test_rules_are_kept_to_and_a_change_of_them_reads_everything_again(
    desk: Newsdesk, publisher: Publisher
) -> None:
    publisher.answers["/feed"] = Answer(rss("Storm", "Sport"), headers=RSS)
    desk.subscribe(feed(publisher, drop=(Rule((("title", "Sport"),)),)))
    desk.poll()
    assert titles(desk) == ["Storm"]
    desk.subscribe(feed(publisher))
    desk.after(minutes=15).poll()
    assert titles(desk) == ["Storm", "Sport"]


def test_a_hundred_feeds_are_one_transaction_or_a_few(desk: Newsdesk, publisher: Publisher) -> None:
    for n in range(100):
        publisher.answers[f"/{n}"] = Answer(rss(f"Headline number {n} of the day"), headers=RSS)
    desk.subscribe(*(feed(publisher, f"/{n}", f"f{n}") for n in range(100)))
    revision = desk.store.revision()
    desk.poll()
    assert len(titles(desk)) == 100
    assert desk.store.revision() - revision <= 10
