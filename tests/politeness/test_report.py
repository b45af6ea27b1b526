"""A report: the program's own log of what it asked, and what it tells of our manners."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from guest import DAYS, HOURS, MINUTES, feed, rss
from newsdesk import Newsdesk
from newsroom import NOON, subscription
from program import run, write_configuration
from publisher import Answer, Publisher, conditional, redirect

from aggregator.model import Claim, Manners, Request, Response, Validators, Visit
from aggregator.pipeline.visiting import TOO_SOON, UNCONDITIONAL, visit
from aggregator.store import Store

BODY = rss("Storm")
BROKEN = Visit(NOON, 1, "kust.example", 200, False, broken=TOO_SOON)


def manners(desk: Newsdesk) -> tuple[Manners, ...]:
    return desk.store.manners(desk.now - 7 * DAYS)


def test_each_request_is_in_the_log_with_what_it_weighed_and_what_it_saved(
    desk: Newsdesk, publisher: Publisher
) -> None:
    publisher.answers["/feed"] = conditional(BODY, '"1"')
    desk.subscribe(feed(publisher))
    for _ in range(4):
        desk.after(hours=1).poll()
    assert manners(desk) == (Manners("127.0.0.1", 4, 3, len(BODY), 3 * len(BODY), 0, ()),)


def test_an_equal_body_saves_nothing_on_the_wire(desk: Newsdesk, publisher: Publisher) -> None:
    publisher.answers["/feed"] = Answer(BODY)
    desk.subscribe(feed(publisher))
    for _ in range(2):
        desk.after(hours=1).poll()
    assert manners(desk) == (Manners("127.0.0.1", 2, 0, 2 * len(BODY), 0, 0, ()),)


def test_a_request_without_an_answer_counts_and_a_redirect_is_its_last_hosts(
    desk: Newsdesk, publisher: Publisher
) -> None:
    publisher.answers["/from"] = redirect(publisher.url("/to", "127.0.0.2"))
    publisher.answers["/to"] = Answer(BODY)
    publisher.answers["/cut"] = Answer(BODY, cut=3)
    desk.subscribe(feed(publisher, "/from"), feed(publisher, "/cut", "127.0.0.3"))
    desk.poll()
    assert [(each.host, each.requests) for each in manners(desk)] == [("127.0.0.2", 1), ("127.0.0.3", 1)]


def test_waits_that_were_obeyed_are_counted(desk: Newsdesk, publisher: Publisher) -> None:
    publisher.answers["/feed"] = [Answer(status=503, headers={"Retry-After": "3600"}), Answer(BODY)]
    desk.subscribe(feed(publisher))
    desk.poll()
    assert manners(desk)[0].waits == 0
    for _ in range(3):
        desk.after(hours=1).poll()
    assert (manners(desk)[0].waits, manners(desk)[0].broken) == (1, ())


def test_a_request_sooner_than_allowed_would_be_told(desk: Newsdesk, publisher: Publisher) -> None:
    publisher.answers["/feed"] = Answer(BODY, headers={"Cache-Control": "max-age=3600"})
    desk.subscribe(feed(publisher))
    desk.poll()
    (claim,) = desk.store.peek()
    desk.ask([replace(claim, taken=NOON + 59 * MINUTES)])
    assert manners(desk)[0].broken == ((TOO_SOON, 1),)


def test_a_request_while_its_host_is_to_be_left_alone_would_be_told(
    desk: Newsdesk, publisher: Publisher
) -> None:
    publisher.answers["/busy"] = Answer(status=429)
    publisher.answers["/other"] = Answer(BODY)
    desk.subscribe(feed(publisher, "/busy"))
    desk.poll()
    desk.subscribe(feed(publisher, "/other"))
    (claim,) = desk.store.peek()
    desk.after(minutes=16).ask([replace(claim, taken=NOON + MINUTES)])
    assert manners(desk)[0].broken == ((TOO_SOON, 1),)


def test_an_unconditional_request_for_a_known_feed_would_be_told(
    desk: Newsdesk,
) -> None:
    def visited(host: str, known: Validators, sent: Validators) -> Visit:
        claim = Claim(1, subscription("kust"), f"https://{host}/", known, host=host)
        return visit(claim, Request("kust", claim.url, sent), Response(claim.url, 200), NOON)

    known = Validators('"1"')
    visits = [
        visited("kust.example", known, Validators()),
        visited("zee.example", known, known),
        visited("zee.example", Validators(), Validators()),
    ]
    with desk.store.ledger(NOON, [], visits):
        pass
    assert {each.host: each.broken for each in manners(desk)} == {
        "kust.example": ((UNCONDITIONAL, 1),),
        "zee.example": (),
    }


def test_the_log_is_kept_for_a_week(desk: Newsdesk, publisher: Publisher, url: str) -> None:
    publisher.answers["/feed"] = conditional(BODY, '"1"')
    desk.subscribe(feed(publisher))
    for _ in range(20):
        desk.after(days=1).poll()
    with sa.create_engine(url).connect() as connection:
        oldest, count = connection.execute(sa.text("SELECT min(at), count(*) FROM requests")).one()
    assert count == 8
    assert oldest == (desk.now - 7 * DAYS).timestamp() * 1_000_000


def test_it_is_written_with_what_it_tells_of_or_not_at_all(desk: Newsdesk) -> None:
    try:
        with desk.store.ledger(NOON, [], [BROKEN]):
            raise ZeroDivisionError
    except ZeroDivisionError:
        assert manners(desk) == ()


def test_the_command_prints_it_host_by_host(tmp_path: Path) -> None:
    write_configuration(tmp_path, "https://kust.example/feed")
    store = Store(f"sqlite:///{tmp_path}/ticker.db")
    store.create()
    now = datetime.now(UTC)
    good = Visit(now - HOURS, 1, "zee.example", 304, True, saved=40_000, waited=True)
    with store.ledger(now, [], [replace(BROKEN, at=now - 3 * DAYS), good, good]):
        pass
    store.close()
    told = run("politeness", cwd=tmp_path)
    rows = [line.split() for line in told.stdout.splitlines()]
    assert told.returncode == 0
    assert rows[1][:6] == ["zee.example", "2", "100%", "0.0", "80.0", "2"]
    assert rows[2] == ["kust.example", "1", "0%", "0.0", "0.0", *TOO_SOON.split(), "(1)"]
    assert told.stdout.splitlines()[-1] == (
        "last 7 days: 3 requests to 2 hosts, 67% answered 304; 0.1 MB saved, 2 waits obeyed, 1 rule broken"
    )
    assert "kust.example" not in run("politeness", "--days", "1", cwd=tmp_path).stdout


def test_the_command_says_so_when_nothing_was_asked(tmp_path: Path) -> None:
    write_configuration(tmp_path, "https://kust.example/feed")
    told = run("politeness", "--days", "2", cwd=tmp_path)
    assert (told.returncode, told.stdout) == (0, "nothing was asked in the last 2 days\n")
