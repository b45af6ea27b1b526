"""Decisions in sentences, from a real store that made them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
from newsroom import HOUR, NOON, bring, configuration, entry, replace, subscription

from aggregator.dedupe import Index
from aggregator.dedupe.pairing import Likeness
from aggregator.dedupe.rules import Bar, Veto
from aggregator.model import Choice, Entry, Matching, Refusal
from aggregator.pipeline.explaining import TERMS, VETOES, explain, explain_titles, sentences
from aggregator.store import Store

FEEDS = configuration(*(subscription(name, title=name) for name in ("nos", "nu")))
MINUTE = timedelta(minutes=1)
QUAKE = "Zware aardbeving treft Zeerijp, schade in Loppersum"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path}/ticker.db")
    store.create()
    store.accept(FEEDS, NOON)
    yield store
    store.close()


def told(title: str, at: timedelta = timedelta(), **values: object) -> Entry:
    name = title.lower().replace(" ", "-")
    known = {"link": f"https://{name}.example/1", "summary": "", "language": "nl", "published": NOON + at}
    return entry(title, **{**known, **values})


def brought(store: Store, first: Entry, second: Entry) -> list[str]:
    """Let two sources bring one entry each; return what is told of the headline of the second."""
    index = Index(72 * HOUR)
    bring(store, {"nos": [first]}, first.published, index)
    plan = bring(store, {"nu": [second]}, second.published, index)
    return explained(store, plan.additions[-1].headline)


def explained(store: Store, number: int) -> list[str]:
    sentences = explain(store, number)
    assert sentences is not None
    return sentences


def test_a_merge_by_address_is_told(store: Store) -> None:
    first = told("Koning opent brug", link="https://a.example/brug")
    second = told("Vorst bij opening", MINUTE, link="https://a.example/brug?utm_source=rss")
    assert brought(store, first, second) == [
        "Headline 1: “Koning opent brug”, in the words of nos.",
        "nos, “Koning opent brug”: founded this headline.",
        "nu, “Vorst bij opening”: has the same address as “Koning opent brug” (nos).",
        "Story: no other headline tells of it.",
    ]


def test_a_merge_by_title_is_told_with_the_words(store: Store) -> None:
    second = told(QUAKE.upper(), MINUTE, link="https://b.example/1")
    assert brought(store, told(QUAKE), second)[2].startswith(
        f"nu, “{QUAKE.upper()}”: has the same words in its title as “{QUAKE}” (nos); words in common: "
    )


def test_a_merge_by_likeness_is_told_with_its_score_and_the_words_that_decided(store: Store) -> None:
    second = told("Aardbeving treft Zeerijp zwaar: veel schade in Loppersum", MINUTE)
    line = brought(store, told(QUAKE), second)[2]
    assert f": tells the same as “{QUAKE}” (nos) (score 0." in line
    assert {"zeerijp", "loppersum"} <= set(line.partition("words in common: ")[2].rstrip(".").split(", "))


def test_a_merge_by_force_is_told_and_what_it_left(store: Store) -> None:
    brought(store, told(QUAKE), told("Museum in Sète opent zaal", MINUTE))
    said = Matching(same=((QUAKE, "Museum in Sète opent zaal"),))
    store.accept(replace(FEEDS, matching=said), NOON + HOUR)
    pair = f"because feeds.yaml says that “{QUAKE}” and “Museum in Sète opent zaal” are one headline"
    assert explained(store, 1)[2] == (
        f"nu, “Museum in Sète opent zaal”: is in it {pair}; it came from headline 2."
    )
    assert explained(store, 2) == [
        "Headline 2 has no line of its own: its entries are in 1.",
        f"“Museum in Sète opent zaal” (nu, headline 1) was moved away {pair}.",
    ]


def test_a_split_by_force_is_told(store: Store) -> None:
    brought(store, told(QUAKE, id="a"), told(QUAKE, MINUTE, id="b", link="https://b.example/1"))
    store.accept(replace(FEEDS, matching=Matching(different=(("a", "b"),))), NOON + HOUR)
    [new] = {headline.id for headline in store.articles(Choice(), 10)} - {1}
    assert explained(store, new)[1] == (
        f"nu, “{QUAKE}”: has a headline of its own because feeds.yaml says that “a” and “b” are two "
        "headlines; it came from headline 1."
    )


@pytest.mark.parametrize(
    ("veto", "one", "other"),
    [
        (
            "opposite",
            "Damrak sluit hoger na rentebesluit Lagarde",
            "Damrak sluit lager na rentebesluit Lagarde",
        ),
        (
            "number",
            "Veerboot naar Tanger vaart met 340 reizigers",
            "Veerboot naar Tanger vaart met 410 reizigers",
        ),
        ("calendar", "Kerncentrale Borssele dinsdag stilgelegd", "Kerncentrale Borssele woensdag stilgelegd"),
        ("turned", "Ajax verslaat PSV in finale", "PSV verslaat Ajax in finale"),
        ("negation", "Schiphol sluit terminal drie", "Schiphol sluit terminal drie niet"),
        ("replaced", "Brand in Zaandamse fabriek geblust", "Brand in Zaandamse kerk geblust"),
    ],
)
def test_a_refusal_is_told_with_the_veto_and_the_headline(
    store: Store, veto: str, one: str, other: str
) -> None:
    lines = [line for line in brought(store, told(one), told(other, MINUTE)) if line.startswith("  near")]
    assert len(lines) == 1
    assert lines[0].startswith(f"  near, but not joined: “{one}” (nos, headline 1) (score 0.")
    assert f"): {VETOES[veto]} (“{veto}”)" in lines[0]


@pytest.mark.parametrize("veto", VETOES)
def test_every_veto_has_a_sentence_and_names_the_words_in_conflict(store: Store, veto: str) -> None:
    found = store_with_refusal(store, Refusal(1, 0.5, veto, ("lager",)))
    assert found == (
        f"  near, but not joined: “{QUAKE}” (nos, headline 1) (score 0.500): {VETOES[veto]} (“{veto}”); "
        "only in this title: lager."
    )


def store_with_refusal(store: Store, refusal: Refusal) -> str:
    """Let the store keep a refusal as the matcher would; return what is told of it."""
    plan = bring(store, {"nos": [told(QUAKE)]})
    assert plan.additions[0].row == 1
    index = Index(72 * HOUR)
    bring(store, {"nu": [told("Museum in Sète opent zaal", MINUTE)]}, NOON + MINUTE, index)
    found = store.decisions(2)
    assert found is not None
    [one] = found.entries
    kept = replace(found, entries=(replace(one, reasons=replace(one.reasons, refused=(refusal,))),))
    kept = replace(kept, cited={**kept.cited, **store.decisions(1).cited})  # type: ignore[union-attr]
    [line] = [line for line in sentences(kept) if line.startswith("  near")]
    return line


def test_a_story_is_told_with_the_headline_the_score_and_the_words(store: Store) -> None:
    shaken = "De beving had een kracht van 3.4, meldt het KNMI. Honderden huizen zijn beschadigd."
    promised = "De minister reist vrijdag naar Loppersum om met bewoners over de aardbeving te praten."
    second = told("Kabinet belooft Zeerijp snelle hulp na beving van 3.4", HOUR, summary=promised)
    lines = brought(store, told(QUAKE, summary=shaken), second)
    by, also = lines[-2:]
    assert by.startswith(f"Story: it tells of the same event as “{QUAKE}” (nos, headline 1) (score 0.")
    assert "zeerijp" in by.partition("words in common: ")[2]
    assert also == f"Also in its story: headline 1, “{QUAKE}” (nos)."


def test_a_headline_that_is_not_there_has_no_story(store: Store) -> None:
    assert explain(store, 99) is None


def test_two_titles_in_the_same_words_are_one_headline() -> None:
    assert explain_titles("Koning opent brug", "KONING OPENT BRUG.")[0] == (
        "One headline: the second has the same words in its title as the first (rule “title”)."
    )


def test_two_titles_are_told_apart_by_the_words_in_conflict_and_the_score_by_its_terms() -> None:
    lines = explain_titles("AEX sluit 0,6 procent hoger", "AEX sluit 0,6 procent lager")
    assert lines[1:3] == ["Only in the first: hoger.", "Only in the second: lager."]
    assert lines[3].startswith("Their score is 0.")
    assert f" {TERMS['opposites']}; " in lines[4]


def test_two_titles_about_nothing_alike_have_too_little_in_common() -> None:
    assert explain_titles("Koning opent brug", "Storm op komst")[0] == (
        f"Not one headline: {VETOES['little']} (“little”)."
    )


def test_every_bar_is_put_into_words() -> None:
    assert set(VETOES) == {*get_args(Veto), *get_args(Bar), "score"}


def test_every_part_of_a_score_is_put_into_words() -> None:
    assert set(TERMS) == set(Likeness._fields)
