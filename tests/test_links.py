"""Links: absolute http(s) or nothing; one key for the addresses of one article, and never one for two."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.links import LONGEST, askable, canonical, host, is_article, resolve, without_credentials

BASE = "https://e.org/a/b?c#d"
WORDS = """
    http: https: HTTP:// // / \\ ? # @ : . .. ; & = % %2 %2f %41 + [ ] ::1 amp /amp index.html www. m.
    é ß م 。 ~ ' utm_source=x e.org google.com/url?q= cdn.ampproject.org/c/s/ javascript: xn-- 80 443 " < ( |
"""
PIECES = st.sampled_from([*WORDS.split(), "\u202e", "\ud800", "\x00", "\n", "\t", " "])
LINKS = st.lists(PIECES | st.text(st.characters(), max_size=3), max_size=14).map("".join)
WEB_LINKS = LINKS.map(lambda rest: f"https://e.org/{rest}")


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("https://x.org/p?q=1#f", "https://x.org/p?q=1#f"),
        ("../c", "https://e.org/c"),
        ("?x=1", "https://e.org/a/b?x=1"),
        ("#top", "https://e.org/a/b?c#top"),
        ("//x.org/p", "https://x.org/p"),
        ("HTTP://X.Org:80", "http://x.org/"),
        ("https://x.org:8443/", "https://x.org:8443/"),
        ("  https://x.o\nrg/a\tb\r ", "https://x.org/ab"),
        ("https:\\\\x.org\\p?a\\b", "https://x.org/p?a%5Cb"),
        ("https://x.org/a b\u202e\x01<>", "https://x.org/a%20b%E2%80%AE%01%3C%3E"),
        ("https://x.org/é?ü=م#ß", "https://x.org/%C3%A9?%C3%BC=%D9%85#%C3%9F"),
        ("https://x.org/%zz%41", "https://x.org/%25zz%41"),
        ("https://x.org/\ud800", "https://x.org/%EF%BF%BD"),
        ("https://user:pass@x.org/p@q", "https://x.org/p@q"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://例え。jp/", "https://xn--r8jz45g.jp/"),
        ("https://[2001:DB8::0:1]:443/", "https://[2001:db8::1]/"),
    ],
)
def test_a_link_resolves_to_an_absolute_address(link: str, address: str) -> None:
    assert resolve(link, BASE) == address


@pytest.mark.parametrize(
    "link",
    [
        None,
        "",
        " \n",
        "javascript:alert(1)",
        " java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "JaVaScRiPt:x",
        "vbscript:x",
        "data:text/html,x",
        "file:///etc/passwd",
        "mailto:a@b.org",
        "ftp://x.org/",
        "feed:https://x.org/",
        "blob:https://x.org/",
        "http:",
        "http://",
        "https://?q",
        "http://user@/",
        "https://x.org:99999/",
        "https://x.org:8x/",
        "https://a..b/",
        "https://[::1/",
        "https://[::1%eth0]/",
        "https://a b.org/",
        "https://ex%00ample.org/",
        "https://ex\u200dample.org/",
        "https://℀.org/",
        "https://-x.org/",
        f"https://{'x' * 64}.org/",
        f"https://x.org/{'x' * LONGEST}",
        f"https://x.org/{'é' * (LONGEST // 4)}",
    ],
)
def test_what_is_no_web_address_is_none(link: str | None) -> None:
    assert resolve(link, None) is None


@pytest.mark.parametrize("base", [None, "", "nonsense", "javascript:x", "file:///x"])
def test_without_a_usable_base_a_relative_link_leads_nowhere(base: str | None) -> None:
    assert resolve("/p", base) is None


@given(LINKS | WEB_LINKS, st.none() | LINKS | st.just(BASE))
@example("//[", BASE)
@example("http://\u0130.x", None)
def test_an_address_is_ascii_and_resolves_to_itself(link: str, base: str | None) -> None:
    address = resolve(link, base)
    if address is not None:
        assert re.fullmatch(r"https?://[!-~]+", address) and "\\" not in address and '"' not in address
        assert resolve(address, None) == resolve(address, BASE) == address
        assert len(address) <= LONGEST and "@" not in address.split("/")[2]


ONE = "https://example.org/news/story"


@pytest.mark.parametrize(
    "link",
    [
        "http://example.org/news/story",
        "https://EXAMPLE.org.:443/news/story/",
        "https://www.example.org/news/story",
        "https://m.example.org/news/story",
        "https://mobile.example.org/news/story",
        "https://amp.example.org/news/story",
        "https://example.org/news/story#comments",
        "https://example.org/news/story?utm_source=rss&UTM_Medium=x&fbclid=1&gclid=2&mc_cid=3",
        "https://example.org/news/story?at_medium=RSS&xtor=RSS-1&ns_mchannel=rss&cmpid=x&ref=rss",
        "https://example.org/news/story?",
        "https://example.org/news/story/amp",
        "https://example.org/news/story/amp/",
        "https://example.org/news/story.amp",
        "https://example.org/news/story?amp",
        "https://example.org/news/story?amp=1",
        "https://example.org/news/story?outputType=amp",
        "https://example.org/news/story/index.html",
        "https://example.org/news/story/index.php?utm_source=a",
        "https://example.org/%6eews/story;jsessionid=0A1B",
        "https://www.google.com/amp/s/www.example.org/news/story/amp",
        "https://example-org.cdn.ampproject.org/c/s/example.org/news/story?amp_js_v=1",
        "https://example-org.cdn.ampproject.org/v/example.org/news/story",
        "https://www.google.com/url?sa=t&url=https%3A%2F%2Fexample.org%2Fnews%2Fstory&usg=x",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fnews%2Fstory%3Ffbclid%3D1&h=x",
        "https://news.google.com/news/url?url=http%3A%2F%2Fwww.example.org%2Fnews%2Fstory",
    ],
)
def test_addresses_of_one_article_are_equal(link: str) -> None:
    assert canonical(link) == canonical(ONE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://e.org/?id=5", "https://e.org/?id=6"),
        ("https://e.org/a", "https://e.org/A"),
        ("https://e.org/a", "https://e.org/b"),
        ("https://e.org/a", "https://f.org/a"),
        ("https://e.org/a", "https://news.e.org/a"),
        ("https://e.org/a", "https://e.org:8080/a"),
        ("https://e.org/#!/a", "https://e.org/#!/b"),
        ("https://e.org/#/a", "https://e.org/#/b"),
        ("https://e.org/amp", "https://e.org/"),
        ("https://e.org/x?ref=12", "https://e.org/x?ref=13"),
        ("https://e.org/x?source=ab", "https://e.org/x"),
        ("https://e.org/x?amp=7", "https://e.org/x?amp=8"),
        ("https://e.org/a%2Fb", "https://e.org/a/b"),
        ("https://e.org/x?a=1&a=2", "https://e.org/x?a=1"),
        ("https://e.org/x?q=a%26b", "https://e.org/x?q=a&b"),
        ("https://e.org/out?url=https%3A%2F%2Fx.org%2Fa", "https://x.org/a"),
        ("https://m.nl/a", "https://www.nl/a"),
        ("https://news.google.com/rss/articles/CBMi1", "https://news.google.com/rss/articles/CBMi2"),
        ("https://www.google.com/search?q=a", "https://www.google.com/search?q=b"),
    ],
)
def test_what_may_be_another_article_stays_another(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


def test_the_order_and_the_spelling_of_a_query_do_not_count() -> None:
    assert canonical("https://e.org/?b=2&a=x+y") == canonical("https://e.org/?a=x%20y&b=%32")


@given(LINKS | WEB_LINKS)
@example("https://x.org:80/")
@example("https://www.google.com/url?q=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%253A%252F%252Fe.org")
@example("https://google.com/url?q=https%3A%2F%2Fe.org%2Fa&q=a")
@example("https://google.com/%61mp/s/e.org/a")
@example("https://google.com/amp/s/" * 100 + "e.org/a")
@example("https://e.org/x.amp.amp.html/amp//index.html/")
def test_a_canonical_link_is_its_own(link: str) -> None:
    assert canonical(canonical(link)) == canonical(link)


@given(WEB_LINKS)
def test_a_link_and_its_resolved_form_are_equal(link: str) -> None:
    address = resolve(link, None)
    assert address is None or canonical(address) == canonical(link)


@pytest.mark.parametrize(
    "link", ["https://e.org", "https://www.e.org/#top", "http://e.org/index.php?utm_source=x", "x", ""]
)
def test_a_home_page_names_no_article(link: str) -> None:
    assert not is_article(link)


@pytest.mark.parametrize("link", ["https://e.org/a", "https://e.org/?p=5", "https://e.org/#!/a"])
def test_a_path_or_a_query_may_name_an_article(link: str) -> None:
    assert is_article(link)


@pytest.mark.parametrize(
    ("link", "name"),
    [
        ("https://User:x@E.org:8080/a", "e.org"),
        ("http://[::1]:80/", "[::1]"),
        ("javascript:x", ""),
        ("/a", ""),
        ("", ""),
    ],
)
def test_the_host_stands_alone(link: str, name: str) -> None:
    assert host(link) == name


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("https://user:secret@e.org/a@b", "https://e.org/a@b"),
        ("https://user@e.org/", "https://e.org/"),
        ("postgresql+psycopg://u:p%40@db:5432/x", "postgresql+psycopg://db:5432/x"),
        ("https://user:se/cr#et?@e.org/a", "https://e.org/a"),
        ("https://e.org:8080/a@b", "https://e.org:8080/a@b"),
        ("https://e.org/?mail=a@b", "https://e.org/?mail=a@b"),
        ("mailto:a@b.org", "mailto:a@b.org"),
        ("just words", "just words"),
    ],
)
def test_credentials_are_not_shown(link: str, shown: str) -> None:
    assert without_credentials(link) == shown


@given(LINKS)
def test_no_link_makes_them_raise(link: str) -> None:
    assert isinstance(host(link), str) and isinstance(is_article(link), bool)
    assert without_credentials(without_credentials(link)) is not None


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        (" https://Pier.example/feed#latest ", "https://pier.example/feed"),
        ("https://pier.example/a feed?q=a b", "https://pier.example/a%20feed?q=a%20b"),
        ("feed://pier.example/rss", "http://pier.example/rss"),
        ("feed:https://pier.example/rss", "https://pier.example/rss"),
        ("FEED://https://pier.example/rss", "https://pier.example/rss"),
        ("itpc:pier.example/rss", "http://pier.example/rss"),
        ("https://me:pass@pier.example/feed#x", "https://me:pass@pier.example/feed"),
        ("feed://me:pass@pier.example/feed", "http://me:pass@pier.example/feed"),
        ("pier.example/feed", None),
        ("file:///etc/passwd", None),
        ("feed:file:///etc/passwd", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_a_feed_is_asked_for_at_the_address_that_people_and_programs_write(
    written: str, asked: str | None
) -> None:
    assert askable(written) == asked
