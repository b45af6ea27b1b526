"""The addresses of the contract, asked over HTTP of a real store."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import feedparser
import invented
import pytest
from lxml import html
from newsroom import bring, settlement
from werkzeug.test import Client

from aggregator.model import Choice, Html
from aggregator.store import Store

NARROWINGS = {
    "/": 23,
    "/category/sport": 2,
    "/category/wonen": 1,  # its publisher's, not in feeds.yaml
    "/language/ar": 4,
    "/source/littoral": 5,
    "/search?q=ZON": 1,
    "/day/2026-11-22": 5,
}
TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
HOSTILE = "<script>alert(1)</script> {{ 7*7 }} \"><img src=x onerror=alert(2)> & l'eau"


def _tree(client: Client, path: str) -> html.HtmlElement:
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8")
    return html.document_fromstring(answer.text)


def _titles(tree: html.HtmlElement) -> list[str]:
    return [str(title) for title in tree.xpath('//p[@class="headline"]/a/text()')]


@pytest.mark.parametrize(("path", "lines"), NARROWINGS.items())
def test_a_narrowing_shows_its_own_lines(client: Client, path: str, lines: int) -> None:
    assert len(_titles(_tree(client, path))) == lines


@pytest.mark.parametrize("path", NARROWINGS)
def test_each_page_leads_programs_to_its_own_feeds(client: Client, path: str) -> None:
    name, _, query = path.partition("?")
    expected = [
        (f"{name.rstrip('/')}/feed.{format}" + (f"?{query}" if query else ""), type)
        for format, type in TYPES.items()
    ]
    links = _tree(client, path).xpath('//head/link[@rel="alternate"]')
    assert [(link.get("href"), link.get("type")) for link in links] == expected
    assert all(link.get("title") for link in links)


@pytest.mark.parametrize("path", NARROWINGS)
@pytest.mark.parametrize("format", TYPES)
def test_each_narrowing_is_a_feed_of_the_same_lines(client: Client, path: str, format: str) -> None:
    name, _, query = path.partition("?")
    answer = client.get(f"{name.rstrip('/')}/feed.{format}", query_string=query)
    assert answer.content_type.partition(";")[0] == TYPES[format]
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Last-Modified"].endswith(" GMT")
    if format == "json":
        titles = [item["title"] for item in json.loads(answer.data)["items"]]
    else:
        titles = [entry.title for entry in feedparser.parse(answer.data).entries]
    assert titles == _titles(_tree(client, path))


@pytest.mark.parametrize(
    "path", ["/", "/nothing", "/sources", "/health.json", "/feed.rss", "/search", "/healthz"]
)
def test_every_answer_is_guarded(client: Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data: https: http:; "
        "media-src https: http:; font-src 'none'; connect-src 'self'; manifest-src 'self'; "
        "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("images", ["none", "proxy"])
def test_without_pictures_the_policy_allows_none(
    store: Store, reader: Callable[[Store], Client], images: str
) -> None:
    store.accept(invented.config(images=images), invented.NOW)
    assert "img-src 'self' data:;" in reader(store).get("/").headers["Content-Security-Policy"]


def test_nothing_in_a_page_stands_inline_or_comes_from_elsewhere(
    client: Client, number: Callable[[str], int]
) -> None:
    for path in ("/", "/sources", "/nothing", f"/read/{number(invented.RENT)}"):
        tree = html.document_fromstring(client.get(path).text)
        assert tree.xpath("//style | //@style | //script[not(@src)] | //@*[starts-with(name(), 'on')]") == []
        assert all(
            src.startswith("/static/") or src == "/manifest.webmanifest"
            for src in tree.xpath("//script/@src | //link[@rel!='canonical']/@href")
            if "feed" not in src
        )


def test_hostile_words_stay_words(store: Store, reader: Callable[[Store], Client]) -> None:
    hostile = invented.at(
        "15:00", HOSTILE, summary=HOSTILE, categories=(HOSTILE,), comments=1, content=Html("")
    )
    bring(store, {"kustkrant": [hostile]}, invented.NOW)
    client = reader(store)
    [number] = [headline.id for headline in store.ticker(Choice(), None, 5)]
    assert _titles(_tree(client, "/")) == [HOSTILE]
    for path in ("/", f"/read/{number}", f"/search?q={HOSTILE}"):
        tree = _tree(client, path)
        assert tree.xpath("//script[not(@src)] | //img | //@onerror") == []
        assert "49" not in tree.text_content().replace("{{ 7*7 }}", "")
    assert _tree(client, f"/read/{number}").xpath("//h1/text()") == [HOSTILE]


def test_old_pages_follow_each_other_without_a_gap(store: Store, reader: Callable[[Store], Client]) -> None:
    news = [invented.at("15:00", f"Bericht nummer {n} van vandaag") for n in range(250)]
    bring(store, {"kustkrant": news}, invented.NOW)
    client, path, seen = reader(store), "/", []
    while path:
        tree = _tree(client, path)
        seen.append(_titles(tree))
        path = next(iter(tree.xpath('//a[@rel="next"]/@href')), "")
    assert [len(titles) for titles in seen] == [100, 100, 50]
    assert len({title for titles in seen for title in titles}) == 250


def test_an_older_page_stays_what_it_was_when_news_comes(
    store: Store, reader: Callable[[Store], Client]
) -> None:
    bring(
        store,
        {"kustkrant": [invented.at("14:00", f"Bericht nummer {n} van toen") for n in range(120)]},
        invented.NOW,
    )
    client = reader(store)
    [older] = _tree(client, "/").xpath('//a[@rel="next"]/@href')
    before = client.get(older)
    bring(store, {"binnenhof": [invented.at("15:00", "Iets nieuws uit de Kamer")]}, invented.NOW)
    assert client.get(older).headers["ETag"] == before.headers["ETag"]


def test_days_lead_back_over_empty_ones_and_come_to_an_end(
    store: Store, reader: Callable[[Store], Client]
) -> None:
    news = [invented.at("12:00", f"Bericht van dag {day}", day=day) for day in (3, 20, 23)]
    bring(store, {"kustkrant": news}, invented.NOW)
    client, path, days = reader(store), "/day/2026-11-23", []
    while path:
        days.append(path)
        path = next(iter(_tree(client, path).xpath('//a[@rel="prev"]/@href')), "")
    assert days == ["/day/2026-11-23", "/day/2026-11-20", "/day/2026-11-03"]


def test_the_article_stands_beside_its_line(client: Client, number: Callable[[str], int]) -> None:
    tree = _tree(client, f"/read/{number(invented.RENT)}")
    assert tree.xpath("//main//h1/text()") == [invented.RENT]
    assert tree.xpath('//aside//li[@aria-current="true"]/@data-id') == [str(number(invented.RENT))]
    assert [h.text_content() for h in tree.xpath("//main/section/h2")] == [
        "Ook bij",
        "Reacties (12)",
        "Delen",
        "Volg ons",
    ]
    assert tree.xpath('//div[@class="by"]//del')[0].text_content() == "Kamer verwerpt nieuwe huurwet"
    assert tree.xpath('//a[@class="button"]/@href') == ["https://binnenhof.example/huurwet"]


def test_an_old_article_has_the_lines_around_it_beside_it(
    store: Store, reader: Callable[[Store], Client]
) -> None:
    news = [invented.at("15:00", f"Bericht nummer {n} van vandaag") for n in range(150)]
    bring(store, {"kustkrant": news}, invented.NOW)
    old = store.ticker(Choice(), None, 150)[120]
    tree = _tree(reader(store), f"/read/{old.id}")
    assert len(_titles(tree)) == 30
    assert tree.xpath('//aside//li[@aria-current="true"]/@data-id') == [str(old.id)]


def test_an_enclosure_can_be_heard(client: Client, number: Callable[[str], int]) -> None:
    tree = _tree(client, f"/read/{number(invented.PODCAST)}")
    assert tree.xpath("//audio/@src") == ["https://littoral.example/1.mp3"]


def test_each_headline_bears_its_language_and_direction(client: Client) -> None:
    tree = _tree(client, "/")
    [train] = tree.xpath(f'//p[@class="headline"][a[text()="{invented.TRAIN}"]]')
    assert (train.get("lang"), train.get("dir")) == ("ar", "rtl")
    assert tree.xpath("//h1")[0].text_content() == "De Draad"


@pytest.mark.parametrize(
    ("language", "direction", "heading"),
    [
        ("en", "ltr", "Today, 23 November"),
        ("nl", "ltr", "Vandaag, 23 november"),
        ("fr", "ltr", "Aujourd’hui, 23 novembre"),
        ("ar", "rtl", "اليوم، 23 نونبر"),
    ],
)
def test_the_page_speaks_the_language_of_the_site(
    filled: Store, reader: Callable[[Store], Client], language: str, direction: str, heading: str
) -> None:
    filled.accept(invented.config(language=language), invented.NOW)
    tree = _tree(reader(filled), "/")
    assert (tree.get("lang"), tree.get("dir")) == (language, direction)
    assert tree.xpath("//h2/a/text()")[0] == heading


def test_addresses_come_from_the_configuration_never_from_the_request(
    filled: Store, reader: Callable[[Store], Client]
) -> None:
    filled.accept(invented.config(link="https://example.org/news/"), invented.NOW)
    answer = reader(filled).get("/", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    tree = html.document_fromstring(answer.text)
    assert "evil" not in answer.text
    assert tree.xpath('//link[@rel="canonical"]/@href') == ["https://example.org/news/"]
    assert tree.xpath('//p[@class="headline"]/a/@href')[0].startswith("/news/read/")


def test_an_empty_store_tells_how_each_source_is_and_names_the_demo(
    store: Store, reader: Callable[[Store], Client]
) -> None:
    answer = reader(store).get("/")
    tree = html.document_fromstring(answer.text)
    assert answer.headers["Cache-Control"] == "no-cache"
    assert len(tree.xpath('//ul[@class="sources"]/li')) == len(invented.FEEDS)
    assert "python run.py demo" in tree.text_content()


def test_where_no_source_can_be_reached_the_page_says_so_one_by_one(
    store: Store, reader: Callable[[Store], Client]
) -> None:
    failed = [
        settlement(claim.feed, invented.NOW, failures=1, status=None, error=f"no such host: {claim.url}")
        for claim in store.peek()
    ]
    with store.ledger(invented.NOW, failed):
        pass
    tree = html.document_fromstring(reader(store).get("/").text)
    assert tree.xpath('//section[@class="starting"]/h2')[0].text == "Geen enkele bron bereikbaar"
    told = [row.text_content() for row in tree.xpath('//ul[@class="sources"]/li')]
    assert all("no such host" in row for row in told)
    assert "python run.py demo" in tree.text_content()


def test_a_mistake_in_feeds_yaml_is_told_beside_the_sources(filled: Store, client: Client) -> None:
    filled.refuse("feeds.yaml:3: <b>oops</b>: unknown key")
    tree = _tree(client, "/sources")
    assert (
        tree.xpath('//section[@class="refused"]/pre')[0].text_content()
        == "feeds.yaml:3: <b>oops</b>: unknown key"
    )


def test_a_narrowed_feed_is_called_what_its_page_is(client: Client) -> None:
    assert client.get("/language/ar/feed.json").get_json()["title"] == "العربية – De Draad"


def test_an_empty_search_is_a_form(client: Client) -> None:
    tree = _tree(client, "/search?q=%20")
    assert (len(tree.xpath('//form[@role="search"]')), _titles(tree)) == (1, [])


def test_the_sources_are_told_with_their_errors(client: Client) -> None:
    tree = _tree(client, "/sources")
    first = tree.xpath('//ul[@class="sources"]/li')[0]
    assert first.xpath(".//h2")[0].text_content() == "Sportlijn"
    assert "the server answered 503" in first.text_content()
    assert first.xpath(".//a/@href") == ["/source/sportlijn", "https://sportlijn.example/feed"]


def test_programs_are_told_how_it_is(client: Client, filled: Store) -> None:
    health = client.get("/health.json")
    report = health.get_json()
    assert (report["status"], report["revision"]) == ("degraded", filled.revision())
    assert (report["headlines"], report["entries"]) == filled.counts()
    assert {feed["key"]: feed["state"] for feed in report["feeds"]}["harbour"] == "gone"
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert 'aggregator_feeds{state="failing"} 1' in client.get("/metrics").text


def test_the_sources_can_be_taken_along(client: Client) -> None:
    answer = client.get("/feeds.opml")
    assert answer.content_type == "text/x-opml; charset=utf-8"
    assert "https://littoral.example/feed" in answer.text


def test_static_files_are_kept_for_ever_under_the_address_of_their_version(client: Client) -> None:
    [style] = _tree(client, "/").xpath('//link[@rel="stylesheet"]/@href')
    assert client.get(style).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get(style.replace("?v=", "?v=x")).headers["Cache-Control"] == "no-cache"
    assert client.get(style).content_type == "text/css; charset=utf-8"


def test_a_hub_is_named_in_a_header(store: Store, reader: Callable[[Store], Client]) -> None:
    publishing = invented.replace(invented.config().publishing, hub="https://hub.example/")
    store.accept(invented.replace(invented.config(), publishing=publishing), invented.NOW)
    assert reader(store).get("/category/sport/feed.atom").headers["Link"] == (
        '<https://hub.example/>; rel="hub", <https://draad.example/category/sport/feed.atom>; rel="self"'
    )


def test_the_same_news_makes_the_same_bytes_in_every_process(
    filled: Store, reader: Callable[[Store], Client], number: Callable[[str], int]
) -> None:
    for path in ("/", f"/read/{number(invented.RENT)}", "/feed.rss", "/search?q=zon"):
        assert reader(filled).get(path).data == reader(filled).get(path).data


@pytest.mark.parametrize("path", ["/", "/category/sport", "/search?q=zon", "/day/2026-11-22"])
def test_pages_of_headlines_may_be_kept_by_caches_and_are_asked_again_by_browsers(
    client: Client, path: str
) -> None:
    assert client.get(path).headers["Cache-Control"] == "public, max-age=0, s-maxage=30"


@pytest.mark.parametrize("path", ["/sources", "/health.json", "/metrics"])
def test_how_the_sources_are_is_always_told_anew(client: Client, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "no-cache"


def test_the_newest_lines_stand_at_an_address_of_their_own(client: Client) -> None:
    for path in ("/", "/category/maghreb", "/language/nl", "/source/kustkrant", "/day/2026-11-23", "/search"):
        query = "?q=haven" if path == "/search" else ""
        lines = client.get(f"{path.rstrip('/')}/lines{query}")
        page = client.get(f"{path}{query}").text
        assert lines.status_code == 200 and "<html" not in lines.text
        assert lines.headers["Cache-Control"] == "public, max-age=0, s-maxage=30"
        assert lines.headers["X-Robots-Tag"] == "noindex"
        assert re.findall(r'id="line-(\d+)"', lines.text) == re.findall(r'id="line-(\d+)"', page)[:30]
        again = client.get(
            f"{path.rstrip('/')}/lines{query}", headers={"If-None-Match": lines.headers["ETag"]}
        )
        assert again.status_code == 304


def test_a_search_marks_its_words_and_keeps_its_narrowings(client: Client) -> None:
    page = client.get("/search?q=huurWet&language=nl").text
    assert "uitstel van de nieuwe <mark>huurwet</mark></a>" in page
    assert '<input type="hidden" name="language" value="nl">' in page
    excerpt = client.get("/search?q=voortgangsbrief").text
    assert "<mark>voortgangsbrief</mark>" in excerpt
    feed = client.get("/search/feed.atom?q=huurwet&language=nl")
    assert invented.RENT in feed.text
    assert invented.RENT not in client.get("/search/feed.atom?q=huurwet&language=fr").text


def test_a_search_that_finds_nothing_says_what_else_to_try(client: Client) -> None:
    page = client.get("/search?q=huurwet+olifant&language=nl").text
    for href in ("/search?q=huurwet&amp;language=nl", "/search?q=huurwet+olifant"):
        assert f'href="{href}"' in page


def test_one_combination_has_one_address(client: Client) -> None:
    moved = client.get("/language/nl?category=politiek")
    assert (moved.status_code, moved.location) == (301, "/category/politiek?language=nl")
    feed = client.get("/language/nl/feed.rss?category=politiek")
    assert (feed.status_code, feed.location) == (301, "/category/politiek/feed.rss?language=nl")
    assert client.get("/category/politiek?language=nl").text.count('class="line"') == 3
    assert client.get("/category/politiek?language=xx").status_code == 404
    assert client.get("/category/politiek?day=2026-13-01").status_code == 404


def test_an_article_leads_to_the_lines_above_and_below_it(
    client: Client, number: Callable[[str], int]
) -> None:
    ids = [int(found) for found in re.findall(r'id="line-(\d+)"', client.get("/").text)]
    assert number(invented.RENT) in ids
    for at, here in enumerate(ids):
        page = client.get(f"/read/{here}").text
        steps = page[page.index("</article>") : page.index('class="pane"')]
        newer = re.findall(r'href="/read/(\d+)" rel="next"', steps)
        older = re.findall(r'href="/read/(\d+)" rel="prev"', steps)
        assert (newer, older) == (
            [str(each) for each in ids[at - 1 : at]],
            [str(each) for each in ids[at + 1 : at + 2]],
        )


def test_an_article_can_be_passed_on_by_plain_links_and_is_not_for_search_engines(
    filled: Store, reader: Callable[[Store], Client], number: Callable[[str], int]
) -> None:
    address = f"/read/{number(invented.RENT)}"
    filled.accept(invented.config(share=("whatsapp", "mail")), invented.NOW)
    page = reader(filled).get(address).text
    assert 'href="https://wa.me/?text=Kamer%20stemt%20in' in page and "data-copy" not in page
    assert '<meta name="robots" content="noindex">' in page and 'rel="canonical"' not in page
    assert f'<meta property="og:title" content="{invented.RENT}">' in page
    assert '<link itemprop="url mainEntityOfPage" href="https://binnenhof.example/huurwet">' in page
    filled.accept(invented.config(index_articles=True), invented.NOW)
    listed = reader(filled).get(address).text
    assert (
        "noindex" not in listed and f'<link rel="canonical" href="https://draad.example{address}">' in listed
    )
