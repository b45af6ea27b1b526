"""Sanitise: whatever comes in, only article markup with safe addresses comes out, and it stays as it is.

What comes out is read by another parser than the one that wrote it, against lists that are written out again.
"""

# ruff: noqa: E501  (each case stands on one line)

from __future__ import annotations

import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from clean.allowed import ATTRIBUTES, ELEMENTS
from clean.vectors import MARKUP
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from aggregator.links import resolve
from aggregator.sanitise import LONGEST, clean, from_text, has_video, with_words
from aggregator.text import plain

BASE = "https://e.org/news/"
CORPUS = Path("/work/shared/corpus/feedparser/wellformed/sanitize")
REL = "nofollow noopener noreferrer"


@pytest.mark.parametrize("vector", MARKUP)
@pytest.mark.parametrize(
    "frame", ["{}", "<p>{}</p>", "<table><tr>{}<td>", "<svg>{}", "<h1>{}<math><mtext>{}", "<pre>\n\n{}"]
)
def test_nothing_that_wants_to_run_passes(vector: str, frame: str) -> None:
    _assert_safe(clean(frame.replace("{}", vector), BASE))
    _assert_safe(from_text(vector))


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not on this machine")
def test_nothing_in_the_corpus_passes() -> None:
    feeds = sorted(CORPUS.glob("*.xml"))
    texts = [text for feed in feeds for text in etree.parse(feed).xpath("//text()") if text.strip()]
    markup = [re.sub(r"(?s)<!--.*?-->", "", feed.read_text("utf-8", "replace"), count=1) for feed in feeds]
    for text in texts + markup:
        _assert_safe(clean(text, BASE))
    assert len(feeds) > 100


NAMES = """
    a b p div span em h1 h2 ul li ol table tbody tr td th caption col pre code img video audio source iframe object
    embed svg math mtext mi mglyph annotation-xml foreignObject desc title style script template noscript noembed
    select option form button input textarea xmp plaintext marquee nobr font ruby rt dl dt dd details summary body
"""
SCRAPS = """
    < > </ <!-- --> --!> <![CDATA[ ]]> <? " ' = / & &lt; &#1; &#60; &#xFFFE; &#xD800; &nbsp; onerror=alert(1)
    href='javascript:x' href=/x href=# src=x src="data:image/png;base64,AA==" srcset='x,y' title='</p><script>' alt="
    style="display:none" width=1 height=1 lang=nl dir=rtl xlink:href=x formaction=x https://x.org/
    <h2>x</h2> <h3></h3>
"""
SIGNS = [" ", "\n", "\x00", "\x0c", "\ud800", "\ufffe", "é", "x", "\u2028"]
PIECES = st.sampled_from(
    [tag for name in NAMES.split() for tag in (f"<{name}>", f"<{name} ", f"</{name}>", f"<{name}/>")]
    + SCRAPS.split() * 4
    + SIGNS * 4
)
PILES = st.lists(PIECES, max_size=25).map("".join) | st.text(st.characters(), max_size=40)


@given(PILES, st.sampled_from([None, BASE, "javascript:x", "https://e.org/é?a&b"]))
@example("<pre>\n\n\n\n\n\nx", None)
@example("<h2><div><h3>", None)
@example("<h2><a><h2><a>", None)
@example("<b<h2></h2>><a><p<h3>x</h3>><a>", None)
@example("<table><tr><td><p></table><a><table><a>", None)
@settings(max_examples=400, deadline=None)
def test_any_markup_becomes_safe_and_is_the_same_when_cleaned_again(markup: str, base: str | None) -> None:
    safe = clean(markup, base)
    _assert_safe(safe)
    assert clean(safe, None) == safe


@given(st.text(st.characters() | st.sampled_from("\n\n <>&'\"()."), max_size=60) | PILES)
@example("HTTP://0/'0")
@example("see https://x.org/?a=1&b='<x>.\n\n\n(http://y.nl/é)\n\xa0 &nbsp;")
def test_any_text_becomes_safe_paragraphs_that_clean_leaves_alone(text: str) -> None:
    safe = from_text(text)
    _assert_safe(safe)
    assert clean(safe, None) == safe


@pytest.mark.parametrize(
    ("markup", "safe"),
    [
        ("", ""),
        ("plain & simple", "plain &amp; simple"),
        ("<p>Hello <b>there</b>", "<p>Hello <b>there</b></p>"),
        ("<h1 class=x>Top</h1><h3>Sub</h3>", "<h2>Top</h2><h3>Sub</h3>"),
        ("<section>a</section><section>b</section>", "<div>a</div><div>b</div>"),
        ("<a href='../x?a=1&b=2'>x</a>", f'<a href="https://e.org/x?a=1&amp;b=2" rel="{REL}">x</a>'),
        ("<a href='MAILTO:a@b.org?subject=x'>x</a>", f'<a href="mailto:a@b.org?subject=x" rel="{REL}">x</a>'),
        ("<b><i>x</b></i><script>y</script>z", "<b><i>x</i></b>z"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<table><tr><td colspan=2 width=9>a<td>b<tr><td>c", None),
        ("<pre>\n\n  x\n</pre>", "<pre>\n\n  x\n</pre>"),
        ("<p dir=RTL lang=ar_MA>م</p>", '<p dir="rtl" lang="ar-ma">م</p>'),
        ("<!-- x --><p>a</p>", "<p>a</p>"),
        ("<noscript><b>x</b></noscript>", "<b>x</b>"),
        ("a&#1;b&#xFFFE;c\x0bd\x00e&#128;", "abc de€"),
        ("<ol reversed start=5 type=a><li value=-1>x</ol>", None),
    ],
)
def test_article_markup_is_kept(markup: str, safe: str | None) -> None:
    expected = {
        "<table>": '<table><tbody><tr><td colspan="2">a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>',
        "<ol rev": '<ol reversed="" start="5" type="a"><li value="-1">x</li></ol>',
    }
    assert clean(markup, BASE) == (expected[markup[:7]] if safe is None else safe)


QUIET = 'loading="lazy" decoding="async" referrerpolicy="no-referrer"'


@pytest.mark.parametrize(
    ("markup", "safe"),
    [
        (
            "<img src=/a.png alt='A &amp; B' width=10 height=20px>",
            '/a.png|alt="A &amp; B" width="10" height="20" ',
        ),
        ("<img src=/a.png width=100%>", "/a.png|"),
        ("<img src='' data-src=/real.jpg>", "/real.jpg|"),
        ("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw=' data-src=/real.jpg>", "/real.jpg|"),
        ("<img srcset='/s.jpg 1x, /l.jpg 2x'>", "/s.jpg|"),
        ("<img src=/a.png srcset='/l.jpg 2x' sizes=100vw>", "/a.png|"),
    ],
)
def test_an_image_asks_for_nothing_before_it_is_seen(markup: str, safe: str) -> None:
    source, attributes = safe.split("|")
    assert clean(markup, BASE) == f'<img src="https://e.org{source}" {attributes}{QUIET}>'


@pytest.mark.parametrize(
    "markup",
    [
        "<img src=//t.org/p.gif width=1 height=1>",
        "<img src=//t.org/p.gif height='0'>",
        "<img src=//t.org/p.gif style='border:0; display: none'>",
        "<img src=//t.org/p.gif style='width:1px'>",
        "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>",
        "<img alt=nothing>",
        "<img src='javascript:x'>",
    ],
)
def test_an_image_that_nobody_is_meant_to_see_is_dropped(markup: str) -> None:
    assert clean(f"a{markup}b", BASE) == "ab"


def test_small_inline_images_stay() -> None:
    image = "data:image/png;base64,iVBORw0KGgo="
    assert clean(f"<img src='{image}'>", None) == f'<img src="{image}" {QUIET}>'


def test_an_embedded_page_becomes_a_link() -> None:
    link = f'<a href="https://video.example/embed/1" rel="{REL}">'
    assert clean("<iframe src=//video.example/embed/1 title='A &lt;film>'>no</iframe>", BASE) == (
        f"<p>{link}A &lt;film&gt;</a></p>"
    )
    assert clean("<object data='https://video.example/embed/1'></object>", None) == (
        f"<p>{link}video.example</a></p>"
    )


def test_players_wait_for_their_reader() -> None:
    assert clean("<audio autoplay src=a.mp3><source src=b.ogg type=audio/ogg></audio>", BASE) == (
        '<audio src="https://e.org/news/a.mp3" controls="" preload="none">'
        '<source src="https://e.org/news/b.ogg" type="audio/ogg"></audio>'
    )


def watched(page: str, picture: str = "", caption: str = "") -> str:
    """Return what stands in place of a video."""
    image = f'<img src="{picture}" alt="" {QUIET}>' if picture else ""
    site = page.split("/")[2].removeprefix("www.")
    told = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><a href="{page}" rel="{REL}">{image}▶ {site}</a>{told}</figure>'


TUBE, WATCH = "//www.youtube.com/embed/aqz-KE-bpKQ", "https://www.youtube.com/watch?v=aqz-KE-bpKQ"


@pytest.mark.parametrize(
    ("markup", "safe"),
    [
        (f"<iframe src='{TUBE}?autoplay=1&amp;rel=0' title='YouTube video player'>", watched(WATCH)),
        (
            f"<iframe title='&lt;b>Dikes&quot; \"' src=https:{TUBE}></iframe>",
            watched(WATCH, caption='&lt;b&gt;Dikes" "'),
        ),
        (
            "<iframe src=about:blank data-src=https://player.vimeo.com/video/76979871></iframe>",
            watched("https://vimeo.com/76979871"),
        ),
        (
            "<embed src=https://www.dailymotion.com/embed/video/x84sh87>",
            watched("https://www.dailymotion.com/video/x84sh87"),
        ),
        (
            "<object data=//youtube.com/v/aqz-KE-bpKQ&hl=nl><embed src=//youtube.com/v/aqz-KE-bpKQ></object>",
            watched(WATCH),
        ),
        (
            "<video src=a.mp4 poster=p.jpg><source src=b.webm>No <b>video</b>? <p>Pity.</video>after",
            watched("https://e.org/news/a.mp4", "https://e.org/news/p.jpg") + "after",
        ),
        (
            "<video poster='javascript:x'><source src=b.webm><source src=c.mp4></video>",
            watched("https://e.org/news/b.webm"),
        ),
        ("<video src=v.mp4><p>b</p>", watched("https://e.org/news/v.mp4") + "<p>b</p>"),
        ("<video src='javascript:x' poster=p.jpg>x</video>", ""),
        ("<iframe src='javascript:x'></iframe><iframe src='data:text/html,x'></iframe><iframe></iframe>", ""),
        ("<iframe src=https://t.org/ width=1 height=1></iframe>", ""),
    ],
)
def test_a_video_is_a_link_to_its_page_with_the_picture_that_there_is(markup: str, safe: str) -> None:
    assert clean(markup, BASE) == safe
    assert clean(safe, None) == safe


@pytest.mark.parametrize(
    "markup", ["<div>a<video><source src=v.mp4></div>b</video>", "<li>a<video src=v.mp4><dt>b</video>c"]
)
def test_a_video_across_other_elements_takes_none_of_their_text(markup: str) -> None:
    found = clean(markup, BASE)
    assert watched("https://e.org/news/v.mp4") in found and plain(found) in {"a ▶ e.org b", "a ▶ e.org bc"}
    assert clean(found, None) == found


def test_frames_beyond_number_are_left_out() -> None:
    many = "".join(f"<iframe src=https://www.youtube.com/embed/{n:011}></iframe>" for n in range(5000))
    assert clean(many, None).count("<figure>") == 50


def test_the_page_says_where_a_video_is_and_shows_the_entrys_picture_once() -> None:
    content = clean(f"<iframe src={TUBE}></iframe><video src=/v.mp4></video>", BASE)
    assert has_video(content) and not has_video(clean("<figure><a href=/x>a</a></figure>", BASE))
    told = with_words(content, lambda site: f"Kijk <op> {site}", "nl", "https://e.org/a.jpg?%22&b")
    words = '▶ <bdi lang="nl" dir="ltr">Kijk &lt;op&gt; '
    assert told == (
        f'<figure><a href="{WATCH}" rel="{REL}"><img src="https://e.org/a.jpg?%22&amp;b" alt="" {QUIET}>'
        f"{words}youtube.com</bdi></a></figure>"
        f'<figure><a href="https://e.org/v.mp4" rel="{REL}">{words}e.org</bdi></a></figure>'
    )
    assert clean(told, None) == told


def test_a_tower_of_marks_does_not_cover_the_lines_above() -> None:
    assert clean("<p>e" + "&#769;\u0327" * 1000, None) == "<p>e" + "\u0301\u0327" * 4 + "</p>"
    assert from_text("e" + "\u0301" * 100_000) == "<p>\xe9" + "\u0301" * 7 + "</p>"


def test_without_a_base_no_relative_address_is_left() -> None:
    assert (
        clean("<a href=/x>a</a><img src=y.png><a href=#n>b</a>", None)
        == f'<a rel="{REL}">a</a><a rel="{REL}">b</a>'
    )


def test_text_becomes_paragraphs_and_links() -> None:
    assert from_text("1 < 2 & so\non: https://x.org/?a=1&b=(2).\n\n\n(see http://y.org)") == (
        "<p>1 &lt; 2 &amp; so<br>on: "
        f'<a href="https://x.org/?a=1&amp;b=(2)" rel="{REL}">https://x.org/?a=1&amp;b=(2)</a>.</p>\n'
        f'<p>(see <a href="http://y.org/" rel="{REL}">http://y.org</a>)</p>'
    )


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 100_000 + "x",
        "<ul><li>" * 20_000 + "x",
        "<table><td>" * 20_000 + "x",
        "".join(f"<b lang=x{i}><p>" for i in range(20_000)) + "x",
        "".join(f"<b lang=x{i}><p>" for i in range(125)) + "x",
        "<p " + " ".join(f"a{i}" for i in range(100_000)) + ">x",
        "<a b='" * 100_000 + "x",
        "<!--" * 100_000,
        "&" * 1_000_000,
        "&#" * 500_000,
        "<iframe src=x>" * 50_000,
        ">" * 1_000_000,
        "a" * 2_000_000,
        "<p>x</p>\n" * 200_000,
        "http://x.nl " * 100_000,
    ],
    ids=lambda markup: markup[:12],
)
def test_hostile_markup_takes_neither_long_nor_much(markup: str) -> None:
    start = time.monotonic()
    safe, text = clean(markup, BASE), from_text(markup)
    assert time.monotonic() - start < 15
    assert len(safe) <= LONGEST and len(text) <= LONGEST
    assert clean(safe, None) == safe and clean(text, None) == text


def test_beyond_all_depth_the_text_is_kept() -> None:
    assert "the end" in clean("<blockquote>" * 60_000 + "the end", BASE)
    assert "the end" in clean("<div>" * 5_000 + "the end", BASE)


class _Reader(HTMLParser):
    """Notes what breaks the rules."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS:
            self.faults.append(tag)
        for name, value in attrs:
            if name not in ATTRIBUTES or not re.fullmatch(ATTRIBUTES[name], value or "", re.DOTALL):
                self.faults.append(f"{tag} {name}={value!r}")
            if name in ("href", "src") and value and value.startswith("http"):
                self.faults += [] if resolve(value, None) == value else [f"not absolute: {value}"]

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"declaration {decl}")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"instruction {data}")

    def unknown_decl(self, data: str) -> None:
        self.faults.append(f"declaration {data}")


def _assert_safe(html: str) -> None:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.faults == []
    html.encode("utf-8")
    etree.Element("x").text = html  # raises on what XML 1.0 forbids
    assert not re.search(r"<(?![a-z/])", html)
