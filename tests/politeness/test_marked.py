"""A document that kills or hangs its reader: marked, told, and not read again before it changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import processes
import psutil
import pytest
import sqlalchemy as sa
from guest import HOURS, feed, health, rss
from newsdesk import Newsdesk
from pebble import ProcessPool
from publisher import Answer, Publisher, conditional

from aggregator.model import Choice, Rule

FOR_EVER = (Rule((("title", "(a+)+$"),)),)  # on a title of many a and a b
TRAP = "a" * 40 + "b"


@pytest.fixture
def pool() -> Iterator[ProcessPool]:
    with processes.pool(2) as pool:
        yield pool
        pool.stop()


def titles(desk: Newsdesk) -> list[str]:
    return [headline.entry.title for headline in desk.store.ticker(Choice(), None, 100)]


def kill_the_busy_one(may_begin: Callable[[], bool], before: set[psutil.Process]) -> None:
    """Kill the worker that has been busy for a while, as soon as that *may_begin*."""
    ends = time.monotonic() + 40
    while time.monotonic() < ends:
        mine = set(psutil.Process().children(recursive=True)) - before
        busy = [worker for worker in mine if worker.cpu_times().user > 0.5]
        if busy and may_begin():
            busy[0].kill()
            return
        time.sleep(0.05)


def test_a_killed_reader_marks_its_document_and_nothing_else_is_lost_or_late(
    open_desk: Callable[..., Newsdesk], publisher: Publisher
) -> None:
    before = set(psutil.Process().children(recursive=True))
    with processes.pool(2) as pool:
        desk = open_desk(workers=pool)
        publisher.answers["/bad"] = conditional(rss(TRAP), '"1"')
        publisher.answers["*"] = lambda asked: Answer(rss(f"Storm number {asked.path}"))
        good = [feed(publisher, f"/{n}") for n in range(20)]
        desk.subscribe(feed(publisher, "/bad", drop=FOR_EVER), *good)
        killer = threading.Thread(target=kill_the_busy_one, args=(lambda: len(titles(desk)) == 20, before))
        killer.start()
        outcomes = desk.poll()  # the others' news was stored before anybody was killed
        killer.join()
        assert (outcomes["bad"].kind, outcomes["bad"].stage) == ("failed", "parse")
        assert "broke the process that read it; it is not read again" in (outcomes["bad"].error or "")
        publisher.answers["*"] = lambda asked: Answer(rss(f"Sun number {asked.path}"))
        again = desk.after(hours=1).poll()  # the pool goes on
        assert sum(outcome.new for outcome in again.values()) == 20
        assert (again["bad"].status, again["bad"].error) == (304, outcomes["bad"].error)
        pool.stop()


@pytest.fixture
def trapped(open_desk: Callable[..., Newsdesk], pool: ProcessPool, publisher: Publisher) -> Newsdesk:
    """A desk whose one feed ran into the time that a document may take."""
    desk = open_desk(workers=pool, slowest_read=0.5)
    publisher.answers["/feed"] = conditional(rss(TRAP), '"1"')
    desk.subscribe(feed(publisher, drop=FOR_EVER))
    assert "took too long to read and was given up" in (desk.poll()["feed"].error or "")
    return desk


def test_a_marked_document_is_asked_for_conditionally_and_its_error_stays(
    trapped: Newsdesk, publisher: Publisher, open_desk: Callable[..., Newsdesk], pool: ProcessPool
) -> None:
    error = health(trapped).error
    for _ in range(3):
        trapped.after(hours=1).poll()
        assert (health(trapped).state, health(trapped).error) == ("failing", error)
    again = open_desk(workers=pool)  # also after a restart
    again.now = trapped.now
    again.after(hours=1).poll()
    assert health(again).error == error
    assert [asked.headers.get("if-none-match") for asked in publisher.log] == [None] + ['"1"'] * 4


def test_it_is_not_read_again_though_the_server_sends_all_of_it_again(
    trapped: Newsdesk, publisher: Publisher, open_desk: Callable[..., Newsdesk], pool: ProcessPool
) -> None:
    publisher.answers["/feed"] = Answer(rss(TRAP))
    patient = open_desk(workers=pool, slowest_read=1000.0)  # who reads it waits for ever
    patient.now = trapped.now
    assert patient.after(hours=1).poll()["feed"].kind == "failed"
    assert health(patient).state == "failing"


def test_another_error_meanwhile_is_told_and_the_mark_stays(trapped: Newsdesk, publisher: Publisher) -> None:
    error = health(trapped).error
    publisher.answers["/feed"] = [Answer(status=500), Answer(status=304)]
    trapped.after(hours=1).poll()
    assert "500" in (health(trapped).error or "")
    trapped.after(hours=1).poll()
    assert health(trapped).error == error


def test_a_changed_document_is_read(trapped: Newsdesk, publisher: Publisher) -> None:
    publisher.answers["/feed"] = conditional(rss("Storm"), '"2"')
    assert trapped.after(hours=1).poll()["feed"].new == 1
    assert (health(trapped).state, titles(trapped)) == ("ok", ["Storm"])
    assert trapped.after(hours=1).poll()["feed"].kind == "unchanged"


def test_another_version_of_the_program_tries_it_once_more(
    trapped: Newsdesk, publisher: Publisher, url: str
) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:  # as an older version would have marked it
        connection.execute(sa.text("UPDATE feeds SET marked = '0.0.1' || substr(marked, 6)"))
    assert trapped.after(hours=1).poll()["feed"].status == 200
    assert trapped.after(hours=2).poll()["feed"].status == 304
    assert [asked.headers.get("if-none-match") for asked in publisher.log] == [None, None, '"1"']
    assert trapped.store.manners(trapped.now - 9 * HOURS)[0].broken == ()  # the fault was our own


def test_rules_that_no_longer_hang_are_tried_at_once(trapped: Newsdesk, publisher: Publisher) -> None:
    trapped.subscribe(feed(publisher))
    assert trapped.after(hours=1).poll()["feed"].new == 1
    assert titles(trapped) == [TRAP]
