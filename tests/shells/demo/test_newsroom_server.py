"""The demo's newsroom from outside: its documents over HTTP, and the configuration that polls them."""

from __future__ import annotations

import gzip
import http.client
import io
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest
from ruamel.yaml import YAML

from aggregator.shells.demo import Newsroom

START = datetime(2025, 3, 4, 15, 20, 30, tzinfo=UTC)
PACE = timedelta(seconds=4)
XML = {
    "kustkrant/feed.xml": "rss20",
    "binnenhof/feed.atom": "atom10",
    "digues/feed.xml": "rss20",
    "sada/feed.rdf": "rss10",
    "natuurpost/feed.atom": "atom10",
}
LATER = 20  # a beat at which the frail one is well again


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.beat = 0

    def __call__(self) -> datetime:
        return START + self.beat * PACE


class Visitor:
    """Asks the newsroom, and lets time pass there."""

    def __init__(self, newsroom: Newsroom, clock: Clock) -> None:
        self.newsroom, self.clock = newsroom, clock

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers by lower-case name, and body."""
        wire = http.client.HTTPConnection(urlsplit(self.newsroom.address).netloc, timeout=10)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        wire.request(method, f"/{path}", headers=names)
        answer = wire.getresponse()
        body = answer.read()
        wire.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body

    def feed(self, path: str) -> Any:
        """Return the feed at *path* as feedparser reads it."""
        return feedparser.parse(io.BytesIO(self.ask(path)[2]))

    def items(self) -> list[dict[str, Any]]:
        """Return the items of the JSON Feed."""
        items: list[dict[str, Any]] = json.loads(self.ask("saltmarsh/feed.json")[2])["items"]
        return items


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    clock = Clock()
    with Newsroom(clock, seed=1, pace=PACE.total_seconds()) as newsroom:
        yield Visitor(newsroom, clock)


@pytest.mark.parametrize(("path", "version"), XML.items())
@pytest.mark.parametrize("beat", [0, LATER, 405])
def test_a_feed_is_what_it_says_it_is(visitor: Visitor, path: str, version: str, beat: int) -> None:
    visitor.clock.beat = beat
    feed = visitor.feed(path)
    assert (feed.bozo, feed.version) == (False, version)
    assert len({entry.id for entry in feed.entries}) == len(feed.entries) >= 5
    assert all(entry.title and entry.link and entry.summary and entry.author for entry in feed.entries)
    assert all(entry.content[0].value.startswith("<p>") for entry in feed.entries)


@pytest.mark.parametrize("path", XML)
def test_nothing_is_dated_in_the_future(visitor: Visitor, path: str) -> None:
    visitor.clock.beat = LATER
    now = visitor.clock().timetuple()
    for entry in visitor.feed(path).entries:
        assert tuple(entry.get("published_parsed") or entry.updated_parsed) <= tuple(now)


def test_the_json_feed_has_all_that_its_version_asks_for(visitor: Visitor) -> None:
    feed = json.loads(visitor.ask("saltmarsh/feed.json")[2])
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"{visitor.newsroom.address}saltmarsh/feed.json"
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert datetime.fromisoformat(item["date_published"]) <= datetime.fromisoformat(item["date_modified"])
        assert item["tags"] and item["authors"] and item["attachments"]


def test_an_rdf_channel_lists_exactly_its_items(visitor: Visitor) -> None:
    document = visitor.ask("sada/feed.rdf")[2].decode()
    listed = [part.split('"')[0] for part in document.split('rdf:li rdf:resource="')[1:]]
    items = [part.split('"')[0] for part in document.split('<item rdf:about="')[1:]]
    assert listed == items != []


@pytest.mark.parametrize(
    ("path", "type"),
    [
        ("kustkrant/feed.xml", "application/rss+xml; charset=utf-8"),
        ("binnenhof/feed.atom", "application/atom+xml; charset=utf-8"),
        ("sada/feed.rdf", "application/rdf+xml; charset=utf-8"),
        ("saltmarsh/feed.json", "application/feed+json; charset=utf-8"),
    ],
)
def test_a_feed_is_served_with_its_type(visitor: Visitor, path: str, type: str) -> None:
    assert visitor.ask(path)[1]["content-type"] == type


def test_a_correction_keeps_its_id(visitor: Visitor) -> None:
    titles = []
    for visitor.clock.beat in (4, 5):
        entries = visitor.feed("kustkrant/feed.xml").entries
        titles += [(entry.id, entry.title) for entry in entries if "elektrische" in entry.title]
    (first_id, first), (then_id, then) = titles
    assert first_id == then_id
    assert (first[-13:], then[-13:]) == ("340 reizigers", "430 reizigers")


def test_one_event_is_told_by_publishers_in_every_format(visitor: Visitor) -> None:
    visitor.clock.beat = LATER
    links = {path: [entry.link for entry in visitor.feed(path).entries] for path in XML}
    links["saltmarsh"] = [item["url"] for item in visitor.items()]
    assert all(any("veerboot-tanger" in link for link in feed) for feed in links.values())


def test_an_overviews_link_differs_by_its_tracking_only(visitor: Visitor) -> None:
    visitor.clock.beat = LATER
    wire, copy = (
        next(entry.link for entry in visitor.feed(path).entries if "veerboot-tanger" in entry.link)
        for path in ("kustkrant/feed.xml", "binnenhof/feed.atom")
    )
    assert copy == f"{wire}?utm_source=binnenhof&utm_medium=rss&utm_campaign=overzicht"


def test_reactions_are_counted_in_rss_and_in_atom(visitor: Visitor) -> None:
    rss, atom = (visitor.feed(path).entries[0] for path in ("kustkrant/feed.xml", "binnenhof/feed.atom"))
    assert int(rss.slash_comments) >= 0
    assert rss.comments.endswith("#reactions")
    assert int(atom.thr_total) >= 0
    assert [link.href for link in atom.links if link.rel == "replies"] != []


def test_the_frail_one_breaks_and_recovers(visitor: Visitor) -> None:
    seen = []
    for visitor.clock.beat in (7, 8, 12, 15):
        status, headers, _ = visitor.ask("natuurpost/feed.atom")
        seen.append((status, headers["content-type"].split(";")[0]))
    assert seen == [
        (200, "application/atom+xml"),
        (500, "text/plain"),
        (200, "text/html"),
        (200, "application/atom+xml"),
    ]


@pytest.mark.parametrize("path", [*XML, "saltmarsh/feed.json"])
def test_who_has_the_document_gets_a_304(visitor: Visitor, path: str) -> None:
    _, headers, _ = visitor.ask(path)
    assert visitor.ask(path, If_None_Match=headers["etag"])[::2] == (304, b"")
    assert visitor.ask(path, If_Modified_Since=headers["last-modified"])[::2] == (304, b"")


def test_news_and_a_new_count_of_reactions_are_worth_a_200(visitor: Visitor) -> None:
    for path, beat in (("kustkrant/feed.xml", 1), ("binnenhof/feed.atom", 5)):
        visitor.clock.beat = beat - 1
        _, headers, _ = visitor.ask(path)
        visitor.clock.beat = beat
        assert visitor.ask(path, If_None_Match=headers["etag"])[0] == 200
        assert visitor.ask(path, If_Modified_Since=headers["last-modified"])[0] == 200


def test_a_publisher_without_news_has_not_changed(visitor: Visitor) -> None:
    before = visitor.ask("saltmarsh/feed.json")
    visitor.clock.beat = 1
    assert visitor.ask("saltmarsh/feed.json")[1]["etag"] == before[1]["etag"]


def test_gzip_is_sent_to_those_who_ask_under_an_etag_of_its_own(visitor: Visitor) -> None:
    _, plain, body = visitor.ask("kustkrant/feed.xml")
    _, packed, smaller = visitor.ask("kustkrant/feed.xml", Accept_Encoding="gzip, br")
    assert gzip.decompress(smaller) == body
    assert packed["content-encoding"] == "gzip"
    assert plain["etag"] != packed["etag"]
    assert "content-encoding" not in visitor.ask("kustkrant/feed.xml", Accept_Encoding="gzip;q=0")[1]


def test_head_says_what_get_says_without_the_body(visitor: Visitor) -> None:
    status, headers, _ = visitor.ask("kustkrant/feed.xml")
    headed = visitor.ask("kustkrant/feed.xml", "HEAD")
    assert (headed[0], headed[2]) == (status, b"")
    assert {**headed[1], "date": ""} == {**headers, "date": ""}


def test_every_address_in_a_feed_answers(visitor: Visitor) -> None:
    visitor.clock.beat = LATER
    items = visitor.items()
    addresses = [entry.link for path in XML for entry in visitor.feed(path).entries]
    addresses += [item["url"] for item in items] + [item["image"] for item in items]
    paths = [address.removeprefix(visitor.newsroom.address) for address in addresses]
    assert {visitor.ask(path)[0] for path in paths} == {200}


def test_an_article_page_tells_where_the_feed_is(visitor: Visitor) -> None:
    path = visitor.feed("sada/feed.rdf").entries[0].link.removeprefix(visitor.newsroom.address)
    page = visitor.ask(path)[2].decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert (
        '<link rel="alternate" type="application/rdf+xml" title="صدى الشمال" href="/sada/feed.rdf">' in page
    )


def test_a_picture_is_as_long_as_its_attachment_says(visitor: Visitor) -> None:
    attachment = visitor.items()[0]["attachments"][0]
    _, headers, body = visitor.ask(attachment["url"].removeprefix(visitor.newsroom.address))
    assert headers["content-type"] == "image/svg+xml; charset=utf-8"
    assert len(body) == attachment["size_in_bytes"]


@pytest.mark.parametrize("path", ["nobody/", "nobody/feed.xml", "kustkrant/feed.atom", "kustkrant/x-1"])
def test_what_is_not_there_is_a_404(visitor: Visitor, path: str) -> None:
    assert visitor.ask(path)[0] == 404


def test_the_configuration_names_all_six_feeds(visitor: Visitor) -> None:
    base = visitor.newsroom.address
    configuration = YAML(typ="safe").load(visitor.newsroom.configuration("sqlite:////tmp/a b.db"))
    assert [(feed["key"], feed["language"]) for feed in configuration["feeds"]] == [
        ("kustkrant", "nl"),
        ("binnenhof", "nl"),
        ("digues", "fr"),
        ("sada", "ar"),
        ("saltmarsh", "en"),
        ("natuurpost", "nl"),
    ]
    assert {visitor.ask(feed["url"].removeprefix(base))[0] for feed in configuration["feeds"]} == {200}
    assert configuration["store"] == "sqlite:////tmp/a b.db"
    assert configuration["poll"] == {
        "every": "2s",
        "floor": "1s",
        "timeout": "5s",
        "per_host": 6,
        "allow_networks": ["127.0.0.0/8"],
    }


def test_it_stops_within_a_second_and_lets_go_of_its_port() -> None:
    with Newsroom(Clock()) as newsroom:
        address = urlsplit(newsroom.address).netloc
        begun = time.monotonic()
    assert time.monotonic() - begun < 1
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection(address, timeout=5).request("GET", "/")
    with pytest.raises(RuntimeError):
        _ = newsroom.address
