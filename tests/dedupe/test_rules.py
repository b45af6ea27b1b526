"""Where two headlines surely are one, and for how long."""

from __future__ import annotations

import pytest
from sided import beside, side

from aggregator.dedupe.rules import certain, is_another_article
from aggregator.dedupe.sides import Side

TITLE = "Molen De Hoop in Hellendoorn draait weer"
RETITLE = "Hellendoorn viert: molen De Hoop draait opnieuw"
OTHER = "Prijs van kaas op veiling in Gouda"
LINK = "https://krant.example/2026/11/molen-de-hoop"


def rule(new: Side, old: Side) -> str | None:
    each = beside(new, old, "nl")
    return certain(each.new, each.old, each.different, each.like)


@pytest.mark.parametrize(("hours", "found"), [(0, "link"), (48, "link"), (49, "again"), (-49, "again")])
def test_an_address_that_another_source_gives_is_one_for_two_days(hours: float, found: str) -> None:
    assert rule(side(OTHER, "nl", hours=hours, link=LINK, source=2), side(TITLE, "nl", link=LINK)) == found


@pytest.mark.parametrize(
    ("title", "hours", "found"),
    [
        (TITLE, 2, "link"),
        (TITLE, 3, "again"),
        (RETITLE, 16, "link"),
        (RETITLE, 17, "again"),
        (OTHER, 2, "link"),
        (OTHER, 3, "again"),
    ],
)
def test_an_address_of_one_source_is_one_while_it_is_retitled_and_another_the_next_day(
    title: str, hours: float, found: str
) -> None:
    assert rule(side(title, "nl", hours=hours, link=LINK), side(TITLE, "nl", link=LINK)) == found


def test_an_address_with_another_day_in_its_title_is_another_issue() -> None:
    new = side("Menu van dinsdag in de kantine", "nl", link=LINK, hours=1)
    assert rule(new, side("Menu van maandag in de kantine", "nl", link=LINK)) == "again"


@pytest.mark.parametrize(
    ("source", "hours", "found"),
    [(2, 24, "title"), (2, 25, None), (1, 12, "title"), (1, 13, "again")],
)
def test_the_same_words_are_one_for_a_day_and_of_one_source_for_half_a_day(
    source: int, hours: float, found: str | None
) -> None:
    assert rule(side(TITLE, "nl", hours=hours, source=source), side(TITLE, "nl")) == found


@pytest.mark.parametrize(
    ("title", "language", "hours", "found"),
    [
        ("Brand in Zaandam", "nl", 2, "title"),
        ("Brand in Zaandam", "nl", 3, None),
        ("Weer", "nl", 0, None),
        ("حريق في تازة", "ar", 2, "title"),
    ],
)
def test_a_short_title_is_one_for_two_hours_and_a_label_never(
    title: str, language: str, hours: float, found: str | None
) -> None:
    assert rule(side(title, language, hours=hours, source=2), side(title, language)) == found


def test_the_same_title_above_texts_of_two_days_is_two() -> None:
    new = side(TITLE, "nl", "Zaterdag in Hellendoorn.", source=2)
    assert rule(new, side(TITLE, "nl", "Zondag in Hellendoorn.")) == "again"


@pytest.mark.parametrize(("hours", "found"), [(0, "cut"), (24, "cut"), (25, None)])
def test_a_title_cut_short_is_the_one_that_goes_on(hours: float, found: str | None) -> None:
    whole = side("Molen De Hoop in Hellendoorn draait weer na jaren van stilstand", "nl")
    cut = side("Molen De Hoop in Hellendoorn draait weer na jar…", "nl", hours=hours, source=2)
    assert [rule(cut, whole), rule(whole, cut)] == [found, found]


def test_a_title_that_is_cut_too_early_may_be_anything() -> None:
    assert (
        rule(side("Molen De Hoop…", "nl"), side("Molen De Hoop in Hellendoorn draait", "nl", source=2))
        is None
    )


def is_another(title: str, hours: float, was: str = TITLE) -> bool:
    each = beside(side(title, "nl", hours=hours), side(was, "nl"), "nl")
    return is_another_article(each.new, each.old, each.different, each.like)


@pytest.mark.parametrize(
    ("title", "hours", "was", "another"),
    [
        (RETITLE, 1, TITLE, False),
        (OTHER, 1, TITLE, False),
        (OTHER, 17, TITLE, True),
        (TITLE, 99, TITLE, False),
        (RETITLE, 17, TITLE, False),
        ("Menu van dinsdag in de kantine", 1, "Menu van maandag in de kantine", True),
        ("Aantal zieken in Ede nu 14", 17, "Aantal zieken in Ede nu 9", True),
        ("Aantal zieken in Ede nu 14", 3, "Aantal zieken in Ede nu 9", False),
    ],
)
def test_an_id_is_another_article_with_another_day_or_a_day_later_with_another_matter(
    title: str, hours: float, was: str, another: bool
) -> None:
    assert is_another(title, hours, was) is another
