"""The door between two hosts: first come, first served, and nobody waits for ever."""

from __future__ import annotations

from aggregator.fetch.door import AGAIN, PATIENCE, Door
from aggregator.fetch.redirects import Errand, set_out
from aggregator.model import Request


def errand(name: str, host: str = "hub.example") -> Errand:
    return set_out(Request(name, f"http://{host}/{name}"))


def names(errands: list[Errand]) -> list[str]:
    return [each.request.key for each in errands]


def door(*free: str) -> Door:
    """Return a door to hosts of which each of *free* has one place."""
    made, places = Door(), list(free)

    def admits(_request: Request, host: str) -> bool:
        has_room = host in places
        if has_room:
            places.remove(host)
        return has_room

    made.admits = admits
    return made


def test_where_nobody_counts_all_may_go_on() -> None:
    made = Door()
    made.knock(errand("a"), 0)
    assert (names(made.let_in(0)), len(made)) == (["a"], 0)


def test_who_came_first_goes_first_and_a_full_host_holds_up_no_other() -> None:
    made = door("hub.example", "else.example")
    for each in (errand("a"), errand("b"), errand("c", "else.example")):
        made.knock(each, 0)
    assert (names(made.let_in(0)), len(made)) == (["a", "c"], 1)


def test_a_full_host_is_tried_again_but_not_at_once() -> None:
    made = door("hub.example", "hub.example")
    for each in (errand("a"), errand("b"), errand("c")):
        made.knock(each, 0)
    made.let_in(0)
    made.admits = lambda _request, _host: True
    assert names(made.let_in(AGAIN / 2)) == []
    assert names(made.let_in(AGAIN)) == ["c"]


def test_who_has_waited_long_enough_is_turned_away() -> None:
    made = door()
    made.knock(errand("a"), 0)
    made.knock(errand("b"), 1)
    assert names(made.turn_away(PATIENCE)) == ["a"]
    assert names(made.turn_away(PATIENCE + 1)) == ["b"]
