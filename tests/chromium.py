"""A real Chromium for tests, which asks nobody for anything of its own accord."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start it; where there is none, skip the test, save on the machine that checks every change."""
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        except Error as error:
            if "CI" in os.environ:
                raise
            pytest.skip(f"no Chromium at {CHROMIUM} (set CHROMIUM): {error.message.splitlines()[0]}")
        yield browser
        browser.close()


def until(page: Page, expression: str) -> None:
    """Wait until *expression* is true in *page*, asking from outside: our pages let no script wait for text.

    Playwright's own wait evaluates it inside the page from the second look on, which the policy forbids.
    """
    ends = time.monotonic() + 20
    while not page.evaluate(expression):
        assert time.monotonic() < ends, f"never true: {expression}"
        page.wait_for_timeout(50)
