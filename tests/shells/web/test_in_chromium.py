"""The page in a real Chromium: what it looks like cannot be asserted, what it must never do can."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from threading import Thread
from typing import Any

import invented
import pytest
from chromium import chromium, until
from newsroom import bring
from playwright.sync_api import Browser, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from aggregator.model import Choice, Html, Reaction, Reply
from aggregator.sanitise import clean
from aggregator.shells.web import create_app, front
from aggregator.store import Store

pytestmark = pytest.mark.browser

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
UNBROKEN = "Onafgebroken" * 34
HOSTILE = clean(
    '<p>Een tabel.</p><table><tr><td><div style="width:3000px">breed</div></td>'
    + "<td>cel</td>" * 60
    + f"</tr></table><pre>{'x' * 400}</pre><p>{UNBROKEN}</p>"
    + '<img src="http://127.0.0.1:1/away.jpg" alt="weg"><script>document.title = "no"</script>',
    None,
)

NAMES = [
    f"{one}{two}"
    for one in ("Delf", "Eem", "Rott", "Vliss", "Terneu")
    for two in ("aven", "zijl", "dam", "hoek", "mond", "burg", "sluis", "veer")
]
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")

BLOCKED = "registration blocked by Playwright"  # what it says where we had it do that

# The lowest contrast between words and what is behind them (WCAG 2.2, 1.4.3).
LOWEST_CONTRAST = """() => {
  const light = (c) => c.map((v) => v / 255).map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const parse = (c) => c.match(/[\\d.]+/g).map(Number);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] === 1) return c.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const worst = {ratio: 21, text: ""};
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !e.checkVisibility()) continue;
    const [a, b] = [light(parse(getComputedStyle(e).color).slice(0, 3)), light(behind(e))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < worst.ratio) Object.assign(worst, {ratio, text: walk.currentNode.data.trim()});
  }
  return worst;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def address(filled: Store) -> Iterator[str]:
    app = create_app(filled, lambda: invented.NOW)
    site = front(app, filled, lambda: invented.NOW, recheck=0)
    server = make_server("127.0.0.1", 0, site, threaded=True, request_handler=_Quiet)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    server.server_close()


@contextmanager
def _opened(browser: Browser, url: str, **context: Any) -> Iterator[tuple[Page, list[str]]]:
    """Open *url*; yield the page, and what it complained of or asked of others."""
    # A worker would answer some requests unseen; it has a test of its own.
    opened = browser.new_context(**{"viewport": WIDE, "service_workers": "block", **context})
    page, complaints = opened.new_page(), []
    page.on(
        "console",
        lambda said: None if BLOCKED in said.text else complaints.append(f"{said.type}: {said.text}"),
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    origin = "/".join(url.split("/")[:3])
    page.on("request", lambda r: None if r.url.startswith(origin) else complaints.append(r.url))
    page.goto(url)
    yield page, complaints
    opened.close()


def _looks(page: Page) -> list[str]:
    """Return a list that the requests for news come into."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/lines" in request.url else None)
    return asked


def _wideness(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize(("view", "scheme"), [(WIDE, "light"), (NARROW, "dark")], ids=["wide", "narrow"])
@pytest.mark.parametrize("language", ["nl", "ar"])
def test_no_page_complains_scrolls_sideways_asks_others_or_is_hard_to_read(
    browser: Browser,
    address: str,
    filled: Store,
    number: Callable[[str], int],
    language: str,
    view: dict[str, int],
    scheme: str,
) -> None:
    filled.accept(invented.config(language=language), invented.NOW)
    with _opened(browser, address, viewport=view, color_scheme=scheme) as (page, complaints):
        for path in ("/", f"/read/{number(invented.RENT)}", "/sources", "/search?q=zon", "/day/2026-11-22"):
            page.goto(address + path)
            page.evaluate("document.querySelectorAll('details').forEach((d) => d.open = true)")
            assert (path, complaints, _wideness(page)) == (path, [], 0)
            assert page.evaluate(LOWEST_CONTRAST)["ratio"] >= 4.5, page.evaluate(LOWEST_CONTRAST)


@pytest.mark.parametrize("view", [WIDE, NARROW], ids=["wide", "narrow"])
def test_nothing_that_a_publisher_sends_breaks_the_page(
    browser: Browser, address: str, filled: Store, view: dict[str, int]
) -> None:
    filled.accept(invented.config(images="none"), invented.NOW)
    bring(filled, {"kustkrant": [invented.at("16:03", UNBROKEN, content=HOSTILE)]}, invented.NOW)
    newest = max(headline.id for headline in filled.ticker(Choice(), None, 5))
    for path in ("/", f"/read/{newest}"):
        with _opened(browser, address + path, viewport=view) as (page, complaints):
            assert _wideness(page) == 0
            assert [c for c in complaints if "img-src" not in c and "away.jpg" not in c] == []
            assert page.title() != "no"


def test_the_arabic_page_is_the_mirror_image(
    browser: Browser, address: str, filled: Store, number: Callable[[str], int]
) -> None:
    def edges(page: Page) -> list[float]:
        boxes = (page.locator(each).first.bounding_box() for each in (".line > time", ".pane", ".name"))
        return [
            box["x"] if page.evaluate("document.dir") == "ltr" else 1280 - box["x"] - box["width"]
            for box in boxes
            if box
        ]

    found = []
    for language in ("nl", "ar"):
        filled.accept(invented.config(language=language), invented.NOW)
        with _opened(browser, f"{address}/read/{number(invented.RENT)}") as (page, _):
            found.append([round(edge) for edge in edges(page)])
    assert all(abs(a - b) <= 2 for a, b in zip(*found, strict=True)), found


def test_on_a_narrow_screen_the_article_is_a_page_of_its_own(
    browser: Browser, address: str, number: Callable[[str], int]
) -> None:
    with _opened(browser, f"{address}/read/{number(invented.RENT)}", viewport=NARROW) as (page, _):
        assert not page.locator(".pane").is_visible()
        page.get_by_text("Alle koppen").click()
        assert page.locator(f"#line-{number(invented.RENT)}").is_visible()


def test_news_comes_in_by_itself_while_the_reader_is_at_the_top(
    browser: Browser, address: str, filled: Store
) -> None:
    with _opened(browser, address) as (page, complaints):
        page.clock.install()
        page.reload()
        bring(filled, {"kustkrant": [invented.at("16:04", "Dit komt net binnen")]}, invented.NOW)
        page.clock.fast_forward(31_000)
        page.get_by_text("Dit komt net binnen").wait_for()
        assert page.locator(".line.new").count() == 1
        assert complaints == []


def test_news_waits_for_a_reader_who_is_further_down(browser: Browser, address: str, filled: Store) -> None:
    with _opened(browser, address) as (page, _):
        page.clock.install()
        page.reload()
        page.mouse.wheel(0, 600)
        until(page, "scrollY > 300")
        bring(filled, {"kustkrant": [invented.at("16:04", "Dit komt net binnen")]}, invented.NOW)
        page.clock.fast_forward(31_000)
        button = page.get_by_role("button", name="1 nieuwe kop")
        button.wait_for()
        assert page.get_by_text("Dit komt net binnen").count() == 0
        button.click()
        page.get_by_text("Dit komt net binnen").wait_for()
        until(page, "scrollY === 0")


def test_a_reader_who_comes_back_after_an_hour_gets_all_that_was_missed(
    browser: Browser, address: str, filled: Store
) -> None:
    with _opened(browser, address) as (page, complaints):
        page.clock.install()
        page.reload()
        before = page.locator(".line").count()
        asked = _looks(page)
        missed = [invented.at("14:30", f"Gemist bericht over haven {name}") for name in NAMES]
        bring(filled, {"kustkrant": missed, "sportlijn": [invented.at("09:00", "Laat")]}, invented.NOW)
        page.clock.fast_forward(31_000)
        page.get_by_text(missed[0].title).wait_for()
        ids = page.locator(".line").evaluate_all("(lines) => lines.map((line) => line.id)")
        page.reload()
        assert (
            ids == page.locator(".line").evaluate_all("(lines) => lines.map((line) => line.id)")[: len(ids)]
        )
        assert len(ids) > before + 30
        assert asked[0].endswith("/lines") and "/lines?page=" in asked[1]
        assert complaints == []


def test_lines_change_where_they_stand_and_an_opened_one_stays_open(
    browser: Browser, address: str, filled: Store
) -> None:
    with _opened(browser, address) as (page, complaints):
        page.clock.install()
        page.reload()
        page.get_by_text("+4 bronnen").click()
        bring(filled, {"sportlijn": [invented.at("15:40", invented.SOLAR)]}, invented.NOW)
        page.clock.fast_forward(31_000)
        page.get_by_text("+5 bronnen").wait_for()
        assert page.get_by_text(invented.LITTORAL).is_visible()
        assert complaints == []


def test_a_hidden_page_asks_nothing_and_one_that_is_shown_again_asks_at_once(
    browser: Browser, address: str
) -> None:
    with _opened(browser, address) as (page, _):
        page.clock.install()
        page.reload()
        asked = _looks(page)
        show = """(hidden) => {
            Object.defineProperty(document, "hidden", {configurable: true, get: () => hidden});
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
        page.evaluate(show, True)
        page.clock.fast_forward(300_000)
        assert asked == []
        with page.expect_response("**/lines"):
            page.evaluate(show, False)
        page.route("**/lines", lambda route: route.fulfill(status=503, headers={"Retry-After": "120"}))
        with page.expect_response("**/lines"):
            page.clock.fast_forward(31_000)
        page.clock.fast_forward(100_000)
        assert len(asked) == 2
        with page.expect_response("**/lines"):
            page.clock.fast_forward(31_000)


def test_the_ticker_is_read_by_keys(browser: Browser, address: str) -> None:
    with _opened(browser, address) as (page, complaints):
        links = page.locator(".headline a")
        for keys, at in (("j", 0), ("jj", 2), ("k", 1)):
            for key in keys:
                page.keyboard.press(key)
            assert page.evaluate("document.activeElement.href") == links.nth(at).evaluate(
                "(link) => link.href"
            )
        page.keyboard.press("?")
        assert page.get_by_role("dialog", name="Toetsen").is_visible()
        page.keyboard.press("j")  # is not for the page behind
        page.keyboard.press("Escape")
        page.keyboard.press("/")
        page.keyboard.type("zonjk?")
        assert page.get_by_role("searchbox").input_value() == "zonjk?"
        links.nth(1).focus()
        title = links.nth(1).inner_text()
        page.context.route("https://**", lambda route: route.fulfill(body="elsewhere"))
        with page.context.expect_page() as opened:
            page.keyboard.press("o")
        assert not opened.value.url.startswith(address)
        page.bring_to_front()
        page.keyboard.press("Enter")
        page.wait_for_url("**/read/*")
        assert page.locator("h1").inner_text() == title
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.href") == links.nth(2).evaluate("(link) => link.href")
        assert complaints == []


def test_back_returns_to_the_same_line(browser: Browser, address: str, filled: Store) -> None:
    news = [invented.at("12:00", f"Bericht over haven {name}") for name in NAMES]
    bring(filled, {"kustkrant": news}, invented.NOW)
    with _opened(browser, address, viewport=NARROW) as (page, _):
        line = page.locator(".line", has_text=news[20].title)
        line.scroll_into_view_if_needed()
        before = line.bounding_box()
        line.locator(".headline a").click()
        page.wait_for_url("**/read/*")
        page.go_back()
        after = page.locator(".line", has_text=news[20].title).bounding_box()
        assert before and after and abs(before["y"] - after["y"]) < 2


def test_without_a_network_the_last_ticker_is_shown_and_says_so(browser: Browser, address: str) -> None:
    with _opened(browser, address, service_workers="allow") as (page, complaints):
        page.evaluate("navigator.serviceWorker.ready")
        page.reload()  # the first page came before its worker
        assert page.get_by_text("Je bent offline").is_hidden()
        title = page.locator(".headline a").first.inner_text()
        assert complaints == []
        page.context.set_offline(True)
        page.goto(f"{address}/category/maghreb")
        assert page.locator(".headline a").first.inner_text() == title
        assert page.get_by_text("Je bent offline").is_visible()
        page.context.set_offline(False)
        page.get_by_text("Je bent offline").wait_for(state="hidden")
        page.goto(f"{address}/?lang=ar")
        page.context.set_offline(True)
        for query, way in (
            ("?lang=ar", "rtl"),
            ("", "ltr"),
            ("?lang=fr", "rtl"),
        ):  # the last one read, at least
            page.goto(f"{address}/sources{query}")
            assert page.locator("html").get_attribute("dir") == way
            assert page.locator(".headline a").count() > 10
        page.context.set_offline(False)


def test_a_time_tells_how_long_ago_only_when_it_is_pointed_at(browser: Browser, address: str) -> None:
    with _opened(browser, address) as (page, _):
        page.clock.install(time=invented.NOW)
        page.reload()
        time = page.locator(".line > time").first
        assert time.get_attribute("title") is None
        time.hover()
        assert time.get_attribute("title") == "1 minuut geleden"


def test_a_long_list_is_read_page_by_page(browser: Browser, address: str, filled: Store) -> None:
    many = [invented.at("10:00", f"Nummer {n} van vijfduizend") for n in range(1, 5001)]
    bring(filled, {"kustkrant": many}, invented.NOW)
    with _opened(browser, address, viewport=NARROW) as (page, complaints):
        assert page.locator(".line").count() == 100
        first = page.locator(".line").first.get_attribute("id")
        page.get_by_role("link", name="Ouder").click()
        page.wait_for_url("**?page=*")
        assert page.locator(".line").count() == 100
        assert page.locator(f"#{first}").count() == 0
        assert (_wideness(page), complaints) == (0, [])


@pytest.mark.parametrize("language", ["nl", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(
    browser: Browser,
    address: str,
    filled: Store,
    number: Callable[[str], int],
    language: str,
    scheme: str,
) -> None:
    filled.accept(invented.config(language=language), invented.NOW)
    paths = (
        "/",
        f"/read/{number(invented.RENT)}",
        f"/read/{number(invented.TRAIN)}",
        "/sources",
        "/search?q=zon",
    )
    others = ("/search?q=nietsvandat", "/search", "/day/2026-11-22", "/category/maghreb", "/read/99999")
    with _opened(browser, address, color_scheme=scheme) as (page, _):
        for path in (*paths, *others):
            page.goto(address + path)
            page.evaluate("document.querySelectorAll('details').forEach((d) => d.open = true)")
            page.evaluate(AXE)
            found = page.evaluate("axe.run()")
            told = [(path, each["id"], each["nodes"][0]["html"][:200]) for each in found["violations"]]
            assert told == []


def test_reactions_are_asked_for_and_shown_where_they_were_wanted(
    browser: Browser, address: str, filled: Store, number: Callable[[str], int]
) -> None:
    told = [invented.at("16:04", "Dijken", comments_feed="https://dijk.example/comments")]
    bring(filled, {"kustkrant": told}, invented.NOW)
    path = f"{address}/read/{number('Dijken')}"
    with _opened(browser, address, java_script_enabled=False) as (page, _):
        page.goto(path)
        page.get_by_role("button", name="Toon de reacties hier").click()
        assert page.url == f"{path}/reactions#reactions"
        page.get_by_role("link", name="Kijk opnieuw").click()
    (inquiry,) = filled.forum.inquiries(invented.NOW, 9)
    said = Reaction("ليلى", invented.NOW, Html(f"<p>خبر {'ا' * 200}</p>"), None, "nl")
    hour = invented.NOW + timedelta(hours=1)
    filled.forum.settle(Reply(inquiry.entry, invented.NOW, hour, (said,)))
    with _opened(browser, address, viewport={"width": 360, "height": 700}) as (page, _):
        page.goto(f"{path}/reactions#reactions")
        assert page.locator(".reaction .body").evaluate("e => getComputedStyle(e).direction") == "rtl"
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        page.evaluate(AXE)
        assert page.evaluate("axe.run().then(found => found.violations.map(each => each.id))") == []


def test_what_is_new_since_the_last_visit_is_marked(browser: Browser, address: str, filled: Store) -> None:
    with _opened(browser, address) as (page, _):
        assert page.locator(".line.new").count() == 0
        page.goto(f"{address}/sources")
        bring(filled, {"kustkrant": [invented.at("16:04", "Dit komt net binnen")]}, invented.NOW)
        page.goto(address)
        assert page.locator(".line.new .headline").all_inner_texts() == ["Dit komt net binnen"]


def test_without_scripts_everything_can_be_read(
    browser: Browser, address: str, number: Callable[[str], int]
) -> None:
    with _opened(browser, address, java_script_enabled=False) as (page, _):
        page.get_by_text("+4 bronnen").click()
        assert page.get_by_text(invented.LITTORAL).is_visible()
        page.get_by_text(invented.RENT).first.click()
        assert page.locator("h1").inner_text() == invented.RENT
        assert not page.get_by_role("button", name="Kopieer de link").is_visible()
        page.get_by_role("searchbox").fill("zon")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=zon")
        assert page.locator("h1").inner_text() == "Koppen met ‘zon’"


def test_a_link_is_copied(browser: Browser, address: str, number: Callable[[str], int]) -> None:
    granted = {"permissions": ["clipboard-read", "clipboard-write"]}
    with _opened(browser, f"{address}/read/{number(invented.RENT)}", **granted) as (page, _):
        page.get_by_role("button", name="Kopieer de link").click()
        page.get_by_role("button", name="Gekopieerd").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == "https://binnenhof.example/huurwet"


def test_the_keyboard_can_skip_to_the_content(browser: Browser, address: str) -> None:
    with _opened(browser, address) as (page, _):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Naar de inhoud"
        box = page.locator(".skip").bounding_box()
        assert box is not None and box["y"] >= 0


@pytest.mark.skipif(
    "SCREENSHOTS" not in os.environ, reason="SCREENSHOTS names the folder for the README's pictures"
)
@pytest.mark.parametrize(
    ("name", "path", "options"),
    [
        ("light", "/read/{}", {}),
        ("dark", "/read/{}", {"color_scheme": "dark"}),
        ("arabic", "/?lang=ar", {}),
        ("narrow", "/", {"viewport": {"width": 390, "height": 844}}),
        ("narrow-article", "/read/{}", {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}),
    ],
)
def test_the_pictures_of_the_readme(
    browser: Browser,
    address: str,
    number: Callable[[str], int],
    name: str,
    path: str,
    options: dict[str, Any],
) -> None:
    with _opened(browser, address + path.format(number(invented.RENT)), **options) as (page, _):
        page.screenshot(path=Path(os.environ["SCREENSHOTS"], f"{name}.png"))


# How far each part stands from the edge where reading begins, and which way each headline runs.
STARTS = """() => {
  const rtl = document.documentElement.dir === "rtl", whole = document.documentElement.clientWidth;
  const start = (e) => { const box = e.getBoundingClientRect(); return rtl ? whole - box.right : box.left; };
  const parts = [".name", ".sections a", ".list", ".margin", ".day > h2", ".line > time", ".news", ".mark"];
  const starts = [...parts, ".foot a"].map((part) => [part, Math.round(start(document.querySelector(part)))]);
  const found = Object.fromEntries(starts);
  const lines = [...document.querySelectorAll(".line")];
  found.times = [...new Set(lines.map((line) => Math.round(start(line.querySelector("time")))))];
  const ways = lines.map((line) => line.querySelector(".headline"));
  return [found, ways.map((headline) => [headline.lang, getComputedStyle(headline).direction])];
}"""


def test_the_arabic_ticker_is_the_mirror_image_and_every_headline_runs_its_own_way(
    browser: Browser, address: str, filled: Store
) -> None:
    for viewport in (WIDE, NARROW):
        seen = []
        for language in ("nl", "ar"):
            filled.accept(invented.config(language=language), invented.NOW)
            with _opened(browser, address, viewport=viewport) as (page, complaints):
                seen.append(page.evaluate(STARTS))
                assert complaints == []
        (dutch, ways), (arabic, mirrored_ways) = seen
        assert arabic == dutch
        assert len(dutch["times"]) == 1
        assert dutch[".news"] > dutch[".line > time"]
        assert mirrored_ways == ways
        assert {("ar", "rtl"), ("nl", "ltr")} <= {tuple(way) for way in ways}
