"""What the first page costs its reader: requests, bytes, and how long Chromium takes to show 100 headlines.

The program is the real one, as run.py starts it, filled by a poll of made-up feeds. Each first view is that
of a browser with nothing kept; the second is the same browser's, which comes back. The report is
docs/performance/page.md.
"""

from __future__ import annotations

import http.client
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import click
from playwright.sync_api import Browser, BrowserContext, Request, sync_playwright

from bench import corpus
from bench.machine import described
from bench.publisher import publisher
from bench.report import keep
from bench.serve import serving, wait_for
from tests.chromium import ARGUMENTS, CHROMIUM

REPORT = Path("docs/performance/page.md")
FEEDS = 20  # of 30 entries each
LINES = 100
MOST_REQUESTS, MOST_BYTES = 3, 60_000  # besides images; before anything is kept
QUIET = 500  # ms after the load in which the page may still ask for something
TIMES = {
    "first byte": "navigation.responseStart",
    "first paint": "first",
    "all of it painted": "largest",
    "loaded": "navigation.loadEventEnd",
}
MEASURE = f"""async () => {{
  const seen = (type) => new Promise(found => new PerformanceObserver(list =>
    found(list.getEntries().at(-1).startTime)).observe({{type, buffered: true}}));
  const [first, largest] = [await seen("paint"), await seen("largest-contentful-paint")];
  const navigation = performance.getEntriesByType("navigation")[0];
  const lines = document.querySelectorAll("#ticker .line").length;
  return [lines, {", ".join(TIMES.values())}];
}}"""


@dataclass(frozen=True, slots=True)
class View:
    """One look at the page: what was asked for (kind, address) until it was loaded, and how long it took."""

    asked: tuple[tuple[str, str], ...]
    later: tuple[tuple[str, str], ...]  # asked for once it was loaded
    times: tuple[float, ...]  # ms, in the order of TIMES


@click.command()
@click.option("--runs", default=9, show_default=True, type=click.IntRange(5), help="Browsers that come.")
@click.option("--write/--no-write", default=True, show_default=True, help=f"Write {REPORT}.")
def page(runs: int, write: bool) -> None:
    """Requests, bytes and times of the first page in Chromium: a first view, and a second one."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        corpus.write(folder / "corpus", FEEDS, (0, 1), midnight)
        with publisher(folder / "corpus", FEEDS, versions=2) as served:
            urls = [served.url(number) for number in range(FEEDS)]
            with serving(folder / "site", urls, pages=2) as program, sync_playwright() as playwright:
                wait_for(program, FEEDS)
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
                views = [_twice(browser, program.address()) for _ in range(runs + 1)][1:]  # one to warm up
                first, second = zip(*views, strict=True)
                bytes_ = {coding: _bytes(first[0].asked, coding) for coding in ("br", "gzip", "identity")}
                described_ = described(f"python -m bench page --runs {runs}")
                told = "\n".join(
                    (f"{described_} Chromium {browser.version}.", "", *report(first, second, bytes_))
                )
    click.echo(told)
    if write:
        keep(REPORT, "The first page, measured", "page", told)


def _twice(browser: Browser, address: str) -> tuple[View, View]:
    """Return a first view, and the same browser's second one."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    views = _view(context, address), _view(context, address)
    context.close()
    return views


def _view(context: BrowserContext, address: str) -> View:
    opened, asked = context.new_page(), list[Request]()
    opened.on("request", lambda request: asked.append(request))
    opened.goto(address, wait_until="load")
    until_loaded = len(asked)
    lines, *times = opened.evaluate(MEASURE)
    if lines != LINES:
        raise click.ClickException(f"{address} has {lines} lines, not {LINES}")
    opened.wait_for_timeout(QUIET)
    opened.close()
    found = tuple((request.resource_type, request.url) for request in asked)
    return View(found[:until_loaded], found[until_loaded:], tuple(times))


def _bytes(asked: Sequence[tuple[str, str]], coding: str) -> int:
    """Return how many bytes of body those addresses have in *coding*, pictures left out."""
    total = 0
    for url in (url for kind, url in asked if kind != "image"):
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=10)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request("GET", path, headers={"Accept-Encoding": coding})
        total += len(connection.getresponse().read())
        connection.close()
    return total


def report(first: Sequence[View], second: Sequence[View], bytes_: dict[str, int]) -> Iterator[str]:
    requests = max(sum(kind != "image" for kind, _ in view.asked) for view in first)
    yield f"The ticker with {LINES} headlines, on loopback, nothing kept in the browser:"
    yield from ("", "| | measured | asked | reached? |", "|---|---|---|---|")
    reached = "yes" if requests <= MOST_REQUESTS else "**no**"
    kinds = ", ".join(kind for kind, _ in first[0].asked if kind != "image")
    yield f"| requests besides images ({kinds}) | {requests} | at most {MOST_REQUESTS} | {reached} |"
    for coding, size in bytes_.items():
        reached = "yes" if size < MOST_BYTES else "**no**"
        asked = f"less than {MOST_BYTES:,} | {reached}" if coding != "identity" else "|"
        yield f"| their bytes, {coding} | {size:,} | {asked} |"
    later = sorted({urlsplit(url).path for view in first for _, url in view.later})
    yield from ("", f"Asked for once the page is there: {', '.join(later) or 'nothing'}.", "")
    yield f"ms in Chromium from the request on, median (lowest–highest) of {len(first)}:"
    yield from ("", "| | first view | second view |", "|---|---|---|")
    for place, name in enumerate(TIMES):
        cells = (_spread([view.times[place] for view in views]) for views in (first, second))
        yield f"| {name} | {' | '.join(cells)} |"


def _spread(found: Sequence[float]) -> str:
    return f"{median(found):.0f} ({min(found):.0f}–{max(found):.0f})"
