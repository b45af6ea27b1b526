"""Lists of other programs, in the style of each, and lists that are hostile or broken."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import UserError
from aggregator.model import Listing, Site, Subscription
from aggregator.opml import export, outlines
from aggregator.pipeline.importing import intake
from aggregator.text import tidy

CASES = sorted((Path(__file__).parent / "cases").glob("*.opml"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_list_is_read_as_its_program_meant_it(case: Path) -> None:
    expected = json.loads(case.with_suffix(".expected.json").read_text(encoding="utf-8"))
    assert taken_in(case.read_bytes()) == expected


def taken_in(document: bytes) -> dict[str, Any]:
    """Return what becomes of a list, as JSON has it."""
    found: dict[str, Any] = json.loads(json.dumps(asdict(intake(document, "list.opml", ()))))
    return found


def one(outline: str) -> Listing:
    [listing] = outlines(f"<opml><body>{outline}</body></opml>", "list.opml").listings
    return listing


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "latin-1", "cp1252"])
def test_any_encoding_is_read(encoding: str) -> None:
    declared = {"utf-8-sig": "utf-8", "utf-16-be": "utf-16", "cp1252": "windows-1252"}.get(encoding, encoding)
    document = (
        f'<?xml version="1.0" encoding="{declared}"?>\n<opml><body>'
        '<outline text="Zoë en Noël" xmlUrl="https://a.example/"/></body></opml>'
    )
    assert taken_in(document.encode(encoding))["added"][0]["title"] == "Zoë en Noël"


def test_what_a_declaration_says_wrongly_is_not_believed() -> None:
    document = (
        '<?xml version="1.0" encoding="utf-16"?><opml><body><outline text="é" xmlUrl="https://a.example/"/>'
    )
    assert taken_in((document + "</body></opml>").encode())["added"][0]["title"] == "é"


def test_a_title_may_stand_in_either_attribute() -> None:
    assert one('<outline title="A" xmlUrl="https://a.example/"/>').title == "A"
    assert one('<outline text="A" xmlUrl="https://a.example/"/>').title == "A"
    assert one('<outline title=" " text="A&#10;B" XMLURL="https://a.example/"/>').title == "A B"
    assert one('<outline title="https://a.example/" xmlUrl="https://a.example/"/>').title == ""


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("", "list.opml:1: this is no XML: the file ends before the list does; export it again"),
        ("\n\n<opml><body>\n<outline", "list.opml:4: this is no XML: the file ends in the middle of a tag"),
        ("<opml>\n<body>\n</opml>", "list.opml:3: this is no XML: a tag that was never opened"),
        (
            '<opml>\n<outline xmlUrl="a?b&c"/></opml>',
            "list.opml:2: this is no XML: a sign that may not stand",
        ),
        ("<opml>\n\n&nbsp;</opml>", "list.opml:3: this is no XML: an entity"),
        ("<opml/>\n<opml/>", "list.opml:2: this is no XML: something stands behind"),
        ("hello", "list.opml:1: this is no XML"),
        ("\0\0", "list.opml:1: this is no XML"),
        (
            "<!DOCTYPE opml SYSTEM 'http://127.0.0.1/x.dtd'>\n<opml/>",
            "list.opml:1: a document type (DOCTYPE)",
        ),
        ("<!DOCTYPE x [<!ENTITY a 'aaa'>]>\n<opml>&a;</opml>", "list.opml:1: a document type (DOCTYPE)"),
        ("<rss><channel/></rss>", "list.opml:1: this is a feed, not a list of feeds (OPML)"),
        ("<html></html>", "list.opml:1: this is a web page, not a list"),
        ("<urlset/>", "list.opml:1: this is XML of another kind, not a list"),
        ("<opml>" + "\n<outline>" * 200, "list.opml:102: outlines stand more than 100 deep"),
        ("<opml>" + "<outline/>\n" * 100_001, "list.opml:100001: more than 100,000 outlines"),
        (
            "<opml>" + "".join(f'<outline xmlUrl="http://a.example/{n}"/>\n' for n in range(10_001)),
            "list.opml:10001: more than 10,000 feeds",
        ),
    ],
    ids=range(16),
)
def test_what_is_no_list_or_a_hostile_one_is_told_with_its_line(document: str, told: str) -> None:
    with pytest.raises(UserError) as error:
        outlines(document, "list.opml")
    assert str(error.value).startswith(told)


def test_names_without_end_are_cut() -> None:
    listing = one(
        f'<outline text="{"a" * 9999}"><outline text="{"b " * 9999}" xmlUrl="https://a.example/"/></outline>'
    )
    assert len(listing.title) <= 200
    assert [len(category) for category in listing.categories] == [200]
    many = ",".join(map(str, range(9999)))
    assert len(one(f'<outline category="{many}" xmlUrl="https://a.example/"/>').categories) == 30


SUBSCRIPTIONS = (
    Subscription("kust", "https://www.kust.example/rss", timedelta(minutes=15)),
    Subscription("safe", "https://me:one@safe.example/", timedelta(minutes=15)),
)


def test_a_feed_that_is_there_already_is_told_and_not_added() -> None:
    document = b"""<opml><body>
      <outline xmlUrl="https://www.kust.example/rss#top"/>
      <outline xmlUrl="http://kust.example/rss"/>
      <outline xmlUrl="https://safe.example/"/>
      <outline xmlUrl="https://me:two@safe.example/"/>
      <outline xmlUrl="https://me:one@safe.example/"/>
      <outline xmlUrl="http://new.example/rss"/>
      <outline xmlUrl="https://new.example/rss/"/>
      <outline xmlUrl="http://new.example/rss"/>
    </body></opml>"""
    found = intake(document, "list.opml", SUBSCRIPTIONS)
    assert [listing.line for listing in found.added] == [4, 5, 7]
    assert sorted(found.known) == [
        "line 2: https://www.kust.example/rss is there already, as 'kust'",
        "line 3: http://kust.example/rss is there already, as 'kust', with https://www.kust.example/rss",
        "line 6: https://safe.example/ is there already, as 'safe'",
        "line 8: https://new.example/rss/ is the feed of line 7, http://new.example/rss",
        "line 9: http://new.example/rss is the same as in line 7",
    ]


def test_a_feed_that_stands_in_two_folders_with_two_addresses_is_in_both() -> None:
    document = b"""<opml><outline text="a"><outline xmlUrl="https://new.example/#x"/></outline>
      <outline text="b"><outline xmlUrl="http://new.example/#y"/></outline></opml>"""
    assert [each.categories for each in intake(document, "list.opml", ()).added] == [("a", "b")]


def test_a_name_that_another_feed_has_is_not_taken_from_it() -> None:
    document = export([Subscription("Kust", "https://b.example/", timedelta(minutes=15))], {}, Site(), None)
    found = intake(document, "list.opml", SUBSCRIPTIONS)
    assert [listing.key for listing in found.added] == [None]
    assert found.notes == ("line 7: https://b.example/ cannot have the name 'Kust' here, and gets another",)


LINES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12).map(tidy).filter(bool)


@st.composite
def subscriptions(draw: st.DrawFn) -> list[Subscription]:
    names = draw(
        st.lists(LINES.filter(lambda name: name.strip(",/ ")), min_size=1, max_size=4, unique_by=_as_tag)
    )
    return [
        Subscription(
            f"key{number}",
            f"https://feeds.example/{number}",
            timedelta(minutes=15),
            title=draw(LINES),
            categories=tuple(draw(st.permutations(names))[: draw(st.integers(0, len(names)))]),
            language=draw(st.sampled_from([None, "nl", "ar-ma"])),
        )
        for number in range(draw(st.integers(1, 4)))
    ]


def _as_tag(name: str) -> str:
    return " ".join(name.replace(",", " ").replace("/", " ").split())


@settings(deadline=None)
@given(subscriptions())
def test_our_own_list_comes_back_with_names_titles_categories_and_languages(
    given: list[Subscription],
) -> None:
    titles = {each.key: (each.title or "", None) for each in given}
    found = intake(export(given, titles, Site(), None), "list.opml", ())
    assert sorted(
        (each.key, each.url, each.title, each.categories, each.language) for each in found.added
    ) == [(each.key, each.url, each.title, each.categories, each.language) for each in given]
    assert (found.known, found.refused, found.notes) == ((), (), ())


@given(st.text() | st.text().map(lambda text: f"<opml><outline {text}/></opml>"))
def test_any_text_is_read_or_refused_in_a_sentence(document: str) -> None:
    try:
        outlines(document, "list.opml")
    except UserError as error:
        assert str(error).startswith("list.opml:")
