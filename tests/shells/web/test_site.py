"""The site as files: whole, and without what needs a program behind it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import invented
import pytest
from newsroom import bring, entry

from aggregator.shells.web.site import site_files
from aggregator.shells.web.templates import Templates
from aggregator.store import Store


@pytest.fixture(scope="module")
def files(newsroom_file: Path) -> dict[str, bytes]:
    """The site of the invented newsroom."""
    store = Store(f"sqlite:///{newsroom_file}")
    found = dict(site_files(store, lambda: invented.NOW, Templates(None)))
    store.close()
    return found


def test_every_link_on_a_page_of_the_site_leads_to_one_of_its_files(files: dict[str, bytes]) -> None:
    pages = {name: body.decode() for name, body in files.items() if name.endswith(".html")}
    assert "index.html" in pages
    for name, page in pages.items():
        for link in re.findall(r'(?:href|src)="(/[^"#]*)"', page):
            path = unquote(link.partition("?")[0].strip("/"))
            assert {path, f"{path}/index.html".lstrip("/")} & set(files), f"{name} leads to {link}"


def test_no_page_asks_for_what_a_file_cannot_answer(files: dict[str, bytes]) -> None:
    for name, body in files.items():
        if name.endswith(".html"):
            assert b"?page=" not in body, name
            assert b"<form" not in body, name


def test_every_headline_is_reached_however_many_there_are(filled: Store) -> None:
    many = [
        entry(f"Headline number {n}", published=invented.NOW - timedelta(minutes=14 * n)) for n in range(250)
    ]
    bring(filled, {filled.config().subscriptions[0].key: many}, invented.NOW)
    names = {name for name, _ in site_files(filled, lambda: invented.NOW, Templates(None))}
    assert sum(name.startswith("read/") for name in names) == filled.counts()[0]


def test_the_same_store_gives_the_same_files(filled: Store, files: dict[str, bytes]) -> None:
    assert dict(site_files(filled, lambda: invented.NOW, Templates(None))) == files
