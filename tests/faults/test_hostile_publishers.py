"""What hostile and broken publishers do to the program, seen from outside while it runs."""

from __future__ import annotations

from html import unescape
from itertools import pairwise

import pytest
from fault import Wire
from hostile import BAD, names
from program import get, headlines, health, wait_until

GENEROUS = 20.0  # seconds between two polls of a feed that is due every two, on a busy machine


@pytest.mark.parametrize("key", names())
def test_what_a_publisher_sends_is_shown_or_told_in_words_that_help(wire: Wire, key: str) -> None:
    fault, feed = wire.faults[key], wire.feed(key)
    assert feed["state"] == ("ok" if fault.says is None else feed["state"]), feed["error"]
    assert (fault.says or "") in (feed["error"] or ""), feed["error"]
    assert (feed["error"] is None) == (fault.says is None), feed["error"]
    if fault.titles is not None:
        assert wire.titles(key) == tuple(sorted(fault.titles))


def test_every_error_stands_on_the_page_of_sources_with_the_next_try(wire: Wire) -> None:
    page = unescape(get(f"{wire.address}sources"))
    failing = [feed for feed in health(wire.address)["feeds"] if feed["error"]]
    assert len(failing) > 50
    for feed in failing:
        assert feed["error"] in page
        assert feed["state"] == "gone" or feed["next_due"] is not None


def test_the_good_feed_is_on_time_all_the_while(wire: Wire) -> None:
    polls = [asked.at for asked in wire.asked("good")]
    assert max(later - earlier for earlier, later in pairwise(polls)) < GENEROUS
    told = len(polls) - 1
    wait_until(lambda: f"Good news {told}" in headlines(wire.address))


def test_no_packet_went_to_an_address_that_may_not_be_asked(wire: Wire) -> None:
    """Neither for a redirect, nor for a DTD, an entity, a stylesheet, or a part to be included."""
    assert wire.outside.connections == 0


def test_the_validators_of_an_answer_that_failed_are_not_stored(wire: Wire) -> None:
    for key in wire.faults:
        if key.startswith("kept."):
            _, *later = wire.asked(key)
            assert {asked.headers.get("if-none-match") for asked in later} == {'"good"'}
    assert not any(asked.headers.get("if-none-match") == BAD["ETag"] for asked in wire.publisher.log)


def test_validators_come_back_byte_for_byte_or_not_at_all(wire: Wire) -> None:
    for key, fault in wire.faults.items():
        if key.startswith("headers.") and key != "headers.cookie":
            ((name, given),) = fault.reply.headers.items()
            asked = "if-none-match" if name == "ETag" else "if-modified-since"
            assert {each.headers.get(asked) for each in wire.asked(key)} <= {given, None}


def test_a_cookie_is_never_sent_back(wire: Wire) -> None:
    assert not any("cookie" in asked.headers for asked in wire.publisher.log)


def test_one_poisonous_entry_among_five_takes_no_other_along(wire: Wire) -> None:
    assert {"One", "Two", "Four", "Five"} <= set(wire.titles("entries.poison"))


def test_of_too_many_entries_the_bound_is_shown(wire: Wire) -> None:
    assert wire.feed("size.entries")["entries"] == 1000


def test_a_title_without_end_is_cut(wire: Wire) -> None:
    ((title,),) = [wire.titles("size.long-title")]
    assert len(title) <= 1000


def test_the_program_lives_and_knows_no_fault_of_its_own(wire: Wire) -> None:
    assert "fault of th" not in wire.program.output
    assert "Traceback" not in wire.program.output
