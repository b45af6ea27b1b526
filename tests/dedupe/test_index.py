"""The index: it finds who may be the same, knows who belongs together, and forgets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from newsroom import HOUR, NOON, entry, replace

from aggregator.dedupe import Frequencies, Index
from aggregator.dedupe.facts import arrival
from aggregator.dedupe.index import CANDIDATES, side_of
from aggregator.model import Known

WINDOW = timedelta(hours=72)
TITLES = ("Stoomgemaal in Halfweg lekt", "Kaasmarkt van Edam verhuist", "Ooievaars terug in Liesveld")


def known(
    row: int, title: str, headline: int | None = None, story: int | None = None, alone: bool = False
) -> Known:
    told = entry(
        title, id=str(row), link=f"https://k{row}.example/nieuws/artikel-{row}", summary="", language="nl"
    )
    came = arrival(row, f"k{row}", f"https://k{row}.example/", told, alone, "")
    seen = NOON + row * HOUR
    return Known(
        row,
        row,
        came.uid,
        headline or row,
        title,
        came.facts,
        seen,
        seen,
        alone,
        told.id,
        story or headline or row,
        1,
    )


def index_of(*entries: Known) -> Index:
    index = Index(WINDOW)
    index.learn(entries)
    return index


def found(index: Index, title: str) -> list[int]:
    side, rarities = side_of(known(50, title).facts, NOON, index.frequencies)
    return [trace.row for trace in index.candidates(side, rarities)]


def test_candidates_share_a_rare_word_or_all_words_the_likest_first() -> None:
    index = index_of(*(known(row, title) for row, title in enumerate(TITLES, 1)))
    assert found(index, "Gemaal in Halfweg lekt olie") == [1]
    assert found(index, "Niets van dit alles") == []


def test_no_more_than_a_few_candidates_are_compared() -> None:
    index = index_of(*(known(row, f"Halfweg krijgt sluis {row}") for row in range(1, 40)))
    assert len(found(index, "Halfweg krijgt sluis")) <= CANDIDATES + 3


def test_what_is_published_far_from_it_is_no_candidate() -> None:
    index = index_of(replace(known(1, TITLES[0]), published=NOON - WINDOW - HOUR))
    assert found(index, TITLES[0]) == []


def test_what_stands_alone_is_no_candidate() -> None:
    assert found(index_of(known(1, TITLES[0], alone=True)), TITLES[0]) == []


def test_what_was_seen_before_is_forgotten_and_swept() -> None:
    many = [known(row, f"Dorp{row}x krijgt brug{row}z") for row in range(1, 2500)]
    index = index_of(*many)
    index.forget(NOON + 2499 * HOUR)
    assert len(index) == 1
    assert found(index, many[0].title) == []
    assert {row for rows in index._rows.values() for row in ([rows] if isinstance(rows, int) else rows)} == {
        2499
    }
    assert (set(index._traces), set(index._members), index._sides) == ({2499}, {2499}, {})
    index.forget(NOON + 9999 * HOUR)
    assert len(index) == 0
    assert not index._members


def test_a_headline_of_several_entries_is_known_until_the_last_is_forgotten() -> None:
    index = index_of(known(1, TITLES[0]), known(2, TITLES[0], headline=1))
    assert index.sources_of(1) == 2
    index.forget(NOON + 2 * HOUR)
    assert index.sources_of(1) == 1
    assert found(index, TITLES[0]) == [2]


def test_headlines_fold_into_a_story_and_out_of_it() -> None:
    index = index_of(*(known(row, title) for row, title in enumerate(TITLES, 1)))
    index.fold(2, 1)
    index.fold(3, 1)
    assert (index.story_of(3), index.size_of(1), index.headlines_of(1)) == (1, 3, (1, 2, 3))
    index.fold(2, 2)
    assert (index.story_of(2), index.size_of(1), index.headlines_of(1)) == (2, 2, (1, 3))


def test_a_story_outlives_the_headline_that_founded_it() -> None:
    index = index_of(known(1, TITLES[0]), known(2, TITLES[1], story=1), known(3, TITLES[2], story=1))
    index.forget(NOON + 2 * HOUR)
    assert (index.story_of(2), index.story_of(3), index.size_of(1)) == (1, 1, 2)
    index.forget(NOON + 4 * HOUR)
    assert (index.size_of(1), index._story, index._folded) == (0, {}, {})


def test_an_entry_that_moved_is_in_its_new_headline_only() -> None:
    index = index_of(known(1, TITLES[0]), known(2, TITLES[1], headline=1))
    index.learn([known(2, TITLES[1], headline=2)])
    assert (index.sources_of(1), index.sources_of(2)) == (1, 1)
    assert len(index) == 2


def test_words_are_counted_once_however_often_an_entry_is_learnt() -> None:
    index = index_of(known(1, TITLES[0]))
    once: dict[str, bytes] = index.frequencies.keep()
    index.learn([known(1, TITLES[0])])
    assert index.frequencies.keep() == once


def test_words_that_were_counted_before_a_restart_are_not_counted_again() -> None:
    entries: Sequence[Known] = [known(1, TITLES[0])]
    first = index_of(*entries)
    again = Index(WINDOW, Frequencies(first.frequencies.keep()), counted=1)
    again.learn(entries)
    assert again.frequencies.keep() == first.frequencies.keep()
    assert found(again, TITLES[0]) == [1]
