"""What comes of a reduced document equals what a full parse makes of the same items."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model import Document, Response
from aggregator.parse import delta, parse


def _parsed(body: bytes, known: frozenset[bytes] = frozenset(), max_entries: int = 1000) -> Document:
    return parse(Response("https://x.test/f", 200, body), known, max_body=10**7, max_entries=max_entries)


def _hashes(document: Document) -> list[bytes]:
    return [document.item_hashes[place : place + 8] for place in range(0, len(document.item_hashes), 8)]


def _rss(*items: str, head: str = "", root: str = "") -> bytes:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0"{root}><channel><title>T</title>{head}{inside}</channel></rss>'.encode()


def _titles(document: Document) -> list[str]:
    return [entry.title.value for entry in document.entries if entry.title]


FEEDS = {
    "rss": _rss(
        *(
            f"<title>t{n}</title><guid>g{n}</guid><description><![CDATA[</item><item>{n}]]></description>"
            for n in range(6)
        )
    ),
    "atom": b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>'
    + b"".join(
        b'<entry a=">"><!--</entry>--><id>%d</id><title type="html">&lt;b&gt;t&lt;/b&gt;%d</title></entry>\n'
        % (n, n)
        for n in range(6)
    )
    + b"</feed>",
    "prefixed": b'<a:feed xmlns:a="http://www.w3.org/2005/Atom">'
    + b"".join(b"<a:entry><a:id>%d</a:id></a:entry>" % n for n in range(6))
    + b"</a:feed>",
    "rdf": b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    b"<channel><title>T</title><items/></channel>"
    + b"".join(b'<item rdf:about="u:%d"><title>t%d</title></item>' % (n, n) for n in range(6))
    + b"</rdf:RDF>",
    "utf-16": _rss(*(f"<title>één {n}</title>" for n in range(6))).decode().encode("utf-16"),
}


@pytest.mark.parametrize("name", FEEDS)
@given(unseen=st.sets(st.integers(0, 5)))
@settings(max_examples=20, deadline=None)
def test_any_choice_of_new_items_gives_the_entries_of_a_full_parse(name: str, unseen: set[int]) -> None:
    whole = _parsed(FEEDS[name])
    hashes = _hashes(whole)
    assert len(whole.entries) == len(hashes) == 6
    known = frozenset(mark for place, mark in enumerate(hashes) if place not in unseen)
    expected = tuple(whole.entries[place] for place in sorted(unseen))
    assert _parsed(FEEDS[name], known) == replace(whole, entries=expected)


def test_a_changed_item_is_parsed_again_and_the_others_are_not() -> None:
    before = _parsed(_rss("<title>a</title>", "<title>b</title>"))
    after = _parsed(
        _rss("<title>new</title>", "<title>a</title>", "<title>B</title>"), frozenset(_hashes(before))
    )
    assert _titles(after) == ["new", "B"]


def test_another_namespace_in_the_head_makes_every_item_new() -> None:
    before = _parsed(_rss("<title>a</title>", root=' xmlns:dc="urn:x"'))
    after = _parsed(
        _rss("<title>a</title>", root=' xmlns:dc="http://purl.org/dc/elements/1.1/"'),
        frozenset(_hashes(before)),
    )
    assert _titles(after) == ["a"]


@pytest.mark.parametrize(
    "body",
    [
        b"<rss><channel><item><title>a</title><item/></item></channel></rss>",
        b"<rss><channel></item><item/></channel></rss>",
        b"<rss><channel><item/><entry/></channel></rss>",
        b"<rss><channel><item/><!-- never ends <item/></channel></rss>",
        b"<rss><channel/></rss>",
        b"<entry xmlns='http://www.w3.org/2005/Atom'><id>a</id></entry>",
        b"",
    ],
)
def test_where_the_scan_is_not_sure_it_says_so(body: bytes) -> None:
    assert delta.split(body) is None


def test_a_document_that_is_not_sound_is_parsed_whole_next_time() -> None:
    document = _parsed(_rss("<title>a</title>", "<title>b & c</title>"))
    assert (_titles(document), document.item_hashes) == (["a", "b & c"], b"")


def test_items_that_can_change_each_other_are_never_parsed_apart() -> None:
    # feedparser carries the xml:base of the first over to the second, for the <div> that it forgets to close.
    bare = "<description xml:base='https://b.test/'><div>x</div></description><link>1</link>"
    assert _parsed(_rss(bare, "<title>b</title><link>2</link>")).item_hashes == b""
    twice = ("<a:x xmlns:a='urn:1'/><title>a</title>", "<a:x xmlns:a='urn:2'/><title>b</title>")
    assert _parsed(_rss(*twice)).item_hashes == b""


def test_what_another_item_says_of_a_base_does_not_change_an_id() -> None:
    based = _rss("<guid>1</guid>", "<guid>2</guid><title xml:base='/b/'>b</title>", "<title>base=</title>")
    whole = _parsed(based)
    assert _parsed(based, frozenset(_hashes(whole)[1:])).entries == whole.entries[:1]
    assert _parsed(_rss("<guid>1</guid>", "<title>base=</title>")).entries[0].id == "1"


def test_the_newest_are_taken_of_too_many() -> None:
    items = [f"<title>{day}</title><pubDate>{day} Nov 2020 10:00:00 GMT</pubDate>" for day in (3, 9, 1, 7)]
    document = _parsed(_rss(*items), max_entries=2)
    assert _titles(document) == ["9", "7"]
    assert len(_hashes(document)) == 4  # the old ones do not come as news next time
    assert _titles(_parsed(_rss(*items, "<title>undated</title>"), max_entries=2)) == ["3", "9"]


def test_a_hundred_thousand_items_are_a_matter_of_seconds() -> None:
    body = _rss(*(f"<title>{n}</title>" for n in range(100_000)))
    assert _titles(_parsed(body, max_entries=3)) == ["0", "1", "2"]
    assert _titles(_parsed(body.replace(b"<item>", b"<entry/><item>", 1), max_entries=3))[-1] == "1"
