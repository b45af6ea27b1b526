"""In a real browser nothing that publishers send runs; nothing is asked for but the pictures of articles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from chromium import chromium, until
from clean import allowed
from clean.conftest import PICTURE, Newsroom
from clean.vectors import MARKUP
from lxml import etree
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route

pytestmark = pytest.mark.browser

READER = "http://reader.example/"  # answered in the browser
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"

# Whatever runs calls alert; what the policy of the page forbade is told as well.
WATCH = """
  globalThis.ran = [];
  globalThis.alert = (what) => ran.push(`alert(${what})`);
  addEventListener("securitypolicyviolation", (e) => ran.push(`${e.violatedDirective} ${e.blockedURI}`));
"""
# Put each text into the page as a careless reader would; what is written and read again must not change.
INSERT = """(texts) => {
  for (const text of texts) {
    const box = document.createElement("div");
    box.innerHTML = text;
    document.body.append(box);
    box.innerHTML = box.innerHTML;
  }
}"""
# Do to all of it what a reader can do.
HANDLE = """() => {
  for (const kind of ["click", "submit"]) addEventListener(kind, (event) => event.preventDefault(), true);
  for (const each of document.querySelectorAll("body *")) {
    if (each.tagName === "DETAILS") each.open = true;
    for (const kind of ["mouseover", "mousedown", "click", "focus", "wheel", "copy", "toggle", "beforeinput"])
      each.dispatchEvent(new Event(kind, {bubbles: true, cancelable: true}));
  }
}"""
ELEMENTS = """(root) => [...document.querySelectorAll(root + " *")].map((each) => [
  each.localName, each.namespaceURI, [...each.attributes].map((a) => [a.name, a.value])])"""
# Our own words run from left to right, whatever stands beside them.
TURNED = """() => {
  const theirs = "h1, h2, h3, .headline, .lead, .body, bdi, option, title, script, nav, button";
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [], range = document.createRange();
  const at = (node, place) => {
    range.setStart(node, place);
    range.setEnd(node, place + 1);
    return range.getClientRects()[0];
  };
  while (walk.nextNode()) {
    const node = walk.currentNode, words = /[A-Za-z0-9](.*[A-Za-z0-9])/.exec(node.data);
    if (!words || node.parentElement.closest(theirs) || !node.parentElement.checkVisibility()) continue;
    const first = at(node, words.index), last = at(node, words.index + words[0].length - 1);
    if (first && last && first.top === last.top && first.left >= last.left) found.push(node.data.trim());
  }
  return found;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@dataclass
class Watched:
    """A page, and all that it did beside showing itself."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)  # of others than the site
    pictures: set[str] = field(default_factory=set)  # of the pages so far: a request may come after its page

    def strange(self) -> list[str]:
        """Return what was asked for that is no picture of an article."""
        self.pictures.update(
            self.page.evaluate("[...document.images].map((image) => image.src.split('#')[0])")
        )
        return [
            f"{r.resource_type} {r.url}"
            for r in self.asked
            if r.url not in self.pictures or _kind(r) != "image"
        ]

    def ran(self) -> list[str]:
        return [*self.page.evaluate("ran"), *self.complaints]


@pytest.fixture
def watched(browser: Browser, newsroom: Newsroom) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(WATCH)
    watched = Watched(context.new_page())
    _listen(context, watched, newsroom)
    yield watched
    context.close()


def _listen(context: BrowserContext, watched: Watched, newsroom: Newsroom) -> None:
    def answer(route: Route, request: Request) -> None:
        if request.url.startswith((newsroom.address, newsroom.publisher.url("/image.gif"))):
            route.continue_()
        elif request.url == READER:
            route.fulfill(body="<!doctype html><meta charset=utf-8><body>", content_type="text/html")
        else:
            route.abort()

    def ask(request: Request) -> None:
        if not request.url.startswith((newsroom.address, "data:")) and request.url != READER:
            watched.asked.append(request)

    context.route("**/*", answer)
    context.on("request", ask)
    page = watched.page
    page.on(
        "dialog", lambda dialog: (watched.complaints.append(f"dialog {dialog.message}"), dialog.dismiss())
    )
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    page.on("popup", lambda other: watched.complaints.append(f"popup {other.url}"))
    page.on("download", lambda file: watched.complaints.append(f"download {file.url}"))
    page.on(
        "console", lambda message: watched.complaints.append(message.text) if _is_complaint(message) else None
    )


def _is_complaint(message: Any) -> bool:
    # An article's picture that cannot be had is no fault of the page.
    return not message.text.startswith(("Failed to load resource", "Access to image at"))


def _kind(request: Request) -> str:
    return str(request.resource_type)


def test_the_vectors_as_they_come_do_run(watched: Watched) -> None:
    watched.page.goto(READER)
    watched.page.evaluate(INSERT, MARKUP)
    watched.page.evaluate(HANDLE)
    until(watched.page, "ran.length > 50")
    assert len(watched.strange()) > 10


@pytest.mark.parametrize("format", ["json", "rss content", "rss title", "rss description", "atom"])
def test_nothing_in_a_feed_runs_in_a_reader_that_knows_no_policy(
    newsroom: Newsroom, watched: Watched, format: str
) -> None:
    watched.page.goto(READER)
    texts = _texts(newsroom, format)
    assert len(texts) > len(MARKUP) * 3
    watched.page.evaluate(INSERT, texts)
    assert _faults(watched.page, "body > div") == []
    watched.page.evaluate(HANDLE)
    watched.page.wait_for_timeout(500)
    assert (watched.ran(), watched.strange()) == ([], [])


def _texts(newsroom: Newsroom, format: str) -> list[str]:
    """Return what a reader takes for markup in a feed."""
    kind, _, part = format.partition(" ")
    if kind == "json":
        return [item["content_html"] for item in newsroom.items() if "content_html" in item]
    tree = etree.fromstring(newsroom.get(f"feed.{kind}").encode(), etree.XMLParser(huge_tree=True))
    if kind == "atom":
        return [each.text or "" for each in tree.iter("{http://www.w3.org/2005/Atom}content")]
    return [item.findtext(CONTENT if part == "content" else part) or "" for item in tree.iter("item")]


def _faults(page: Page, root: str) -> list[str]:
    """Return what an article may not have, as the browser understood it."""
    faults = []
    for name, space, attributes in page.evaluate(ELEMENTS, root):
        if name not in allowed.ELEMENTS or space != "http://www.w3.org/1999/xhtml":
            faults.append(f"<{name}> of {space}")
        for attribute, value in attributes:
            if (name, attribute) == ("img", "hidden"):
                continue  # our own script hides a picture that cannot be had
            if not re.fullmatch(allowed.ATTRIBUTES.get(attribute, "(?!)"), value, re.DOTALL):
                faults.append(f"<{name} {attribute}={value[:200]!r}>")
    return faults


def test_nothing_runs_on_the_lists(newsroom: Newsroom, watched: Watched) -> None:
    paths: list[str] = [
        "",
        "sources",
        "search?q=%3Cscript%3Ealert(1)%3C/script%3E%22onfocus=alert(1)%20autofocus",
    ]
    for path in paths:
        watched.page.goto(newsroom.address + path)
        watched.page.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)")
        assert (path, watched.ran(), watched.strange()) == (path, [], [])
        assert (path, watched.page.evaluate(TURNED)) == (path, [])
        older = watched.page.locator("a[rel=next]")
        paths += [str(older.get_attribute("href")).lstrip("/")] if older.count() else []
    assert len(paths) > 8


@pytest.mark.parametrize(("source", "first"), [("rss", 0), ("html", 3), ("json", 6), ("xhtml", 9)])
def test_nothing_runs_on_the_pages_of_articles(
    newsroom: Newsroom, watched: Watched, source: str, first: int
) -> None:
    numbers = _numbers(newsroom, f"source/whole-{source}")
    assert len(numbers) >= len(MARKUP)
    for number in numbers[first::15]:
        watched.asked.clear()
        watched.page.goto(f"{newsroom.address}read/{number}", wait_until="domcontentloaded")
        assert (number, watched.ran(), watched.strange()) == (number, [], [])
        assert (number, _faults(watched.page, ".body")) == (number, [])
        assert (number, watched.page.evaluate(TURNED)) == (number, [])


def test_nothing_runs_or_is_forbidden_on_a_page_that_holds_all_articles(
    newsroom: Newsroom, watched: Watched
) -> None:
    watched.page.goto(f"{newsroom.address}read/{_numbers(newsroom, 'source/whole-good')[0]}")
    watched.page.evaluate(INSERT, _texts(newsroom, "json"))
    watched.page.evaluate(HANDLE)
    watched.page.wait_for_timeout(500)
    assert (watched.ran(), watched.strange()) == ([], [])


def test_the_pictures_of_articles_are_shown(newsroom: Newsroom, watched: Watched) -> None:
    number = next(n for n in _numbers(newsroom, "source/whole-good"))
    watched.page.goto(f"{newsroom.address}read/{number}")
    assert watched.page.locator("h1").last.inner_text() == PICTURE
    until(watched.page, "document.querySelector('.body img').naturalWidth === 2")
    assert [request.url for request in watched.asked] == [newsroom.publisher.url("/image.gif")]
    assert newsroom.publisher.asked("/image.gif")[-1].headers.get("referer") is None


def _numbers(newsroom: Newsroom, path: str) -> list[str]:
    return [number for page in newsroom.pages(path) for number in re.findall(r'data-id="(\d+)"', page)]
