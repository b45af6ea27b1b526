from __future__ import annotations

from datetime import UTC, datetime

from publisher import Answer, Publisher

from aggregator.errors import FeedError
from aggregator.fetch import Client
from aggregator.fetch.held import ALWAYS, MOST, Held
from aggregator.model import Polling, Request

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_a_body_of_common_size_is_taken_however_much_is_held() -> None:
    held = Held()
    held.unread = MOST
    assert held.take("a", ALWAYS)
    assert not held.take("a", 1)


def test_beyond_the_bound_only_who_has_brought_most_goes_on() -> None:
    held = Held()
    assert held.take("most", MOST - ALWAYS)
    assert held.take("less", ALWAYS)
    assert not held.take("less", 1)
    assert held.take("most", 1)


def test_who_ends_makes_room() -> None:
    held = Held()
    held.take("most", MOST)
    held.take("less", ALWAYS)
    assert not held.take("less", 1)
    held.let_go("most")
    assert held.take("less", MOST // 2)


def test_large_answers_wait_for_one_another_and_all_come_whole(publisher: Publisher) -> None:
    body = b"x" * 5_000_000
    publisher.answers["/feed"] = Answer(body)
    client = Client(Polling(allow_networks=("127.0.0.0/8",)), "test/1")
    for n in range(1, 9):
        client.add(Request(str(n), publisher.url("/feed", f"127.0.6.{n}")))
    answers = []
    while client.pending:
        answers += [answer for _, answer in client.wait(1, NOW)]
    client.close()
    assert [not isinstance(a, FeedError) and a.body == body for a in answers] == [True] * 8
