"""Days that are over as documents: the chain, the bytes, and what is said to caches (RFC 5005)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import invented
import pytest
from lxml import etree
from newsroom import bring, entry, replace
from werkzeug.test import Client

from aggregator.model import FORMATS, Choice, Format
from aggregator.shells.web import create_app, front
from aggregator.shells.web.site import site_files
from aggregator.shells.web.templates import Templates
from aggregator.store import Store

ROOT = "https://draad.example"
NS = {"atom": "http://www.w3.org/2005/Atom", "fh": "http://purl.org/syndication/history/1.0"}
DAY = timedelta(days=1)
LAST = invented.NOW + 4 * DAY  # what the invented newsroom published is over by then


@pytest.fixture
def kept(filled: Store) -> Store:
    """A store whose first days are over; its last has more headlines than the feed holds."""
    config = filled.config()
    filled.accept(replace(config, publishing=replace(config.publishing, items=4)), invented.NOW)
    bring(filled, {"kustkrant": [entry("De dag daarna", published=invented.NOW + DAY)]}, invented.NOW + DAY)
    last = [entry(f"Bericht {n} van vandaag", published=LAST - timedelta(minutes=n)) for n in range(12)]
    bring(filled, {"kustkrant": last}, LAST)
    filled.keep_days(LAST)
    return filled


def client(store: Store, now: datetime = LAST) -> Client:
    return Client(front(create_app(store, lambda: now), store, lambda: now, recheck=0))


def links(body: bytes) -> dict[str, str]:
    tree = etree.fromstring(body)
    found: Any = tree.xpath("/atom:feed/atom:link | /rss/channel/atom:link", namespaces=NS)
    return {link.get("rel"): link.get("href") for link in found}


def ids(body: bytes) -> list[str]:
    if body.startswith(b"{"):
        return [item["id"] for item in json.loads(body)["items"]]
    found: Any = etree.fromstring(body).xpath(
        "//atom:entry/atom:id/text() | //item/guid/text()", namespaces=NS
    )
    return [str(each) for each in found]


def walk(reader: Client, path: str, relation: str) -> Iterator[tuple[str, bytes]]:
    """Yield each document from *path* on, by its address, along a relation or `next_url`."""
    while path:
        answer = reader.get(path)
        assert answer.status_code == 200, path
        yield path, answer.data
        following = (
            json.loads(answer.data).get("next_url")
            if relation == "next_url"
            else links(answer.data).get(relation)
        )
        parts = urlsplit(following or "")
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path


def everything(store: Store) -> set[str]:
    return {headline.guid for headline in store.articles(Choice(), 1000)}


@pytest.mark.parametrize("format", ["rss", "atom"])
def test_the_chain_leads_from_the_current_feed_to_the_oldest_day(kept: Store, format: Format) -> None:
    path = [path for path, _ in walk(client(kept), f"/feed.{format}", "prev-archive")]
    assert path == [
        f"/feed.{format}",
        f"/day/2026-11-24/feed.{format}",
        f"/day/2026-11-23/feed.{format}",
        f"/day/2026-11-22/feed.{format}",
    ]


@pytest.mark.parametrize("format", ["rss", "atom"])
def test_each_archive_says_what_it_is_and_names_its_neighbours(kept: Store, format: Format) -> None:
    chain = list(walk(client(kept), f"/feed.{format}", "prev-archive"))
    for (later, _), (path, body) in pairwise(chain):
        assert len(etree.fromstring(body).findall(".//fh:archive", NS)) == 1
        assert links(body)["current"] == f"{ROOT}/feed.{format}"
        assert links(body)["self"] == ROOT + path
        if later != f"/feed.{format}":
            assert links(body)["next-archive"] == ROOT + later
    assert links(chain[1][1])["next-archive"] == f"{ROOT}/day/2026-11-27/feed.{format}"
    assert "prev-archive" not in links(chain[-1][1])
    assert b"fh:archive" not in chain[0][1]
    assert not {"current", "next-archive"} & set(links(chain[0][1]))


def test_archives_are_documents_of_the_current_feed(kept: Store) -> None:
    for _, body in walk(client(kept), "/feed.atom", "prev-archive"):
        assert etree.fromstring(body).findtext("atom:id", None, NS) == f"{ROOT}/feed.atom"


@pytest.mark.parametrize("format", ["rss", "atom"])
def test_who_subscribes_today_reaches_every_headline_once(kept: Store, format: Format) -> None:
    """The pages of today, and the days that are over: together they are all that there is."""
    reader = client(kept)
    archives = [ids(body) for _, body in walk(reader, f"/feed.{format}", "prev-archive")][1:]
    today = [ids(body) for _, body in walk(reader, f"/feed.{format}", "next")]
    told = [guid for each in archives for guid in each]
    assert len(told) == len(set(told))
    assert set(told) | {guid for page in today[:3] for guid in page} == everything(kept)


@pytest.mark.parametrize(
    "path", ["", "/category/economie", "/source/littoral", "/language/nl", "/search?q=van"]
)
@pytest.mark.parametrize("format", FORMATS)
def test_pages_lead_back_to_the_first_headline_of_any_narrowing(
    kept: Store, path: str, format: Format
) -> None:
    name, _, query = path.partition("?")
    first = f"{name}/feed.{format}" + (f"?{query}" if query else "")
    relation = "next_url" if format == "json" else "next"
    pages = list(walk(client(kept), first, relation))
    assert len(pages) == len({path for path, _ in pages}) > 1
    told = [guid for _, body in pages for guid in ids(body)]
    assert len(told) == len(set(told))
    kind, _, value = name.strip("/").partition("/")
    choice = Choice(search=query[2:]) if query else Choice(**({kind: value} if kind else {}))
    assert told == [headline.guid for headline in kept.articles(choice, 1000)]
    for path, body in pages:
        self = json.loads(body)["feed_url"] if format == "json" else links(body)["self"]
        assert self == ROOT + path
    if format != "json":
        assert {links(body).get("current") for _, body in pages[1:]} == {ROOT + first}


@pytest.mark.parametrize("format", FORMATS)
def test_only_the_feed_itself_names_a_hub(kept: Store, format: Format) -> None:
    publishing = replace(kept.config().publishing, hub="https://hub.example/")
    kept.accept(replace(kept.config(), publishing=publishing), LAST)
    pages = [
        path for path, _ in walk(client(kept), f"/feed.{format}", "next_url" if format == "json" else "next")
    ]
    for path in (*pages, f"/day/2026-11-23/feed.{format}"):
        answer = client(kept).get(path)
        assert (b"hub.example" in answer.data, "Link" in answer.headers) == (path == pages[0],) * 2


def test_a_json_archive_leads_to_the_one_before_it(kept: Store) -> None:
    pages = walk(client(kept), "/day/2026-11-24/feed.json", "next_url")
    assert [path for path, _ in pages] == [f"/day/2026-11-{day}/feed.json" for day in (24, 23, 22)]


@pytest.mark.parametrize("format", FORMATS)
def test_no_news_edit_or_restart_changes_a_byte_of_an_archive(kept: Store, format: Format) -> None:
    before = [client(kept).get(f"/day/2026-11-{day}/feed.{format}") for day in (22, 23, 24)]
    corrected = invented.at("15:58", "Havenstad bouwt toch geen zonnepark", id="other")
    bring(kept, {"kustkrant": [corrected], "binnenhof": [corrected]}, LAST)
    site = replace(kept.config().site, title="De Nieuwe Draad", language="fr", timezone="UTC")
    kept.accept(replace(kept.config(), site=site), LAST)
    kept.prune(invented.NOW + DAY / 2)  # the headlines of the first days are gone, save those of today
    after = [client(kept, LAST + DAY).get(f"/day/2026-11-{day}/feed.{format}") for day in (24,)]
    assert [(each.data, each.headers["Last-Modified"]) for each in after] == [
        (each.data, each.headers["Last-Modified"]) for each in before[2:]
    ]


@pytest.mark.parametrize("format", FORMATS)
def test_an_archive_may_be_kept_for_ever(kept: Store, format: Format) -> None:
    answer = client(kept).get(f"/day/2026-11-23/feed.{format}")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Last-Modified"] == "Fri, 27 Nov 2026 15:05:00 GMT"  # when it was made
    today = client(kept).get(f"/day/2026-11-27/feed.{format}")
    assert today.headers["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("nl", "Maandag 23 november 2026 – De Draad"),
        ("fr", "Lundi 23 novembre 2026 – De Draad"),
        ("en", "Monday 23 November 2026 – De Draad"),
        ("ar", "الاثنين 23 نونبر 2026 – De Draad"),
    ],
)
def test_a_day_is_called_in_the_sites_language(filled: Store, language: str, title: str) -> None:
    filled.accept(invented.config(language=language), invented.NOW)
    now = client(filled, invented.NOW).get("/day/2026-11-23/feed.json").json
    bring(filled, {"kustkrant": [entry("Morgen", published=invented.NOW + DAY)]}, invented.NOW + DAY)
    filled.keep_days(invented.NOW + DAY)
    filled.accept(invented.config(language="en"), invented.NOW + DAY)
    then = client(filled, invented.NOW + DAY).get("/day/2026-11-23/feed.json").json
    assert now and then
    assert now["title"] == then["title"] == title


def test_the_same_day_is_a_page(kept: Store) -> None:
    answer = client(kept).get("/day/2026-11-23")
    assert answer.status_code == 200
    assert 'href="/day/2026-11-23/feed.atom"' in answer.text


def test_an_archive_that_retention_dropped_is_gone(kept: Store) -> None:
    kept.prune(invented.NOW)
    reader = client(kept)
    assert links(reader.get("/day/2026-11-23/feed.atom").data)["prev-archive"].endswith(
        "/2026-11-22/feed.atom"
    )
    assert reader.get("/day/2026-11-22/feed.atom").status_code == 410
    assert reader.get("/day/2026-11-26/feed.atom").status_code == 200  # no archive, and none was dropped


def test_a_site_that_moves_takes_its_archives_along(kept: Store) -> None:
    site = replace(kept.config().site, link="https://elsewhere.example/")
    kept.accept(replace(kept.config(), site=site), LAST)
    assert {
        urlsplit(href).netloc for href in links(client(kept).get("/day/2026-11-23/feed.rss").data).values()
    } == {"elsewhere.example"}


def test_a_new_archive_moves_last_modified_and_nothing_else_of_the_current_feed(filled: Store) -> None:
    later = invented.NOW + DAY
    bring(filled, {"kustkrant": [entry("Morgen", published=later)]}, later)
    before = client(filled, later).get("/feed.atom")
    filled.keep_days(later + timedelta(minutes=1))
    after = client(filled, later).get("/feed.atom")
    assert (
        after.headers["Last-Modified"] == "Tue, 24 Nov 2026 15:06:00 GMT" != before.headers["Last-Modified"]
    )
    kept, found = etree.fromstring(before.data), etree.fromstring(after.data)
    [link] = found.xpath("atom:link[@rel='prev-archive']", namespaces=NS)
    found.remove(link)
    assert etree.tostring(found, method="c14n") == etree.tostring(kept, method="c14n")


def test_a_static_site_has_the_archives_and_no_address_that_a_file_cannot_answer(kept: Store) -> None:
    files = dict(site_files(kept, lambda: LAST, Templates(None)))
    for format in FORMATS:
        assert {f"day/2026-11-{day}/feed.{format}" for day in (22, 23, 24)} <= set(files)
    chain, path = [], "feed.json"
    while path:
        chain.append(path)
        path = urlsplit(json.loads(files[path]).get("next_url", "")).path.strip("/")
    assert chain == ["feed.json", *(f"day/2026-11-{day}/feed.json" for day in (24, 23, 22))]
    assert not [
        name for name, body in files.items() if name.endswith((".rss", ".atom")) and b"?page=" in body
    ]


@pytest.mark.parametrize("format", FORMATS)
def test_a_busy_day_is_several_documents_in_the_chain(filled: Store, format: Format) -> None:
    bring(filled, {"kustkrant": [entry("Morgen", published=invented.NOW + DAY)]}, invented.NOW + DAY)
    filled.keep_days(invented.NOW + DAY, most=9)
    reader = client(filled, invented.NOW + DAY)
    start = "/day/2026-11-23/2/feed.json" if format == "json" else f"/feed.{format}"
    chain = list(walk(reader, start, "next_url" if format == "json" else "prev-archive"))
    assert [path for path, _ in chain][-3:] == [
        f"/day/2026-11-23/2/feed.{format}",
        f"/day/2026-11-23/feed.{format}",
        f"/day/2026-11-22/feed.{format}",
    ]
    told = [guid for _, body in chain[-3:] for guid in ids(body)]
    assert len(told) == len(set(told)) == len(everything(filled)) - 1
    page = json.loads(reader.get("/day/2026-11-23/2/feed.json").data)["home_page_url"]
    assert page == f"{ROOT}/day/2026-11-23"
    for part in (0, 1, 3):
        assert reader.get(f"/day/2026-11-23/{part}/feed.{format}").status_code == 404
    files = dict(site_files(filled, lambda: invented.NOW + DAY, Templates(None)))
    assert files[f"day/2026-11-23/2/feed.{format}"] == reader.get(f"/day/2026-11-23/2/feed.{format}").data
