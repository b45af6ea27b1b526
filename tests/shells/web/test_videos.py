"""Videos of others in our articles and feeds: a link with a picture, and nothing of theirs in a frame."""

from __future__ import annotations

from collections.abc import Callable

import feedparser
import invented
import pytest
from clean import allowed
from newsroom import bring, entry
from werkzeug.test import Client

from aggregator.sanitise import clean
from aggregator.store import Store

WATCH = "https://www.youtube.com/watch?v=aqz-KE-bpKQ"
FRAME = clean("<p>Kijk.</p><iframe src=https://www.youtube.com/embed/aqz-KE-bpKQ></iframe>", None)
PICTURE = "https://i.example/a.jpg"


@pytest.fixture
def article(
    store: Store, reader: Callable[[Store], Client], number: Callable[[str], int]
) -> Callable[..., tuple[Client, str]]:
    """Return a way to bring an entry, and to the client and the address that show it."""

    def made(**values: object) -> tuple[Client, str]:
        bring(store, {store.config().subscriptions[0].key: [entry("Dijken", **values)]}, invented.NOW)
        return reader(store), f"/read/{number('Dijken')}"

    return made


def test_a_video_stands_in_the_article_with_the_entrys_picture_and_words_of_the_page(
    article: Callable[..., tuple[Client, str]],
) -> None:
    client, path = article(content=FRAME, image=PICTURE)
    page = client.get(path).text
    assert (page.count(WATCH), page.count(f'src="{PICTURE}"')) == (1, 1)
    assert '>▶ <bdi lang="nl" dir="ltr">Bekijk de video op youtube.com</bdi></a></figure>' in page
    assert '<bdi lang="ar" dir="rtl">شاهد الفيديو على youtube.com</bdi>' in client.get(f"{path}?lang=ar").text
    assert not [fault for fault in allowed.page(page) if "in an article" in fault]


def test_in_the_merged_feeds_a_video_is_a_link_too(article: Callable[..., tuple[Client, str]]) -> None:
    client, _ = article(content=FRAME, image=PICTURE)
    for format, look in (("rss", allowed.rss), ("atom", allowed.atom), ("json", allowed.json_feed)):
        body = client.get(f"/feed.{format}").data
        assert look(body) == []
        assert b"embed" not in body and WATCH.encode() in body
    [found] = [
        one for one in feedparser.parse(client.get("/feed.atom").data).entries if one.title == "Dijken"
    ]
    assert "▶ youtube.com</a></figure>" in found.content[0].value
