"""What libyaml composes is what ruamel.yaml makes of the same text: values, lines and mistakes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.config import composing, load, page
from aggregator.errors import ConfigError

REAL = Path(__file__).parents[2] / "feeds.yaml"
PLAIN = """\
site: {title: De Draad, follow: [{title: "Face\\u0062ook: us", link: 'https://a.example/it''s'}]}
poll:
  every: 15m # a comment: with a colon

  allow_networks: [ 127.0.0.0/8 , "10.0.0.0/8", ]
feeds:
  - https://example.org/rss?a=1&b=*2#x
  - {url: 'http://127.0.0.1:80/feed/1', key: feed1, dedupe: false}
  - url: https://example.com/
    title: a title that goes
      on in the next line
    categories:
    - no
    - 08
    - 12:30
    -
    priority: ~
"""
PIECES = [
    *("\n", " ", "  ", "- ", ": ", ":", '"', "'", "#", " #", "[", "]", "{", "}", ",", "?", "? ", "|", ">"),
    *("\n\n", "\n  ", "\n- ", "\\", "~", "null", "no", "08", "1:2", "-", "%", "@", "`", "=", "<<", "é", "!"),
    *("&", "*", "&a ", "*a", "\t", "\r", "\x85", "\u2028", "\ufeff", "---", "\n...\n", "a:\n", "${HOME}", ""),
]


def outcome(text: str, *, quickly: Any) -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page, "quickly", quickly)
        try:
            return page.read(Path("feeds.yaml"), text, {"HOME": "/"})
        except ConfigError as error:
            return str(error)


def slowly(_text: str) -> None:
    return None


@st.composite
def edited(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from((PLAIN, "".join(REAL.read_text("utf-8").splitlines(keepends=True)[:40]))))
    lines = text.splitlines(keepends=True)
    first = draw(st.integers(0, len(lines) - 1))
    text = "".join(lines[first : first + draw(st.integers(1, 15))])
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(PIECES)) + text[at + draw(st.sampled_from((0, 0, 1, 3))) :]
    return text


@settings(max_examples=400, deadline=None)
@given(edited())
def test_an_edited_file_means_the_same_either_way(text: str) -> None:
    assert outcome(text, quickly=composing.quickly) == outcome(text, quickly=slowly)


@pytest.mark.parametrize("text", [PLAIN, REAL.read_text("utf-8")], ids=["plain", "real"])
def test_an_ordinary_file_is_composed_by_libyaml(text: str) -> None:
    assert composing.quickly(text) is not None
    assert outcome(text, quickly=composing.quickly) == outcome(text, quickly=slowly)


@pytest.mark.parametrize(
    "text",
    [
        "%YAML 1.1\n---\nfeeds: no\n",
        "feeds: &all [https://a.example/]\nsame: *all\n",
        "feeds:\n  - title: !!binary aGk=\n",
        "feeds:\n  - title: >-\n      two\n      lines\n",
        "feeds: []\n---\nfeeds: []\n",
        "feeds:\t[]\n",
        "feeds: [a\x85b]\n",
        "\ufefffeeds: []\n",
        "feeds: {? a : b}\n",
        '{"feeds":[]}',
        "[" * 100_000,
        "- " * 100_000,
        "feeds: [",
        'feeds: "\\UFFFFFFFF"',
        "",
    ],
    ids=lambda text: repr(text[:20]),
)
def test_what_may_be_read_in_two_ways_is_left_to_ruamel(text: str) -> None:
    assert composing.quickly(text) is None


@pytest.mark.parametrize(
    "text", ["a: no\nb: on\nc: 010\nd: 1_0\n", "a: 1\na: 2\n", "a: =\n", "a: <<\n<<: {b: 1}\n"]
)
def test_what_versions_of_yaml_disagree_on_stays_what_it_was(text: str) -> None:
    assert composing.quickly(text) is not None
    assert outcome(text, quickly=composing.quickly) == outcome(text, quickly=slowly)


def test_all_works_without_libyaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text("feeds:\n  - {url: 'https://a.example/', title: no}\n", "utf-8")
    quick = load(path, {})
    monkeypatch.setattr(composing, "_PARSER", None)
    assert composing.quickly(path.read_text("utf-8")) is None
    assert load(path, {}) == quick
