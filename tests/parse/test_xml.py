"""Feeds that are broken, hostile or odd: what can be read is read, and nothing else happens."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.errors import FeedError
from aggregator.model import Document, RawText, Response
from aggregator.parse import parse

GOOD = "".join(f"<item><title>good {n}</title><guid isPermaLink='false'>{n}</guid></item>" for n in range(5))
FIVE = [f"good {n}" for n in range(5)]


def _parsed(body: str | bytes, url: str = "https://x.test/feeds/a", **headers: str) -> Document:
    body = body.encode() if isinstance(body, str) else body
    return parse(Response(url, 200, body, headers), max_body=2_000_000, max_entries=1000)


def _rss(inside: str, prolog: str = "") -> str:
    return f'{prolog}<rss version="2.0"><channel><title>T</title>{inside}</channel></rss>'


def _titles(document: Document) -> list[str]:
    return [entry.title.value if entry.title else "" for entry in document.entries]


def test_a_body_that_looks_like_a_path_opens_no_file(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_text(_rss(GOOD))
    with pytest.raises(FeedError, match="this is text, but no feed"):
        _parsed(str(feed))


@pytest.mark.parametrize("prolog", ["", "<!-- <rss> -->", "<?php <rss ?>\n", "<!-- ]> -->\n<?x?>"])
@pytest.mark.parametrize("kind", ["SYSTEM '{0}'", "PUBLIC 'x' '{0}'"])
def test_no_external_entity_and_no_dtd_is_read(tmp_path: Path, prolog: str, kind: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("SECRET<!ENTITY b 'SECRET'>")
    for address in (secret.as_uri(), "http://127.0.0.1:1/secret"):
        reference = kind.format(address)
        doctype = f"<!DOCTYPE rss {reference} [<!ENTITY a {reference}><!ENTITY % p {reference}>%p;]>"
        document = _parsed(_rss("<item><title>a &a; &b;</title></item>" + GOOD, prolog + doctype))
        assert "SECRET" not in repr(document)
        assert _titles(document)[1:] == FIVE


def test_entities_that_hold_entities_are_not_expanded() -> None:
    laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 12))
    document = _parsed(
        _rss("<item><title>&l11;</title></item>" + GOOD, f"<!DOCTYPE rss [<!ENTITY l0 'ha'>{laughs}]>")
    )
    assert _titles(document) == ["&l11;", *FIVE]


def test_a_long_chain_of_entities_does_not_overrun_the_stack() -> None:
    chain = "".join(f"<!ENTITY e{n} '&e{n - 1};'>\n" for n in range(1, 50_000))
    document = _parsed(
        _rss("<item><title>&e49999;</title></item>" + GOOD, f"<!DOCTYPE rss [<!ENTITY e0 'x'>{chain}]>")
    )
    assert _titles(document)[1:] == FIVE


def test_an_entity_that_blows_the_document_up_is_refused() -> None:
    with pytest.raises(FeedError, match="entities in it unfold"):
        _parsed(_rss("&a;" * 10_000, f"<!DOCTYPE rss [<!ENTITY a '{'x' * 10_000}'>]>"))


def test_an_entity_of_mere_text_is_expanded() -> None:
    assert _titles(
        _parsed(_rss("<item><title>&a;</title></item>", "<!DOCTYPE rss [<!ENTITY a 'mere text'>]>"))
    ) == ["mere text"]


@pytest.mark.parametrize(
    ("poison", "title"),
    [
        ("p &#xD800;", "p"),
        ("p &#1;&#99999999999999999999;&#xFFFE;", "p"),
        ("p \x01\x0b\0", "p"),
        ("p & q", "p & q"),
        ("p &nbsp;q", "p \xa0q"),
        ("p &nosuch; &#xD800; & q", "p &nosuch;  & q"),
    ],
)
def test_one_poisonous_item_does_not_take_the_others_along(poison: str, title: str) -> None:
    assert _titles(_parsed(_rss(f"<item><title>{poison}</title></item>{GOOD}"))) == [title, *FIVE]


@pytest.mark.parametrize("poison", ["<![foo[ x", "<b", "<!-- a -- b -->", "</title></title>", "<a b='<'>"])
def test_markup_broken_within_one_item_spoils_that_item_only(poison: str) -> None:
    document = _parsed(_rss(f"<item><title>{poison}</title><guid>p</guid></item>{GOOD}"))
    assert [title for title in _titles(document) if title in FIVE] == FIVE


@pytest.mark.parametrize(
    "cut",
    [
        "<item><title>good 9",
        "<item><description><![CDATA[ <item>",
        "<item a='",
        "<item><!-- ",
        "<item></item",
    ],
)
def test_a_feed_that_breaks_off_in_an_item_gives_the_complete_ones(cut: str) -> None:
    assert _titles(_parsed(_rss(GOOD).split("</channel>")[0] + cut)) == FIVE
    atom = '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><title>a</title></entry>'
    assert _titles(_parsed(atom + cut.replace("item", "entry"))) == ["a"]


def test_a_feed_without_items_is_healthy_whatever_its_content_type() -> None:
    document = _parsed(_rss(""), **{"content-type": "image/png"})
    assert (document.format, document.entries, document.title) == ("rss20", (), RawText("T", is_markup=False))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "the answer is empty"),
        (b" \n\t ", "nothing but white space"),
        (b"\xef\xbb\xbf\n", "nothing but white space"),
        (b"<!-- nothing -->", "nothing in the answer but comments"),
        (b"<!DOCTYPE html><html><head></head></html>", r"web page \(HTML\)"),
        (b"\n<html lang=nl><p>R&D</html>", r"web page \(HTML\)"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", r"web page \(HTML\)"),
        (b"<opml version='2.0'><body/></opml>", "list of feeds"),
        (b"<urlset/>", "sitemap"),
        (b"<note/>", "XML, but of no kind of feed"),
        (b"Not found", "this is text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary"),
        (b'{"status": "ok"}', "JSON, but no JSON Feed"),
        (b"[1, 2]", "JSON, but no JSON Feed"),
        (b"{not json", "looks like JSON"),
        (b"<!DOCTYPE rss [ <!ENTITY a 'b'>", "DOCTYPE"),
    ],
)
def test_what_is_no_feed_is_told_in_its_own_words(body: bytes, told: str) -> None:
    with pytest.raises(FeedError, match=told) as caught:
        _parsed(body)
    assert pickle.loads(pickle.dumps(caught.value)).message == caught.value.message


def test_an_answer_without_body_is_told() -> None:
    with pytest.raises(FeedError, match="no body"):
        parse(Response("https://x.test/", 304), max_body=1, max_entries=1)


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("Mon, 23 Nov 2020 10:00:00 +0100", datetime(2020, 11, 23, 9, tzinfo=UTC)),
        ("2020-11-23T10:00:00Z", datetime(2020, 11, 23, 10, tzinfo=UTC)),
        ("30 Feb 2020 10:00:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
    ],
)
def test_a_date_is_in_utc_or_there_is_none(stamp: str, expected: datetime | None) -> None:
    document = _parsed(_rss(f"<item><title>a</title><pubDate>{stamp}</pubDate></item>"))
    assert document.entries[0].published == expected


@pytest.mark.parametrize(
    "body",
    [
        _rss("<a>" * 100_000 + "</a>" * 100_000),
        _rss("<item>" * 20_000 + "</item>" * 20_000),
        _rss("<item><description>" + "<b>" * 100_000 + "</b>" * 100_000 + "</description></item>"),
        _rss("<item><author>" + "a" * 1_000_000 + "</author></item>"),
        _rss("<item><dc:creator><![CDATA[" + "a" * 1_000_000 + "]]></dc:creator></item>"),
        _rss("<item>" + "<![CDATA[" * 50_000),
        _rss("<!--" * 100_000),
        _rss("<item a=" + "'\"" * 200_000),
        "<!DOCTYPE rss [" + "<!ENTITY a '" * 100_000 + ">",
        "<?xml " * 100_000,
    ],
)
def test_a_document_made_to_hang_the_parser_does_not(body: str) -> None:
    try:
        assert len(_parsed(body).entries) <= 1000
    except FeedError as error:
        assert error.stage == "parse"


def test_an_endless_name_is_left_out_and_nothing_else() -> None:
    document = _parsed(_rss(f"<item><author>{'é' * 999}</author><title>één</title></item>"))
    assert [(entry.title and entry.title.value, entry.authors) for entry in document.entries] == [("één", ())]


def test_a_guid_stays_as_its_publisher_wrote_it_and_a_bare_one_is_no_link() -> None:
    entry = _parsed(_rss("<item><title>a</title><guid>4711</guid></item>")).entries[0]
    assert (entry.id, entry.link) == ("4711", None)
    entry = _parsed(_rss("<item><guid>https://x.test/a</guid></item>")).entries[0]
    assert entry.link == "https://x.test/a"


def test_a_title_in_rss_is_markup_when_it_holds_a_tag_that_html_knows() -> None:
    titles = (
        "a &lt;script&gt;b",
        "a &lt;b&gt;c&lt;/b&gt;",
        "1 &lt; 2 &gt; 0",
        "AT&amp;T",
        "&amp;eacute;n",
        "List&lt;int&gt;",
    )
    document = _parsed(_rss("".join(f"<item><title>{title}</title></item>" for title in titles)))
    assert [entry.title and entry.title.is_markup for entry in document.entries] == [
        True,
        True,
        False,
        False,
        True,
        False,
    ]


def test_xml_lang_of_the_root_is_the_feeds_and_not_each_entrys() -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en_US"><entry><title>a</title></entry>'
        '<entry xml:lang="ar"><title>b</title></entry></feed>'
    )
    document = _parsed(atom)
    assert (document.language, [entry.language for entry in document.entries]) == ("en-US", [None, "ar"])
