from __future__ import annotations

import time
from datetime import UTC, datetime

from publisher import Answer, Publisher, Raw

from aggregator.errors import FeedError
from aggregator.fetch import Client
from aggregator.fetch.held import EACH, MOST, UNREAD, Held
from aggregator.model import Polling, Request, Response

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
LOOPBACK = Polling(allow_networks=("127.0.0.0/8",))


def test_a_body_of_common_size_is_taken_however_much_is_held() -> None:
    held = Held()
    for hog in range(1000):
        held.take(hog, EACH)
    held.take("whole", EACH + MOST)
    held.complete("whole")
    assert held.take("a", EACH)
    assert not held.take("a", MOST)


def test_beyond_the_bound_only_who_has_brought_most_goes_on() -> None:
    held = Held()
    assert held.take("most", EACH + MOST)
    assert held.take("less", EACH)
    assert not held.take("less", 1)
    assert held.take("most", 1)


def test_nobody_goes_on_beyond_the_bound_while_enough_waits_to_be_read() -> None:
    held = Held()
    assert held.take("whole", EACH + MOST)
    held.complete("whole")
    assert not held.take("most", EACH + 1)
    held.let_go("whole")
    assert held.take("most", EACH + 1)


def test_who_ends_makes_room() -> None:
    held = Held()
    held.take("most", EACH + MOST)
    held.take("less", EACH)
    assert not held.take("less", 1)
    held.let_go("most")
    assert held.take("less", MOST)


def test_as_much_goes_to_the_readers_as_they_may_have() -> None:
    held = Held()
    held.unread([UNREAD - 10])
    held.unread([EACH] * 2)
    assert held.hand_over(UNREAD - 2 * EACH)
    assert not held.hand_over(1)


def test_large_bodies_are_read_one_at_a_time_and_the_others_pass_them() -> None:
    held = Held()
    assert held.hand_over(EACH + 1)
    assert not held.hand_over(EACH + 1)
    assert held.hand_over(EACH)


def test_large_answers_wait_for_one_another_and_all_come_whole(publisher: Publisher) -> None:
    body = b"x" * 5_000_000
    publisher.answers["/feed"] = Answer(body)
    answers = _answers(publisher, *(f"127.0.6.{n}" for n in range(1, 9)))
    assert [isinstance(a, Response) and a.body == body for a in answers.values()] == [True] * 8


def test_an_answer_of_common_size_is_in_time_however_many_hold_all_the_room(publisher: Publisher) -> None:
    """They bring megabytes, and then no more, until their time is over; so did all of them at once."""
    hog = Raw([b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + b"x" * 4_000_000], end="hold")
    publisher.answers["*"] = lambda asked: Answer(b"x" * 1_000_000) if asked.path == "/good" else hog
    client = Client(LOOPBACK, "test/1", concurrency=64)
    for n in range(1, 50):
        client.add(Request(f"hog{n}", publisher.url("/hog", f"127.0.6.{n}")))
    for n in range(50, 60):
        client.add(Request(f"good{n}", publisher.url("/good", f"127.0.6.{n}")))
    first = _ended(client, 10)
    client.close()
    assert {key: isinstance(answer, Response) or answer.message for key, answer in first.items()} == {
        f"good{n}": True for n in range(50, 60)
    }


def test_what_is_whole_waits_for_its_readers_and_none_is_lost(publisher: Publisher) -> None:
    publisher.answers["/feed"] = Answer(b"x" * 1_500_000)
    client = Client(LOOPBACK, "test/1", concurrency=3)
    for n in range(1, 11):
        client.add(Request(str(n), publisher.url("/feed", f"127.0.6.{n}")))
    reading = [len(a.body or b"") for a in _ended(client, 3).values() if isinstance(a, Response)]
    assert reading == [1_500_000] * 3
    client.leave_room_for([EACH] * (UNREAD // EACH))
    assert client.wait(0.2, NOW) == []
    client.leave_room_for([])
    assert len(_ended(client, 7)) == 7
    assert client.pending == 0
    client.close()


def _answers(publisher: Publisher, *hosts: str) -> dict[str, Response | FeedError]:
    client = Client(LOOPBACK, "test/1")
    for host in hosts:
        client.add(Request(host, publisher.url("/feed", host)))
    answers = _ended(client, len(hosts))
    client.close()
    return answers


def _ended(client: Client, count: int) -> dict[str, Response | FeedError]:
    """Return the first *count* answers, if they come at all."""
    ends, answers = time.monotonic() + 60, dict[str, Response | FeedError]()
    while len(answers) < count and time.monotonic() < ends:
        answers |= {request.key: answer for request, answer in client.wait(0.5, NOW)}
    return answers
