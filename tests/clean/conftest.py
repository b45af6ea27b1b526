"""The real program, filled by a publisher that sends every vector in every field: started once for all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from clean import feeds
from clean.vectors import EVERYTHING, MARKUP, POISON, TEXT
from lxml import html
from program import Program, get, health, wait_until
from publisher import Answer, Publisher, Raw, redirect

NAMES = [*TEXT, *MARKUP[::4]]
ESCAPES = "\x1b[31m\x1b]0;owned\x07\x9b2J"
PICTURE = "A good article with a picture"
IMAGE = (  # a GIF of 2×2
    b"GIF89a\2\0\2\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\4\0\0\0\0\0,\0\0\0\0\2\0\2\0\0\2\3D\2\5\0;"
)

CONFIGURATION = """\
site: {title: De Draad, description: The headlines, language: nl, timezone: Africa/Casablanca}
poll: {every: 1h, floor: 1s, timeout: 5s, per_host: 8, allow_networks: [127.0.0.0/8]}
publish: {items: 5000}
feeds:
"""


@dataclass(frozen=True)
class Newsroom:
    """The program, its address, and what it publishes."""

    program: Program
    address: str
    publisher: Publisher

    def get(self, path: str) -> str:
        return get(self.address + path)

    def pages(self, path: str = "") -> list[str]:
        """Return all pages of a list of headlines, by following its links."""
        found = [self.get(path)]
        while older := html.fromstring(found[-1]).xpath("//a[@rel='next']/@href"):
            found.append(self.get(older[0].lstrip("/")))
        return found

    def items(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.get("feed.json"))["items"]
        return found


@pytest.fixture(scope="session")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    folder = tmp_path_factory.mktemp("clean")
    with Publisher() as publisher:
        publish(publisher)
        subscribe(folder, publisher, "whole", "named", "poison", "trouble")
        with Program("serve", "--port", "0", cwd=folder) as program:
            room = Newsroom(program, program.address(), publisher)
            wait_until(lambda: all(feed["state"] != "never" for feed in health(room.address)["feeds"]))
            yield room


def publish(publisher: Publisher) -> None:
    """Let *publisher* have a feed for every way to be hostile."""
    kinds = (feeds.rss_named, feeds.atom_named, feeds.json_named)
    bodies = {
        "/whole/rss": feeds.rss(EVERYTHING),
        "/whole/cdata": feeds.rss(MARKUP, cdata=True),
        "/whole/html": feeds.atom(EVERYTHING, "html"),
        "/whole/xhtml": feeds.atom(MARKUP, "xhtml"),
        "/whole/text": feeds.atom(TEXT, "text"),
        "/whole/json": feeds.json_feed(EVERYTHING),
        **{f"/named/{n}": kinds[n % 3](vector) for n, vector in enumerate(NAMES)},
        **{f"/poison/{n}": feeds.poisoned(poison, f"p{n}") for n, poison in enumerate(POISON)},
    }
    publisher.answers |= {path: Answer(body) for path, body in bodies.items()}
    publisher.answers |= TROUBLE
    publisher.answers["/whole/good"] = Answer(feeds.good(PICTURE, publisher.url("/image.gif")))
    publisher.answers["/image.gif"] = Answer(IMAGE, headers={"Content-Type": "image/gif"})
    publisher.answers["*"] = Answer(_GOOD)


def subscribe(folder: Path, publisher: Publisher, *kinds: str) -> None:
    """Write a feeds.yaml of the feeds of these kinds."""
    lines = [
        f"  - {{url: '{publisher.url(path)}', key: '{path.strip('/').replace('/', '-')}',"
        f" dedupe: {str(path.startswith('/named')).lower()}}}"
        for path in publisher.answers
        if path.strip("/").partition("/")[0] in kinds
    ]
    text = CONFIGURATION + "\n".join(lines) + "\n"
    (folder / "feeds.yaml").write_text(text, encoding="utf-8")


def _raw(head: str, body: bytes = b"") -> Raw:
    head += f"\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return Raw([head.encode("utf-8", "surrogateescape") + body])


_GOOD = feeds.rss_named("Trouble")
_PAGE = b"<!doctype html><title>%b</title>" + b"".join(
    b"<link rel=alternate type=application/rss+xml title='\x1b[31m' href='%b'>" % href
    for href in (b"/\\[bold]x", b"/\x1b[31m&#27;[2J", b"javascript:alert(1)", "/\u202egpj".encode(), b"/[/x]")
)

# What error messages might quote.
TROUBLE: dict[str, Any] = {
    f"/trouble/{name}": answer
    for name, answer in {
        "reason": _raw(f"HTTP/1.1 500 <script>alert(1)</script>{ESCAPES}[bold]"),
        "status": _raw(f"HTTP/1.1 {ESCAPES} x"),
        "script": redirect("javascript:alert(1)//<script>alert(1)</script>"),
        "escapes": _raw(f"HTTP/1.1 302 x\r\nLocation: ftp://x.example/{ESCAPES}\u202egpj\u2067<b>"),
        "markup": redirect("ftp://x.example/\\[bold]x\\[/bold][/red]:skull:%1b[31m%s{0}"),
        "bytes": _raw("HTTP/1.1 302 x\r\nLocation: data:\udcff\udcfe\x01"),
        "moved": redirect("/trouble-moved/\\[/x]%0A<script>alert(1)</script>[bold]:skull:", 301),
        "kept": redirect("/trouble-kept/\\[/x]<script>alert(1)</script>[bold]:skull:", 301),
        "etag": Answer(_GOOD, headers={"ETag": '"\x1b[31m<script>"', "Last-Modified": "\x1b[2J[bold]"}),
        "type": Answer(_GOOD, headers={"Content-Type": f"<script>{'x' * 50}; charset=<b>\x1b[31m"}),
        "coding": Answer(_GOOD, headers={"Content-Encoding": "<script>\x1b[31m[bold]"}),
        "wait": Answer(status=503, headers={"Retry-After": "<script>\x1b[31m"}),
        "page": Answer(_PAGE, headers={"Content-Type": "text/html"}),
        "greeting": _raw("\x1b[31m<script>alert(1)</script> no HTTP"),
        "entity": Answer(b"<!DOCTYPE x [<!ENTITY \x1b[31m '<script>'>]><\x1b[31m:x>&x;"),
    }.items()
}
