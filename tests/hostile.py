"""What publishers do to an aggregator, each fault by its name, and all of them by their sections."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Mapping, Sequence

import brotli
from fault import HEAD, STORM, Fault, news, rss, shown
from hostile_documents import ENCODINGS, ENTRIES, NOT_A_FEED, xml
from publisher import NEVER_A_BYTE, PLAIN_TEXT, Answer, Raw, Reply, drip, endlessly, redirect

OK = b"HTTP/1.1 200 OK\r\n"

CONNECTION = {
    "silent": Fault(NEVER_A_BYTE, "gave up on"),
    "dribbling-head": Fault(Raw([OK, *(b"A: b\r\n", 0.3) * 100]), "no complete head of an answer came"),
    "drip": Fault(drip(OK + b"Content-Length: 500\r\n\r\n", b"x" * 500, 0.1), "of 500 bytes came"),
    "cut": Fault(Answer(STORM, cut=60), "cut off"),
    "reset": Fault(Answer(STORM, cut=60, reset=True), "cut off"),
    "too-short": Fault(Answer(STORM, length=5000), "cut off"),
    "too-long": Fault(Answer(STORM, length=60), "longer than it says"),
    "chunk-cut": Fault(Answer(STORM, cut=60, chunked=True), "cut off"),
    "no-http": Fault(PLAIN_TEXT, "is not HTTP"),
    "nothing": Fault(Raw(), "closed the connection without an answer"),
    "long-header": Fault(Raw([OK + b"X: " + b"x" * 10_000_000 + b"\r\n\r\n"]), "of headers"),
    "endless-header": Fault(lambda _: Raw(endlessly(OK + b"X: ", b"x" * 9000)), "of headers"),
    "endless-headers": Fault(lambda _: Raw(endlessly(OK, b"X-More: of it\r\n" * 99)), "of headers"),
}


def _deflated(pieces: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = packer.compress(bytes(10_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
    return piece * pieces + zlib.compressobj(9, zlib.DEFLATED, -15).flush()


def _brotlied(pieces: int) -> bytes:
    packer = brotli.Compressor(quality=1)
    return b"".join(packer.process(bytes(50_000_000)) for _ in range(pieces)) + packer.finish()


def _coded(body: bytes, coding: str) -> Fault:
    return Fault(Answer(body, headers={"Content-Encoding": coding}), "larger than 4 MB when unpacked")


BOMB = gzip.compress(bytes(10_000_000), 9) * 110  # 1.1 GB

SIZE = {
    "endless": Fault(lambda _: Raw(endlessly(OK + b"\r\n" + HEAD, b"<item/>" * 1000)), "larger than 4 MB"),
    "announced": Fault(
        lambda _: Raw(endlessly(OK + b"Content-Length: 200000000\r\n\r\n", b"x" * 9000)), "larger than 4 MB"
    ),
    "gzip-bomb": _coded(BOMB, "gzip"),
    "hidden-bomb": _coded(BOMB, "identity"),
    "nested-bomb": _coded(gzip.compress(gzip.compress(bytes(3_000_000_00), 9), 9), "gzip, gzip"),
    "deflate-bomb": _coded(_deflated(110), "deflate"),
    "brotli-bomb": _coded(_brotlied(22), "br"),
    "many-codings": Fault(Answer(STORM, headers={"Content-Encoding": "gzip, " * 9 + "br"}), "times over"),
    "unknown-coding": Fault(Answer(STORM, headers={"Content-Encoding": "zstd"}), "content coding"),
    "entries": Fault(Answer(rss(*(b"<guid>%d</guid>" % n for n in range(100_000)))), titles=None),
    "long-title": Fault(Answer(rss(b"<title>" + b"long " * 200_000 + b"</title>")), titles=None),
    "long-guid": shown(rss(news("Storm", "g" * 100_000)), "Storm"),
    "long-link": shown(
        rss(news("Storm") + b"<link>https://a.example/" + b"x" * 100_000 + b"</link>"), "Storm"
    ),
    "categories": shown(rss(news("Storm") + b"<category>c</category>" * 20_000), "Storm"),
    "honest": shown(rss(news("Storm") + b"<description>" + b"word " * 200_000 + b"</description>"), "Storm"),
    "brackets": Fault(Answer(b"<" * 600_000), ""),
    "quotes": shown(
        rss(news("Storm") + b"<description>" + b"&lt;a href='" * 90_000 + b"</description>"), "Storm"
    ),
}

REDIRECTS = {
    "loop": Fault(redirect("/redirects.loop"), "redirects in a circle"),
    "chain": Fault(
        lambda asked: redirect(f"/chain?{int(asked.path.partition('?')[2] or 0) + 1}"), "gave up after 5"
    ),
    "nowhere": Fault(Answer(status=301), "without saying where to"),
    "nonsense": Fault(redirect("http://[bad"), "no http or https address"),
    "break": Fault(redirect("http://127.0.0.1%0d%0aX:1/"), "no http or https address"),
    "meta": Fault(
        Answer(b'<html><head><meta http-equiv="refresh" content="0;url=/good"></head></html>'),
        "no feed but a web page",
    ),
    **{
        f"to-{scheme}": Fault(redirect(f"{scheme}:///etc/hostname"), "no http or https address")
        for scheme in ("file", "ftp", "gopher", "data")
    },
}

STATUS = {
    **{
        str(status): Fault(Answer(STORM, status), f"answers {status}")
        for status in (206, 304, 400, 401, 402, 403, 404, 406, 410, 418, 429, 451, 500, 501, 502, 503)
    },
    **{
        f"retry-{n}": Fault(Answer(STORM, status, {"Retry-After": after}), f"answers {status}")
        for n, (status, after) in enumerate(
            (status, after)
            for status in (429, 503)
            for after in (
                "9" * 40,
                "-1",
                "soon",
                "inf",
                "nan",
                "1e9",
                "Foo, 99 Bar",
                "",
                "Fri, 31 Dec 9999 23:59:59 GMT",
            )
        )
    },
}

_ETAGS = ('W/"1"', "unquoted", '"half', "", "e" * 20_000, '"ünï"', '"a, b"', "*")
_DATES = (
    "Mon, 30 Feb 2026",
    "yesterday",
    "Fri, 01 Jan 2099 00:00:00 GMT",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "",
)

HEADERS = {
    **{
        f"etag-{n}": Fault(Answer(STORM, headers={"ETag": etag}), titles=("Storm",), again=True)
        for n, etag in enumerate(_ETAGS)
    },
    **{
        f"modified-{n}": Fault(Answer(STORM, headers={"Last-Modified": date}), titles=("Storm",), again=True)
        for n, date in enumerate(_DATES)
    },
    "cookie": Fault(Answer(STORM, headers={"Set-Cookie": "a=b; Path=/"}), titles=("Storm",), again=True),
}


def addresses(closed: int) -> dict[str, Fault]:
    """Return redirects to 127.0.0.2, which is not allowed, in all spellings; *closed* is the port there."""
    hosts = (
        "127.0.0.2", "127.2", "2130706434", "0x7f.2", "0x7f000002", "0177.0.0.2", "good.example@127.0.0.2",
        "[::ffff:127.0.0.2]", "[::ffff:7f00:2]", "[::1]", "0.0.0.0", "[::]",
    )  # fmt: skip
    return {
        f"to-address-{n}": Fault(redirect(f"http://{host}:{closed}/secret"), "refused to ask")
        for n, host in enumerate(hosts)
    }


def kept(bad: Reply) -> list[Reply]:
    """Return a good answer, then *bad* ones for ever."""
    return [Answer(STORM, headers={"ETag": '"good"'}), bad]


BAD = {"ETag": '"bad"'}
KEPT = {
    "kept-cut": Fault(
        kept(Answer(rss(news("Never")), headers=BAD, cut=90)), "cut off", ("Storm",), again=True
    ),
    "kept-short": Fault(
        kept(Answer(rss(news("Never")), headers=BAD, length=900)), "cut off", ("Storm",), again=True
    ),
    "kept-500": Fault(kept(Answer(rss(news("Never")), 500, BAD)), "answers 500", ("Storm",), again=True),
    "kept-html": Fault(
        kept(Answer(b"<html><body>Never</body></html>", headers=BAD)), "web page", ("Storm",), again=True
    ),
    "kept-gzip": Fault(
        kept(Answer(gzip.compress(rss(news("Never")))[:-9], headers={**BAD, "Content-Encoding": "gzip"})),
        "incomplete",
        ("Storm",),
        again=True,
    ),
}


def sections(outside: str, closed: int) -> Iterator[tuple[str, Mapping[str, Fault]]]:
    """Yield the faults by the sections of what is known of the world."""
    yield from {
        "connection": CONNECTION,
        "size": SIZE,
        "redirects": REDIRECTS,
        "addresses": addresses(closed),
        "status": STATUS,
        "encodings": ENCODINGS,
        "xml": xml(outside),
        "entries": ENTRIES,
        "not-a-feed": NOT_A_FEED,
        "headers": HEADERS,
        "kept": KEPT,
    }.items()


def names() -> Sequence[str]:
    """Return the keys under which the faults are subscribed to."""
    return [f"{section}.{name}" for section, faults in sections("", 1) for name in faults]
