"""Headlines as lines, days, pages and articles: what a template is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import invented
import pytest
from markupsafe import Markup

from aggregator.model import Choice, Enclosure, Entry, FormerTitle, Headline, Html, Person, Related, Source
from aggregator.shells.web.article import Attachment, Share, article, line_of
from aggregator.shells.web.pictures import addressing
from aggregator.shells.web.setting import Link, Text, Time, setting
from aggregator.shells.web.ticker import LINES, Day, Line, Other, Part, Ticker, Was, ticker

HERE = setting(invented.config(), invented.NOW)  # Casablanca: an hour ahead of UTC
MIDNIGHT = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)  # there
SOURCE = Source(
    key="binnenhof",
    name="Binnenhof Bericht",
    feed="https://binnenhof.example/feed",
    site=None,
    feed_id=None,
    feed_updated=None,
    entry_id="1",
    title="Kop",
    link="https://binnenhof.example/1",
    language="nl",
    published=MIDNIGHT,
    rule="founded",
    score=1.0,
)
ENTRY = Entry(
    id="1",
    title="Kop",
    published=MIDNIGHT,
    link="https://binnenhof.example/1",
    summary="Kort.",
    language="nl",
)
HEADLINE = Headline(
    id=7, guid="g", published=MIDNIGHT, updated=MIDNIGHT, changed=MIDNIGHT, entry=ENTRY, sources=(SOURCE,)
)
LINE = Line(
    id=7,
    href="/read/7",
    time=Time("00:00", "2026-11-22T23:00:00Z"),
    title=Text("Kop", "nl", "ltr"),
    source="Binnenhof Bericht",
    mark="B",
    link="https://binnenhof.example/1",
    more="",
    others=(),
    story="",
    parts=(),
    was=(),
    reactions="",
    reactions_href=None,
)


def test_the_list_runs_back_over_midnight_in_the_zone_of_the_site() -> None:
    before = replace(HEADLINE, id=6, published=MIDNIGHT - timedelta(minutes=1))
    assert ticker(HERE, Choice(), (HEADLINE, before), None) == Ticker(
        days=(
            Day(Link("Vandaag, 23 november", "/day/2026-11-23"), "2026-11-23", (LINE,)),
            Day(
                Link("Gisteren, 22 november", "/day/2026-11-22"),
                "2026-11-22",
                (replace(LINE, id=6, href="/read/6", time=Time("23:59", "2026-11-22T22:59:00Z")),),
            ),
        ),
        live="/lines",
    )


def test_a_line_tells_who_else_carries_it_and_why() -> None:
    french = replace(
        SOURCE, key="littoral", name="Le Littoral", title="Titre", language="fr", link=None, rule="title"
    )
    early = replace(
        french, published=MIDNIGHT - timedelta(hours=2), comments=3, comments_link="https://a.example"
    )
    [day] = ticker(HERE, Choice(), (replace(HEADLINE, sources=(SOURCE, french, early)),), None).days
    titre = Text("Titre", "fr", "ltr")
    assert day.lines[0] == replace(
        LINE,
        more="+2 bronnen",
        others=(
            Other("Le Littoral", titre, None, Time("00:00", "2026-11-22T23:00:00Z"), "zelfde kop"),
            Other("Le Littoral", titre, None, Time("22/11 22:00", "2026-11-22T21:00:00Z"), "zelfde kop"),
        ),
        reactions="Reacties (3)",
        reactions_href="https://a.example",
    )


@pytest.mark.parametrize(("rule", "why"), [("near", "zelfde nieuws:"), ("title", "zelfde kop:")])
def test_where_words_decided_a_source_tells_which(rule: str, why: str) -> None:
    near = replace(SOURCE, rule=rule, words=("zeerijp", "kracht"))
    shown = article(HERE, replace(HEADLINE, sources=(SOURCE, near))).others[0]
    assert (shown.why, shown.words) == (why, Text("zeerijp, kracht", "nl", "ltr"))


def test_words_that_run_from_right_to_left_have_their_own_comma() -> None:
    near = replace(SOURCE, rule="near", words=("زلزال", "الحوز"), language="ar")
    shown = article(HERE, replace(HEADLINE, sources=(SOURCE, near))).others[0]
    assert shown.words == Text("زلزال، الحوز", "ar", "rtl")


@pytest.mark.parametrize("rule", ["link", "cut", "same", "founded"])
def test_where_words_decided_nothing_none_are_told(rule: str) -> None:
    source = replace(SOURCE, rule=rule, words=("zeerijp", "kracht"))
    assert article(HERE, replace(HEADLINE, sources=(SOURCE, source))).others[0].words is None


STORY = replace(
    HEADLINE,
    related=(
        Related(9, "Titre", "fr", MIDNIGHT, "Le Littoral"),
        Related(5, "Eerst", "nl", MIDNIGHT - timedelta(hours=2), "Kustkrant"),
    ),
)
PARTS = (
    Part("Le Littoral", Text("Titre", "fr", "ltr"), "/read/9", Time("00:00", "2026-11-22T23:00:00Z")),
    Part("Kustkrant", Text("Eerst", "nl", "ltr"), "/read/5", Time("22/11 22:00", "2026-11-22T21:00:00Z")),
)


def test_a_line_that_speaks_for_a_story_has_the_others_under_it() -> None:
    [day] = ticker(HERE, Choice(), (STORY,), None).days
    assert day.lines == (replace(LINE, story="+2 over dit nieuws", parts=PARTS),)


@pytest.mark.parametrize("choice", [Choice(category="sport"), Choice(search="a"), Choice(day="2026-11-23")])
def test_where_stories_are_not_folded_nothing_is_under_a_line(choice: Choice) -> None:
    [day] = ticker(HERE, choice, (STORY,), None).days
    assert day.lines == (LINE,)


def test_an_article_leads_to_the_others_of_its_story() -> None:
    assert article(HERE, STORY).parts == PARTS


def test_a_headline_is_at_the_line_that_speaks_for_its_story() -> None:
    lead = replace(HEADLINE, id=5)
    assert line_of(STORY, (lead,)) == 5
    assert line_of(STORY, (STORY, lead)) == 7
    assert line_of(HEADLINE, (lead,)) is None


def test_a_line_shows_what_its_headline_said_before() -> None:
    former = (FormerTitle("Eerst", MIDNIGHT), FormerTitle("Toen", MIDNIGHT + timedelta(hours=1)))
    [day] = ticker(HERE, Choice(), (replace(HEADLINE, formerly=former),), None).days
    assert day.lines[0].was == (
        Was(Text("Eerst", "nl", "ltr"), Time("tot 00:00", "2026-11-22T23:00:00Z")),
        Was(Text("Toen", "nl", "ltr"), Time("tot 01:00", "2026-11-23T00:00:00Z")),
    )


def test_a_title_runs_as_its_language_does_or_else_as_its_letters_do() -> None:
    arabic = replace(HEADLINE, entry=replace(ENTRY, title="خبر", language=None))
    persian = replace(HEADLINE, entry=replace(ENTRY, title="BBC", language="fa"))
    [day] = ticker(HERE, Choice(), (arabic, persian), None).days
    assert [line.title for line in day.lines] == [Text("خبر", None, "rtl"), Text("BBC", "fa", "rtl")]


def test_a_full_page_leads_to_the_older_lines() -> None:
    lines = tuple(replace(HEADLINE, id=number) for number in range(LINES + 1, 0, -1))
    page = ticker(HERE, Choice(category="sport"), lines, None)
    assert (page.older, len(page.days[0].lines)) == ("/category/sport?page=1795388400000000-2", LINES)
    assert ticker(HERE, Choice(), lines[:-1], None).older is None


def test_an_older_page_stands_still_and_leads_to_the_newest() -> None:
    page = ticker(HERE, Choice(search="a"), (HEADLINE,), (MIDNIGHT, 9))
    assert (page.live, page.newest) == (None, "/search?q=a")


@pytest.mark.parametrize(
    ("choice", "before", "said"),
    [
        (Choice(category="sport"), None, "Hier staan nog geen koppen."),
        (Choice(day="2026-11-01"), None, "Geen koppen op deze dag."),
        (Choice(search="x"), None, "Geen koppen gevonden voor ‘x’."),
        (Choice(search=""), None, ""),
        (Choice(search="x"), (MIDNIGHT, 1), "Geen oudere koppen."),
    ],
)
def test_an_empty_page_says_why(choice: Choice, before: tuple[datetime, int] | None, said: str) -> None:
    assert ticker(HERE, choice, (), before) == replace(ticker(HERE, choice, (), before), days=(), empty=said)


def test_an_article_is_told_in_full() -> None:
    entry = replace(
        ENTRY,
        content=Html("<p>Lang.</p>"),
        authors=(Person("A. de Wit"),),
        categories=("wonen", "…", "politiek"),
        image="https://binnenhof.example/1.jpg",
        enclosures=(
            Enclosure("https://media.example/1.mp3", "audio/mpeg", 2_340_000),
            Enclosure("https://media.example/1.pdf", "application/pdf"),
        ),
    )
    shown = article(HERE, replace(HEADLINE, entry=entry, updated=MIDNIGHT + timedelta(minutes=30)))
    assert shown.title == Text("Kop", "nl", "ltr")
    assert shown.kicker == (Link("Wonen", "/category/wonen"), Link("Politiek", "/category/politiek"))
    assert (shown.lead, shown.body) == ("Kort.", Markup("<p>Lang.</p>"))
    assert shown.source == Link("Binnenhof Bericht", "/source/binnenhof")
    assert shown.authors == ("A. de Wit",)
    assert shown.published == Time("23 november 2026, 00:00", "2026-11-22T23:00:00Z")
    assert shown.updated == Time("bijgewerkt 00:30", "2026-11-22T23:30:00Z")
    assert (shown.image, shown.note) == ("https://binnenhof.example/1.jpg", "")
    assert shown.attachments == (
        Attachment("audio", "https://media.example/1.mp3", "Luister (media.example, 2.3 MB)", "audio/mpeg"),
        Attachment("file", "https://media.example/1.pdf", "Bijlage (media.example)", "application/pdf"),
    )
    assert shown.read_on == Link("Lees verder bij Binnenhof Bericht", "https://binnenhof.example/1")
    assert shown.share == Share(
        copy="https://binnenhof.example/1",
        mail="mailto:?subject=Kop&body=https%3A%2F%2Fbinnenhof.example%2F1",
    )


def test_a_summary_that_only_begins_the_article_is_not_shown_twice() -> None:
    twice = replace(ENTRY, summary="Het water steeg…", content=Html("<p>Het <b>water</b> steeg snel.</p>"))
    assert article(HERE, replace(HEADLINE, entry=twice)).lead == ""


def test_a_summary_stands_alone_where_there_is_no_article() -> None:
    assert article(HERE, HEADLINE).lead == "Kort."


@pytest.mark.parametrize("policy", ["none", "proxy"])
def test_where_pictures_are_not_shown_the_page_says_so(policy: str) -> None:
    here = setting(invented.config(images=policy), invented.NOW)
    address = addressing(here, 7, fetches=False)
    pictured = replace(HEADLINE, entry=replace(ENTRY, image="https://binnenhof.example/1.jpg"))
    assert article(here, pictured, address).image is None
    assert article(here, pictured, address).note.startswith("Deze site toont geen beelden")
    assert article(here, HEADLINE, address).note == ""


def test_without_a_link_of_its_own_an_article_is_shared_by_ours() -> None:
    shown = article(HERE, replace(HEADLINE, entry=replace(ENTRY, link=None)))
    assert (shown.read_on, shown.share.copy) == (None, "https://draad.example/read/7")


def test_only_what_the_site_wants_shared_is_offered() -> None:
    here = setting(invented.config(share=()), invented.NOW)
    assert article(here, HEADLINE).share == Share(copy=None, mail=None)
