"""What documents do to an aggregator: encodings, XML, entries, and what is no feed; by names, as `Fault`s."""

from __future__ import annotations

import codecs
import json
from itertools import count

from fault import HEAD, STORM, TAIL, Fault, dated, news, rss, shown
from publisher import Answer, Reply

DUTCH = '<?xml version="1.0" encoding="{}"?>' + rss(news("Café «Ij»", "1")).decode()


def _encoded(declared: str, real: str, header: str = "", mark: bytes = b"") -> Fault:
    body = mark + DUTCH.format(declared).encode(real)
    return Fault(Answer(body, headers={"Content-Type": f"text/xml{header}"}), titles=("Café «Ij»",))


ENCODINGS = {
    "utf-8": _encoded("utf-8", "utf-8"),
    "unknown-charset": _encoded("x-klingon", "utf-8"),
    "latin-declared-utf-8": _encoded("utf-8", "latin-1"),
    "utf-8-declared-latin": _encoded("iso-8859-1", "utf-8"),
    "header-disagrees": _encoded("utf-8", "utf-8", "; charset=iso-8859-1"),
    "bom-disagrees": _encoded("iso-8859-1", "utf-8", "; charset=ascii", codecs.BOM_UTF8),
    "utf-16": _encoded("utf-16", "utf-16"),
    "utf-16-no-mark": _encoded("utf-16", "utf-16-le"),
    "utf-32": _encoded("utf-32", "utf-32"),
    "utf-32-no-mark": _encoded("utf-32", "utf-32-be"),
    "utf-16-said": _encoded("utf-16", "utf-8"),
    "windows-quotes": shown(
        b'<?xml version="1.0" encoding="iso-8859-1"?>' + rss(b"<title>\x93Storm\x94</title>"), "“Storm”"
    ),
    "stray-byte": shown(rss("<title>Café\udcff</title>".encode(errors="surrogateescape")), "Caféÿ"),
    "utf-7": shown(b'<?xml version="1.0" encoding="utf-7"?>' + rss(news("+ADw-b+AD4-")), "+ADw-b+AD4-"),
    "blank-lines": shown(b"\n\n  " + DUTCH.format("utf-8").encode(), "Café «Ij»"),
}


def _doctype(subset: str, title: str = "&a;") -> Answer:
    return Answer(
        f"<!DOCTYPE rss [{subset}]>".encode() + rss(f"<guid>1</guid><title>Storm {title}</title>".encode())
    )


def _laughs() -> str:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return f'<!ENTITY l0 "lol">{levels}<!ENTITY a "&l11;">'


def xml(outside: str) -> dict[str, Fault]:
    """Return the faults of XML; nothing below *outside* may ever be asked for."""
    return {
        "laughs": Fault(_doctype(_laughs()), titles=None),
        "quadratic": Fault(_doctype(f'<!ENTITY a "{"a" * 50_000}">', "&a;" * 50_000), "unfold"),
        "external-file": Fault(_doctype('<!ENTITY a SYSTEM "file:///etc/hostname">'), titles=("Storm &a;",)),
        "external-http": Fault(_doctype(f'<!ENTITY a SYSTEM "{outside}/entity">'), titles=("Storm &a;",)),
        "parameter": Fault(
            _doctype(f'<!ENTITY % a SYSTEM "{outside}/parameter"> %a;', ""), titles=("Storm",)
        ),
        "dtd": shown(f'<!DOCTYPE rss SYSTEM "{outside}/dtd">'.encode() + STORM, "Storm"),
        "stylesheet": shown(
            f'<?xml-stylesheet href="{outside}/style" type="text/xsl"?>'.encode() + STORM, "Storm"
        ),
        "xinclude": shown(
            rss(
                news("Storm")
                + f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{outside}/include"/>'.encode()
            ),
            "Storm",
        ),
        "deep-feed": Fault(Answer(HEAD + b"<a>" * 100_000), "nested more than 5,000 deep"),
        "deep-html": shown(
            rss(news("Storm") + b"<description>" + b"&lt;div>" * 100_000 + b"</description>"), "Storm"
        ),
        "deep-json": Fault(Answer(b"[" * 1_000_000), "nested too deeply"),
        "rule": Fault(
            Answer(rss(news("a" * 40 + "!"))),
            "the rule «title: (a+)+$» takes for ever",
            rule="drop: [{title: '(a+)+$'}]",
        ),
    }


def _changing(pattern: bytes) -> Reply:
    numbers = count()
    return lambda _: Answer(pattern.replace(b"NUMBER", b"%d" % next(numbers)))


ENTRIES = {
    "no-guid": shown(rss(b"<title>Storm</title>"), "Storm"),
    "no-title": shown(
        rss(b"<guid>1</guid><description>It blew. And then it rained.</description>"), "It blew."
    ),
    "nothing-in-it": shown(HEAD + b"<item/>" + TAIL, "Paper"),
    "twice": shown(rss(news("Storm", "1"), news("Again", "1")), "Storm"),
    "changing-guid": Fault(
        _changing(rss(b"<guid>NUMBER</guid><link>https://a.example/1</link><title>Storm</title>")),
        titles=("Storm",),
        again=True,
    ),
    "shared-guid-1": shown(rss(news("One", "shared")), "One"),
    "shared-guid-2": shown(rss(news("Two", "shared")), "Two"),
    **{
        f"date-{n}": dated(date)
        for n, date in enumerate(
            (
                "",
                "Fri, 01 Jan 2099 00:00:00 GMT",
                "Mon, 01 Jan 0001 00:00:00 GMT",
                "0001-01-01T00:00:00+14:00",
                "Mon, 30 Feb 2026 10:00:00 GMT",
                "10000-01-01T00:00:00Z",
                "the day before yesterday",
                "1" * 100_000,
                "2026-11-23T12:00:00+99:99",
            )
        )
    },
    "as-text": shown(
        rss(news("'; DROP TABLE entries; -- {{7*7}} ${7*7} $(id) `id` %s")),
        "'; DROP TABLE entries; -- {{7*7}} ${7*7} $(id) `id` %s",
    ),
    "emoji": shown(rss(news("Storm 🌪️")), "Storm 🌪️"),
    "poison": Fault(
        Answer(
            rss(
                news("One"),
                news("Two"),
                b"<guid>&#0;&#xD800;</guid><title>&#1;\x00\x0b&amp;#8;&amp;#xD800;</title><pubDate>\x01</pubDate>",
                news("Four"),
                news("Five"),
            )
        ),
        titles=None,
    ),
}

NOT_A_FEED = {
    "html": Fault(
        Answer(
            b'<html><head><link rel="alternate" type="application/rss+xml" href="/real.xml"></head></html>'
        ),
        "/real.xml",
    ),
    "html-alone": Fault(Answer(b"<!doctype html><title>Hello</title>"), "it names no feed"),
    "empty": Fault(Answer(b""), "the answer is empty"),
    "white-space": Fault(Answer(b" \r\n\t" * 99), "nothing but white space"),
    "json": Fault(Answer(b'{"items": []}'), "no JSON Feed"),
    "binary": Fault(Answer(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), "binary data"),
    "opml": Fault(Answer(b'<opml version="2.0"><body/></opml>'), "a list of feeds (OPML)"),
    "cut-xml": shown(rss(news("One"), news("Two"), news("Three"))[:-60], "One", "Two"),
    "no-items": shown(rss()),
    "wrong-type": shown(STORM, "Storm", **{"Content-Type": "image/png"}),
    "json-feed": shown(
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": "J",
                "items": [{"id": "1", "title": "Storm"}],
            }
        ).encode(),
        "Storm",
    ),
}
