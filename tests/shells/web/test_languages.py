"""The reader's language: `?lang=` changes the words around the news, and goes along with every link."""

from __future__ import annotations

import invented
import pytest
from lxml import html
from werkzeug.test import Client

from aggregator.shells.web.setting import setting
from aggregator.shells.web.site import site_files
from aggregator.shells.web.templates import Templates
from aggregator.shells.web.words import LANGUAGES
from aggregator.store import Store

PAGES = ("/", "/category/sport", "/search?q=storm", "/sources", "/sources?sort=name", "/day/2026-11-23")
SAME_FOR_ALL = ("/feed.", "/feeds.opml", "/static/", "/manifest.webmanifest")


def _in(language: str, address: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}lang={language}"


def page(client: Client, address: str) -> html.HtmlElement:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return html.document_fromstring(answer.text)


def links(page: html.HtmlElement) -> list[str]:
    """Return the addresses of our own pages that *page* links to, but those of its other languages."""
    found = page.xpath("//a[not(ancestor::nav[contains(@class, 'speaks')])]/@href")
    return [link for link in found if link.startswith("/") and not any(part in link for part in SAME_FOR_ALL)]


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("fr", "ltr"), ("ar", "rtl")])
@pytest.mark.parametrize("address", PAGES)
def test_a_page_speaks_the_language_that_is_asked_for(
    client: Client, address: str, language: str, direction: str
) -> None:
    found = page(client, _in(language, address))
    assert (found.get("lang"), found.get("dir")) == (language, direction)


@pytest.mark.parametrize("address", PAGES)
def test_every_link_to_a_page_keeps_the_language_and_none_to_a_feed_or_file(
    client: Client, address: str
) -> None:
    found = page(client, _in("ar", address))
    assert links(found) != []
    assert [link for link in links(found) if "lang=ar" not in link] == []
    others = found.xpath("//link[not(@rel='next' or @rel='prev')]/@href | //script/@src")
    assert [link for link in others if "lang=" in link] == []


@pytest.mark.parametrize("address", PAGES)
def test_the_sites_own_language_needs_no_naming(client: Client, address: str) -> None:
    for asked in (address, _in("nl", address)):
        found = page(client, asked)
        assert found.get("lang") == "nl"
        assert [link for link in links(found) if "lang=" in link] == []


@pytest.mark.parametrize("address", PAGES)
def test_the_foot_leads_to_the_same_page_in_each_language(client: Client, address: str) -> None:
    there = page(client, _in("fr", address))
    speaks = there.xpath("//nav[contains(@class, 'speaks')]/a")
    assert [(link.get("lang"), link.get("aria-current")) for link in speaks] == [
        (language, "page" if language == "fr" else None) for language in LANGUAGES
    ]
    for link in speaks:
        assert page(client, link.get("href")).get("lang") == link.get("lang")
    assert next(link.get("href") for link in speaks if link.get("lang") == "nl") == address


def test_a_search_keeps_the_language(client: Client) -> None:
    for address in ("/?lang=fr", "/search?q=storm&lang=fr"):
        forms = page(client, address).xpath("//form[@role='search']")
        assert [form.xpath("input[@name='lang']/@value") for form in forms] == [["fr"]]
    assert page(client, "/").xpath("//input[@name='lang']") == []


def test_the_lines_that_come_in_are_in_the_language_of_their_page(client: Client) -> None:
    (live,) = page(client, "/?lang=fr").xpath("//@data-live")
    assert live.endswith("lang=fr")
    piece = html.fragment_fromstring(client.get(live).text, create_parent="div")
    assert [link for link in links(piece) if "lang=fr" not in link] == []


def test_an_article_keeps_the_language_and_its_canonical_address_has_none(client: Client) -> None:
    first = page(client, "/?lang=ar").xpath("//a[contains(@href, '/read/')]/@href")[0]
    article = page(client, first)
    assert (article.get("lang"), article.get("dir")) == ("ar", "rtl")
    assert [link for link in article.xpath("//link[@rel='canonical']/@href") if "lang" in link] == []


@pytest.mark.parametrize("unknown", ["de", "xx", "", "fr-FR", "<script>", "../en", "nl&lang=fr"])
def test_an_unknown_language_is_the_sites_and_is_not_kept(client: Client, unknown: str) -> None:
    found = client.get("/", query_string=f"lang={unknown}")
    assert found.status_code == 200
    assert found.get_etag() == client.get("/").get_etag() or unknown.startswith("nl")
    assert html.document_fromstring(found.text).get("lang") == "nl"


def test_feeds_are_the_same_in_all_languages(client: Client) -> None:
    for format in ("rss", "atom", "json"):
        assert client.get(f"/feed.{format}?lang=ar").data == client.get(f"/feed.{format}").data


def test_a_page_that_is_not_there_says_so_in_the_language(client: Client) -> None:
    answer = client.get("/nowhere?lang=fr")
    assert answer.status_code == 404
    assert html.document_fromstring(answer.text).get("lang") == "fr"


def test_an_address_in_another_order_moves_on_in_its_language(client: Client) -> None:
    answer = client.get("/language/nl?category=sport&lang=fr")
    assert answer.status_code == 301
    assert answer.headers["Location"].endswith("/category/sport?language=nl&lang=fr")


def test_a_site_below_a_path_keeps_it() -> None:
    here = setting(
        invented.config(link="https://example.org/news/"), invented.NOW, "fr", "/sources?sort=name"
    )
    assert here.href("/") == "/news/?lang=fr"
    assert here.href("/sources?sort=name") == "/news/sources?sort=name&lang=fr"
    assert here.file_href("/feed.rss") == "/news/feed.rss"


def test_the_site_as_files_speaks_one_language(filled: Store) -> None:
    files = dict(site_files(filled, lambda: invented.NOW, Templates(None)))
    assert [name for name, body in files.items() if b"lang=fr" in body and name != "robots.txt"] == []
