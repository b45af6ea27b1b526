"""What is answered where nothing can be: in style, guarded, and without details."""

from __future__ import annotations

import re

import invented
import pytest
from lxml import html
from werkzeug.test import Client

from aggregator.errors import StoreError
from aggregator.shells.web import create_app, front
from aggregator.store import Store


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/category/nothing",
        "/category/nothing/feed.rss",
        "/category/nothing?page=1-1",
        "/language/xx",
        "/source/nothing",
        "/source/nothing/feed.json",
        "/day/2026-11-24",
        "/day/yesterday",
        "/day/2026-13-01/feed.atom",
        "/read/999999",
        f"/read/{10**30}",
        "/read/one",
        "/feed.xml",
        "/search/feed.rss",
        "/?page=nothing",
        "/static/nothing.css",
        "/static/../parts.html",
    ],
)
def test_what_is_not_there_is_not_found_in_style(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (404, "text/html; charset=utf-8")
    assert html.document_fromstring(answer.text).xpath("//h1/text()") == ["Niet gevonden"]


def test_an_error_page_quotes_nothing_of_the_request(client: Client) -> None:
    answer = client.get("/%3Cscript%3Ealert(1)%3C/script%3E?q=<b>")
    assert answer.status_code == 404
    assert "alert" not in answer.text and "<b>" not in answer.text


def test_what_cannot_be_written_to_says_what_can(client: Client) -> None:
    answer = client.post("/")
    assert (answer.status_code, sorted(re.findall(r"\w+", answer.headers["Allow"]))) == (
        405,
        ["GET", "HEAD", "OPTIONS"],
    )
    assert "Niet toegestaan" in answer.text


def test_while_the_store_cannot_be_read_the_page_says_so(store: Store) -> None:
    class Unreadable:
        def __getattr__(self, name: str) -> object:
            raise StoreError("database is locked")

    clock = lambda: invented.NOW  # noqa: E731
    app = create_app(Unreadable(), clock)  # type: ignore[arg-type]
    client = Client(front(app, Unreadable(), clock))  # type: ignore[arg-type]
    page, pulse = client.get("/"), client.get("/healthz")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "10")
    assert "Back in a moment" in page.text and "locked" not in page.text
    assert (pulse.status_code, pulse.get_json()) == (503, {"status": "the store cannot be read"})


def test_a_fault_of_ours_is_told_in_style_and_without_details(filled: Store) -> None:
    class Faulty:
        def __getattr__(self, name: str) -> object:
            if name == "ticker":
                raise ZeroDivisionError("<secret>")
            return getattr(filled, name)

    client = Client(create_app(Faulty(), lambda: invented.NOW))  # type: ignore[arg-type]
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Er ging iets mis" in answer.text and "secret" not in answer.text
    assert "Content-Security-Policy" in answer.headers
