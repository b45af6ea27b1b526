"""What the demo is there to show, decided by the matcher itself: a story, a correction, a look-alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from newsroom import bring, configuration, subscription

from aggregator.dedupe import Index
from aggregator.model import Choice, Entry, Headline
from aggregator.shells.demo.news import read_news
from aggregator.shells.demo.newsroom import Article, Rundown
from aggregator.store import Store

START = datetime(2025, 3, 4, 15, 20, 30, tzinfo=UTC)
PACE = timedelta(seconds=4)
NEWS = read_news()
RUNDOWN = Rundown(NEWS, START, PACE, seed=1)
BEATS = range(0, 24, 2)
FERRY = "Eerste elektrische veerboot naar Tanger vaart met 430 reizigers"
LOOK_ALIKE = "Eerste elektrische veerboot naar Terschelling vaart met 240 reizigers"


def entry_of(article: Article) -> Entry:
    by, slug = article.via or (article.by.key, article.slug)
    return Entry(
        id=f"{article.by.key}:{article.slug}",
        title=article.title,
        published=article.published,
        link=f"https://{by}.example/{slug}",
        summary=article.lead,
        language=article.by.language,
    )


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Headline]]:
    """The ticker a minute and a half after the newsroom opened, by the titles of its lines."""
    folder: Path = tmp_path_factory.mktemp("demo")
    store = Store(f"sqlite:///{folder}/ticker.db")
    store.create()
    feeds = (
        subscription(key, title=each.title, priority=each.priority) for key, each in NEWS.publishers.items()
    )
    store.accept(configuration(*feeds), START)
    index = Index(timedelta(hours=72))
    for beat in BEATS:
        news = {key: [entry_of(each) for each in RUNDOWN.articles(key, beat)] for key in NEWS.publishers}
        bring(store, news, START + beat * PACE, index)
    yield {line.entry.title: line for line in store.ticker(Choice(), None, 200)}
    store.close()


def test_an_event_is_a_story_of_three_publishers_in_words_of_their_own(lines: dict[str, Headline]) -> None:
    ferry = lines[FERRY]
    assert len({ferry.lead.name, *(other.source for other in ferry.related)}) >= 3
    assert all(other.title not in lines for other in ferry.related)


def test_a_copy_is_a_source_of_one_line(lines: dict[str, Headline]) -> None:
    assert [source.key for source in lines[FERRY].sources] == ["kustkrant", "binnenhof"]


def test_a_correction_keeps_its_line_and_shows_what_was_said(lines: dict[str, Headline]) -> None:
    assert [was.title for was in lines[FERRY].formerly] == [FERRY.replace("430", "340")]


def test_a_look_alike_stays_apart(lines: dict[str, Headline]) -> None:
    assert (len(lines[LOOK_ALIKE].sources), lines[LOOK_ALIKE].related) == (1, ())
