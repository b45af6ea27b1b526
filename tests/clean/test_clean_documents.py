"""Whatever publishers send, our pages, feeds, lists and logs stay ours: looked at from outside."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from clean import allowed
from clean.conftest import NAMES, TROUBLE, Newsroom
from clean.vectors import EVERYTHING, MARKUP, POISON, TEXT
from lxml import etree, html
from program import health

from aggregator.text import plain, shorten, tidy

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def test_the_lists_do_tell_what_is_wrong() -> None:
    harmless = [vector for vector in MARKUP if not allowed.article(vector)]
    assert len(harmless) < 10


def test_no_article_page_has_anything_in_it_that_is_not_ours_or_an_articles(newsroom: Newsroom) -> None:
    ids = {int(number) for page in newsroom.pages() for number in re.findall(r'data-id="(\d+)"', page)}
    assert len(ids) > len(EVERYTHING) * 3
    # A third of them, in which each vector stands in one format or another; the feeds hold all of them.
    assert _faults(newsroom, (f"read/{number}" for number in sorted(ids)[::3])) == {}


def test_no_list_of_headlines_has_anything_in_it_that_is_not_ours(newsroom: Newsroom) -> None:
    pages = newsroom.pages()
    narrowing = re.compile(r'href="/((?:category|source|day|language)/[^"?]*)"')
    paths = {unescape(path) for page in pages for path in narrowing.findall(page) if "/feed." not in path}
    assert len(paths) > len(NAMES)
    assert _faults(newsroom, sorted(paths)) == {}
    assert [allowed.page(page) for page in pages] == [[]] * len(pages)


def test_the_page_of_sources_tells_of_all_trouble_in_plain_words(newsroom: Newsroom) -> None:
    page = newsroom.get("sources")
    assert allowed.page(page) == []
    errors = [error for feed in health(newsroom.address)["feeds"] if (error := feed["error"])]
    assert len(errors) > len(TROUBLE) / 2
    assert [fault for error in errors for fault in allowed.words(error)] == []
    shown = html.fromstring(page).xpath("//p[@class='error']/bdi/text()")
    assert set(errors) <= set(shown)


@pytest.mark.parametrize(
    "path", ["", "read/", "source/", "category/", "language/", "day/", "?page=", "static/"]
)
def test_a_page_that_is_not_there_quotes_nothing(newsroom: Newsroom, path: str) -> None:
    found = {
        path + vector: _status(newsroom, path + quote(vector, safe="", errors="surrogatepass"))
        for vector in _ADDRESSABLE
    }
    assert {body for status, body in found.values() if status == 404 and allowed.page(body)} == set()
    assert {status for status, _ in found.values()} <= {200, 301, 308, 404}


def test_a_search_is_shown_as_the_words_that_it_is(newsroom: Newsroom) -> None:
    for vector in _ADDRESSABLE:
        page = newsroom.get(f"search?q={quote(vector, errors='replace')}")
        assert (vector, allowed.page(page)) == (vector, [])
        asked = html.fromstring(page).xpath("//form[@class='ask']/input/@value")
        assert asked == [tidy(vector.encode(errors="replace").decode())[:200].rstrip()]


# What fits into the first line of a request.
_ADDRESSABLE = [vector for vector in EVERYTHING if 0 < len(quote(vector, errors="replace")) < 4000]


def test_the_merged_feeds_are_sound_and_have_nothing_in_them_that_is_not_an_articles(
    newsroom: Newsroom,
) -> None:
    documents = {kind: newsroom.get(f"feed.{kind}").encode() for kind in ("rss", "atom", "json")}
    assert allowed.rss(documents["rss"]) == []
    assert allowed.atom(documents["atom"]) == []
    assert allowed.json_feed(documents["json"]) == []


def test_a_title_is_the_same_text_on_the_page_and_in_all_feeds(newsroom: Newsroom) -> None:
    rss = etree.fromstring(newsroom.get("feed.rss").encode(), etree.XMLParser(huge_tree=True))
    atom = etree.fromstring(newsroom.get("feed.atom").encode(), etree.XMLParser(huge_tree=True))
    titles = [item["title"] for item in newsroom.items()]
    shown = [
        line.text_content()
        for page in newsroom.pages()
        for line in html.fromstring(page).find_class("headline")
    ]
    assert [allowed.told(title) for title in atom.xpath("a:entry/a:title", namespaces=ATOM)] == titles
    assert [plain(title.text) for title in rss.findall("channel/item/title")] == titles
    assert [tidy(line) for line in shown] == titles


def test_a_title_that_is_text_comes_out_word_for_word(newsroom: Newsroom) -> None:
    titles = {item["title"] for item in newsroom.items()}
    for vector in TEXT:
        if tidy(vector):
            assert shorten(tidy(vector[:20_000]), 1000) in titles


def test_the_names_of_sources_are_text_everywhere(newsroom: Newsroom) -> None:
    names = {feed["title"] for feed in health(newsroom.address)["feeds"]}
    assert [fault for name in names for fault in allowed.words(name)] == []
    page = html.fromstring(newsroom.get("sources"))
    assert {tidy(name.text_content()) for name in page.xpath("//li//h2")} == names
    opml = etree.fromstring(newsroom.get("feeds.opml").encode())
    assert {outline.get("title") for outline in opml.iter("outline")} == names
    assert {outline.get("text") for outline in opml.iter("outline")} == names
    links = [link for o in opml.iter("outline") for link in (o.get("xmlUrl"), o.get("htmlUrl")) if link]
    assert [link for link in links if not re.fullmatch("https?://[!-~]+", link)] == []


def test_the_reports_for_programs_are_sound(newsroom: Newsroom) -> None:
    for name, text in _strings(json.loads(newsroom.get("health.json"))):
        assert (name, allowed.words(text)) == (name, [])
    line = re.compile(r'# (HELP|TYPE) .*|aggregator_\w+(\{\w+="[\w-]+"\})? -?[0-9]+')
    assert [each for each in newsroom.get("metrics").splitlines() if not line.fullmatch(each)] == []


def test_each_line_of_the_log_is_ours(newsroom: Newsroom) -> None:
    lines = newsroom.program.output.split("\n")
    ours = re.compile(r"\d\d:\d\d:\d\d (INFO|WARNING|ERROR) +\S.*|The ticker is at .*|")
    assert [line for line in lines if not ours.fullmatch(line)] == []
    assert [line for line in lines if allowed.HARMFUL.search(line) or allowed.TURNING.search(line)] == []
    assert [line for line in lines if "forged" in line] == []
    assert len(lines) > len(NAMES)


@pytest.mark.parametrize("number", range(len(POISON)))
def test_one_poisonous_entry_does_not_take_the_good_ones_along(newsroom: Newsroom, number: int) -> None:
    feed = json.loads(newsroom.get(f"source/poison-{number}/feed.json"))
    titles = [item["title"] for item in feed["items"]]
    assert {f"Good p{number} {n}" for n in range(5)} <= set(titles)
    assert len(titles) == 6


def _faults(newsroom: Newsroom, paths: Iterable[str]) -> dict[str, list[str]]:
    """Return the faults of the pages that have any, two pages at a time."""
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda path: (path, allowed.page(newsroom.get(path))), paths)
        return {path: faults for path, faults in found if faults}


def _status(newsroom: Newsroom, path: str) -> tuple[int, str]:
    try:
        with urlopen(newsroom.address + path, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def _strings(value: Any) -> list[tuple[str, str]]:
    return [(name, text) for name, text in allowed.members(value) if isinstance(text, str)]
