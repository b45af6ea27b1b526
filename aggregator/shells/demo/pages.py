"""Pages: the publishers' web sites in the small, with drawn pictures for those that have any; pure."""

from __future__ import annotations

import random
from html import escape

from aggregator.shells.demo.news import Publisher
from aggregator.shells.demo.newsroom import Article

REACTIONS = {"nl": "Reacties", "fr": "Réactions", "ar": "تعليقات", "en": "Reactions"}
LOOK = """
body { font: 1.1rem/1.6 Georgia, serif; max-width: 38rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
a { color: #15527c } img { max-width: 100%; height: auto } header, .by { color: #666; font-size: .9rem }
"""


def front_page(publishers: tuple[Publisher, ...], feeds: tuple[str, ...]) -> str:
    """Return the newsroom's own page: which publishers there are, and where their *feeds* are."""
    rows = "".join(
        f'<li><a href="/{one.key}/" lang="{one.language}" dir="auto">{escape(one.title)}</a> '
        f'(<a href="{escape(feed)}">feed</a>)</li>'
        for one, feed in zip(publishers, feeds, strict=True)
    )
    text = "<p>Six small publishers of invented news. Nothing that they tell has happened.</p>"
    return _page("en", "The newsroom of the demo", "", f"{text}<ul>{rows}</ul>")


def site_page(publisher: Publisher, articles: tuple[Article, ...], feed: str) -> str:
    """Return a publisher's home page."""
    rows = "".join(
        f'<li><a href="/{publisher.key}/{article.slug}">{escape(article.title)}</a></li>'
        for article in articles
    )
    main = f"<p>{escape(publisher.description)}</p><ul>{rows}</ul>"
    return _page(publisher.language, publisher.title, _alternate(publisher, feed), main)


def article_page(article: Article, feed: str) -> str:
    """Return the page of one article."""
    publisher = article.by
    image = f"/{publisher.key}/{article.slug}.svg" if publisher.illustrated else None
    byline = f"{article.author}, {article.category}, {article.published:%d-%m-%Y %H:%M} UTC"
    main = f'<p class="by">{escape(byline)}</p>{body(article.text, image)}'
    if article.reactions is not None:
        label = REACTIONS[publisher.language]
        main += f'<h2 id="reactions">{label} ({article.reactions})</h2>'
    header = f'<header><a href="/{publisher.key}/">{escape(publisher.title)}</a></header>'
    return _page(publisher.language, article.title, _alternate(publisher, feed), main, header)


def body(text: tuple[str, ...], image: str | None = None) -> str:
    """Return the paragraphs of an article as HTML, under its picture if it has one."""
    figure = f'<p><img src="{escape(image)}" alt="" width="640" height="360"></p>' if image else ""
    return figure + "".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in text)


def picture(name: str) -> bytes:
    """Return an SVG landscape: sky, sun and three rows of dunes, the same for the same *name*."""
    chance = random.Random(name)  # noqa: S311 - it draws dunes
    hue, sun, height = chance.randrange(360), chance.randrange(80, 560), chance.randrange(60, 170)
    dunes = "".join(_dune(chance, hue, row) for row in range(3))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" width="640" height="360">'
        f'<rect width="640" height="360" fill="hsl({hue} 45% 84%)"/>'
        f'<circle cx="{sun}" cy="{height}" r="34" fill="hsl({(hue + 40) % 360} 85% 93%)"/>{dunes}</svg>'
    ).encode()


def _dune(chance: random.Random, hue: int, row: int) -> str:
    top = 200 + 45 * row
    left, middle, right = (top + chance.randrange(-40, 40) for _ in range(3))
    path = (
        f"M0 {left} C160 {left - 60} 220 {middle + 50} 340 {middle} S540 {right - 40} 640 {right} V360 H0 Z"
    )
    return f'<path d="{path}" fill="hsl({(hue + 15 * row) % 360} 32% {64 - 15 * row}%)"/>'


def _alternate(publisher: Publisher, feed: str) -> str:
    kind = "feed+json" if publisher.format == "json" else f"{publisher.format}+xml"
    title = escape(publisher.title)
    return f'<link rel="alternate" type="application/{kind}" title="{title}" href="{escape(feed)}">'


def _page(language: str, title: str, head: str, main: str, header: str = "") -> str:
    direction = "rtl" if language == "ar" else "ltr"
    return (
        f'<!DOCTYPE html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title>{head}<style>{LOOK}</style></head>"
        f"<body>{header}<h1>{escape(title)}</h1>{main}</body></html>\n"
    )
