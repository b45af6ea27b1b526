"""The worst that publishers send, and all of it in one store: for what must hold of all that we publish.

`worst` has what has broken feed readers, `cases` what is hard to read.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from newsdesk import Newsdesk
from newsroom import subscription
from publisher import Answer, Publisher

from aggregator.model import Choice, Config, Site, Subscription

CASES, WORST = Path(__file__).parent / "cases", Path(__file__).parent / "worst"
TYPES = {".rss": "application/rss+xml", ".rdf": "application/rdf+xml", ".atom": "application/atom+xml"}
TYPES |= {".json": "application/feed+json", ".cdf": "application/x-cdf"}

LONG = "Een kop die niet ophoudt " * 400
MADE = {
    "/long": "<rss version='2.0'><channel><title>Krant &amp;lt;b&amp;gt;vet&amp;lt;/b&amp;gt;</title>"
    f"<item><title>{LONG}</title><guid>{'g' * 5000}</guid><description>{LONG * 9}</description></item>"
    "</channel></rss>",
    "/empty": "<rss version='2.0'><channel><title/></channel></rss>",
}
CORRECTED = {  # a day later
    "/shared.rss": (b"voor 40.000 huishoudens", b"voor 50.000 <![CDATA[<b>huishoudens</b>]]>"),
    "/markup.rss": (b"Not a tag", b"Not a &lt;b&gt;tag&lt;/b&gt;, nor a date"),
}
LATER = b"<rss version='2.0'><channel><item><title>A day later</title></item></channel></rss>"


def subscriptions(publisher: Publisher) -> tuple[Subscription, ...]:
    """Let *publisher* have all of the worst documents; return how to subscribe to them."""
    for path in sorted((*CASES.iterdir(), *WORST.iterdir())):
        if path.suffix in TYPES and ".expected" not in path.name:
            answer = Answer(path.read_bytes(), headers={"Content-Type": TYPES[path.suffix]})
            publisher.answers[f"/{path.name}"] = answer
    for name, text in MADE.items():
        publisher.answers[name] = Answer(text.encode(), headers={"Content-Type": "text/xml"})
    languages = {"/shared.rss": "nl", "/akhbar.rss": "ar"}
    return tuple(
        subscription(
            path.strip("/").replace(".", "-"),
            url=publisher.url(path),
            categories=("Alles", f"{path[1]} & co"),
            language=languages.get(path),
            priority=5 if path == "/xhtml.atom" else 0,
        )
        for path in publisher.answers
    )


def fill(desk: Newsdesk, publisher: Publisher) -> Config:
    """Let *desk* read all of the worst, and a day later once more with a correction; keep the day."""
    named = Site(title="De <Draad> & Zo", link="https://draad.example/", language="nl")
    config = replace(desk.subscribe(*subscriptions(publisher)), site=named)
    desk.store.accept(config, desk.now)
    desk.poll()
    for path, (was, now) in CORRECTED.items():
        publisher.answers[path] = Answer((WORST / path[1:]).read_bytes().replace(was, now))
    desk.after(days=1).poll()
    publisher.answers["/cyrillic.rss"] = Answer(LATER)
    desk.after(minutes=30).poll()
    desk.store.keep_days(desk.now)
    return config


def choices(config: Config) -> tuple[Choice, ...]:
    """Return every narrowing of a site, and a few searches and days."""
    feeds = config.subscriptions
    return (
        Choice(),
        *(Choice(source=feed.key) for feed in feeds),
        *(Choice(category=slug) for slug in ("alles", "brood", "m-co")),
        *(Choice(language=code) for code in ("nl", "ar", "en", "fr")),
        *(Choice(search=words) for words in ("havenstad", "<b> & \"'", "nergens te vinden")),
        *(Choice(day=day) for day in ("2026-11-22", "2026-11-23", "2026-11-24")),
    )
