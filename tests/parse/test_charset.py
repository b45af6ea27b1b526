"""A document is shown right, or with a letter replaced, whatever header, declaration, mark and bytes say."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse.charset import as_text, as_utf8, is_binary

TITLE = "Café «één» €"
XML = "application/xml"


def _document(declared: str, title: str = TITLE) -> str:
    return f'<?xml version="1.0" encoding="{declared}"?><t>{title}</t>' if declared else f"<t>{title}</t>"


@pytest.mark.parametrize(
    ("declared", "header", "written"),
    [
        ("utf-8", "", "utf-8"),
        ("", "", "utf-8"),
        ("", "iso-8859-15", "iso-8859-15"),
        ("iso-8859-15", "", "iso-8859-15"),
        ("utf-8", "iso-8859-15", "iso-8859-15"),  # the header is stronger than the declaration
        ("utf-8", "us-ascii", "utf-8"),
        ("utf-8", "iso-8859-1", "utf-8"),  # Latin-1 that happens to be UTF-8 is UTF-8
        ("iso-8859-1", "", "windows-1252"),
        ("utf-8", "", "windows-1252"),
        ("utf-8", "utf-8", "windows-1252"),
        ("klingon", "vulcan", "utf-8"),
        ("utf-16", "", "utf-8"),
        ("utf-8", "utf-16", "utf-8"),
        ("", "", "utf-8-sig"),
        ("iso-8859-1", "iso-8859-1", "utf-8-sig"),
        ("utf-16", "", "utf-16"),
        ("utf-8", "iso-8859-1", "utf-16"),
        ("", "", "utf-16-le"),
        ("utf-16", "", "utf-16-be"),
        ("", "utf-8", "utf-32"),
        ("", "", "utf-32-be"),
        ("", "", "utf-32-le"),
        ("cp1140", "", "cp1140"),  # EBCDIC
    ],
)
def test_declarations_bytes_and_marks_that_disagree(declared: str, header: str, written: str) -> None:
    content_type = f'{XML}; charset="{header}"' if header else XML
    assert as_utf8(_document(declared).encode(written), content_type).decode() == _document("")


@pytest.mark.parametrize(
    ("title", "charset"),
    [("أخبار", "windows-1256"), ("Новости", "koi8-r"), ("ニュース", "iso-2022-jp"), ("新闻", "gb2312")],
)
def test_the_scripts_of_the_world(title: str, charset: str) -> None:
    assert as_text(_document(charset, title).encode(charset), XML) == _document(charset, title)


@pytest.mark.parametrize(
    "name", ["utf-7", "UTF7", "unicode_escape", "hz", "punycode", "rot13", "zlib", "base64"]
)
def test_an_encoding_that_hides_markup_is_never_decoded(name: str) -> None:
    hidden = b"<t>+ADw-script+AD4- \\u003cscript\\u003e ~{#<~}</t>" + "é".encode()
    assert as_utf8(hidden, f"{XML}; charset={name}") == hidden


def test_one_stray_byte_spoils_one_letter_and_not_the_document() -> None:
    assert as_text("één ".encode() + b"\xe9" + " café".encode(), XML) == "één é café"


def test_characters_that_xml_forbids_are_left_out() -> None:
    assert as_utf8("<t>a\0\x01\x0b\x1f\ufffe\uffffb\t</t>".encode(), XML) == b"<t>ab\t</t>"


def test_blank_lines_before_the_declaration_do_no_harm() -> None:
    assert as_utf8(b"\xef\xbb\xbf\n\n <?xml version='1.0'?><t/>", XML) == b"<t/>"


def test_a_picture_is_binary_and_markup_with_a_zero_byte_is_not() -> None:
    assert is_binary(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    assert not is_binary(b"\n<rss>\0</rss>")
    assert not is_binary("<rss/>".encode("utf-16"))


@given(st.binary(max_size=300), st.text(max_size=30))
def test_any_bytes_become_valid_utf8(body: bytes, content_type: str) -> None:
    as_utf8(body, f"text/xml; charset={content_type}").decode()


@given(
    st.sampled_from([codecs.BOM_UTF16_LE, codecs.BOM_UTF32_BE, b"Lo\xa7\x94", b"<\0?\0"]),
    st.binary(max_size=50),
)
def test_a_mark_before_garbage_does_no_harm(mark: bytes, body: bytes) -> None:
    as_utf8(mark + body, "").decode()
