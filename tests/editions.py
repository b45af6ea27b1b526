"""The editions that the tests of publish print."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from aggregator.model import (
    Choice,
    Edition,
    Enclosure,
    Entry,
    FormerTitle,
    Headline,
    Html,
    Person,
    Related,
    Site,
    Source,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SITE = Site(
    title="De Draad",
    link="https://news.example.org/",
    description="Headlines of the day",
    language="nl",
)


def source(key: str = "nos", **changes: object) -> Source:
    facts: dict[str, object] = {
        "key": key,
        "name": f"{key.upper()} Nieuws",
        "feed": f"https://{key}.example/rss",
        "site": f"https://{key}.example/",
        "feed_id": None,
        "feed_updated": NOON,
        "entry_id": f"{key}-1",
        "title": f"Title at {key}",
        "link": f"https://{key}.example/1",
        "language": None,
        "published": NOON,
        "rule": "founded",
        "score": 1.0,
    }
    return Source(**{**facts, **changes})  # type: ignore[arg-type]


def headline(
    id: int = 1,
    sources: tuple[Source, ...] = (),
    guid: str | None = None,
    published: datetime = NOON,
    updated: datetime | None = None,
    formerly: tuple[FormerTitle, ...] = (),
    story: int | None = None,
    related: tuple[Related, ...] = (),
    **entry: object,
) -> Headline:
    facts: dict[str, object] = {
        "id": f"nos-{id}",
        "title": "A headline",
        "published": published,
        "link": f"https://nos.example/{id}",
    }
    updated = updated or published
    return Headline(
        id=id,
        guid=guid or f"tag:nos.example,2026:{id}",
        published=published,
        updated=updated,
        changed=updated,
        entry=Entry(**{**facts, **entry}),  # type: ignore[arg-type]
        sources=sources or (source(link=f"https://nos.example/{id}"),),
        formerly=formerly,
        story=story,
        related=related,
    )


def edition(
    *headlines: Headline, site: Site = SITE, choice: Choice | None = None, hub: str | None = None
) -> Edition:
    return Edition(title=site.title, choice=choice or Choice(), site=site, headlines=headlines, hub=hub)


def at(hour: int, minute: int = 0) -> datetime:
    return NOON.replace(hour=hour, minute=minute)


FULL = headline(
    id=105,
    guid="https://nos.example/artikel/105",
    published=at(16),
    updated=at(16, 20),
    formerly=(FormerTitle("Koning opent brug", at(16, 20)),),
    story=42,
    related=(Related(42, "Brug bij Waalstad klaar", "nl", at(15), "NU"),),
    title="Koning opent brug & tunnel",
    link="https://nos.example/artikel/105",
    summary="De brug is < 1 km lang & kostte 3 miljoen.",
    content=Html('<p>De brug &amp; de <a href="https://nos.example/tunnel">tunnel</a> zijn open.</p>'),
    authors=(Person("Fatima el Idrissi", "https://nos.example/fatima"), Person("Jan de Vries")),
    categories=("binnenland", "Verkeer & vervoer"),
    enclosures=(
        Enclosure("https://nos.example/brug.mp3", "audio/mpeg", 1234567),
        Enclosure("https://nos.example/brug.mp4", "video/mp4"),
        Enclosure("https://nos.example/brug.bin"),
    ),
    image="https://nos.example/brug.jpg",
    language="nl",
    comments=17,
    comments_link="https://nos.example/artikel/105#reacties",
    comments_feed="https://nos.example/artikel/105/reacties.rss",
    sources=(
        source(
            name="NOS Nieuws",
            feed="https://user:secret@nos.example/rss",
            feed_id="tag:nos.example,2005:feed",
            entry_id="https://nos.example/artikel/105",
            link="https://nos.example/artikel/105",
            title="Koning opent brug & tunnel",
            published=at(16),
            comments=17,
            comments_link="https://nos.example/artikel/105#reacties",
        ),
        source("nu", name="NU & <Straks>", title="Brug geopend", published=at(16, 5), rule="title"),
        source(
            "hespress",
            name="هسبريس",
            title="الملك يفتتح الجسر",
            link="https://hespress.example/?a=1&b=2",
            published=at(16, 7),
            language="ar",
        ),
        source("nu", name="NU & <Straks>", title="Brug geopend (2)", published=at(16, 9), rule="link"),
    ),
)
ARABIC = headline(
    id=104,
    guid="urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66",
    published=at(15, 30),
    title="افتتاح مهرجان \u201cالربيع\u201d في الرباط",
    link="https://hespress.example/104",
    summary="انطلقت اليوم فعاليات المهرجان.",
    content=Html('<p dir="rtl">انطلقت اليوم فعاليات المهرجان.</p>'),
    language="ar",
    sources=(
        source(
            "hespress",
            name="هسبريس",
            feed_updated=None,
            link="https://hespress.example/104",
            title="افتتاح مهرجان \u201cالربيع\u201d في الرباط",
            language="ar",
            published=at(15, 30),
        ),
    ),
)
FRENCH = headline(
    id=103,
    published=at(14),
    title="L\u2019été s\u2019achève\u00a0: «\u00a0c\u2019est fini\u00a0»",
    link="https://matin.example/ete",
    summary="",
    content=Html("<p>C\u2019est fini.</p>"),
    authors=(Person("Zoé Œuvrard"),),
    language="fr",
    sources=(
        source("matin", name="Le Matin", site=None, link="https://matin.example/ete", published=at(14)),
    ),
)
BARE = headline(
    id=102,
    guid="tag:news.example.org,2026:102",
    published=at(13),
    title="A headline without a link",
    link=None,
    sources=(source("wire", name="Wire", link=None, published=at(13)),),
)
HOSTILE = headline(
    id=101,
    guid="https://bad.example/101",
    published=datetime(1, 1, 1, tzinfo=UTC),
    updated=datetime(999, 5, 6, 7, 8, 9, 123456, tzinfo=UTC),
    title="Use \x00<b>bold</b>\ud800 &amp; \x1f<script>alert(1)</script>\ufffe",
    link="javascript:alert(1)",
    summary="]]> <![CDATA[ \x0b &lt;b&gt; {{ 7*7 }}",
    content=Html("<p>Fine\x00 &lt;script&gt;</p>"),
    authors=(Person("\x01"), Person("Eve </name>", "javascript:alert(1)")),
    categories=("\x00", "a<b"),
    enclosures=(Enclosure("data:text/html,<script>", "text/html"),),
    image="javascript:alert(1)",
    language="<nl>",
    comments=0,
    comments_link="javascript:alert(1)",
    comments_feed="ftp://bad.example/",
    sources=(
        source(
            "bad",
            name="\x00",
            feed="https://bad.example/feed?a=1&b=<2>",
            site="javascript:alert(1)",
            feed_id="no iri",
            title="\x00",
            link="javascript:alert(1)",
            published=datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
            comments=0,
            comments_link="javascript:alert(1)",
        ),
    ),
)

DAY = edition(FULL, ARABIC, FRENCH, BARE, HOSTILE, hub="https://hub.example.org/")
EMPTY = edition(site=Site(title="Empty", link="http://127.0.0.1:8000/"), choice=Choice(search="rabat & salé"))
ARCHIVE = replace(
    edition(ARABIC, FRENCH, choice=Choice(day="2026-11-23", part=2)),
    previous="2026-11-23",
    following="2026-11-25",
    is_archive=True,
)
PAGE = replace(
    edition(BARE, choice=Choice(search="a & b")),
    before=(FRENCH.published, FRENCH.id),
    older=(BARE.published, BARE.id),
)
EDITIONS = {"day": DAY, "empty": EMPTY, "archive": ARCHIVE, "page": PAGE}
