"""Feeds are written into feeds.yaml, and every other byte of it stays as it was."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aggregator.config import added, begun, unfit
from aggregator.errors import ConfigError, UserError
from aggregator.model import Listing
from aggregator.text import tidy

PATH = Path("feeds.yaml")
NEW = Listing("https://new.example/rss", "Nieuws", ("a", "b"))
SHORT = Listing("https://short.example/")
LINES = "  - url: https://new.example/rss\n    title: Nieuws\n    categories: [a, b]\n"


def edited(text: str, *listings: Listing) -> str:
    return added(PATH, text.encode(), listings or (NEW,), {}).decode()


A = "feeds:\n  - https://a.example/\n"
NAMED = (
    "feeds:\n  - url: https://a.example/   # a\n    key: a        # its name\n                  # for ever\n"
)
TEXT = "feeds:\n  - url: https://a.example/\n    title: |\n      A\n\n      # no comment\n"
ALIAS = """\
feeds:
  - url: https://a.example/
    drop: &rules
      - {title: x}
  - url: https://b.example/
    drop: *rules # as a
"""
ITEMS = "feeds: [\n  https://a.example/, # a\n  {url: https://b.example/}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # No feeds yet.
        ("", "feeds:\n" + LINES),
        ("# mine\n", "# mine\nfeeds:\n" + LINES),
        ("# mine", "# mine\nfeeds:\n" + LINES),
        ("keep: 9d", "keep: 9d\n\nfeeds:\n" + LINES),
        ("keep: 9d\n...\n# end\n", "keep: 9d\n\nfeeds:\n" + LINES + "...\n# end\n"),
        ("  keep: 9d\n", "  keep: 9d\n\n  feeds:\n    - https://short.example/\n"),
        ("feeds:", "feeds:\n" + LINES),
        ("feeds:   # none yet\nkeep: 9d\n", "feeds:   # none yet\n" + LINES + "keep: 9d\n"),
        (
            "feeds:\n  # - mine\n# how long\nkeep: 9d\n",
            "feeds:\n  # - mine\n" + LINES + "# how long\nkeep: 9d\n",
        ),
        ("feeds: ~ # none\n", "feeds: # none\n" + LINES),
        ("feeds: []\nkeep: 9d\n", "feeds:\n" + LINES + "keep: 9d\n"),
        ("feeds: [ ]   # none\n", "feeds:   # none\n" + LINES),
        # A list of lines.
        (A, A + LINES),
        (A.rstrip(), A + LINES),
        (A.replace("\n", "\r\n"), (A + LINES).replace("\n", "\r\n")),
        ("\ufeff" + A, "\ufeff" + A + LINES),
        ("--- # 1\n" + A + "...\n", "--- # 1\n" + A + LINES + "...\n"),
        (
            A.replace("  -", "-") + "keep: 9d\n",
            A.replace("  -", "-") + "- https://short.example/\nkeep: 9d\n",
        ),
        (A.replace("  -", "      -   "), A.replace("  -", "      -   ") + "      - https://short.example/\n"),
        (A + "    # a\n  # b\n\n# days\nkeep: 9d\n", A + "    # a\n" + LINES + "  # b\n\n# days\nkeep: 9d\n"),
        (NAMED + "keep: 9d\n", NAMED + LINES + "keep: 9d\n"),
        (NAMED + "    title:   # none\n# days\n", NAMED + "    title:   # none\n" + LINES + "# days\n"),
        (TEXT + "\n\n# days\nkeep: 9d\n", TEXT + LINES + "\n\n# days\nkeep: 9d\n"),
        (ALIAS + "keep: 9d\n", ALIAS + LINES + "keep: 9d\n"),
        (
            "feeds: &all\n- &a https://a.example/\n",
            "feeds: &all\n- &a https://a.example/\n- https://short.example/\n",
        ),
        # A list in brackets.
        ("feeds: [https://a.example/] # a\n", 'feeds: [https://a.example/, "https://short.example/"] # a\n'),
        (ITEMS + ", # b\n]\n", ITEMS + ', # b\n  "https://short.example/",\n]\n'),
        (ITEMS + " # b\n]\n", ITEMS + ', # b\n  "https://short.example/"\n]\n'),
        (ITEMS + "]\n", ITEMS + ', "https://short.example/"]\n'),
        ("feeds: [ # none\n  ]\n", 'feeds: ["https://short.example/"  # none\n  ]\n'),
        # JSON, which is YAML.
        ('{"feeds": []}', '{"feeds": ["https://short.example/" ]}'),
        (
            '{"feeds": ["https://a.example/"]}\n',
            '{"feeds": ["https://a.example/", "https://short.example/"]}\n',
        ),
        ('{"keep": "9d"}\n', '{"keep": "9d", "feeds": ["https://short.example/"]}\n'),
        ("{}", '{"feeds": ["https://short.example/"] }'),
    ],
)
def test_new_feeds_stand_behind_those_that_are_there(before: str, after: str) -> None:
    listing = SHORT if "short.example" in after else NEW
    assert edited(before, listing) == after


def test_an_example_with_everything_in_it_keeps_every_line() -> None:
    example = (Path(__file__).parents[2] / "feeds.yaml").read_text(encoding="utf-8")
    assert edited(example) == example + LINES


def test_what_yaml_would_misread_stands_in_quotes() -> None:
    listing = Listing(
        "https://a.example/?x=a,b&y=c:", "On: 5 #1", ("yes", "a, b", "zo, 'n", "[x]"), "nl", "a"
    )
    assert edited("feeds:\n", listing) == (
        'feeds:\n  - url: "https://a.example/?x=a,b&y=c:"\n    key: a\n    title: "On: 5 #1"\n'
        '    categories: ["yes", "a, b", "zo, \'n", "[x]"]\n    language: nl\n'
    )


@pytest.mark.parametrize("text", ["feeds:\n", "feeds: [https://b.example/]\n"])
@pytest.mark.parametrize("title", ["${HOME}", "$${HOME}", "a ${X}${Y} $"])
def test_nothing_of_the_environment_is_filled_in_for_a_stranger(text: str, title: str) -> None:
    listing = Listing("https://me:${HOME}@a.example/", title, (title,))
    written = added(PATH, text.encode(), [listing], {"HOME": "secret"})
    found = begun(PATH, written, {"HOME": "secret"}).subscriptions[-1]
    assert (found.url, found.title, found.categories) == (listing.url, title, (title,))


def test_a_mistake_is_told_with_its_line_in_the_file_as_it_is() -> None:
    with pytest.raises(ConfigError, match=r"^feeds.yaml:3: keep: '9 dagen' is no duration"):
        edited("feeds:\n  - https://a.example/\nkeep: 9 dagen\n")
    with pytest.raises(ConfigError, match=r"^feeds.yaml:2: this is no YAML"):
        edited("feeds: [\n")
    with pytest.raises(ConfigError, match=r"the file holds a list, not keys"):
        edited("- https://a.example/\n")
    with pytest.raises(ConfigError, match=r"^feeds.yaml:1: feeds: 'x' where a list is wanted"):
        edited("feeds: x\n")


def test_what_would_not_be_sound_is_not_written() -> None:
    with pytest.raises(UserError, match=r"^feeds.yaml: left as it was, .*: key: the same as in line 2"):
        edited("feeds:\n  - {url: https://a.example/, key: a}\n", Listing("https://b.example/", key="a"))
    with pytest.raises(UserError, match="left as it was"):  # the first one would lose the name that it has
        edited("feeds:\n  - https://a.example/\n", Listing("https://b.example/", key="a-example"))


@pytest.mark.parametrize(
    ("listing", "why"),
    [
        (NEW, None),
        (Listing("file:///etc/passwd"), "url: 'file:///etc/passwd' is no web address; only http: and https:"),
        (Listing("https://a.example/", key="a b"), "key: 'a b' cannot stand in an address; try a-b"),
        (Listing("https://a.example/", language="Dutch"), "language: 'Dutch' is no language"),
    ],
)
def test_what_cannot_stand_in_the_file_is_told(listing: Listing, why: str | None) -> None:
    assert (unfit(listing) or "").startswith(why or "")
    assert (unfit(listing) is None) == (why is None)


WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20).map(tidy)
TITLES = WORDS | st.sampled_from(
    ["null", "~", "- a", "a: b", "#", "'", '"', "*a", "%", "---", "...", "${A}", "!!x"]
)
LISTINGS = st.builds(
    Listing,
    st.from_regex(r"https://[a-z0-9]{1,9}\.example/[A-Za-z0-9,:'!*$&?=;@()~-]{0,12}", fullmatch=True),
    TITLES,
    st.lists(TITLES.filter(bool), max_size=3, unique=True).map(tuple),
    st.sampled_from([None, "nl", "ar-ma"]),
)
BLANKS = st.sampled_from(["", " # said", "   "])
OTHERS = st.lists(
    st.sampled_from(["", "# a comment", "keep: 9d  # days", "site: {title: 'X'}", "dedupe:\n  window: 3h"]),
    max_size=4,
    unique=True,
)


@st.composite
def files(draw: st.DrawFn) -> str:
    """Draw a feeds.yaml as somebody may have written it."""
    indent = " " * draw(st.integers(0, 4))
    gap = " " * draw(st.integers(1, 3))
    items = []
    for number in range(draw(st.integers(0, 3))):
        dash, space = f"{indent}-{gap}", indent + " " + gap
        items += [
            draw(st.sampled_from([f"{indent}# next", f"{space}# deeper", ""])),
            f"{dash}url: https://old{number}.example/{draw(BLANKS)}",
            f"{space}title: {draw(st.sampled_from(['Old', '|', '>-', repr('Old')]))}",
        ]
        items += [f"{space}  two lines", f"{space}    # of text"] if items[-1][-1] in "|-" else []
        items += draw(
            st.sampled_from([[], [f"{space}language:"], [f"{space}drop: [", f"{space}  ]  # none"]])
        )
    head = draw(st.sampled_from(["", "---", "%YAML 1.2\n---"]))
    key = draw(st.sampled_from(["feeds:", "'feeds':", "feeds :"])) + draw(BLANKS)
    before, after = draw(OTHERS), draw(OTHERS)
    after = [line for line in after if line == "" or line not in before]
    lines = [line for line in [head, *before, key, *items, *after] if line or draw(st.booleans())]
    text = "\n".join(lines) + "\n" * draw(st.integers(0, 2))
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@settings(deadline=None, max_examples=150)
@given(files(), st.lists(LISTINGS, min_size=1, max_size=3, unique_by=lambda listing: listing.url))
def test_whatever_the_file_is_like_only_lines_are_added(text: str, listings: list[Listing]) -> None:
    try:
        before = begun(PATH, text.encode(), {})
    except ConfigError:
        assume(False)
    written = edited(text, *listings)
    lines = iter(written.splitlines())
    assert all(line in lines for line in text.splitlines()), written  # each of them, in its order
    after = begun(PATH, written.encode(), {})
    assert after.subscriptions[: len(before.subscriptions)] == before.subscriptions
    assert [
        (each.url, each.title or "", each.categories, each.language)
        for each in after.subscriptions[len(before.subscriptions) :]
    ] == [(each.url, each.title, each.categories, each.language) for each in listings]


@st.composite
def lists_in_brackets(draw: st.DrawFn) -> str:
    """Draw a feeds.yaml whose feeds stand between brackets, or JSON."""
    blank = st.sampled_from(["", " ", "\n  ", " # said\n   "])
    items = [f"https://old{n}.example/" for n in range(draw(st.integers(0, 3)))]
    shapes = (
        draw(st.sampled_from(["{0}", '"{0}"', "{{url: {0}}}", '{{"url":"{0}", title: x}}'])) for _ in items
    )
    inside = ",".join(
        f"{draw(blank)}{shape.format(item)}{draw(blank)}" for shape, item in zip(shapes, items, strict=True)
    )
    comma = draw(st.sampled_from(["", ","])) if items else ""
    text = f"[{inside}{comma}{draw(blank)}]"
    around = draw(
        st.sampled_from(
            [
                "feeds: {0}",
                "# a\nfeeds: {0} # b\n",
                'keep: 9d\n"feeds": {0}\nstore: ~\n',
                '{{"feeds": {0}, "keep": "9d"}}',
                "{{keep: 9d, feeds: {0}\n}}\n",
            ]
        )
    )
    return around.format(text)


@settings(deadline=None, max_examples=150)
@given(lists_in_brackets(), st.lists(LISTINGS, min_size=1, max_size=3, unique_by=lambda listing: listing.url))
def test_between_brackets_as_well_nothing_is_lost(text: str, listings: list[Listing]) -> None:
    try:
        before = begun(PATH, text.encode(), {})
    except ConfigError:
        assume(False)
    written = edited(text, *listings)
    signs = iter(written)
    assert all(sign in signs for sign in text if before.subscriptions or sign not in "[] \n"), written
    assert all(comment in written for comment in re.findall("# .*", text))
    after = begun(PATH, written.encode(), {})
    assert after.subscriptions[: len(before.subscriptions)] == before.subscriptions
    assert [each.title or "" for each in after.subscriptions[len(before.subscriptions) :]] == [
        each.title for each in listings
    ]
