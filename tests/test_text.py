"""Text: plain, tidy, folded, cut; legal whatever comes in."""

from __future__ import annotations

import re
import sys
import time
import unicodedata

import lxml.html
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from aggregator import text
from aggregator.text import (
    clean_characters,
    direction,
    few_marks,
    first_sentence,
    fold,
    language_tag,
    plain,
    shorten,
    slug,
    tidy,
)

ANYTHING = st.text(st.characters(), max_size=60)  # lone surrogates included
MARKUP = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<b", ">", "<", "&", "&lt;", "&#1;", "&#xD800;", "<!--", "-->", "a", " ", '"', "'"]
    )
    | st.text(max_size=3),
    max_size=20,
).map("".join)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Just words", "Just words"),
        ("  two \n\t lines\u00a0 ", "two lines"),
        ("one<p>two</p><div>three</div>four<br/>five", "one two three four five"),
        ("H<sub>2</sub>O and <b>bo</b>ld", "H2O and bold"),
        ("&lt;b&gt; stays &amp;amp; so does this", "<b> stays &amp; so does this"),
        ("AT&T &eacute; &#8217; &#x2019; &copy", "AT&T é ’ ’ ©"),
        ("3 < 5 and I <3 it", "3 < 5 and I <3 it"),
        ("a<script>alert('<b>')</script>b<style>p{}</style>c", "abc"),
        ("a<SCRIPT src=x />b", "ab"),
        ("a<svg><title>no</title><text>no</text></svg>b", "ab"),
        ("a<!-- <b> no -->b<!-->c", "abc"),
        ("<a title='1 > 0' href=\"x\">yes</a>", "yes"),
        ("cut off <a href='http://exa", "cut off"),
        ("<![CDATA[wrapped twice]]>", "wrapped twice"),
        ("a\x00b\u202ec&#0;&#1;&#xFFFE;&#xD800;d", "abc\ufffd\ufffdd"),
        ("&#" + "9" * 5000 + ";x", "\ufffdx"),
    ],
)
def test_markup_becomes_one_line_of_text(markup: str, text: str) -> None:
    assert plain(markup) == text


@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<b>", "</b>", "<i class='>'>", "x", "&amp;", "é ", "&lt;"]),
        max_size=15,
    )
)
def test_plain_keeps_the_words_that_a_parser_sees(pieces: list[str]) -> None:
    seen = lxml.html.fromstring(f"<div>{''.join(pieces)}</div>").text_content()
    assert re.sub(r"\s", "", plain("".join(pieces))) == re.sub(r"\s", "", seen)


@given(MARKUP | ANYTHING)
def test_what_plain_gives_is_legal_and_tidy(markup: str) -> None:
    text = plain(markup)
    _assert_legal(text)
    assert text == tidy(text)


@pytest.mark.parametrize(
    "piece", ["<", "<!--", "<a ", "<a b='", '<a "', "<script>", "<svg>", "&", "&#", "<![CDATA[", "</"]
)
def test_a_hostile_megabyte_takes_no_time(piece: str) -> None:
    start = time.monotonic()
    plain(piece * (1_000_000 // len(piece)))
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("marks", ["\u0301\u0327", "\u0327\u0301\u0f73", "\u05b0\u0591\u05bc"])
def test_a_tower_of_marks_is_lowered_in_no_time(marks: str) -> None:
    start = time.monotonic()
    for shown in (tidy("e" + marks * 300_000), fold("e" + marks * 300_000), plain(f"<p>e{marks * 300_000}")):
        assert shown.startswith(("e", "\u0229", "\xe9")) and len(shown) < 10
    assert time.monotonic() - start < 10


def test_letters_keep_the_marks_that_a_language_gives_them() -> None:
    for word in ("שִׁ֑֣֛֖ל", "مُحَمَّدٌ", "ệ", "क्षि", "👨‍👩‍👧", "… — “!?” … — “!?”"):
        assert few_marks(word) == word


def test_controls_and_overrides_go_while_joiners_and_direction_marks_stay() -> None:
    assert tidy("a\x01\x9f\u202e\u2066\ufeff\u200b\xad\ufffe\ufdd0\U0010ffff\ud800b") == "ab"
    assert tidy("می\u200cخواهم \u200f!\u061c") == "می\u200cخواهم \u200f!\u061c"


@given(ANYTHING)
@example("e\u0301\u0085\x0b\x1f\u2028x")
def test_tidy_is_one_legal_line_and_tidying_again_changes_nothing(text: str) -> None:
    tidied = tidy(text)
    _assert_legal(tidied)
    assert tidied == tidy(tidied) == unicodedata.normalize("NFC", tidied)
    assert tidied.split(" ") == tidied.split() or tidied == ""


@given(ANYTHING)
def test_clean_characters_takes_only_what_is_forbidden(text: str) -> None:
    cleaned = clean_characters(text)
    _assert_legal(cleaned)
    assert clean_characters(cleaned) == cleaned


def test_clean_characters_leaves_white_space_and_parted_words() -> None:
    assert clean_characters("a\tb\r\nc\x0cd\x85e\x00f\ud800g \U0001f600") == "a\tb\r\nc d efg \U0001f600"


@pytest.mark.parametrize(
    ("text", "length", "short"),
    [
        ("short enough", 12, "short enough"),
        ("one two three", 9, "one two…"),
        ("one two three", 8, "one two…"),
        ("one, two three", 6, "one…"),
        ("Hottentottententententoonstelling", 10, "Hottentot…"),
        ("anything", 1, "…"),
        ("anything", 0, ""),
    ],
)
def test_text_is_cut_after_a_word(text: str, length: int, short: str) -> None:
    assert shorten(text, length) == short


@given(ANYTHING, st.integers(0, 50))
def test_nothing_is_longer_than_asked(text: str, length: int) -> None:
    assert len(shorten(text, length)) <= length
    assert len(first_sentence(text, length)) <= length


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Rain in Rabat. More tomorrow.", "Rain in Rabat."),
        ("Dr. J. Smith paid 3.5 million. He left.", "Dr. J. Smith paid 3.5 million."),
        ("Really?! Yes.", "Really?!"),
        ("“It is over.” The crowd left.", "“It is over.”"),
        ("هل حدث هذا؟ نعم.", "هل حدث هذا؟"),
        ("今日は雨。明日も。", "今日は雨。"),
        ("no end in sight", "no end in sight"),
        ("one sentence that is far too long for a title. Next.", "one sentence that is far too long for a…"),
    ],
)
def test_a_title_is_made_of_the_first_sentence(text: str, title: str) -> None:
    assert first_sentence(text, 40) == title


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Één Café", "een cafe"),
        ("STRASSE", "Straße"),
        ("İstanbul", "istanbul"),
        ("Ærø Łódź", "aero lodz"),
        ("«L’été» – fini…", '"l\'ete" - fini...'),
        ("أحمد إلى آخر", "احمد الي اخر"),
        ("مَدْرَسَة", "مدرسه"),
        ("العــربية", "العربية"),
        ("ﬁnance\u00a0 ①", "finance 1"),
    ],
)
def test_spellings_of_one_word_fold_together(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_marks_that_make_another_word_are_not_folded() -> None:
    assert fold("कि") != fold("का") != fold("क")
    assert fold("が") != fold("か")


@given(ANYTHING)
@example("ẞ\u0345ΐİ")
@example("ϔﷺ㎪")
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    _assert_legal(fold(text))


@pytest.mark.parametrize(
    ("label", "address"),
    [
        ("Politique & Société", "politique-société"),
        ("الرياضة", "الرياضة"),
        ("  C++ / C#  ", "c-c"),
        ("Straße_und-Weg", "strasse-und-weg"),
        ("समाचार", "समाचार"),
        ("../../etc", "etc"),
        ("¡!", ""),
        ("x" * 100, "x" * 80),
    ],
)
def test_a_slug_holds_words_of_any_script(label: str, address: str) -> None:
    assert slug(label) == address


@given(ANYTHING | st.text("ab -\u0301\u0345é", max_size=120))
def test_a_slug_is_its_own_slug(label: str) -> None:
    made = slug(label)
    assert slug(made) == made and len(made) <= 80
    assert all(sign == "-" or unicodedata.category(sign)[0] in "LNM" for sign in made)
    assert not made.startswith("-") and not made.endswith("-") and "--" not in made


@pytest.mark.parametrize(
    ("language", "text", "way"),
    [
        ("ar", "", "rtl"),
        ("ary-MA", "Latin words", "rtl"),
        ("ar-Latn", "", "ltr"),
        ("az-Arab", "", "rtl"),
        ("az-IR", "", "rtl"),
        ("zh-yue-Hant", "", "ltr"),
        ("nl", "مرحبا", "ltr"),
        (None, "12: שלום world", "rtl"),
        (None, "12: hello שלום", "ltr"),
        ("nonsense language", "مرحبا", "rtl"),
        ("und", "مرحبا", "rtl"),
        (None, "", "ltr"),
    ],
)
def test_direction_follows_the_script_then_the_first_strong_letter(
    language: str | None, text: str, way: str
) -> None:
    assert direction(language, text) == way


@pytest.mark.parametrize(
    ("declared", "tag"),
    [
        ("nl_NL", "nl-nl"),
        ("NL", "nl"),
        (" en-US ", "en-us"),
        ("fr_FR.UTF-8", "fr-fr"),
        ("zh-Hant-TW", "zh-hant-tw"),
        ("de-x-private", "de-x-private"),
        ("english", None),
        ("nl, fr", None),
        ("en-", None),
        ("", None),
        (None, None),
        ("und", None),
        ("en-" + "a" * 9, None),
        ("en" + "-abcdefgh" * 5, None),
        ('nl" onload="x', None),
    ],
)
def test_a_declared_language_becomes_a_tag_or_nothing(declared: str | None, tag: str | None) -> None:
    assert language_tag(declared) == tag


@given(ANYTHING)
def test_a_language_tag_is_its_own_tag(value: str) -> None:
    tag = language_tag(value)
    assert tag is None or language_tag(tag) == tag


def _assert_legal(text: str) -> None:
    text.encode("utf-8")
    etree.Element("x").text = text  # raises on what XML 1.0 forbids


def test_text_that_is_seen_at_once_to_be_tidy_is_tidy_and_has_no_marks() -> None:
    easy = [sign for sign in map(chr, range(sys.maxunicode + 1)) if text._EASY.fullmatch(sign)]
    assert len(easy) > 40_000
    for sign in easy:
        settled = unicodedata.normalize("NFC", sign)
        assert text._EASY.fullmatch(settled)
        assert all(unicodedata.category(one)[0] != "M" for one in settled)
        assert not text._JUNK.search(settled)
        assert not text._ILLEGAL.search(settled)


EUROPEAN = st.text(st.characters(max_codepoint=0xFF) | st.sampled_from("…’€œŽ\u0178ıŁ"), max_size=60)
OTHERS = [
    st.text(
        st.sampled_from([bytes((code,)).decode(page, "ignore") or "x" for code in range(256)]), max_size=60
    )
    for page in ("cp1251", "cp1256")
]


@given(st.one_of(EUROPEAN, *OTHERS))
@settings(max_examples=300)
def test_what_a_code_page_has_is_folded_as_everything_else(written: str) -> None:
    assert fold(written) == text._folded(written)


PILED = st.text(st.sampled_from("aÀßİ \xa0\u0301\u0327\u0651ألىµ½…’\u200b\u212b가\u1100\u1161"), max_size=30)


@given(PILED)
def test_tidy_text_is_as_if_all_of_it_were_looked_at(written: str) -> None:
    line = " ".join(text._JUNK.sub("", written).split())
    piled = re.sub(r"[^\w\x00-\x7f]{9,}", text._lowered, unicodedata.normalize("NFC", line))
    assert few_marks(tidy(written)) == tidy(written) == few_marks(piled)
