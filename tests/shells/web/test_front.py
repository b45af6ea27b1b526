"""The front: what is kept, for how long, and in which coding it leaves."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import brotli
import invented
import pytest
from flask import Flask, Response, request
from newsroom import bring
from werkzeug.test import Client

from aggregator.errors import StoreError
from aggregator.shells.web import front
from aggregator.shells.web.front import Answer, _Shelf
from aggregator.store import Store

BODY = "<p>Nieuws uit Larache.</p>" * 40


class Counted:
    """An application that counts how often it is asked, and the front before it."""

    def __init__(self, store: Store) -> None:
        self.asked: list[str] = []
        self.now = invented.NOW
        self.before: Callable[[], object] = lambda: None  # called before /a is answered
        app = Flask("counted")
        app.add_url_rule("/<path:name>", "page", self.page)
        self.client = Client(front(app, store, lambda: self.now, recheck=0))

    def page(self, name: str) -> Response:
        self.asked.append(request.full_path.rstrip("?"))
        if name == "a":
            self.before()
        kept = "public, max-age=30" if name != "private" else "no-cache"
        headers = {"Cache-Control": kept, "Last-Modified": "Mon, 23 Nov 2026 12:00:00 GMT"}
        return Response(BODY, status=404 if name == "missing" else 200, headers=headers)


@pytest.fixture
def counted(store: Store) -> Counted:
    return Counted(store)


def test_what_was_answered_once_is_not_asked_again(counted: Counted) -> None:
    answers = [counted.client.get("/a") for _ in range(3)]
    assert counted.asked == ["/a"]
    assert [answer.text for answer in answers] == [BODY] * 3


def test_what_many_ask_for_at_once_is_made_once(counted: Counted) -> None:
    asked, go_on = threading.Event(), threading.Event()
    counted.before = lambda: (asked.set(), go_on.wait(10))
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(counted.client.get, "/a")]
        assert asked.wait(10)
        headers = [{"Accept-Encoding": coding} for coding in ("gzip", "br", "")]
        answers += [pool.submit(counted.client.get, "/a", headers=each) for each in headers]
        other = counted.client.get("/b")  # another address need not wait
        go_on.set()
        assert {answer.result().status_code for answer in answers} == {other.status_code} == {200}
    assert sorted(counted.asked) == ["/a", "/b"]


def test_news_and_a_new_day_make_an_answer_stale(counted: Counted, store: Store) -> None:
    counted.client.get("/a")
    bring(store, {"kustkrant": [invented.at("15:00", "Nieuws")]}, invented.NOW)
    counted.client.get("/a")
    counted.now += timedelta(days=1)
    counted.client.get("/a")
    assert counted.asked == ["/a", "/a", "/a"]


def test_only_what_is_public_and_found_is_kept(counted: Counted) -> None:
    for path in ("/private", "/private", "/missing", "/missing"):
        counted.client.get(path)
    assert counted.asked == ["/private", "/private", "/missing", "/missing"]


def test_parameters_that_choose_nothing_make_no_new_answer(counted: Counted) -> None:
    for query in ("?q=b&page=1", "?page=1&q=b", "?utm_source=x&page=1&q=b&q=c", "?page=1&q=b&fbclid=1&v=2"):
        counted.client.get(f"/a{query}")
    assert counted.asked == ["/a?page=1&q=b"]


def test_an_endless_address_is_answered_but_not_kept(counted: Counted) -> None:
    for _ in range(2):
        assert counted.client.get("/a?q=" + "x" * 5000).status_code == 200
    assert len(counted.asked) == 2


def test_each_coding_has_its_bytes_and_its_etag(counted: Counted) -> None:
    plain, zipped, br = (
        counted.client.get("/a", headers={"Accept-Encoding": coding}) for coding in ("identity", "gzip", "br")
    )
    assert [a.headers.get("Content-Encoding") for a in (plain, zipped, br)] == [None, "gzip", "br"]
    assert plain.data == gzip.decompress(zipped.data) == brotli.decompress(br.data) == BODY.encode()
    assert len({answer.headers["ETag"] for answer in (plain, zipped, br)}) == 3
    assert {answer.headers["Vary"] for answer in (plain, zipped, br)} == {"Accept-Encoding"}
    assert counted.asked == ["/a"]


def test_head_is_get_without_its_body(counted: Counted) -> None:
    get, head = counted.client.get("/a"), counted.client.head("/a")
    assert (head.headers, head.data) == (get.headers, b"")
    missing, gone = counted.client.get("/missing"), counted.client.head("/missing")
    assert (gone.status_code, gone.headers, gone.data) == (404, missing.headers, b"")


@pytest.mark.parametrize("path", ["/a", "/private"])
def test_who_has_it_gets_a_304_that_repeats_what_caches_need(counted: Counted, path: str) -> None:
    first = counted.client.get(path, headers={"Accept-Encoding": "gzip"})
    again = counted.client.get(
        path, headers={"Accept-Encoding": "gzip", "If-None-Match": f'"x", W/{first.headers["ETag"]}'}
    )
    names = ("Cache-Control", "ETag", "Last-Modified", "Vary")
    assert (again.status_code, again.data) == (304, b"")
    assert dict(again.headers) == {name: first.headers[name] for name in names}


def test_if_none_match_beats_if_modified_since(counted: Counted) -> None:
    since = {"If-Modified-Since": "Mon, 23 Nov 2026 12:00:00 GMT"}
    assert counted.client.get("/a", headers=since).status_code == 304
    assert counted.client.get("/a", headers=since | {"If-None-Match": '"other"'}).status_code == 200


def test_the_application_never_sees_a_condition(counted: Counted) -> None:
    answer = counted.client.get("/a", headers={"Range": "bytes=0-1", "If-Match": '"x"', "If-Range": '"x"'})
    assert (answer.status_code, answer.text) == (200, BODY)


def test_what_changes_something_goes_through(counted: Counted) -> None:
    assert counted.client.post("/a").status_code == 405


def test_a_proxy_may_leave_the_path_of_the_site_on(store: Store) -> None:
    store.accept(invented.config(link="https://example.org/news/"), invented.NOW)
    counted = Counted(store)
    assert counted.client.get("/news/a").text == counted.client.get("/a").text
    assert counted.asked == ["/a"]


class Broken:
    """A store that can be broken for a while; the wire to it is all that is not real."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.is_broken = False

    def __getattr__(self, name: str) -> Callable[..., object]:
        if self.is_broken:
            raise StoreError("disk I/O error")
        return getattr(self._store, name)  # type: ignore[no-any-return]


def test_what_is_kept_is_served_while_the_store_cannot_be_read(store: Store) -> None:
    broken = Broken(store)
    counted = Counted(broken)  # type: ignore[arg-type]
    counted.client.get("/a")
    broken.is_broken = True
    assert counted.client.get("/a").text == BODY
    assert counted.asked == ["/a"]


def _answer(size: int) -> Answer:
    return Answer("200 OK", (), b"x" * size, "etag")


def _kept(shelf: _Shelf) -> Iterator[str]:
    return (name for name in "abc" if shelf.get((name, "", "identity"), None))


@pytest.mark.parametrize(("most", "most_bytes"), [(2, 1000), (10, 25)])
def test_the_shelf_is_bounded_in_number_and_in_bytes(most: int, most_bytes: int) -> None:
    shelf = _Shelf(most, most_bytes)
    for name in "abac":
        shelf.get((name, "", "identity"), None) or shelf.put((name, "", "identity"), None, _answer(10))
    assert list(_kept(shelf)) == ["a", "c"]  # b was asked for longest ago


def test_the_same_key_again_takes_no_more_room() -> None:
    shelf = _Shelf(10, 25)
    for _ in range(5):
        shelf.put(("a", "", "identity"), None, _answer(10))
    shelf.put(("b", "", "identity"), None, _answer(10))
    assert list(_kept(shelf)) == ["a", "b"]


def test_the_front_asks_the_store_now_and_then_only(store: Store, tmp_path: Path) -> None:
    asked: list[str] = []

    class Watched(Broken):
        def __getattr__(self, name: str) -> Callable[..., object]:
            asked.append(name)
            return super().__getattr__(name)

    app = Flask("app")
    app.add_url_rule("/", "page", lambda: Response("x", headers={"Cache-Control": "public"}))
    client = Client(front(app, Watched(store), lambda: invented.NOW, recheck=60))  # type: ignore[arg-type]
    client.get("/")
    before = len(asked)
    for _ in range(20):
        client.get("/")
    assert len(asked) == before
