"""The demo's newsroom as values: which publisher tells which of the news when."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from aggregator.shells.demo.news import read_news
from aggregator.shells.demo.newsroom import IN_FEED, Article, Rundown

START = datetime(2025, 3, 4, 15, 20, 30, tzinfo=UTC)
PACE = timedelta(seconds=4)
NEWS = read_news()
RUNDOWN = Rundown(NEWS, START, PACE, seed=1)
WRITTEN = sum(len(event.told) for event in NEWS.live)  # beats that the hand-written news lasts
SIX_HOURS = timedelta(hours=6) // PACE


def everything(beat: int, rundown: Rundown = RUNDOWN) -> list[Article]:
    """Return what all feeds hold at *beat*."""
    return [article for key in NEWS.publishers for article in rundown.articles(key, beat)]


def one(by: str, name: str, beat: int, rundown: Rundown = RUNDOWN) -> Article:
    """Return the article of *by* about the event *name*."""
    return next(article for article in rundown.articles(by, beat) if article.slug.rpartition("-")[0] == name)


def test_the_same_seed_and_clock_give_the_same_news() -> None:
    again = Rundown(read_news(), START, PACE, seed=1)
    assert [everything(beat) for beat in (0, 30, 500)] == [everything(beat, again) for beat in (0, 30, 500)]


def test_another_seed_gives_other_news_once_the_written_news_is_used_up() -> None:
    other = Rundown(NEWS, START, PACE, seed=2)
    titles = {article.title for article in everything(500)}
    assert titles.isdisjoint(article.title for article in everything(500, other) if article.via is None)


def test_there_are_sixty_written_events_in_four_languages() -> None:
    events = NEWS.opening + NEWS.live
    assert len(events) >= 60
    assert {NEWS.publishers[telling.by].language for event in events for telling in event.told} == {
        "nl",
        "fr",
        "ar",
        "en",
    }


def test_every_article_has_a_lead_and_two_or_three_more_paragraphs_when_written_by_hand() -> None:
    lengths = {len(telling.text) for event in NEWS.opening + NEWS.live for telling in event.told}
    assert lengths == {3, 4}


def test_a_days_news_lies_ready_and_crosses_midnight() -> None:
    times = [article.published for article in everything(0)]
    assert 40 <= len(times) <= 60
    assert START - timedelta(hours=27) < min(times) < START - timedelta(hours=20)
    assert max(times) < START


def test_every_publisher_has_some_of_it() -> None:
    assert min(Counter(article.by.key for article in everything(0)).values()) >= 5


def test_each_beat_brings_one_article_dated_then() -> None:
    for beat in (1, 2, 3, WRITTEN, WRITTEN + 1, WRITTEN + 40):
        before = {(article.by.key, article.slug) for article in everything(beat - 1)}
        new = [article for article in everything(beat) if (article.by.key, article.slug) not in before]
        assert [article.published for article in new] == [START + beat * PACE]


def test_a_beat_lasts_as_long_as_the_pace_and_a_clock_set_back_gives_the_first() -> None:
    moments = [START - timedelta(days=1), START, START + timedelta(seconds=3.9), START + PACE]
    assert [RUNDOWN.beat(moment) for moment in moments] == [0, 0, 0, 1]


@pytest.mark.parametrize("beat", [0, 10, WRITTEN, 2000])
def test_nothing_is_dated_in_the_future_and_the_newest_comes_first(beat: int) -> None:
    for key in NEWS.publishers:
        articles = RUNDOWN.articles(key, beat)
        assert all(a.published >= b.published for a, b in pairwise(articles))
        assert all(article.updated <= START + beat * PACE for article in articles)
        assert len(articles) <= IN_FEED


def test_an_event_is_told_by_several_in_several_languages() -> None:
    tellers = [one(key, "veerboot-tanger", 20).by for key in NEWS.publishers]
    assert len(tellers) == 6
    assert {publisher.language for publisher in tellers} == {"nl", "fr", "ar", "en"}


def test_a_copy_has_the_same_title_and_its_sources_name() -> None:
    wire, copy = (one(by, "zuiderster-duinrand", 30) for by in ("kustkrant", "binnenhof"))
    assert copy.title == f"{wire.title} | De Kustkrant"
    assert copy.text == wire.text


def test_an_overview_links_to_the_article_of_another_publisher() -> None:
    for beat, event in ((0, "fietspont"), (20, "veerboot-tanger"), (WRITTEN + 40, "wegdicht")):
        wire = one("kustkrant", event, beat)
        assert one("binnenhof", event, beat).via == ("kustkrant", wire.slug)


def test_a_correction_changes_the_title_in_place() -> None:
    first, then = (one("kustkrant", "veerboot-tanger", beat) for beat in (4, 5))
    assert (first.title, then.title) == (
        "Eerste elektrische veerboot naar Tanger vaart met 340 reizigers",
        "Eerste elektrische veerboot naar Tanger vaart met 430 reizigers",
    )
    assert (first.slug, first.published) == (then.slug, then.published)
    assert (first.updated, then.updated) == (START + PACE, START + 5 * PACE)


def test_a_look_alike_is_another_article_of_the_same_publisher() -> None:
    tangier, terschelling = (one("kustkrant", f"veerboot-{name}", 20) for name in ("tanger", "terschelling"))
    shared = set(tangier.title.split()) & set(terschelling.title.split())
    assert shared == {"Eerste", "elektrische", "veerboot", "naar", "vaart", "met", "reizigers"}
    assert tangier.slug != terschelling.slug


def test_no_publisher_repeats_a_title_within_six_hours() -> None:
    for key in NEWS.publishers:
        titles: Counter[str] = Counter()
        seen: set[str] = set()
        for beat in range(0, SIX_HOURS, IN_FEED // 2):
            new = [article for article in RUNDOWN.articles(key, beat) if article.slug not in seen]
            seen.update(article.slug for article in new)
            titles.update(article.title for article in new)
        assert [title for title, times in titles.items() if times > 1] == []


def test_no_blank_is_left_open() -> None:
    for article in everything(WRITTEN + 30) + everything(WRITTEN + 300):
        assert "{" not in article.title + "".join(article.text)


def test_an_article_can_be_read_long_after_it_left_the_feed_but_not_before_it_is_written() -> None:
    early = one("kustkrant", "amfoor", 0)
    assert RUNDOWN.article("kustkrant", early.slug, 3000) is not None
    assert RUNDOWN.article("binnenhof", early.slug, 3000) is None
    late = RUNDOWN.articles("kustkrant", 200)[0]
    assert RUNDOWN.article("kustkrant", late.slug, 100) is None


@pytest.mark.parametrize("slug", ["", "amfoor", "amfoor-", "amfoor--1", "amfoor-²", "x-0", "x-" + "9" * 5000])
def test_nonsense_is_no_article(slug: str) -> None:
    assert RUNDOWN.article("kustkrant", slug, 100) is None


def test_reactions_only_grow() -> None:
    counts = [one("kustkrant", "n59", beat).reactions for beat in range(40)]
    assert counts == sorted(counts, key=lambda count: count or 0)
    assert counts[0] != counts[-1]
    assert one("digues", "tram", 0).reactions is None


def test_one_publisher_breaks_within_a_minute_and_recovers_within_the_next() -> None:
    troubles = [RUNDOWN.trouble("natuurpost", beat) for beat in range(30)]
    assert troubles == [None] * 8 + ["down"] * 4 + ["astray"] * 3 + [None] * 15
    assert {RUNDOWN.trouble("kustkrant", beat) for beat in range(30)} == {None}
