"""What can be said of two headlines: numbers between nothing and one, whichever is looked at first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sided import beside, side

from aggregator.dedupe.pairing import Likeness
from aggregator.dedupe.scoring import MEMBERS, Scale, shipped

WORDS = [
    "sluis",
    "Weert",
    "kapot",
    "niet",
    "maandag",
    "dinsdag",
    "3",
    "2-1",
    "stijgt",
    "daalt",
    "de",
    "سد",
    "東京大雪",
]
TITLES = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
SIDES = st.builds(side, TITLES, st.just("nl"), TITLES, st.floats(-99, 99), st.sampled_from([0, 1, 2]))


@given(SIDES, SIDES)
def test_every_part_is_between_nothing_and_one(new: object, old: object) -> None:
    like = beside(new, old, "nl").like  # type: ignore[arg-type]
    assert {name: part for name, part in like._asdict().items() if not 0 <= part <= 1} == {}


LATIN = SIDES.filter(lambda one: one.cased)  # names are told by capitals where the new one has such


@given(LATIN, LATIN)
def test_it_is_the_same_from_both_sides(new: object, old: object) -> None:
    one, other = beside(new, old, "nl").like, beside(old, new, "nl").like  # type: ignore[arg-type]
    assert one == pytest.approx(other)


@given(SIDES)
def test_nothing_speaks_against_a_headline_being_itself(one: object) -> None:
    like = beside(one, one, "nl").like  # type: ignore[arg-type]
    against = (
        "numbers_differ",
        "number_missing",
        "negation",
        "classes",
        "opposites",
        "swapped",
        "added",
        "gap",
    )
    assert [getattr(like, name) for name in against] == [0] * len(against)


@pytest.mark.parametrize(
    ("part", "one", "other"),
    [
        ("numbers_agree", "3 schepen bij Weert", "Bij Weert liggen 3 schepen"),
        ("numbers_differ", "3 schepen bij Weert", "5 schepen bij Weert"),
        ("number_missing", "3 schepen bij Weert", "Schepen bij Weert"),
        ("negation", "Sluis gaat niet dicht", "Sluis gaat dicht"),
        ("classes", "Regen in het noorden", "Regen in het zuiden"),
        ("opposites", "Waterpeil stijgt", "Waterpeil daalt"),
    ],
)
def test_each_part_tells_what_its_name_says(part: str, one: str, other: str) -> None:
    like = beside(side(one, "nl"), side(other, "nl", source=2), "nl").like
    assert getattr(like, part) == 1
    assert getattr(beside(side(one, "nl"), side(one, "nl", source=2), "nl").like, part) in (
        0,
        like.numbers_agree,
    )


NONE = Likeness(*[0.0] * len(Likeness._fields))


def test_a_score_is_a_probability_that_rises_with_what_speaks_for_it() -> None:
    scale = shipped().headline
    more = NONE._replace(title_overlap=1.0, overlap=1.0, rarest=1.0, second=1.0, third=1.0)
    assert 0 < scale.score(NONE) < 0.01
    assert scale.score(more) > scale.score(NONE._replace(title_overlap=1.0))
    assert Scale(0.5, 0.2, -9999.0, scale.weights).score(NONE) == 0


def test_the_terms_of_a_score_are_what_it_is_made_of() -> None:
    scale = shipped().headline
    like = NONE._replace(title_overlap=0.5, between=1.0)
    terms = scale.terms(like)
    assert list(terms) == ["between", "title_overlap"]
    whole = Scale(scale.threshold, scale.linkage, scale.base + sum(terms.values()), (0.0,) * len(NONE))
    assert whole.score(NONE) == pytest.approx(scale.score(like))


def test_a_group_counts_by_its_nearest_and_by_the_others_on_average() -> None:
    scale = Scale(0.5, 0.5, 0.0, ())
    assert scale.together([0.8], 1) == pytest.approx(0.8)
    assert scale.together([0.8], 2) == pytest.approx(0.6)
    assert scale.together([0.2, 0.8], 2) == pytest.approx(0.65)
    assert scale.together([0.8], 99) == pytest.approx(0.4 + 0.4 / MEMBERS)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.integers(1, 9))
def test_a_group_is_never_nearer_than_its_nearest(scores: list[float], size: int) -> None:
    assert 0 <= shipped().story.together(scores, size) <= max(scores) + 1e-9
