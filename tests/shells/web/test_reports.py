"""How the sources are: in words, as JSON, as metrics."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import invented
import pytest

from aggregator.model import FeedHealth, Flood, Held, Lately, OurHub, Push
from aggregator.shells.web import sources
from aggregator.shells.web.lately import Bars
from aggregator.shells.web.setting import Time, setting
from aggregator.shells.web.sources import Fact, SourceState
from aggregator.shells.web.words import LANGUAGES, speak

HERE = setting(invented.config(), invented.NOW)
NOON = datetime(2026, 11, 23, 12, 0, 0, 7, tzinfo=UTC)
WELL = FeedHealth("nos", "https://nos.example/feed", "NOS", "ok", NOON, None, None, 0, None, 200, 3)
LATELY = Lately((0, 4, 0, 10, 1), 3, timedelta(minutes=12.5))
ILL = FeedHealth(
    key="ill",
    url="https://ill.example/feed",
    title='Il"l',
    state="failing",
    last_polled=NOON,
    last_changed=None,
    next_due=NOON,
    failures=2,
    error="the server answered 500",
    status=500,
    entries=0,
    moved_to="https://new.example/feed",
    failing_since=NOON,
    site="https://ill.example/",
)


def test_a_source_in_trouble_comes_first_and_says_what_and_when() -> None:
    assert sources.source_states(HERE, (WELL, ILL))[0] == SourceState(
        title='Il"l',
        href="/source/ill",
        feed="https://ill.example/feed",
        site="https://ill.example/",
        state="failing",
        state_words="Storing sinds 13:00",
        error="the server answered 500",
        moved="verhuisd naar https://new.example/feed",
        held=(),
        hub=None,
        hub_error=None,
        counts=("2 mislukte pogingen op rij",),
        facts=(
            Fact("laatst gevraagd", Time("13:00", "2026-11-23T12:00:00Z")),
            Fact("volgende poging", Time("13:00", "2026-11-23T12:00:00Z")),
        ),
    )


def test_bars_are_a_stroke_for_each_day_with_news_and_say_what_they_show() -> None:
    (state,) = sources.source_states(HERE, (WELL,), {"nos": LATELY})
    assert state.bars == Bars(
        path="M6 24v-10M14 24v-24M18 24v-2",
        width=20,
        height=24,
        label="Koppen per dag in 30 dagen: hoogstens 10, vandaag 1",
        facts=("15 koppen in 30 dagen", "hoogstens 10 per dag", "20% dubbel", "vertraging 12 minuten"),
    )


def test_a_source_without_news_has_an_empty_picture_and_no_share() -> None:
    (state,) = sources.source_states(HERE, (WELL,), {"nos": Lately((0,) * 30, 0, None)})
    assert state.bars is not None
    assert (state.bars.path, state.bars.facts) == ("", ("0 koppen in 30 dagen",))


SOON = NOON.replace(hour=14, minute=30)
RESTING = replace(
    WELL, state="waiting", next_due=SOON, waiting_until=SOON, waiting_for="nos.example", told_another=True
)


def state_words(feed: FeedHealth, language: str = "nl") -> str:
    here = setting(invented.config(language=language), invented.NOW)
    return sources.source_states(here, (feed,))[0].state_words


def test_a_source_that_waits_says_until_when_and_who_asked_for_it() -> None:
    told = replace(RESTING, told_another=False, failures=1, failing_since=NOON)
    assert [state_words(told, language) for language in LANGUAGES] == [
        "Waiting until 15:30: nos.example asked for it",
        "Wacht tot 15:30: nos.example vroeg erom",
        "En attente jusqu’à 15:30 : nos.example l’a demandé",
        "ينتظر حتى 15:30: بطلب من nos.example",
    ]


def test_a_source_that_waits_with_its_host_says_so() -> None:
    assert [state_words(RESTING, language) for language in LANGUAGES] == [
        "Waiting until 15:30: nos.example asked for it when another of its feeds was polled",
        "Wacht tot 15:30: nos.example vroeg erom bij een andere feed van die server",
        "En attente jusqu’à 15:30 : nos.example l’a demandé pour un autre de ses flux",
        "ينتظر حتى 15:30: بطلب من nos.example عند سؤال تغذية أخرى لديه",
    ]
    (resting,) = sources.source_states(HERE, (RESTING,))
    assert resting.facts[-1] == Fact("volgende poging", Time("15:30", "2026-11-23T14:30:00Z"))


def test_a_source_in_trouble_says_since_when_how_often_and_when_it_is_tried_again() -> None:
    def told(language: str) -> tuple[str, str, str]:
        (state,) = sources.source_states(setting(invented.config(language=language), invented.NOW), (ILL,))
        return state.state_words, state.counts[0], f"{state.facts[-1].name} {state.facts[-1].time.shown}"

    assert [told(language) for language in LANGUAGES] == [
        ("Failing since 13:00", "2 failed tries in a row", "next try 13:00"),
        ("Storing sinds 13:00", "2 mislukte pogingen op rij", "volgende poging 13:00"),
        ("En panne depuis 13:00", "2 essais manqués de suite", "prochain essai 13:00"),
        ("عطل منذ 13:00", "محاولتان فاشلتان", "المحاولة المقبلة 13:00"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("why", get_args(Flood))
def test_what_is_held_is_told_with_its_reason(language: str, why: Flood) -> None:
    words = speak(language)
    flooded = replace(WELL, held=(Held(why, 300, NOON),))
    (state,) = sources.source_states(setting(invented.config(language=language), invented.NOW), (flooded,))
    assert state.held == (f"{words.count('held', 300)}: {words.say(f'held_{why}', when='13:00')}",)


def test_programs_are_told_how_many_are_held_and_who_asked_to_wait() -> None:
    feed = replace(RESTING, held=(Held("known", 300, NOON), Held("many", 60, NOON)))
    (told,) = sources.health(5, (2, 3), (feed,), None, {})["feeds"]
    assert (told["held"], told["waiting_until"], told["waiting_for"]) == (
        360,
        "2026-11-23T14:30:00Z",
        "nos.example",
    )


PUSH = Push("https://hub.example/", SOON, NOON, True, 2, None)


def test_a_source_that_is_pushed_says_by_whom_and_when() -> None:
    def told(push: Push) -> list[str | None]:
        pages = (setting(invented.config(language=language), invented.NOW) for language in LANGUAGES)
        return [sources.source_states(here, (replace(WELL, push=push),))[0].hub for here in pages]

    assert told(PUSH) == [
        "pushed by hub.example (last at 13:00), polled less often",
        "bezorgd door hub.example (laatst: 13:00), minder vaak opgehaald",
        "livrée par hub.example (dernière fois : 13:00), interrogée moins souvent",
        "يرسله hub.example (آخر مرة 13:00)، ويُستطلع بتواتر أقل",
    ]
    assert told(replace(PUSH, is_slowing=False))[0] == "pushed by hub.example (last at 13:00), polled as well"
    assert told(replace(PUSH, last_delivery=None))[0] == "hub.example will push it"
    assert told(replace(PUSH, until=None))[0] == "hub.example was asked to push it"


def test_the_last_word_of_a_hub_is_shown_if_it_was_no() -> None:
    refused = replace(WELL, push=replace(PUSH, until=None, error="hub.example answers 403"))
    (state,) = sources.source_states(HERE, (refused,))
    assert state.hub_error == "hub.example answers 403"


def test_our_own_hub_is_shown_with_when_it_was_told() -> None:
    def told(hub: OurHub) -> list[str]:
        pages = (setting(invented.config(language=language), invented.NOW) for language in LANGUAGES)
        return [state.words for here in pages if (state := sources.our_hub(here, hub))]

    assert told(OurHub("https://hub.example/", NOON, 0, None)) == [
        "hub.example was last told of news at 13:00",
        "hub.example kreeg het laatst nieuws gemeld: 13:00",
        "hub.example a été averti des dernières nouvelles : 13:00",
        "أُبلغ hub.example بآخر الأخبار 13:00",
    ]
    assert (
        told(OurHub("https://hub.example/", None, 1, "no"))[0] == "hub.example has not been told of news yet"
    )
    assert sources.our_hub(HERE, None) is None


def test_programs_are_told_of_hubs() -> None:
    feed = replace(WELL, push=PUSH)
    told = sources.health(5, (2, 3), (feed,), OurHub("https://hub.example/", NOON, 1, "down"), {})
    assert told["feeds"][0]["push"] == {
        "hub": "https://hub.example/",
        "until": "2026-11-23T14:30:00Z",
        "last_delivery": "2026-11-23T12:00:00Z",
        "slows_polling": True,
        "refused": 2,
        "error": None,
    }
    assert told["hub"] == {
        "url": "https://hub.example/",
        "last_told": "2026-11-23T12:00:00Z",
        "failures": 1,
        "error": "down",
    }


def test_the_summary_counts_the_states() -> None:
    assert sources.summary(HERE, (WELL, ILL, WELL)) == "In orde: 2 · Storing: 1"


def test_health_json_is_as_the_contract_says() -> None:
    assert sources.health(5, (2, 3), (WELL, ILL), None, {"nos": LATELY}) == {
        "status": "degraded",
        "revision": 5,
        "headlines": 2,
        "entries": 3,
        "feeds": [
            {
                "key": "nos",
                "url": "https://nos.example/feed",
                "title": "NOS",
                "state": "ok",
                "last_polled": "2026-11-23T12:00:00Z",
                "last_changed": None,
                "next_due": None,
                "failures": 0,
                "error": None,
                "status": 200,
                "entries": 3,
                "failing_since": None,
                "waiting_until": None,
                "waiting_for": None,
                "held": 0,
                "push": None,
                "last_30_days": {
                    "days": [0, 4, 0, 10, 1],
                    "headlines": 15,
                    "duplicates": 3,
                    "median_delay": 750,
                },
            },
            {
                "key": "ill",
                "url": "https://ill.example/feed",
                "title": 'Il"l',
                "state": "failing",
                "last_polled": "2026-11-23T12:00:00Z",
                "last_changed": None,
                "next_due": "2026-11-23T12:00:00Z",
                "failures": 2,
                "error": "the server answered 500",
                "status": 500,
                "entries": 0,
                "failing_since": "2026-11-23T12:00:00Z",
                "waiting_until": None,
                "waiting_for": None,
                "held": 0,
                "push": None,
                "last_30_days": None,
            },
        ],
        "hub": None,
    }


def test_all_is_well_while_no_source_fails() -> None:
    assert sources.health(5, (2, 3), (WELL,), None, {})["status"] == "ok"


def test_metrics_count_and_escape() -> None:
    odd = FeedHealth('a"b\\c\n', "https://a.example/", "A", "never", None, None, None, 0, None, None, 0)
    text = sources.metrics(5, (2, 3), (WELL, ILL, odd))
    rows = text.splitlines()
    assert text.endswith("\n")
    assert {
        "aggregator_headlines 2",
        "aggregator_entries 3",
        "aggregator_revision 5",
        'aggregator_feeds{state="ok"} 1',
        'aggregator_feeds{state="failing"} 1',
        'aggregator_feeds{state="gone"} 0',
        'aggregator_feed_failures{key="ill"} 2',
        'aggregator_feed_held{key="nos"} 0',
        r'aggregator_feed_failures{key="a\"b\\c\n"} 0',
    } <= set(rows)
