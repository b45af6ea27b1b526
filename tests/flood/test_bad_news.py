"""Bad news reaches the admin: on the page of the sources and in /health.json, from a real publisher on."""

from __future__ import annotations

from html import unescape

from newsroom import subscription
from paper import Item, Paper, spread
from publisher import Answer
from werkzeug.test import Client

from aggregator.shells.web import create_app

PAGE = (
    b"<!doctype html><html><head><title>Kust</title>"
    b'<link rel="alternate" type="application/rss+xml" href="/rss/news" title="News">'
    b'<link rel="alternate" type="application/atom+xml" href="https://feeds.example/sport">'
    b"</head><body><h1>Kust</h1></body></html>"
)


def reader(paper: Paper) -> Client:
    return Client(create_app(paper.desk.store, lambda: paper.now))


def health(paper: Paper) -> dict[str, object]:
    found: dict[str, object] = reader(paper).get("/health.json").get_json()["feeds"][0]
    return found


def page(paper: Paper) -> str:
    return unescape(reader(paper).get("/sources").get_data(as_text=True))


def test_a_web_page_in_place_of_a_feed_suggests_the_feeds_that_it_names(paper: Paper) -> None:
    paper.publisher.answers["/feed"] = Answer(PAGE, headers={"Content-Type": "text/html"})
    paper.subscribe()
    paper.desk.poll()
    for link in (paper.publisher.url("/rss/news"), "https://feeds.example/sport"):
        assert link in page(paper)
        assert link in str(health(paper)["error"])
    assert health(paper)["state"] == "failing"


def test_a_flood_is_told_to_the_admin(paper: Paper) -> None:
    paper.subscribe()
    paper.brings(*spread("First", 20, paper.now, hours=3))
    paper.after(hours=1).brings(*(Item(f"Unheard of, part {n}", paper.now) for n in range(300)))
    assert (health(paper)["held"], health(paper)["entries"], health(paper)["state"]) == (300, 320, "ok")
    assert "300 artikelen blijven buiten de lijst: alle van één tijdstip" in page(paper)
    assert "Unheard" not in reader(paper).get("/").get_data(as_text=True)
    assert "Unheard" not in reader(paper).get("/feed.rss").get_data(as_text=True)
    assert "Unheard" in reader(paper).get("/read/21").get_data(as_text=True)
    neighbours = reader(paper).get("/read/21").get_data(as_text=True)
    assert neighbours.count('class="line"') == 21


def test_feeds_of_a_host_that_asked_one_of_them_to_wait_say_until_when_and_who(paper: Paper) -> None:
    paper.publisher.answers["/tired"] = Answer(status=429, headers={"Retry-After": "3600"})
    paper.publisher.answers["/feed"] = Answer(b"<rss version='2.0'><channel/></rss>")
    tired = subscription("tired", url=paper.publisher.url("/tired"))
    well = subscription("well", url=paper.publisher.url("/feed"))
    paper.desk.subscribe(tired, well)
    paper.desk.poll()
    told = reader(paper).get("/health.json").get_json()["feeds"]
    until = {feed["key"]: (feed["state"], feed["waiting_until"], feed["waiting_for"]) for feed in told}
    hour = ("waiting", "2026-11-23T13:00:00Z", "127.0.0.1")
    assert until == {"tired": hour, "well": hour}
    assert "Wacht tot 13:00: 127.0.0.1 vroeg erom" in page(paper)
    assert "vroeg erom bij een andere feed van die server" in page(paper)
