"""What leaves normalise is clean: bounded, in UTC, plain or sanitised, with absolute links and an id."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Document, Enclosure, Entry, Feed, Html, Person, RawEntry, RawText, Subscription
from aggregator.normalise import normalise

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MORNING = datetime(2026, 11, 23, 8, tzinfo=UTC)
SUBSCRIPTION = Subscription("pier", "https://pier.test/feed", timedelta(hours=1))
FEED = Document("rss20", "https://pier.test/feed", (), title=RawText("The Pier", is_markup=False))


def _entries(
    *raw: RawEntry, subscription: Subscription = SUBSCRIPTION, feed: Document = FEED
) -> tuple[Entry, ...]:
    return normalise(replace(feed, entries=raw), subscription, NOON)[1]


def _entry(raw: RawEntry) -> Entry:
    (entry,) = _entries(raw)
    return entry


def _text(value: str) -> RawText:
    return RawText(value, is_markup=False)


def _markup(value: str, base: str | None = None) -> RawText:
    return RawText(value, is_markup=True, base=base)


def test_an_entry_is_taken_over_clean() -> None:
    raw = RawEntry(
        id=" tag:1 ",
        link="/crane",
        title=_markup("The <b>crane</b>\n &amp; the crow"),
        summary=_markup("<p>Six hours.</p>"),
        content=_markup('<p onclick="x()">Six <a href="more">hours</a></p>'),
        authors=(Person("Ada  Quay", "/ada"), Person("ada quay"), Person("<b></b>")),
        categories=("Ships", "ships", "  ", "Sea &amp; sand"),
        enclosures=(
            Enclosure("a.mp3", "Audio/MPEG", 7),
            Enclosure("a.mp3"),
            Enclosure("javascript:x", "audio/mpeg"),
            Enclosure("b.mp3", "no type"),
        ),
        image="img.png",
        language="nl_NL",
        published=MORNING,
        updated=NOON - timedelta(hours=1),
        comments=3,
        comments_link="/crane#talk",
        comments_feed="ftp://pier.test/talk",
    )
    assert _entry(raw) == Entry(
        id="tag:1",
        title="The crane & the crow",
        published=MORNING,
        link="https://pier.test/crane",
        summary="Six hours.",
        content=Html(
            '<p>Six <a href="https://pier.test/more" rel="nofollow noopener noreferrer">hours</a></p>'
        ),
        authors=(Person("Ada Quay", "https://pier.test/ada"),),
        categories=("Ships", "Sea & sand"),
        enclosures=(
            Enclosure("https://pier.test/a.mp3", "audio/mpeg", 7),
            Enclosure("https://pier.test/b.mp3"),
        ),
        image="https://pier.test/img.png",
        language="nl-nl",
        updated=NOON - timedelta(hours=1),
        comments=3,
        comments_link="https://pier.test/crane#talk",
    )


def test_a_feed_is_taken_over_clean() -> None:
    document = Document(
        format="atom10",
        base="https://pier.test/feed",
        entries=(),
        id="tag:pier",
        title=_markup("The &lt;i&gt; <i>Pier</i>"),
        link="/",
        description=_text("  What washes up "),
        language="EN",
        updated=MORNING,
        ttl=timedelta(minutes=30),
        skip_hours=frozenset({1}),
        skip_days=frozenset({6}),
    )
    assert normalise(document, SUBSCRIPTION, NOON)[0] == Feed(
        title="The <i> Pier",
        link="https://pier.test/",
        id="tag:pier",
        description="What washes up",
        language="en",
        updated=MORNING,
        ttl=timedelta(minutes=30),
        skip_hours=frozenset({1}),
        skip_days=frozenset({6}),
    )


def test_a_feed_without_title_is_called_by_its_host() -> None:
    assert normalise(replace(FEED, title=_markup("<br>")), SUBSCRIPTION, NOON)[0].title == "pier.test"


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        (RawEntry(title=_text("1 < 2 & 3 &amp; 4")), "1 < 2 & 3 &amp; 4"),
        (RawEntry(title=_markup("<img src=x>"), summary=_markup("<p>It rose. Twice.</p>")), "It rose."),
        (RawEntry(content=_text("It rose\nTwice")), "It rose Twice"),
        (RawEntry(link="https://pier.test/2026/crane-moved_by+night.html?x=1"), "crane moved by night"),
        (RawEntry(link="https://pier.test/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/"), "أخبار"),
        (RawEntry(link="https://pier.test/2026/11/4711", published=MORNING), "The Pier, 2026-11-23"),
        (RawEntry(link="https://pier.test/"), "The Pier"),
        (RawEntry(title=_text("long " * 1000)), "long " * 199 + "long…"),
    ],
)
def test_every_entry_has_a_title_of_one_line(raw: RawEntry, title: str) -> None:
    assert _entry(raw).title == title


@pytest.mark.parametrize(
    ("published", "updated", "expected"),
    [
        (MORNING, None, (MORNING, None, True)),
        (MORNING, NOON, (MORNING, NOON, True)),
        (None, MORNING, (MORNING, MORNING, True)),
        (NOON, MORNING, (NOON, None, True)),
        (NOON + timedelta(days=1), None, (NOON, None, False)),
        (MORNING, NOON + timedelta(days=1), (MORNING, None, True)),
        (datetime.max.replace(tzinfo=UTC), None, (NOON, None, False)),
        (datetime.min.replace(tzinfo=UTC), MORNING, (MORNING, MORNING, True)),
        (datetime(1969, 12, 31, tzinfo=UTC), None, (NOON, None, False)),
        (None, None, (NOON, None, False)),
        (MORNING.replace(microsecond=9), None, (MORNING, None, True)),
    ],
)
def test_nothing_is_newer_than_now_nor_older_than_the_web(
    published: datetime | None, updated: datetime | None, expected: tuple[datetime, datetime | None, bool]
) -> None:
    entry = _entry(RawEntry(id="a", published=published, updated=updated))
    assert (entry.published, entry.updated, entry.dated) == expected


def test_an_id_is_the_publishers_or_the_link_or_made_of_the_text() -> None:
    raw = RawEntry(id="a", link="/x", title=_text("t"))
    assert _entry(raw).id == "a"
    assert _entry(replace(raw, id="  ")).id == "https://pier.test/x"
    assert _entry(RawEntry(title=_text("t"))).id.startswith("urn:sha256:")


def test_a_made_id_is_the_same_at_the_next_poll_and_another_for_another_text() -> None:
    raw = RawEntry(title=_text("t"), summary=_text("s"), published=MORNING)
    assert _entry(raw).id == _entry(replace(raw, published=NOON)).id
    assert _entry(raw).id != _entry(replace(raw, summary=_text("S"))).id


def test_an_endless_id_is_kept_by_its_hash() -> None:
    first, second = _entries(RawEntry(id="a" * 100_000), RawEntry(id="a" * 100_000 + "b"))
    assert first.id != second.id
    assert len(first.id) == len("urn:sha256:") + 64


def test_an_id_that_occurs_twice_is_one_entry_and_the_first_counts() -> None:
    entries = _entries(
        RawEntry(id="a", title=_text("1")), RawEntry(id="b"), RawEntry(id="a", title=_text("2"))
    )
    assert [(entry.id, entry.title) for entry in entries] == [("a", "1"), ("b", "The Pier")]


def test_an_entry_with_nothing_in_it_is_one_entry_under_the_feeds_title() -> None:
    entries = _entries(RawEntry(), RawEntry(language="nl"))
    assert [entry.title for entry in entries] == ["The Pier"]


def test_a_language_is_the_entrys_own_or_the_subscriptions_or_the_feeds() -> None:
    raw = RawEntry(id="a"), RawEntry(id="b", language="ar")
    feed, subscription = replace(FEED, language="fr"), replace(SUBSCRIPTION, language="nl")
    assert [entry.language for entry in _entries(*raw)] == [None, "ar"]
    assert [entry.language for entry in _entries(*raw, feed=feed)] == ["fr", "ar"]
    assert [entry.language for entry in _entries(*raw, feed=feed, subscription=subscription)] == ["nl", "ar"]


def test_a_summary_and_a_content_stand_in_for_each_other() -> None:
    entry = _entry(RawEntry(id="a", summary=_markup("<p>Six</p>"), content=_markup("<script>x</script>")))
    assert (entry.summary, entry.content) == ("Six", "<p>Six</p>")
    entry = _entry(RawEntry(id="a", summary=_markup("<img>"), content=_text("Six\n\nhours")))
    assert (entry.summary, entry.content) == ("Six hours", "<p>Six</p>\n<p>hours</p>")


def test_links_in_content_start_from_its_own_base() -> None:
    entry = _entry(RawEntry(id="a", content=_markup('<img src="a.png">', base="https://cdn.test/x/")))
    assert 'src="https://cdn.test/x/a.png"' in entry.content


def test_details_without_end_are_bounded() -> None:
    raw = RawEntry(
        id="a",
        link="https://pier.test/" + "a" * 100_000,
        summary=_text("word " * 100_000),
        authors=tuple(Person(f"n{n}") for n in range(1000)),
        categories=tuple(f"c{n}" for n in range(1000)),
        enclosures=tuple(Enclosure(f"/{n}") for n in range(1000)),
    )
    entry = _entry(raw)
    assert (len(entry.authors), len(entry.categories), len(entry.enclosures)) == (20, 50, 50)
    assert entry.link is None
    assert len(entry.summary) <= 1000


_ANY_TEXT = st.builds(RawText, st.text(st.characters(categories=None)), st.booleans(), st.none() | st.text())
_ANY_WORD = st.none() | st.text(st.characters(categories=None))
_ANY_DATE = st.none() | st.datetimes().map(lambda stamp: stamp.replace(tzinfo=UTC))
_ANY_ENTRY = st.builds(
    RawEntry,
    id=_ANY_WORD,
    link=_ANY_WORD,
    title=st.none() | _ANY_TEXT,
    summary=st.none() | _ANY_TEXT,
    content=st.none() | _ANY_TEXT,
    authors=st.lists(st.builds(Person, st.text(st.characters(categories=None)), _ANY_WORD)).map(tuple),
    categories=st.lists(st.text(st.characters(categories=None))).map(tuple),
    image=_ANY_WORD,
    language=_ANY_WORD,
    published=_ANY_DATE,
    updated=_ANY_DATE,
)


@given(_ANY_ENTRY)
def test_whatever_a_publisher_writes_a_good_entry_beside_it_survives_and_both_can_be_published(
    raw: RawEntry,
) -> None:
    entries = _entries(raw, RawEntry(id="good", title=_text("good")))
    assert "good" in {entry.id for entry in entries}
    for entry in entries:
        repr(entry).encode()
        assert entry.id
        assert entry.title
        assert entry.published <= NOON
        assert entry.link is None or entry.link.startswith(("http://", "https://"))
        assert not entry.updated or entry.published <= entry.updated <= NOON


def test_a_player_that_a_feed_names_is_a_link_in_the_article_to_the_page_of_its_video() -> None:
    player = "https://www.youtube.com/v/aqz-KE-bpKQ?version=3"
    film = Enclosure("https://pier.test/film.mp4", "video/mp4")
    entry = _entry(RawEntry(id="1", summary=_text("Hi."), enclosures=(Enclosure(player, "x/y"), film)))
    assert entry.enclosures == (film,)
    watch = "https://www.youtube.com/watch?v=aqz-KE-bpKQ"
    rel = "nofollow noopener noreferrer"
    assert entry.content == f'<p>Hi.</p><figure><a href="{watch}" rel="{rel}">▶ youtube.com</a></figure>'


def test_a_video_that_the_article_shows_is_not_shown_again() -> None:
    frame = _markup("<iframe src=https://player.vimeo.com/video/1></iframe>")
    players = (Enclosure("https://player.vimeo.com/video/1?dnt=1", "text/html"),)
    entry = _entry(RawEntry(id="1", content=frame, enclosures=players))
    assert (entry.content.count("<figure>"), entry.enclosures) == (1, ())
