"""News feeds that are made up: the same for each number and day, and as large as real ones.

Of a hundred feeds seventy are RSS 2.0 as WordPress writes it, twenty-five Atom, five RDF; in eight languages,
with thirty entries that bring their articles along. *versions* tell how a feed grows: version 1 has one more
entry on top than version 0, and one less below. Nothing in them asks to be left alone (`ttl`,
`sy:updatePeriod`): else a second poll would have to wait an hour.
"""

from __future__ import annotations

import gzip
import itertools
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import cache, partial
from html import escape
from pathlib import Path

ENTRIES = 30
APART = timedelta(minutes=45)  # two entries of a feed
VOCABULARY = 2500
# Frequent words as they are, and syllables of which the rare ones are made.
LANGUAGES = {
    "en": ("the of and to in a is that for on with as was it by at from his has be", "ra ston mer li de ver"),
    "nl": (
        "de het een van en in op te dat is die voor met zijn er aan niet om ook",
        "ge ver lijk de sta wen",
    ),
    "de": (
        "der die und in den von zu das mit sich des auf für ist im dem nicht ein",
        "ung ver schl ge tra ber",
    ),
    "fr": ("de la le et les des en un du une que est pour qui dans par plus pas au", "é re tion ma vi ches"),
    "es": ("de la que el en y a los se del las un por con no una su para es al lo", "ción re ta mi den gua"),
    "ru": ("и в не на я быть он с что а по это она этот к но они мы весь который", "про ни ста ле вы ка"),
    "ar": ("في من على إلى أن عن مع هذا التي الذي كان ما لا هو قد بعد قال بين كل", "ال مد رس تي كب نو"),
    "ja": ("の に は を た が で て と し れ さ ある いる も する から な こと", "会 政 都 新 本 大"),
}
KINDS = ("rss",) * 14 + ("atom",) * 5 + ("rdf",)


@dataclass(frozen=True, slots=True)
class Item:
    """One entry, in plain words and in markup."""

    link: str
    guid: str
    at: datetime
    title: str
    summary: str
    author: str
    categories: tuple[str, ...]
    content: str  # markup


def write(folder: Path, count: int, versions: Sequence[int], newest: datetime) -> None:
    """Write feeds 0 up to *count* as VERSION/NUMBER.xml and .xml.gz; version 0 ends with *newest*."""
    for version in versions:
        (folder / str(version)).mkdir(parents=True)
    with ProcessPoolExecutor() as pool:
        each = partial(_write, folder, tuple(versions), newest)
        for _ in pool.map(each, range(count), chunksize=20):
            pass


def _write(folder: Path, versions: Sequence[int], newest: datetime, number: int) -> None:
    for version, document in feed(number, versions, newest):
        path = folder / str(version) / f"{number}.xml"
        path.write_bytes(document)
        path.with_suffix(".xml.gz").write_bytes(gzip.compress(document, 6, mtime=0))


def feed(number: int, versions: Sequence[int], newest: datetime) -> Iterator[tuple[int, bytes]]:
    """Yield the versions of a feed with the document that each is."""
    kind = KINDS[number % len(KINDS)]
    language = list(LANGUAGES)[number % len(LANGUAGES)]
    host = f"site{number}.example"
    made = {place: _item(number, place, language, host, newest) for place in _places(versions)}
    for version in versions:
        items = [made[place] for place in range(ENTRIES + version, version, -1)]
        title = f"Site {number} {items[-1].author}"
        yield version, _WRITERS[kind](host, title, language, items).encode()


def _places(versions: Sequence[int]) -> range:
    return range(min(versions) + 1, max(versions) + ENTRIES + 1)


def _item(number: int, place: int, language: str, host: str, newest: datetime) -> Item:
    """Return the entry in that *place*, counted from the oldest."""
    chance = random.Random(number * 1_000_003 + place)
    at = newest - (ENTRIES - place) * APART - timedelta(minutes=number % 40)
    link = f"https://{host}/{at:%Y/%m}/story-{number}-{place}.html"
    return Item(
        link=link,
        guid=f"https://{host}/?p={number * 1000 + place}",
        at=at,
        title=_sentence(chance, language, 5, 12),
        summary=_sentence(chance, language, 15, 35),
        author=_words(chance, language, 2),
        categories=tuple(_words(chance, language, 1) for _ in range(chance.randint(1, 4))),
        content=_content(chance, language, host, chance.randint(1500, 3300)),
    )


def _content(chance: random.Random, language: str, host: str, size: int) -> str:
    """Return an article of about *size* bytes."""
    blocks: list[str] = []
    while sum(map(len, blocks)) * (1 + (language in {"ru", "ar", "ja"})) < size:
        blocks.append(_block(chance, language, host))
    return "".join(blocks)


def _block(chance: random.Random, language: str, host: str) -> str:
    say = partial(_sentence, chance, language)
    match chance.randrange(20):
        case 0 | 1:
            address = f"https://{host}/img/{chance.randrange(10**6)}.jpg"
            caption = say(4, 9)
            return (
                f'<figure class="wp-block-image"><img src="{address}" alt="{say(2, 5)}" width="1024" '
                f'height="683" loading="lazy" /><figcaption>{caption}</figcaption></figure>\n'
            )
        case 2:
            return f'<h2 class="wp-block-heading">{say(3, 8)}</h2>\n'
        case 3:
            return f"<ul><li>{say(4, 10)}</li><li>{say(4, 10)}</li></ul>\n"
        case 4:
            return f"<blockquote><p>{say(8, 24)}&#8221; <em>{say(2, 3)}</em></p></blockquote>\n"
        case _:
            link = f'<a href="https://{host}/t/{chance.randrange(9999)}" title="{say(2, 3)}">{say(2, 4)}</a>'
            strong = f"<strong>{say(2, 3)}</strong>"
            return f"<p>{say(8, 24)}. {link} {say(5, 12)}. {strong} &amp; {say(6, 15)}.</p>\n"


def _sentence(chance: random.Random, language: str, least: int, most: int) -> str:
    said = _words(chance, language, chance.randint(least, most))
    return said[:1].upper() + said[1:]


def _words(chance: random.Random, language: str, count: int) -> str:
    words, weights = _vocabulary(language)
    return ("" if language == "ja" else " ").join(chance.choices(words, cum_weights=weights, k=count))


@cache
def _vocabulary(language: str) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Return words, the most frequent first, and their summed weights (Zipf's law)."""
    frequent, syllables = (words.split() for words in LANGUAGES[language])
    rare = ("".join(parts) for size in (2, 3, 4, 5) for parts in itertools.product(syllables, repeat=size))
    words = tuple(itertools.islice(itertools.chain(frequent, rare), VOCABULARY))
    return words, tuple(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(words))))


def _rss(host: str, title: str, language: str, items: Sequence[Item]) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
\txmlns:content="http://purl.org/rss/1.0/modules/content/"
\txmlns:dc="http://purl.org/dc/elements/1.1/"
\txmlns:atom="http://www.w3.org/2005/Atom"
\txmlns:slash="http://purl.org/rss/1.0/modules/slash/"
\txmlns:media="http://search.yahoo.com/mrss/">
<channel>
\t<title>{escape(title)}</title>
\t<atom:link href="https://{host}/feed/" rel="self" type="application/rss+xml" />
\t<link>https://{host}</link>
\t<description>{escape(title)}</description>
\t<lastBuildDate>{format_datetime(items[0].at)}</lastBuildDate>
\t<language>{language}</language>
\t<generator>https://wordpress.org/?v=6.8</generator>
{"".join(map(_rss_item, items))}</channel>
</rss>
"""


def _rss_item(item: Item) -> str:
    categories = "".join(f"\t\t<category><![CDATA[{category}]]></category>\n" for category in item.categories)
    return f"""\t<item>
\t\t<title>{escape(item.title)}</title>
\t\t<link>{item.link}</link>
\t\t<comments>{item.link}#respond</comments>
\t\t<dc:creator><![CDATA[{item.author}]]></dc:creator>
\t\t<pubDate>{format_datetime(item.at)}</pubDate>
{categories}\t\t<guid isPermaLink="false">{item.guid}</guid>
\t\t<description><![CDATA[<p>{item.summary} [&#8230;]</p>]]></description>
\t\t<content:encoded><![CDATA[{item.content}]]></content:encoded>
\t\t<slash:comments>{len(item.title)}</slash:comments>
\t\t<media:thumbnail url="{item.link}.jpg" width="150" height="150" />
\t</item>
"""


def _atom(host: str, title: str, language: str, items: Sequence[Item]) -> str:
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}">
  <title>{escape(title)}</title>
  <link rel="self" href="https://{host}/atom.xml"/>
  <link href="https://{host}/"/>
  <updated>{_stamp(items[0])}</updated>
  <id>https://{host}/</id>
{"".join(map(_atom_entry, items))}</feed>
"""


def _atom_entry(item: Item) -> str:
    categories = "".join(f'    <category term="{escape(category)}"/>\n' for category in item.categories)
    return f"""  <entry>
    <title type="html">{escape(item.title)}</title>
    <link rel="alternate" type="text/html" href="{item.link}"/>
    <id>{item.guid}</id>
    <published>{_stamp(item)}</published>
    <updated>{_stamp(item)}</updated>
    <author><name>{escape(item.author)}</name></author>
{categories}    <summary type="text">{escape(item.summary)}</summary>
    <content type="html">{escape(item.content)}</content>
  </entry>
"""


def _rdf(host: str, title: str, language: str, items: Sequence[Item]) -> str:
    listed = "".join(f'<rdf:li rdf:resource="{item.link}"/>' for item in items)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel rdf:about="https://{host}/">
<title>{escape(title)}</title>
<link>https://{host}/</link>
<description>{escape(title)}</description>
<dc:language>{language}</dc:language>
<items><rdf:Seq>{listed}</rdf:Seq></items>
</channel>
{"".join(map(_rdf_item, items))}</rdf:RDF>
"""


def _rdf_item(item: Item) -> str:
    return f"""<item rdf:about="{item.link}">
<title>{escape(item.title)}</title>
<link>{item.link}</link>
<description>{escape(item.summary)}</description>
<dc:creator>{escape(item.author)}</dc:creator>
<dc:date>{_stamp(item)}</dc:date>
<content:encoded><![CDATA[{item.content}]]></content:encoded>
</item>
"""


def _stamp(item: Item) -> str:
    return f"{item.at:%Y-%m-%dT%H:%M:%SZ}"


_WRITERS = {"rss": _rss, "atom": _atom, "rdf": _rdf}
