"""How we ask, 7: moves, and the end of a feed."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from guest import feed, health, rss
from newsdesk import Newsdesk
from publisher import Answer, Publisher, redirect

GOOD = Answer(rss("Storm"))


def paths(publisher: Publisher) -> list[str]:
    return [asked.path for asked in publisher.log]


@pytest.mark.parametrize("status", [301, 308])
def test_a_move_for_good_is_used_from_then_on_and_shown_and_feeds_yaml_stays(
    open_desk: Callable[..., Newsdesk], publisher: Publisher, status: int
) -> None:
    publisher.answers |= {"/feed": redirect("/new", status), "/new": GOOD}
    desk = open_desk()
    desk.subscribe(feed(publisher))
    assert desk.poll()["feed"].moved_to == publisher.url("/new")
    desk.after(hours=1).poll()
    again = open_desk()
    again.subscribe(feed(publisher))
    again.after(hours=2).poll()
    assert paths(publisher) == ["/feed", "/new", "/new", "/new"]
    assert (health(again).url, health(again).moved_to) == (publisher.url("/feed"), publisher.url("/new"))


@pytest.mark.parametrize("status", [302, 303, 307])
def test_other_redirects_are_followed_and_not_kept(desk: Newsdesk, publisher: Publisher, status: int) -> None:
    publisher.answers |= {"/feed": redirect("/new", status), "/new": GOOD}
    desk.subscribe(feed(publisher))
    assert desk.poll()["feed"].new == 1
    desk.after(hours=1).poll()
    assert paths(publisher) == ["/feed", "/new"] * 2
    assert health(desk).moved_to is None


def test_a_move_lasts_as_far_as_it_is_for_good(desk: Newsdesk, publisher: Publisher) -> None:
    publisher.answers |= {"/feed": redirect("/a", 301), "/a": redirect("/b", 302), "/b": GOOD}
    desk.subscribe(feed(publisher))
    desk.poll()
    desk.after(hours=1).poll()
    assert paths(publisher) == ["/feed", "/a", "/b", "/a", "/b"]


@pytest.mark.parametrize(("hops", "kind"), [(5, "news"), (6, "failed")])
def test_five_hops_are_followed_and_not_six(
    desk: Newsdesk, publisher: Publisher, hops: int, kind: str
) -> None:
    publisher.answers |= {f"/{n}": redirect(f"/{n + 1}") for n in range(hops)} | {f"/{hops}": GOOD}
    desk.subscribe(feed(publisher, "/0"))
    assert desk.poll()["0"].kind == kind
    assert len(publisher.log) == 6


@pytest.mark.parametrize("by_hand", [False, True], ids=["scheduled", "by hand"])
def test_410_stops_the_feed_until_its_address_in_feeds_yaml_changes(
    open_desk: Callable[..., Newsdesk], publisher: Publisher, by_hand: bool
) -> None:
    publisher.answers |= {"/feed": [GOOD, Answer(status=410)], "/new": GOOD}
    desk = open_desk()
    desk.subscribe(feed(publisher))
    desk.poll()
    desk.after(hours=1).poll()
    assert (health(desk).state, health(desk).next_due) == ("gone", None)
    assert "taken away for good" in (health(desk).error or "")
    again = open_desk()
    again.subscribe(feed(publisher, title="Renamed"))
    assert again.after(days=30).poll(by_hand) == {}
    again.subscribe(feed(publisher, "/new"))
    assert again.poll()["new"].status == 200
    assert paths(publisher) == ["/feed", "/feed", "/new"]


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/feed", "gopher://127.0.0.1/", "data:,rss", "//", ""]
)
def test_no_redirect_leads_to_another_scheme(desk: Newsdesk, publisher: Publisher, target: str) -> None:
    publisher.answers["/feed"] = redirect(target, 301)
    desk.subscribe(feed(publisher))
    assert desk.poll()["feed"].kind == "failed"
    assert "redirect" in (health(desk).error or "")
    assert (paths(publisher), health(desk).moved_to) == (["/feed"], None)


@pytest.mark.skipif(not shutil.which("openssl"), reason="makes its certificate with openssl")
@pytest.mark.parametrize("status", [301, 302])
def test_from_https_down_to_http_is_refused_and_said(
    open_desk: Callable[..., Newsdesk],
    publisher: Publisher,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
) -> None:
    with Publisher(tls=certified(tmp_path)) as secure:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert"))
        secure.answers["/feed"] = redirect(publisher.url("/plain"), status)
        publisher.answers["/plain"] = GOOD
        desk = open_desk()
        desk.subscribe(feed(secure))
        assert desk.poll()["feed"].kind == "failed"
    assert (len(secure.log), publisher.log) == (1, [])
    assert "from https to http" in (health(desk).error or "")


def certified(folder: Path) -> ssl.SSLContext:
    """Return a server's context with a certificate of our own for 127.0.0.1: folder/cert."""
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=p -days 2"
    arguments = [*command.split(), "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key", "-out", "cert"]
    subprocess.run(arguments, cwd=folder, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")
    return context


@pytest.mark.parametrize(
    ("status", "words"), [(401, "wants a password"), (403, "does not let us in"), (404, "no feed at this")]
)
def test_a_feed_that_may_not_be_read_says_so_and_what_to_do(
    desk: Newsdesk, publisher: Publisher, status: int, words: str
) -> None:
    publisher.answers["/feed"] = Answer(status=status)
    desk.subscribe(feed(publisher))
    desk.poll()
    assert words in (health(desk).error or "")
