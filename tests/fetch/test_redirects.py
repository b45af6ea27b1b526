from __future__ import annotations

import pytest

from aggregator.errors import FeedError
from aggregator.fetch.redirects import Errand, next_hop, set_out
from aggregator.model import Request

START = "https://example.org/feed"


def walk(*hops: tuple[int, str], start: str = START) -> Errand:
    errand = set_out(Request("wire", start))
    for status, location in hops:
        following = next_hop(errand, status, location, 0.0)
        assert following is not None
        errand = following
    return errand


@pytest.mark.parametrize("status", [200, 206, 300, 304, 305, 306, 399, 404, 500])
def test_other_statuses_are_answers_even_with_a_location(status: int) -> None:
    assert next_hop(set_out(Request("wire", START)), status, "/elsewhere", 0.0) is None


@pytest.mark.parametrize("status", [301, 308])
def test_a_permanent_redirect_moves_the_feed(status: int) -> None:
    assert walk((status, "/new")).moved_to == "https://example.org/new"


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_temporary_redirect_is_followed_and_moves_nothing(status: int) -> None:
    errand = walk((status, "/new"))
    assert (errand.url, errand.moved_to) == ("https://example.org/new", None)


def test_a_move_leads_to_the_end_of_the_unbroken_chain() -> None:
    assert walk((301, "/a"), (308, "/b"), (302, "/c"), (301, "/d")).moved_to == "https://example.org/b"
    assert walk((302, "/a"), (301, "/b")).moved_to is None


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("other?x=1", "https://example.org/other?x=1"),
        ("//example.net/feed", "https://example.net/feed"),
        ("https://user:secret@example.net/feed", "https://example.net/feed"),
        ("/feed.xml#top", "https://example.org/feed.xml"),
        ("https://EXAMPLE.net:443", "https://example.net/"),
        ("/a b", "https://example.org/a%20b"),
    ],
)
def test_a_location_is_resolved_and_loses_user_and_fragment(location: str, url: str) -> None:
    assert walk((302, location)).url == url


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("file:///etc/passwd", "refused to be redirected by example.org to file:///etc/passwd"),
        ("ftp://example.org/", "no http or https address"),
        ("gopher://example.org/", "no http or https address"),
        ("data:text/xml,x", "no http or https address"),
        ("javascript:alert(1)", "no http or https address"),
        ("https://", "no http or https address"),
        ("https://[half", "no http or https address"),
        ("https://x:99999/", "no http or https address"),
        ("https://example.net/\rX: y", "no http or https address"),
        ("https://example.net/%0D%0aX: y", "no http or https address"),
        ("http://example.org/feed", "refused to be redirected from https to http: http://example.org/feed"),
        (START, "redirects in a circle"),
        ("", "without saying where to"),
        (None, "without saying where to"),
    ],
)
def test_a_redirect_to_nowhere_good_is_refused_in_words(location: str | None, words: str) -> None:
    with pytest.raises(FeedError) as caught:
        next_hop(set_out(Request("wire", START)), 301, location, 0.0)
    assert words in caught.value.message


def test_http_may_lead_to_https() -> None:
    assert walk((301, "https://example.org/feed"), start="http://example.org/feed").moved_to == START


def test_a_circle_is_seen_wherever_it_closes() -> None:
    with pytest.raises(FeedError, match="in a circle"):
        walk((302, "/a"), (302, "/b"), (302, "/a"))


def test_five_hops_are_followed_and_not_six() -> None:
    hops = [(302, f"/{n}") for n in range(5)]
    assert walk(*hops).url == "https://example.org/4"
    with pytest.raises(FeedError, match="gave up after 5 redirects"):
        walk(*hops, (302, "/6"))


def test_a_login_stays_with_its_origin() -> None:
    start = "https://juan:s%40cret@example.org/feed"
    assert set_out(Request("wire", start)).login == ("juan", "s@cret")
    assert walk((301, "/new"), start=start).login == ("juan", "s@cret")
    for elsewhere in ("https://example.net/", "https://example.org:8443/", "https://example.org.evil.net/"):
        assert walk((301, elsewhere), start=start).login is None
        assert walk((302, elsewhere), (302, START), start=start.replace("feed", "x")).login is None


def test_a_move_within_the_origin_keeps_the_login_that_it_needs() -> None:
    errand = walk((301, "/new"), start="https://juan:s%40cret@example.org/feed")
    assert (errand.url, errand.moved_to) == (
        "https://example.org/new",
        "https://juan:s%40cret@example.org/new",
    )


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://example.org/", "feed", "", "https://juan:pw@/x", "http://"]
)
def test_what_is_no_web_address_is_never_asked(url: str) -> None:
    with pytest.raises(FeedError) as caught:
        set_out(Request("wire", url))
    assert "no address that can be asked" in caught.value.message
    assert "pw" not in caught.value.message


def test_messages_quote_no_secrets_and_no_control_characters() -> None:
    with pytest.raises(FeedError) as caught:
        next_hop(set_out(Request("wire", START)), 301, "ftp://juan:secret@x/\x1b[31m\u202e" + "y" * 5000, 0.0)
    message = caught.value.message
    assert "secret" not in message
    assert message.isprintable()
    assert len(message) < 400
