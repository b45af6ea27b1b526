"""Reactions below an article: offered, asked for by a form, shown; nothing without a reader's wish."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import invented
import pytest
from clean import allowed
from newsroom import bring, entry
from werkzeug.test import Client

from aggregator.model import Html, Reaction, Reply
from aggregator.sanitise import clean
from aggregator.shells.web import reactions
from aggregator.shells.web.site import site_files
from aggregator.shells.web.templates import Templates
from aggregator.store import Store

FEED = "https://dijk.example/comments"
SAID = (
    Reaction("Joke <b>", invented.NOW, clean("<p>Mooi <script>x</script>&amp; waar.</p>", None), FEED, "nl"),
    Reaction("", invented.NOW, Html("<p>خبر جميل</p>"), None, "nl"),
)


@pytest.fixture
def article(store: Store, number: Callable[[str], int], monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an article that can be reacted to; nobody waits long for an answer."""
    monkeypatch.setattr(reactions, "LOOK", 0.01)
    bring(store, {store.config().subscriptions[0].key: [entry("Dijken", comments_feed=FEED)]}, invented.NOW)
    return f"/read/{number('Dijken')}"


def answer(store: Store, **values: object) -> None:
    (inquiry,) = store.forum.inquiries(invented.NOW, 9)
    told = {"at": invented.NOW, "not_before": invented.NOW + timedelta(hours=1), "items": SAID, **values}
    store.forum.settle(Reply(inquiry.entry, **told))  # type: ignore[arg-type]


def test_a_wish_leads_to_the_page_where_it_is_answered(
    store: Store, reader: Callable[[Store], Client], article: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = reader(store)
    page = client.get(article).text
    assert f'<form class="row" method="post" action="{article}/reactions"><button' in page
    assert "Toon de reacties hier" in page
    assert store.forum.inquiries(invented.NOW, 9) == ()
    monkeypatch.setattr(reactions, "sleep", lambda _: answer(store))
    sent = client.post(f"{article}/reactions")
    assert (sent.status_code, sent.headers["Location"]) == (303, f"{article}/reactions#reactions")
    shown = client.get(f"{article}/reactions")
    assert shown.headers["Cache-Control"] == "no-cache"
    assert 'name="robots" content="noindex' in shown.text
    assert "<b><bdi>Joke &lt;b&gt;</bdi></b>" in shown.text
    assert '<div class="body" lang="nl" dir="ltr"><p>Mooi &amp; waar.</p></div>' in shown.text
    assert '<div class="body" dir="rtl"><p>خبر جميل</p></div>' in shown.text
    assert "Gelezen bij de uitgever:" in shown.text
    assert f'action="{article}/reactions"' not in shown.text  # not so soon
    assert [each for each in allowed.page(shown.text) if "article" in each or "form" in each] == []
    assert client.get(article).text == page


def test_who_is_not_answered_in_time_looks_again(
    store: Store, reader: Callable[[Store], Client], article: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = iter(range(100))
    monkeypatch.setattr(reactions, "monotonic", lambda: next(ticks))
    client = reader(store)
    client.post(f"{article}/reactions?lang=ar")
    page = client.get(f"{article}/reactions?lang=ar").text
    assert f'href="{article}/reactions?lang=ar#reactions"' in page
    assert "يجري طلبها من الناشر" in page
    answer(store, items=None, error="dijk.example answers 500")
    page = client.get(f"{article}/reactions?lang=fr").text
    assert "Elles n&#39;ont pas pu être lues" in page
    assert "500" not in re.sub(r"<[^>]*>", "", page)


def test_no_other_site_asks_in_a_readers_name(
    store: Store, reader: Callable[[Store], Client], article: str
) -> None:
    client = reader(store)
    sent = client.post(f"{article}/reactions", headers={"Sec-Fetch-Site": "cross-site"})
    assert sent.status_code == 403
    assert store.forum.inquiries(invented.NOW, 9) == ()


def test_where_there_is_nothing_to_ask_for_nothing_is_offered(
    filled: Store, client: Client, number: Callable[[str], int]
) -> None:
    path = f"/read/{number(invented.RENT)}"
    assert 'method="post"' not in client.get(path).text
    assert client.get(f"{path}/reactions").headers["Location"] == path
    assert client.get("/read/999999/reactions").status_code == 404
    assert client.post("/read/999999/reactions").status_code == 404
    assert client.post(path).status_code == 405


def test_the_site_as_files_offers_nothing_that_only_a_program_can_answer(store: Store, article: str) -> None:
    for path, body in site_files(store, lambda: invented.NOW, Templates(None)):
        assert b'method="post"' not in body, path
