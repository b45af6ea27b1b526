"""Configuration: what feeds.yaml may say, and what is told of what it may not."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aggregator.config import load, schema
from aggregator.errors import ConfigError
from aggregator.model import Config, FollowLink, Matching, Polling, Publishing, Rule, Site, Subscription

REAL = Path(__file__).parent.parent / "feeds.yaml"
QUARTER = timedelta(minutes=15)
EVERYTHING = r"""
site:
  title: De Draad
  link: https://news.example.org/draad
  description: |
    Headlines
    of the day
  language: nl
  timezone: Africa/Casablanca
  follow:
    - {title: Facebook, link: "https://www.facebook.com/example"}
  share: [mail]
  images: none
store: postgresql://me:${PASSWORD}@localhost/news
poll:
  every: 2m
  floor: 1s
  timeout: 1h30m
  max_body: 1.5 MiB
  max_entries: 10
  per_host: 4
  allow_networks: [127.0.0.0/8, "::1"]
  user_agent_contact: https://news.example.org/about
keep: 1w
dedupe:
  window: 36h
  stories: false
  same: [[a, b]]
  different: [["https://a.example/1", 2024]]
publish:
  items: 50
  hub: https://hub.example.org
feeds:
  - https://www.example.org/rss
  - https://example.org/other
  - url: https://user:pass@example.com/feed.xml
    key: Example_1.nl
    title: 2024
    categories: politics
    language: ar_MA
    priority: -10
    every: 10m
    dedupe: false
    wait_with_host: false
    keep: [{title: "(?i)marokko$", link: /nieuws/}]
    drop: [{category: sport}, {author: "$${x}"}]
  - {url: "https://example.net/", title: Één Krant, categories: [no, 08, no]}
"""


def at(folder: Path, text: str | bytes) -> Path:
    path = folder / "feeds.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return path


def mistakes(path: Path, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as told:
        load(path, environ or {})
    return [line.replace(str(path), "feeds.yaml") for line in str(told.value).splitlines()]


def test_every_key_finds_its_place(tmp_path: Path) -> None:
    assert load(at(tmp_path, EVERYTHING), {"PASSWORD": "s$cret"}) == Config(
        subscriptions=(
            Subscription("example-org", "https://www.example.org/rss", timedelta(minutes=2)),
            Subscription("example-org-2", "https://example.org/other", timedelta(minutes=2)),
            Subscription(
                key="Example_1.nl",
                url="https://user:pass@example.com/feed.xml",
                every=timedelta(minutes=10),
                title="2024",
                categories=("politics",),
                language="ar-ma",
                priority=-10,
                dedupe=False,
                wait_with_host=False,
                keep=(Rule((("title", "(?i)marokko$"), ("link", "/nieuws/"))),),
                drop=(Rule((("category", "sport"),)), Rule((("author", "${x}"),))),
            ),
            Subscription(
                "één-krant", "https://example.net/", timedelta(minutes=2), "Één Krant", ("no", "08")
            ),
        ),
        store="postgresql+psycopg://me:s$cret@localhost/news",
        site=Site(
            title="De Draad",
            link="https://news.example.org/draad/",
            description="Headlines\nof the day",
            language="nl",
            timezone="Africa/Casablanca",
            follow=(FollowLink("Facebook", "https://www.facebook.com/example"),),
            share=("mail",),
            images="none",
        ),
        polling=Polling(
            every=timedelta(minutes=2),
            floor=timedelta(seconds=1),
            timeout=timedelta(minutes=90),
            max_body=1_572_864,
            max_entries=10,
            per_host=4,
            allow_networks=("127.0.0.0/8", "::1/128"),
            contact="https://news.example.org/about",
        ),
        matching=Matching(timedelta(hours=36), False, (("a", "b"),), (("https://a.example/1", "2024"),)),
        publishing=Publishing(50, "https://hub.example.org/"),
        keep=timedelta(weeks=1),
    )


def test_what_is_not_said_takes_its_default(tmp_path: Path) -> None:
    bare = "site:\nstore:\npoll: {}\ndedupe:\n  same:\nfeeds:\n  - url: https://example.org/\n    title:\n"
    assert load(at(tmp_path, bare), {}) == Config(
        (Subscription("example-org", "https://example.org/", QUARTER),), f"sqlite:///{tmp_path}/ticker.db"
    )


def test_no_feeds_at_all_must_be_meant(tmp_path: Path) -> None:
    assert load(at(tmp_path, "feeds: []"), {}).subscriptions == ()
    told = "feeds: missing; list the feeds under it, each an address, or keys and values of which one is url"
    assert mistakes(at(tmp_path, "feeds:\n  # - https://example.org/")) == [f"feeds.yaml:1: {told}"]


def test_a_made_key_gives_way_to_a_written_one(tmp_path: Path) -> None:
    feeds = (
        "feeds: [https://a.org/1, https://a.org/2, {url: 'https://b.org', key: a-org}, 'https://…A.org/3']"
    )
    keys = [feed.key for feed in load(at(tmp_path, feeds.replace("…", "www.")), {}).subscriptions]
    assert keys == ["a-org-2", "a-org-3", "a-org", "a-org-4"]


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("sqlite:///ticker.db", "sqlite:///{folder}/ticker.db"),
        ("sqlite:///data/ticker.db?timeout=5", "sqlite:///{folder}/data/ticker.db?timeout=5"),
        ("sqlite:////srv/ticker.db", "sqlite:////srv/ticker.db"),
        ("sqlite+pysqlite:///t.db", "sqlite:///{folder}/t.db"),
        ("postgresql://localhost/news", "postgresql+psycopg://localhost/news"),
        ("postgres:///news", "postgresql+psycopg:///news"),
        ("postgresql+psycopg://localhost/news", "postgresql+psycopg://localhost/news"),
    ],
)
def test_a_store_is_looked_for_beside_the_file(tmp_path: Path, written: str, url: str) -> None:
    config = load(at(tmp_path, f"store: {written}\nfeeds: []"), {})
    assert config.store == url.format(folder=tmp_path)


def test_an_alias_stands_for_what_it_names(tmp_path: Path) -> None:
    feeds = (
        "feeds:\n- {url: https://a.org, categories: &both [x, y]}\n- {url: https://b.org, categories: *both}"
    )
    assert [feed.categories for feed in load(at(tmp_path, feeds), {}).subscriptions] == [("x", "y")] * 2


KNOWN = "known here: site, store, poll, keep, dedupe, publish, feeds"
KNOWN_IN_FEED = (
    "known here: url, key, title, categories, language, priority, every, dedupe, wait_with_host, keep, drop"
)
WRONG = [
    (
        "feeds: []\npoll:\n  every: 30 minuts\n  floor: 0s\n  timeout: -5s\nkeep: 9999w\n"
        "dedupe: {window: 12:30}",
        "3: every: '30 minuts' is no duration; try 30m or 2h",
        "4: floor: '0s' is no time at all; 1s is the least",
        "5: timeout: '-5s' is no duration; try 30m or 2h",
        "6: keep: '9999w' is more than a hundred years; try 90d",
        "7: window: '12:30' is no duration; try 30m or 2h",
    ),
    (
        "feeds: []\npoll:\n  max_body: big\n  max_entries: 08\n  per_host: 0\npublish:\n  items:\n    - 1\n",
        "3: max_body: 'big' is no size; try 10MB or 500kB",
        "4: max_entries: '08' is no whole number; write 8",
        "5: per_host: '0' is too small; write 1 to 100000",
        "7: items: a list where text is wanted; put it in quotes if it is text",
    ),
    (
        "feeds: []\npoll: {max_body: 0, max_entries: 1e3,\n  per_host: 999999}\npublish: {items: two}",
        "2: max_body: '0' is nothing at all; try 10MB",
        "2: max_entries: '1e3' is no whole number; write one from 1 to 100000",
        "3: per_host: '999999' is too large; write 1 to 100000",
        "4: items: 'two' is no whole number; write one from 1 to 100000",
    ),
    (
        "poll: {max_body: 2GB}\ndedupe: {stories: yes}\nfeeds: [{url: 'https://a.org', dedupe: 1}]",
        "1: max_body: '2GB' is more than 1GB; try 10MB",
        "2: stories: 'yes' is neither true nor false; write one of the two",
        "3: dedupe: '1' is neither true nor false; write one of the two",
    ),
    (
        "sit: {}\nfeeds:\n- url: https://a.org\n  categorie: x\n  ? zzz\n  : 1\npublish: {hubs: , ttl: 1}",
        "1: sit: unknown key; did you mean 'site'?",
        "4: categorie: unknown key; did you mean 'categories'?",
        f"6: zzz: unknown key; {KNOWN_IN_FEED}",
        "7: hubs: unknown key; did you mean 'hub'?",
        "7: ttl: unknown key; known here: items, hub",
    ),
    ("<<: {a: b}\nfeeds: []", f"1: <<: unknown key; {KNOWN}"),
    (
        "feeds: []\nsite:\n  language: no\n  timezone: Casablanca\n  images: Proxy\n  share:\n"
        "  - copy\n  - fax\n",
        "3: language: 'no' cannot stand here; write one of en, nl, fr, ar",
        "4: timezone: 'Casablanca' is no time zone; did you mean 'Africa/Casablanca'?",
        "5: images: 'Proxy' cannot stand here; did you mean 'proxy'?",
        "8: share: 'fax' cannot stand here; write one of copy, mail, bluesky, facebook, "
        "linkedin, reddit, telegram, whatsapp, x",
    ),
    (
        "feeds: []\nsite:\n  title: ' '\n  link: https://a.org/?x\n  timezone: Europe/Amsterdm\n  follow:\n"
        "  - {title: F, link: a.org/f}\n  - link: https://me:secret@a.org\n",
        "3: title: is empty; write something, or remove the key",
        "4: link: 'https://a.org/?…' is the address of one page; end it before its ? or #",
        "5: timezone: 'Europe/Amsterdm' is no time zone; did you mean 'Europe/Amsterdam'?",
        "7: link: 'a.org/f' lacks its http:// or https://; try 'https://a.org/f'",
        "8: title: missing; what the link says",
        "8: link: 'https://a.org' holds a user or a password, which everyone would see; remove it",
    ),
    (
        "feeds: []\nsite: {timezone: Europe}",
        "2: timezone: 'Europe' is no time zone; did you mean 'Europe/Rome'?",
    ),
    (
        "feeds: []\nsite: {timezone: ../../etc/passwd}",
        "2: timezone: '../../etc/passwd' is no time zone; "
        "write one such as Europe/Amsterdam or Africa/Casablanca",
    ),
    (
        "feeds:\n- ftp://a.org/f\n- file:///etc/passwd\n- feed://a.org/f\n- feed:https://a.org/f\n- gopher://a.org\n"
        "- a.org/f\n- localhost:80/f\n- //a.org\n- http:///f\n- https://a .org/\n- 'https://[::1'\n- https://a.org:x/\n",
        "2: url: 'ftp://a.org/f' is no web address; only http: and https: can be asked",
        "3: url: 'file:///etc/passwd' is no web address; only http: and https: can be asked",
        "4: url: 'feed://a.org/f' is an address for feed readers; try 'http://a.org/f'",
        "5: url: 'feed:https://a.org/f' is an address for feed readers; try 'https://a.org/f'",
        "6: url: 'gopher://a.org' is no web address; only http: and https: can be asked",
        "7: url: 'a.org/f' lacks its http:// or https://; try 'https://a.org/f'",
        "8: url: 'localhost:80/f' lacks its http:// or https://; try 'https://localhost:80/f'",
        "9: url: '//a.org' lacks its http:// or https://; try 'https://a.org'",
        "10: url: 'http:///f' has no host that can be asked; write it like https://example.org/rss",
        "11: url: 'https://a .org/' has white space in it; write %20 for a space",
        "12: url: 'https://[::1' has no host that can be asked; write it like https://example.org/rss",
        "13: url: 'https://a.org:x/' has no host that can be asked; write it like https://example.org/rss",
    ),
    (
        "feeds:\n- https://a.org/\n- url: HTTPS://A.org:443\n  key: x\n- url: https://b.org\n  key: X\n"
        "- url: https://me:1@a.org/\n",
        "3: url: the same as in line 2; two feeds cannot share it, remove one",
        "6: key: the same as in line 4; two feeds cannot share it, remove one",
    ),
    (
        "feeds:\n- title: x\n- key: My Feed\n  url: https://a.org\n"
        "  language: Nederlands\n  priority: +010\n- \n- []\n",
        "2: url: missing; the address of the feed (http or https)",
        "3: key: 'My Feed' cannot stand in an address; try my-feed",
        "5: language: 'Nederlands' is no language; write its code, such as nl, fr or ar-ma",
        "6: priority: '+010' is no whole number; write one from -1000 to 1000",
        "7: feeds: an item with nothing in it; remove it, or fill it in",
        f"8: feeds: a list where keys and values are wanted; {KNOWN_IN_FEED}",
    ),
    (
        "feeds:\n- url: https://a.org\n  categories:\n  - x\n  -\n"
        "  keep:\n  - title: (\n    autor: x\n  drop:\n  - {}\n  - sport\n"
        "- url: https://b.org\n  keep: {title: x}\n  drop: [{title: 'a{99999999999}'}]\n",
        "5: categories: an item with nothing in it; remove it, or fill it in",
        "7: title: '(' is no regular expression; look at missing ), unterminated subpattern at position 0",
        "8: autor: unknown key; did you mean 'author'?",
        "10: drop: a rule without a pattern; write {title: …}, or summary, author, category or link",
        "11: drop: 'sport' where keys and values are wanted; "
        "known here: title, summary, author, category, link",
        "13: keep: keys and values where a list is wanted; begin each item with '- '",
        "14: title: 'a{99999999999}' is no regular expression; look at the repetition number is too large",
    ),
    (
        "feeds: {NOS: https://a.org}\nsite: De Draad\n"
        "poll:\n  allow_networks: 10.0.0.0/8\n  user_agent_contact: me\n",
        "1: feeds: keys and values where a list is wanted; begin each item with '- '",
        "2: site: 'De Draad' where keys and values are wanted; known here: "
        "title, link, description, language, timezone, follow, share, images, index_articles",
        "4: allow_networks: '10.0.0.0/8' where a list is wanted; write [10.0.0.0/8]",
        "5: user_agent_contact: 'me' is no web page and no e-mail address; try https://example.org/about",
    ),
    (
        "feeds: []\npoll: {allow_networks: [10.0.0.1/8, lan, FD00::/8]}\n"
        "dedupe:\n  same: [[a], b, [a, ' ']]\n  different: [[a, b, c]]\npublish: {hub: hub.org}\n",
        "2: allow_networks: '10.0.0.1/8' is one address in a network; did you mean '10.0.0.0/8'?",
        "2: allow_networks: 'lan' is no network; try 127.0.0.0/8 or fd00::/8",
        '4: same: a list where a pair is wanted; write ["the one", "the other"]',
        '4: same: \'b\' where a pair is wanted; write ["the one", "the other"]',
        "4: same: is empty; write something, or remove the key",
        '5: different: a list where a pair is wanted; write ["the one", "the other"]',
        "6: hub: 'hub.org' lacks its http:// or https://; try 'https://hub.org'",
    ),
    (
        "feeds: []\nstore: mysql://root:secret@host/x",
        "2: store: 'mysql://host/x' is no store; "
        "write sqlite:///ticker.db or postgresql+psycopg://user:password@host/name",
    ),
    (
        "feeds: []\nstore: sqlite://t.db",
        "2: store: 'sqlite://t.db' has a slash too few; try 'sqlite:///t.db'",
    ),
    (
        "feeds: []\nstore: 'sqlite:///:memory:'",
        "2: store: 'sqlite:///:memory:' names no file to outlive the program; try sqlite:///ticker.db",
    ),
    (
        "feeds: []\nstore: sqlite:///file:t.db?uri=true",
        "2: store: 'sqlite:///file:t.db?…' holds a second address; write the path alone: sqlite:///ticker.db",
    ),
    # the page
    ("", "1: the file is empty; write at least 'feeds:' and a feed's address under it"),
    ("# nothing yet\n", "1: the file is empty; write at least 'feeds:' and a feed's address under it"),
    ("- https://a.org\n", "1: the file holds a list, not keys; put the feeds under 'feeds:'"),
    ("https://a.org", "1: the file holds one value, not keys; put the feeds under 'feeds:'"),
    ("feeds:\n\t- https://a.org", "2: a tab; YAML is indented with spaces"),
    ("site: {title: x\nfeeds: []", "2: a [ or { that is never closed, or a comma too few"),
    ("site: {title: 'x}\nfeeds: []", "2: a quote that is opened here is never closed"),
    ("feeds\n  - x\nsite: {}", "3: a ':' too many, or wrong indentation; put text with ': ' in quotes"),
    ("feeds: []\nsite\n", "3: a key without its ':', here or in the line above"),
    ("feeds: []\nsite: {title: @home}", "2: a value may not begin with @; put it in quotes"),
    (
        "feeds: []\nsite: {title: *x}",
        "2: *x is nowhere defined with &x; put text that begins with * in quotes",
    ),
    ("feeds:\n  - x\n - y", "3: does not fit the lines above; look at indentation, dashes, quotes"),
    ("feeds: []\n---\nfeeds: []", "2: a second '---'; everything belongs in one document"),
    (
        "feeds: []\nkeep: 1d\nsite: {}\nkeep: 2d",
        "4: keep: stands here a second time (first in line 2); remove one",
    ),
    (
        "feeds: [{url: x,\n url: y}]",
        "1: url: 'x' lacks its http:// or https://; try 'https://x'",
        "2: url: stands here a second time (first in line 1); remove one",
    ),
    (
        "feeds: []\nsite: {title: !!python/name:os.system x, [a]: b}",
        "2: site: a key must be a word",
        "2: title: tags (words that begin with '!') mean nothing here; write the plain value",
    ),
    (
        'feeds: []\nsite: {title: "a\\0b", description: "\\ud800"}',
        "2: description: holds a control character or another that no text needs; remove it",
        "2: title: holds a control character or another that no text needs; remove it",
    ),
    ("feeds: []\nsite: {title: a\x01b}", "2: the character U+0001 may not stand here; remove it"),
    ('feeds: ["\\UFFFFFFFF"]', "1: this is no YAML: an escape (\\U…) or a number in it is out of range"),
    ("[" * 100_000, "1: lists or keys stand more than 20 deep; the format needs five"),
    ("a: " + "[" * 30 + "]" * 30, "1: lists or keys stand more than 20 deep; the format needs five"),
    ("feeds: &a [*a]", "1: lists or keys stand more than 20 deep; the format needs five"),
    (
        "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)),
        "1: aliases (*name) unfold to more than 100,000 values",
    ),
    (b"feeds: []\nsite:\n  title: Caf\xe9\n", "3: the byte 0xe9 is no UTF-8; save the file as UTF-8"),
    ("feeds: []".encode("utf-16"), "1: the byte 0xff is no UTF-8; save the file as UTF-8"),
    (b"#" * 10_000_001, "1: the file is larger than 10 MB; is it a list of feeds?"),
]


@pytest.mark.parametrize(("text", "told"), [(text, told) for text, *told in WRONG], ids=range(len(WRONG)))
def test_a_mistake_is_told_with_its_line_and_what_to_do(
    tmp_path: Path, text: str | bytes, told: list[str]
) -> None:
    assert sorted(mistakes(at(tmp_path, text))) == sorted(f"feeds.yaml:{line}" for line in told)


def test_mistakes_come_in_the_order_of_their_lines(tmp_path: Path) -> None:
    told = mistakes(at(tmp_path, "zzz: 1\nfeeds: [x]\nkeep: x\nsite: {a: 1}\nkeep: 1d"))
    assert [int(line.split(":")[1]) for line in told] == [1, 2, 3, 4, 5]


def test_lines_are_right_whatever_ends_them_and_begins_the_file(tmp_path: Path) -> None:
    assert mistakes(at(tmp_path, "\ufefffeeds: []\r\nsite:\r\n  title: >\r\n   a\r\n   b\r\nkeep: x")) == [
        "feeds.yaml:6: keep: 'x' is no duration; try 30m or 2h"
    ]


def test_a_file_that_cannot_be_read_is_told_in_a_sentence(tmp_path: Path) -> None:
    assert mistakes(tmp_path) == ["feeds.yaml:1: this is a folder; name the file in it with --config"]
    gone = tmp_path / "gone.yaml"
    assert mistakes(gone) == ["feeds.yaml:1: there is no such file; make it, or name another with --config"]
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert mistakes(tmp_path / "loop")[0].startswith("feeds.yaml:1: the file cannot be read: ")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = at(tmp_path, "feeds: []")
    path.chmod(0)
    assert mistakes(path) == ["feeds.yaml:1: the file may not be read; give this user the right to read it"]


def test_a_variable_that_is_not_set_is_named(tmp_path: Path) -> None:
    assert mistakes(at(tmp_path, "store: ${A}${B}\nfeeds: ['https://${C}/']"), {"B": "x"}) == [
        "feeds.yaml:1: store: ${A} is not set in the environment; set it, or write $${A} to mean the text",
        "feeds.yaml:2: feeds: ${C} is not set in the environment; set it, or write $${C} to mean the text",
    ]


def test_what_a_variable_holds_is_never_quoted(tmp_path: Path) -> None:
    text = (
        "store: ${S}\nkeep: ${S}\npublish: {items: '${S}', hub: 'https://${S}@x'}\nfeeds: ['x${S}', '${S}']"
    )
    told = mistakes(at(tmp_path, text), {"S": "secret:'se;cret"})
    assert len(told) == 6
    assert told[1] == "feeds.yaml:2: keep: '${S}', filled in, is no duration; look at what the variable holds"
    assert not [line for line in told if "cret" in line]


@pytest.mark.parametrize(
    "url",
    [
        "https://me:secret@a .org/",
        "ftp://me:secret@a.org/",
        "me:secret@a.org/feed",
        "secret@a.org/feed",
        "https://me:se?cr/secret@a.org:x/",
        "https://a.org:x/?token=secret",
        "feed://me:secret@a.org/",
        "//me:secret@a.org/",
    ],
)
def test_a_password_in_an_address_is_never_quoted(tmp_path: Path, url: str) -> None:
    told = mistakes(at(tmp_path, f"feeds: ['{url}']"))
    assert len(told) == 1
    assert "secret" not in told[0]


@pytest.mark.parametrize(
    ("written", "bytes_"),
    [
        ("10MB", 10_000_000),
        ("500kB", 500_000),
        ("2 MiB", 2_097_152),
        ("4096", 4096),
        ("0.5k", 500),
        ("7B", 7),
    ],
)
def test_a_size_may_have_any_of_these_forms(tmp_path: Path, written: str, bytes_: int) -> None:
    config = load(at(tmp_path, f"feeds: []\npoll: {{max_body: {written}}}"), {})
    assert config.polling.max_body == bytes_


LETTERS = st.sampled_from(
    [*"{}[]:-,&*!|>'\"#%@`?~$\n\t ", "feeds", "url", "keep", "site", "poll", "a", "1", "\x85"]
)


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(LETTERS, max_size=40).map("".join)))
@example("%YAML 9999999999999999999999.1\n---\n")
@example("a: |99999999999\n")
def test_any_text_is_a_configuration_or_has_mistakes(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = at(tmp_path_factory.getbasetemp(), text)
    try:
        load(path, {"a": "\udcff"})
    except ConfigError as error:
        assert error.mistakes
        assert all(1 <= mistake.line <= len(text) + 1 for mistake in error.mistakes)
        assert len(str(error).splitlines()) == len(error.mistakes)


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
KEYS = st.sampled_from([*sorted(set(re.findall(r"(\w+):", EVERYTHING))), "\U00010000"])
TREES = st.recursive(
    SCALARS, lambda node: st.lists(node, max_size=3) | st.dictionaries(KEYS, node, max_size=4)
)


@settings(deadline=None)
@given(st.dictionaries(KEYS, TREES, max_size=5))
def test_any_tree_is_a_configuration_or_has_mistakes(
    tmp_path_factory: pytest.TempPathFactory, tree: dict[str, Any]
) -> None:
    path = at(tmp_path_factory.getbasetemp(), json.dumps(tree))
    try:
        assert isinstance(load(path, {}), Config)
    except ConfigError as error:
        assert error.mistakes


def test_the_real_file_loads_and_speaks_four_languages() -> None:
    config = load(REAL, {})
    assert len(config.subscriptions) >= 12
    assert {feed.language for feed in config.subscriptions} >= {"nl", "fr", "ar", "en"}
    assert config.site.title == "De Draad"


def test_what_is_commented_out_in_the_real_file_is_right_too(tmp_path: Path) -> None:
    whole = re.sub(r"(?m)^( *)# (\w+: \S)", r"\1\2", REAL.read_text(encoding="utf-8"))
    config, real = load(at(tmp_path, whole), {}), load(REAL, {})
    assert config.polling == Polling(contact="https://news.example.org/about")
    assert config.keep == real.keep
    assert config.matching == real.matching == Matching()
    assert config.store == f"sqlite:///{tmp_path}/ticker.db"
    assert config.subscriptions[0].keep == (Rule((("title", "(?i)marokko"),)),)


def test_the_real_file_shows_every_key() -> None:
    text = REAL.read_text(encoding="utf-8")
    assert [key for key in properties(schema()) if not re.search(rf"\b{key}\b", text)] == []


def test_the_schema_describes_every_key() -> None:
    parts = [part["properties"] for part in [schema(), *schema()["$defs"].values()]]
    assert {key for part in parts for key in part} == set(properties(schema()))
    assert [key for part in parts for key, said in part.items() if not said.get("description")] == []


def test_the_schema_takes_what_is_right_and_refuses_what_is_not() -> None:
    feeds = schema()["properties"]["feeds"]["items"]["anyOf"]
    assert re.search(feeds[0]["pattern"], "https://example.org/rss")
    every = schema()["$defs"]["PollForm"]["properties"]["every"]
    assert (every["default"], bool(re.search(every["pattern"], "1h30m"))) == ("15m", True)
    assert not re.search(every["pattern"], "30 minuts")
    assert feeds[1] == {"$ref": "#/$defs/FeedForm"}
    assert schema()["additionalProperties"] is False


def properties(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node.get("properties", {})
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from properties(part)
