"""Which headline an entry belongs to: the first rules, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from newsroom import HOUR, NOON, entry

from aggregator.dedupe import Index, Numbers, Settings, arrival, decide
from aggregator.model import Arrival, Entry, Html, Known, Plan
from aggregator.names import title_key

WINDOW = timedelta(hours=72)
STORM = entry("Storm closes the port of Rotterdam")


def at_door(feed: int, told: Entry, alone: bool = False) -> Arrival:
    return arrival(feed, f"feed{feed}", f"https://feed{feed}.example/rss", told, alone, "")


def decided(*arrivals: Arrival, known: Sequence[Known] = (), index: Index | None = None) -> Plan:
    return decide(arrivals, known, Index(WINDOW) if index is None else index, Numbers(1, 1), NOON, Settings())


def known_of(arrived: Arrival, row: int = 1, headline: int = 1) -> Known:
    told = arrived.entry
    seen = NOON - HOUR
    return Known(
        row,
        arrived.feed,
        arrived.uid,
        headline,
        told.title,
        arrived.facts,
        told.published,
        seen,
        arrived.alone,
    )


def rules(plan: Plan) -> list[tuple[int, str]]:
    return [(addition.headline, addition.rule) for addition in plan.additions]


def test_news_founds_a_headline_under_its_publishers_id() -> None:
    plan = decided(at_door(1, STORM))
    assert rules(plan) == [(1, "founded")]
    assert plan.additions[0].guid == STORM.id


@pytest.mark.parametrize(
    "name", ["12345", "", "http://[bad", "a b", "javascript:alert(1)", "x" * 3000, "https://"]
)
def test_an_id_that_is_no_iri_is_published_under_one_that_is(name: str) -> None:
    guid = decided(at_door(1, replace(STORM, id=name))).additions[0].guid
    assert guid is not None
    assert guid.startswith("tag:feed1.example,2026:")


def test_the_same_entry_again_is_nothing() -> None:
    mine = at_door(1, STORM)
    assert decided(mine, known=[known_of(mine)]) == Plan()


def test_an_entry_with_only_a_new_date_is_not_noticeably_changed() -> None:
    mine = at_door(1, STORM)
    later = at_door(1, replace(STORM, published=NOON + HOUR, updated=NOON + HOUR))
    plan = decided(later, known=[known_of(mine)])
    assert [revision.noticeable for revision in plan.revisions] == [False]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Storm closes two ports"},
        {"content": Html("<p>More.</p>")},
        {"link": "https://news.example/other"},
    ],
)
def test_another_title_text_or_link_is_a_change_and_no_news(change: dict[str, str]) -> None:
    mine = at_door(1, STORM)
    plan = decided(at_door(1, replace(STORM, **change)), known=[known_of(mine)])
    assert plan.additions == ()
    assert [revision.noticeable for revision in plan.revisions] == [True]


def test_a_share_of_a_day_is_no_number_in_a_series() -> None:
    title = "Windparken leveren voor het eerst een hele dag {} procent van de stroom"
    mine = at_door(1, replace(STORM, title=title.format(62), language="nl"))
    corrected = at_door(1, replace(STORM, title=title.format(52), language="nl"))
    plan = decided(corrected, known=[known_of(mine)])
    assert (len(plan.additions), len(plan.revisions)) == (0, 1)


def test_a_new_id_at_every_poll_does_not_make_an_article_news_again() -> None:
    mine = at_door(1, STORM)
    again = at_door(1, replace(STORM, id="guid-of-this-minute"))
    assert decided(again, known=[known_of(mine)]) == Plan()


def test_two_items_of_one_document_stay_two_entries_though_they_look_alike() -> None:
    plan = decided(at_door(1, replace(STORM, id="1")), at_door(1, replace(STORM, id="2")))
    assert len(plan.additions) == 2


def test_two_feeds_with_one_id_are_two_entries() -> None:
    other = replace(STORM, title="Sunshine in Marrakesh all week", summary="", link="https://sun.example/a")
    assert rules(decided(at_door(1, STORM), at_door(2, other))) == [(1, "founded"), (2, "founded")]


@pytest.mark.parametrize(
    "link",
    [
        "http://NEWS.example:80/storm?utm_source=rss&utm_medium=feed",
        "https://www.news.example/storm/",
        "https://m.news.example/storm#reacties",
        "https://news.example/storm/amp",
    ],
)
def test_one_article_under_other_addresses_is_one_headline(link: str) -> None:
    first = replace(STORM, link="https://news.example/storm")
    second = replace(STORM, id="2", title="Port shut by gale", link=link)
    assert rules(decided(at_door(1, first), at_door(2, second))) == [(1, "founded"), (1, "link")]


def test_addresses_that_differ_in_what_names_the_article_are_two() -> None:
    first = replace(STORM, link="https://news.example/show?id=1")
    second = replace(STORM, id="2", title="Sunshine in Marrakesh", link="https://news.example/show?id=2")
    assert rules(decided(at_door(1, first), at_door(2, second))) == [(1, "founded"), (2, "founded")]


def test_a_home_page_names_no_article() -> None:
    first = replace(STORM, link="https://news.example/")
    second = replace(STORM, id="2", title="Sunshine in Marrakesh", link="https://news.example/")
    assert rules(decided(at_door(1, first), at_door(2, second))) == [(1, "founded"), (2, "founded")]


@pytest.mark.parametrize(
    "title",
    [
        "STORM CLOSES THE PORT OF ROTTERDAM",
        "Storm closes the port of Rotterdam.",
        "“Storm” closes the port — of Rotterdam",
    ],
)
def test_the_same_words_are_one_headline(title: str) -> None:
    second = replace(STORM, id="2", link="https://other.example/2", title=title)
    assert rules(decided(at_door(1, STORM), at_door(2, second))) == [(1, "founded"), (1, "title")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ajax wins the match 2-1 in Rabat", "Ajax wins the match 3-1 in Rabat"),
        ("Prices rise by 5% this month", "Prices rise by 5 this month"),
        ("Court convicts the mayor", "Court acquits the mayor"),
    ],
)
def test_a_figure_or_a_word_makes_it_another_headline(one: str, other: str) -> None:
    first = replace(STORM, title=one, summary="")
    second = replace(STORM, id="2", link="https://other.example/2", title=other, summary="")
    assert rules(decided(at_door(1, first), at_door(2, second))) == [(1, "founded"), (2, "founded")]


def test_a_label_is_too_short_to_be_one_headline() -> None:
    first = replace(STORM, title="Weather", summary="Storm in the morning.")
    second = replace(STORM, id="2", link="https://other.example/2", title="Weather", summary="Sun all day.")
    assert rules(decided(at_door(1, first), at_door(2, second))) == [(1, "founded"), (2, "founded")]


def test_beyond_the_window_the_same_words_are_news() -> None:
    second = replace(STORM, id="2", link="https://other.example/2", published=NOON + WINDOW + HOUR)
    assert rules(decided(at_door(1, STORM), at_door(2, second))) == [(1, "founded"), (2, "founded")]


def test_one_feed_may_repeat_a_title_within_the_day_only() -> None:
    soon = replace(STORM, id="2", link="https://news.example/2", published=NOON + HOUR)
    tomorrow = replace(STORM, id="3", link="https://news.example/3", published=NOON + 26 * HOUR)
    assert rules(decided(at_door(1, STORM), at_door(1, soon))) == [(1, "founded"), (1, "title")]
    assert rules(decided(at_door(1, STORM), at_door(1, tomorrow))) == [(1, "founded"), (2, "founded")]


def test_a_feed_that_stands_alone_neither_joins_nor_is_joined() -> None:
    copy = replace(STORM, id="2", link="https://other.example/2")
    assert rules(decided(at_door(1, STORM), at_door(2, copy, alone=True))) == [(1, "founded"), (2, "founded")]
    assert rules(decided(at_door(1, STORM, alone=True), at_door(2, copy))) == [(1, "founded"), (2, "founded")]


def test_a_copy_tells_what_it_was_matched_with_and_how_surely() -> None:
    copy = decided(
        at_door(1, STORM), at_door(2, replace(STORM, id="2", link="https://other.example/2"))
    ).additions[1]
    assert (copy.matched, copy.rule, copy.score, copy.guid) == (1, "title", 0.98, None)


def test_the_index_forgets_what_is_older_than_it_is_told() -> None:
    index = Index(WINDOW)
    index.learn([known_of(at_door(1, STORM))])
    index.forget(NOON)
    assert len(index) == 0
    plan = decide([at_door(2, replace(STORM, id="2"))], (), index, Numbers(2, 2), NOON, Settings())
    assert rules(plan) == [(2, "founded")]


def test_the_index_knows_an_entry_by_its_newest_words_only() -> None:
    index = Index(WINDOW)
    mine = known_of(at_door(1, STORM))
    index.learn([mine])
    index.learn(
        [
            replace(
                mine, facts=at_door(1, replace(STORM, title="Gale over, port open again", summary="")).facts
            )
        ]
    )
    other = at_door(2, replace(STORM, id="2", link="https://other.example/2", summary=""))
    assert rules(decide([other], (), index, Numbers(2, 2), NOON, Settings())) == [(2, "founded")]


@given(st.text(max_size=80))
def test_a_titles_key_is_its_own_key(title: str) -> None:
    assert title_key(title_key(title)) == title_key(title)


@given(
    st.lists(
        st.sampled_from(["Storm closes the port", "Sun over the harbour", "Train late again"]), max_size=12
    )
)
def test_every_arrival_ends_up_in_one_headline_and_numbers_run_on(titles: list[str]) -> None:
    doors = [
        at_door(n % 3, replace(STORM, id=str(n), link=f"https://n.example/{n}", title=title))
        for n, title in enumerate(titles)
    ]
    plan = decided(*doors)
    assert [addition.row for addition in plan.additions] == list(range(1, len(titles) + 1))
    assert {addition.headline for addition in plan.additions} == set(range(1, len(set(titles)) + 1))
