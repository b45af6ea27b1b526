"""Pictures through us: only those of our articles, only pictures, once for all readers, within bounds."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import invented
import pytest
from newsroom import bring, entry
from publisher import Answer, Publisher, redirect
from werkzeug.test import Client

from aggregator.errors import FeedError
from aggregator.model import Config, Polling, Response
from aggregator.sanitise import clean
from aggregator.shells import bootstrap
from aggregator.shells.web import create_app, front
from aggregator.shells.web.pictures import LARGEST, WAITING, Fetch, Pictures, name_of
from aggregator.store import Store

PNG = b"\x89PNG\r\n\x1a\n" + bytes(2000)
URL = "https://pictures.example/a.png?b=1&c=2"


class Publishers:
    """What all publishers answer, and what they were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: Response | FeedError = Response(URL, 200, PNG)

    def __call__(self, _config: Config, url: str, _most: int, _slowest: timedelta) -> Response | FeedError:
        self.asked.append(url)
        return self.answer


@pytest.fixture
def publishers() -> Publishers:
    return Publishers()


@pytest.fixture
def article(store: Store, number: Callable[[str], int]) -> int:
    """An article with a picture in its text, on a site that fetches pictures itself."""
    store.accept(invented.config(images="proxy"), invented.NOW)
    text = clean(f'<p>Kijk:</p><img src="{URL}" alt=""><img src="data:image/gif;base64,AAAA">', None)
    told = [entry("Dijken", content=text, image="https://pictures.example/lead.jpg")]
    bring(store, {store.config().subscriptions[0].key: told}, invented.NOW)
    return number("Dijken")


def client(store: Store, fetch: Fetch) -> Client:
    app = create_app(store, lambda: invented.NOW, fetch=fetch)
    return Client(front(app, store, lambda: invented.NOW, recheck=0))


def test_a_page_asks_us_for_its_pictures_and_nobody_else(
    store: Store, publishers: Publishers, article: int
) -> None:
    reader = client(store, publishers)
    page = reader.get(f"/read/{article}")
    sources = re.findall(r'<img[^>]* src="([^"]*)"', page.text)
    assert sources == [f"/image/{article}/{name_of(URL)}", "data:image/gif;base64,AAAA"]
    assert "img-src 'self' data:;" in page.headers["Content-Security-Policy"]
    assert publishers.asked == []
    picture = reader.get(sources[0], headers={"Accept-Encoding": "br"})
    assert (picture.status_code, picture.content_type, picture.data) == (200, "image/png", PNG)
    assert "Content-Encoding" not in picture.headers
    assert picture.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert picture.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert picture.headers["Cache-Control"] == "public, max-age=86400, immutable"
    reader.get(sources[0])
    bring(store, {store.config().subscriptions[1].key: [entry("Nieuws")]}, invented.NOW)
    reader.get(sources[0])
    assert publishers.asked == [URL]


def test_what_stands_in_no_article_cannot_be_asked_for(
    store: Store, publishers: Publishers, article: int
) -> None:
    reader = client(store, publishers)
    for path in (f"/image/{article}/{name_of('https://other.example/')}", f"/image/99/{name_of(URL)}"):
        assert reader.get(path).status_code == 404
    assert publishers.asked == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00 ftypavif", "image/avif"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", ""),
        (b"<!doctype html><script>alert(1)</script>", ""),
        (b"", ""),
    ],
)
def test_only_what_begins_as_a_picture_is_passed_on(
    store: Store, publishers: Publishers, article: int, body: bytes, kind: str
) -> None:
    publishers.answer = Response(URL, 200, body, {"content-type": "image/png"})
    found = client(store, publishers).get(f"/image/{article}/{name_of(URL)}")
    assert (found.status_code, found.content_type) == (
        (200, kind) if kind else (404, "text/html; charset=utf-8")
    )


@pytest.mark.parametrize(
    "answer", [FeedError("fetch", "no such host"), Response(URL, 404, PNG), Response(URL, 500)]
)
def test_who_gives_no_picture_is_not_asked_again_at_once(
    store: Store, publishers: Publishers, article: int, answer: Response | FeedError
) -> None:
    publishers.answer = answer
    reader = client(store, publishers)
    assert [reader.get(f"/image/{article}/{name_of(URL)}").status_code for _ in range(3)] == [404] * 3
    assert publishers.asked == [URL]


def test_a_host_that_has_enough_of_us_is_left_alone(
    store: Store, publishers: Publishers, article: int
) -> None:
    until = invented.NOW + timedelta(hours=1)
    publishers.answer = replace(Response(URL, 429), retry_at=until)
    assert client(store, publishers).get(f"/image/{article}/{name_of(URL)}").status_code == 404
    assert store.forum.is_resting("pictures.example", until - timedelta(seconds=1))
    assert not store.forum.is_resting("pictures.example", until)
    assert client(store, publishers).get(f"/image/{article}/{name_of(URL)}").status_code == 404
    assert len(publishers.asked) == 1


def test_many_readers_cost_one_request_and_too_many_come_again(store: Store, article: int) -> None:
    asked, go_on = list[str](), threading.Event()

    def fetch(_config: Config, url: str, _most: int, _slowest: timedelta) -> Response:
        asked.append(url)
        assert go_on.wait(10)
        return Response(url, 200, PNG)

    app = create_app(store, lambda: invented.NOW, fetch=fetch)
    statuses = list[int]()

    def read() -> None:
        statuses.append(Client(app).get(f"/image/{article}/{name_of(URL)}").status_code)

    readers = [threading.Thread(target=read) for _ in range(WAITING + 3)]
    for reader in readers:
        reader.start()
    while len(statuses) < 3:
        threading.Event().wait(0.01)
    assert statuses == [503] * 3
    go_on.set()
    for reader in readers:
        reader.join()
    assert sorted(statuses) == [200] * WAITING + [503] * 3
    assert asked == [URL]


def test_what_is_kept_is_bounded(store: Store, article: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregator.shells.web.pictures.MOST_BYTES", 3 * len(PNG))
    fetched = Publishers()
    many = "".join(f'<img src="https://p.example/{place}.png">' for place in range(5))
    told = [entry("Molens", content=clean(many, None))]
    bring(store, {store.config().subscriptions[0].key: told}, invented.NOW)
    pictures = Pictures(store, lambda: invented.NOW, fetched)
    number = article + 1
    for place in (0, 1, 2, 3, 4, 4, 3, 2, 0):
        pictures.answer(number, name_of(f"https://p.example/{place}.png"))
    assert [url[-5] for url in fetched.asked] == ["0", "1", "2", "3", "4", "0"]


def test_it_is_fetched_as_all_is_fetched(publisher: Publisher) -> None:
    publisher.answers["/a.png"] = Answer(PNG, headers={"Content-Type": "image/png"})
    publisher.answers["/large"] = Answer(bytes(LARGEST + 1))
    publisher.answers["/away"] = redirect("http://10.0.0.1/")
    allowed = Config((), "", polling=Polling(allow_networks=("127.0.0.0/8",)))
    second = timedelta(seconds=1)
    found = bootstrap.fetch(allowed, publisher.url("/a.png"), LARGEST, second)
    assert isinstance(found, Response)
    assert found.body == PNG
    assert "cookie" not in publisher.log[0].headers and "referer" not in publisher.log[0].headers
    for path in ("/large", "/away"):
        assert isinstance(bootstrap.fetch(allowed, publisher.url(path), LARGEST, second), FeedError)
    strict = replace(allowed, polling=Polling())
    assert isinstance(bootstrap.fetch(strict, publisher.url("/a.png"), LARGEST, second), FeedError)
    assert len(publisher.asked("/a.png")) == 1
