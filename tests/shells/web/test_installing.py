"""What programs ask of a site: its manifest, its icons, its robots.txt."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.robotparser import RobotFileParser

import invented
import pytest
from werkzeug.test import Client

from aggregator.shells.web.site import site_files
from aggregator.shells.web.templates import Templates
from aggregator.store import Store

BASES = ["https://krant.example/", "https://krant.example/nieuws/"]


@pytest.mark.parametrize("link", BASES)
def test_the_page_names_a_manifest_of_the_site(
    store: Store, reader: Callable[[Store], Client], link: str
) -> None:
    base = link.removeprefix("https://krant.example")
    told = _manifest(_at(store, link, reader))
    assert (told["name"], told["lang"], told["dir"]) == (invented.config().site.title, "nl", "ltr")
    assert {told["id"], told["start_url"], told["scope"]} == {base}
    assert all(icon["src"].startswith(f"{base}static/") for icon in told["icons"])


def test_icons_are_as_large_as_the_manifest_says(client: Client) -> None:
    icons = [icon for icon in _manifest(client)["icons"] if icon["type"] == "image/png"]
    assert sorted(icon["sizes"] for icon in icons) == ["192x192", "512x512"]
    for icon in icons:
        assert _size(client.get(icon["src"]).data) == icon["sizes"]
    assert client.get(icons[0]["src"]).mimetype == "image/png"


def test_an_arabic_site_is_installed_from_right_to_left(
    store: Store, reader: Callable[[Store], Client]
) -> None:
    store.accept(invented.config(language="ar"), invented.NOW)
    told = _manifest(reader(store))
    assert (told["lang"], told["dir"]) == ("ar", "rtl")


@pytest.mark.parametrize("link", BASES)
def test_crawlers_read_the_ticker_and_its_articles_but_do_not_search(
    store: Store, reader: Callable[[Store], Client], link: str
) -> None:
    robots = RobotFileParser()
    robots.parse(_at(store, link, reader).get("/robots.txt").text.splitlines())
    open_to_all = (
        "",
        "read/1",
        "day/2026-11-22",
        "sources",
        "feed.rss",
        "static/style.css",
        "manifest.webmanifest",
    )
    assert [path for path in open_to_all if not robots.can_fetch("Crawler", link + path)] == []
    closed = ("search?q=storm", "lines", "sources?sort=name", "metrics", "health.json")
    assert [path for path in closed if robots.can_fetch("Crawler", link + path)] == []


def test_the_site_as_files_can_be_installed_too(filled: Store) -> None:
    files = [name for name, _ in site_files(filled, lambda: invented.NOW, Templates(None))]
    asked = (
        "manifest.webmanifest",
        "robots.txt",
        "static/icon.svg",
        "static/icon-512.png",
        "static/icon-180.png",
    )
    assert [files.count(name) for name in asked] == [1] * len(asked)


def _at(store: Store, link: str, reader: Callable[[Store], Client]) -> Client:
    config = invented.config()
    store.accept(replace(config, site=replace(config.site, link=link)), invented.NOW)
    return reader(store)


def _manifest(client: Client) -> Any:
    response = client.get("/manifest.webmanifest")
    assert response.mimetype == "application/manifest+json"
    return response.json


def _size(png: bytes) -> str:
    assert png.startswith(b"\x89PNG")
    return "{}x{}".format(*struct.unpack(">II", png[16:24]))
