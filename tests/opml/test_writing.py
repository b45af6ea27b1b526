"""OPML: what other readers get when they ask for our sources."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model import Site, Subscription
from aggregator.opml import export
from aggregator.opml.writing import NAMESPACE

QUARTER = timedelta(minutes=15)
SITE = Site(title="De Draad")
NOS = Subscription(
    "nos", "https://feeds.example/nos", QUARTER, categories=("nederland", "algemeen"), language="nl"
)
NU = Subscription("nu", "https://feeds.example/nu", QUARTER, title="NU & nu", categories=("nederland",))
ALONE = Subscription("alone", "https://me:secret@feeds.example/alone", QUARTER)
TITLES = {"nos": ("NOS <Nieuws>", "https://nos.example/")}


def test_a_feed_stands_below_each_of_its_categories_and_names_them_all() -> None:
    nos = (
        '<outline type="rss" text="NOS &lt;Nieuws&gt;" title="NOS &lt;Nieuws&gt;"'
        ' xmlUrl="https://feeds.example/nos" htmlUrl="https://nos.example/"'
        ' category="nederland,algemeen" language="nl" draad:key="nos" />\n'
    )
    assert export([NOS, ALONE, NU], TITLES, SITE, datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)).decode() == (
        "<?xml version='1.0' encoding='utf-8'?>\n"
        f'<opml xmlns:draad="{NAMESPACE}" version="2.0">\n'
        "  <head>\n"
        "    <title>De Draad</title>\n"
        "    <dateCreated>Thu, 02 Jan 2025 03:04:05 GMT</dateCreated>\n"
        "  </head>\n"
        "  <body>\n"
        '    <outline text="nederland" title="nederland">\n'
        f"      {nos}"
        '      <outline type="rss" text="NU &amp; nu" title="NU &amp; nu"'
        ' xmlUrl="https://feeds.example/nu" category="nederland" draad:key="nu" />\n'
        "    </outline>\n"
        '    <outline text="algemeen" title="algemeen">\n'
        f"      {nos}"
        "    </outline>\n"
        '    <outline type="rss" text="alone" title="alone" xmlUrl="https://feeds.example/alone"'
        ' draad:key="alone" />\n'
        "  </body>\n"
        "</opml>\n"
    )


def test_no_password_leaves_the_house() -> None:
    assert b"secret" not in export([ALONE], {}, SITE, None)


def test_without_a_moment_the_same_sources_give_the_same_bytes() -> None:
    assert export([NOS, NU], TITLES, SITE, None) == export([NOS, NU], dict(TITLES), SITE, None)
    assert b"dateCreated" not in export([NOS, NU], TITLES, SITE, None)


def test_the_date_is_told_in_gmt() -> None:
    in_rabat = datetime(2025, 7, 2, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert b"<dateCreated>Tue, 01 Jul 2025 23:30:00 GMT</dateCreated>" in export([], {}, SITE, in_rabat)


def test_a_comma_or_slash_in_a_category_does_not_make_two_of_it() -> None:
    mixed = Subscription("mixed", "https://feeds.example/", QUARTER, categories=("kunst, cultuur", "a/b"))
    assert (
        ElementTree.fromstring(export([mixed], {}, SITE, None))[1][0][0].get("category")
        == "kunst cultuur,a b"
    )


@settings(deadline=None)
@given(st.text(), st.text(), st.text())
def test_whatever_the_titles_hold_the_document_is_well_formed(title: str, link: str, category: str) -> None:
    feed = Subscription("key", f"https://feeds.example/{link}", QUARTER, categories=(category,))
    opml = ElementTree.fromstring(export([feed], {"key": (title, link)}, Site(title=title), None))
    assert [outline.get("type") for outline in opml.iter("outline")] == [None, "rss"]
