"""The row before the slow lane: turns are fair, and nobody waits for ever."""

from __future__ import annotations

from aggregator.pipeline.row import Place, Row


def _all(row: Row) -> list[object]:
    return [place.whose for _ in range(len(row)) if (place := row.next())]


def test_they_go_in_the_order_in_which_they_came() -> None:
    row = Row()
    for since, whose in enumerate("abc"):
        row.join(Place(whose, 1, since))
    assert _all(row) == ["a", "b", "c"]
    assert row.next() is None


def test_whose_documents_took_less_time_passes_those_that_took_more() -> None:
    row = Row()
    for offender in range(100):
        row.took(offender, 10)
        row.join(Place(offender, 1, 0))
    row.took("honest", 1)
    row.join(Place("honest", 1, 1))
    row.join(Place("new", 1, 2))
    assert _all(row)[:2] == ["new", "honest"]


def test_who_waited_for_too_long_is_put_off() -> None:
    row = Row(patience=60)
    early, late = Place("early", 1, 0), Place("late", 1, 30)
    row.join(early)
    row.join(late)
    assert row.put_off(59) == ()
    assert row.put_off(60) == (early,)
    assert _all(row) == ["late"]


def test_of_a_row_that_holds_too_much_the_last_is_put_off_and_the_first_never() -> None:
    row = Row(most=10)
    first, second, third = Place("first", 99, 0), Place("second", 6, 1), Place("third", 5, 2)
    for place in (third, second, first):
        row.join(place)
    assert row.put_off(3) == (third,)
    assert _all(row) == ["first", "second"]
