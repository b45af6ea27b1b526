"""How we ask, 6 and 8: who we say we are, nothing that follows anyone, and bounds."""

from __future__ import annotations

import pytest
from guest import feed, health, rss
from newsdesk import Newsdesk
from program import run
from publisher import Answer, Publisher, conditional, redirect

from aggregator import __version__

BAIT = {"Set-Cookie": "id=7; Path=/", "Link": '</icon>; rel="preload"', "Clear-Site-Data": '"*"'}


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> Publisher:
    """A publisher that a real program polled twice, the second time by hand."""
    folder = tmp_path_factory.mktemp("manners")
    with Publisher() as publisher:
        publisher.answers["/feed"] = conditional(rss("Storm"), '"1"', **BAIT)
        publisher.answers["/from"] = redirect("/to")
        publisher.answers["/to"] = Answer(rss("Sun"), headers=BAIT)
        publisher.answers["/fresh"] = Answer(rss("Rain"), headers={"Cache-Control": "max-age=3600"})
        (folder / "feeds.yaml").write_text(
            "poll: {allow_networks: [127.0.0.0/8], user_agent_contact: 'https://news.example/about'}\n"
            f"feeds: ['{publisher.url('/feed')}', '{publisher.url('/from')}', '{publisher.url('/fresh')}']\n"
        )
        for arguments in (("poll",), ("poll", "--all"), ("check", "--fetch")):
            assert run(*arguments, cwd=folder).returncode == 0
        said = run("politeness", cwd=folder)
    assert len(publisher.asked("/feed")) == 3
    assert "127.0.0.1" in said.stdout and "no rules broken" in said.stdout, said
    return publisher


def test_the_user_agent_has_a_name_a_version_and_a_contact(visited: Publisher) -> None:
    agents = {asked.headers["user-agent"] for asked in visited.log}
    assert agents == {f"Draad/{__version__} (feed aggregator; +https://news.example/about)"}


def test_no_cookie_and_no_referer_is_ever_sent(visited: Publisher) -> None:
    sent = {name for asked in visited.log for name in asked.headers}
    assert sent <= {
        "host",
        "user-agent",
        "accept",
        "accept-encoding",
        "a-im",
        "if-none-match",
        "if-modified-since",
    }


def test_only_the_feeds_own_addresses_are_asked_without_a_query_of_ours(visited: Publisher) -> None:
    assert {asked.path for asked in visited.log} == {"/feed", "/from", "/to", "/fresh"}
    assert {asked.method for asked in visited.log} == {"GET"}


def test_accept_lists_the_types_of_feeds_and_a_part_may_be_sent(visited: Publisher) -> None:
    for asked in visited.log:
        for kind in ("application/rss+xml", "application/atom+xml", "application/feed+json"):
            assert kind in asked.headers["accept"]
        assert asked.headers["a-im"] == "feed"


def test_a_program_started_anew_and_a_look_by_check_are_conditional_too(visited: Publisher) -> None:
    assert [asked.headers.get("if-none-match") for asked in visited.asked("/feed")] == [None, '"1"', '"1"']


def test_what_is_fresh_is_asked_for_once_by_poll_poll_all_and_check(visited: Publisher) -> None:
    assert len(visited.asked("/fresh")) == 1


def test_a_query_of_the_publishers_own_stays_as_it_is(desk: Newsdesk, publisher: Publisher) -> None:
    publisher.answers["*"] = Answer(rss("Storm"))
    desk.subscribe(feed(publisher, "/feed?b=2&a=1&a"))
    desk.poll()
    desk.after(hours=1).poll()
    assert [asked.path for asked in publisher.log] == ["/feed?b=2&a=1&a"] * 2


def test_a_part_of_a_feed_is_taken_where_we_asked_for_it(desk: Newsdesk, publisher: Publisher) -> None:
    part = Answer(rss("Sun"), status=226, headers={"ETag": '"2"', "IM": "feed"})
    publisher.answers["/feed"] = [Answer(rss("Storm"), headers={"ETag": '"1"'}), part, Answer(status=304)]
    desk.subscribe(feed(publisher))
    desk.poll()
    assert desk.after(hours=1).poll()["feed"].new == 1
    assert desk.after(hours=1).poll()["feed"].status == 304
    assert publisher.log[2].headers["if-none-match"] == '"2"'


def test_a_body_beyond_the_bound_is_cut_and_said(desk: Newsdesk, publisher: Publisher) -> None:
    publisher.answers["/feed"] = Answer(b" " * (desk.polling.max_body + 1))
    desk.subscribe(feed(publisher))
    desk.poll()
    assert "larger than 10 MB" in (health(desk).error or "")


def test_a_redirect_to_a_private_network_is_refused(desk: Newsdesk, publisher: Publisher) -> None:
    publisher.answers["/feed"] = redirect("http://169.254.169.254/latest/meta-data/")
    desk.subscribe(feed(publisher))
    desk.poll()
    assert "refused to ask 169.254.169.254" in (health(desk).error or "")
