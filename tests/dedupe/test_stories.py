"""Which headlines are told as one story, and when two stories are one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from newsroom import HOUR, NOON, entry

from aggregator.dedupe import Index, Numbers, Overrides, Settings, arrival, decide
from aggregator.model import Arrival, Known, Plan

WINDOW = timedelta(hours=120)
DAM = (
    "Stuwdam Okavari bezweken na noodweer",
    "De stuwdam Okavari in Belduna is bezweken; ingenieur Mirandez waarschuwt dorpen langs de Tolvec.",
)
FLIGHT = (
    "Duizenden gevlucht: Belduna loopt onder na breuk van de stuwdam",
    "Bewoners zagen de Tolvec komen en klommen op daken.",
)
BLAME = (
    "Mirandez had gewaarschuwd: stuwdam Okavari in Belduna was al jaren lek",
    "De Tolvec kon niet meer worden tegengehouden, schrijft de ingenieur; bewoners klommen op daken.",
)
CHEESE = ("Kaasmarkt van Edam verhuist naar de haven", "Kooplui in Edam zijn verdeeld.")


def told(feed: int, news: tuple[str, str], hours: float = 0, alone: bool = False, **values: str) -> Arrival:
    title, summary = news
    link = f"https://k{feed}.example/nieuws/{hours:g}/{title[:9].replace(' ', '-')}"
    known = {"id": link, "link": link, "summary": summary, "language": "nl", **values}
    each = entry(title, published=NOON + timedelta(hours=hours), **known)
    return arrival(feed, f"k{feed}", f"https://k{feed}.example/rss", each, alone, "")


def decided(*arrivals: Arrival, settings: Settings | None = None, index: Index | None = None) -> Plan:
    return decide(
        arrivals, (), Index(WINDOW) if index is None else index, Numbers(1, 1), NOON, settings or Settings()
    )


def stories(plan: Plan) -> list[tuple[int, int | None]]:
    return [(each.headline, each.story) for each in plan.additions]


def test_headlines_of_one_event_are_one_story_and_others_are_not() -> None:
    plan = decided(told(1, DAM), told(2, FLIGHT, 1), told(3, CHEESE, 1))
    assert stories(plan) == [(1, 1), (2, 1), (3, 3)]


def test_a_story_tells_by_which_words_and_how_surely() -> None:
    reasons = decided(told(1, DAM), told(2, FLIGHT, 1)).additions[1].reasons
    assert reasons.story_with == 1
    assert reasons.story_score >= Settings().scales.story.threshold
    assert "tolvec" in reasons.story_words


def test_a_story_ends_three_days_after_its_last_headline() -> None:
    assert stories(decided(told(1, DAM), told(2, FLIGHT, 73)))[1] == (2, 2)


def test_without_stories_none_is_made() -> None:
    plan = decided(told(1, DAM), told(2, FLIGHT, 1), settings=Settings(stories=False))
    assert stories(plan) == [(1, 1), (2, 2)]


def test_what_stands_alone_is_no_part_of_a_story() -> None:
    assert stories(decided(told(1, DAM), told(2, FLIGHT, 1, alone=True))) == [(1, 1), (2, 2)]
    assert stories(decided(told(1, DAM, alone=True), told(2, FLIGHT, 1))) == [(1, 1), (2, 2)]


def test_the_items_of_a_list_are_no_story() -> None:
    first = told(1, ("Uitslag roeiwedstrijd Okavari: heren 4 zonder stuurman", ""))
    second = told(1, ("Uitslag roeiwedstrijd Okavari: heren 8 zonder stuurman", ""), 0.1)
    assert stories(decided(first, second)) == [(1, 1), (2, 2)]


def test_two_stories_that_turn_out_to_be_one_become_the_older() -> None:
    index = Index(WINDOW)
    decided(told(1, DAM), told(2, FLIGHT, 1), index=index)
    index.fold(2, 2)  # as if they had not been seen to be one
    plan = decide([told(3, BLAME, 2)], (), index, Numbers(3, 3), NOON, Settings())
    assert (stories(plan), plan.merged) == ([(3, 1)], ((2, 1),))
    assert [index.story_of(headline) for headline in (1, 2, 3)] == [1, 1, 1]


def test_a_correction_in_the_batch_that_joins_two_stories_stays_in_the_joined_one() -> None:
    index = Index(WINDOW)
    flight = told(2, FLIGHT, 1)
    decided(told(1, DAM), flight, index=index)
    index.fold(2, 2)
    mine = Known(
        2, 2, flight.uid, 2, FLIGHT[0], flight.facts, NOON + HOUR, NOON, False, flight.entry.id, 2, 1
    )
    corrected = told(2, ("Dorpen langs de Tolvec ontruimd na breuk van stuwdam Okavari", FLIGHT[1]), 1)
    corrected = replace(corrected, uid=flight.uid)
    plan = decide([told(3, BLAME, 2), corrected], [mine], index, Numbers(3, 3), NOON, Settings())
    assert plan.merged == ((2, 1),)
    assert index.story_of(2) == 1


def test_what_the_admin_says_is_different_shares_no_story_either() -> None:
    pairs = Overrides(different=[(DAM[0], BLAME[0])])
    plan = decided(told(1, DAM), told(2, FLIGHT, 1), told(3, BLAME, 2), settings=Settings(overrides=pairs))
    assert stories(plan) == [(1, 1), (2, 1), (3, 3)]


def test_what_the_admin_says_is_the_same_is_one_headline_whatever_it_says() -> None:
    pairs = Overrides(same=[(DAM[0], CHEESE[0])])
    plan = decided(told(1, DAM), told(3, CHEESE, 1), settings=Settings(overrides=pairs))
    assert [(each.headline, each.rule, each.matched) for each in plan.additions] == [
        (1, "founded", None),
        (1, "same", 1),
    ]


def test_a_daily_column_at_one_address_is_a_headline_a_day() -> None:
    page = {"link": "https://k1.example/columns/buitenlucht"}
    days = [
        told(1, ("Buitenlucht: over wandelen", f"Vandaag {what}."), 24 * day, id=f"c{day}", **page)
        for day, what in enumerate(("heide", "duinen", "polder"))
    ]
    assert len({each.headline for each in decided(*days).additions}) == 3
