"""A store of any size, filled by the database itself: headlines of invented sources, two a minute."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from aggregator.model import Config, Site, Subscription
from aggregator.store import Store
from aggregator.store.tables import EPOCH, entries, headline_titles, headlines, tallies, terms

SOURCES, CATEGORIES, LANGUAGES = 500, 20, ("nl", "fr", "ar", "en")
CONFIG = Config(
    subscriptions=tuple(
        Subscription(
            key=f"s{number}",
            url=f"https://s{number}.example/feed",
            every=timedelta(minutes=15),
            title=f"Source {number}",
            categories=(f"c{number % CATEGORIES}",),
            language=LANGUAGES[number % len(LANGUAGES)],
        )
        for number in range(SOURCES)
    ),
    store="",
    site=Site(title="De Draad", link="https://draad.example/", language="nl"),
)

_N = (
    "(WITH RECURSIVE numbers(n) AS"
    " (SELECT CAST(1 AS bigint) UNION ALL SELECT n + 1 FROM numbers WHERE n < :size)"
    " SELECT n FROM numbers)"
)
_FEED = f"(n * 7919 % {SOURCES})"
_TIME = ":newest - (:size - n) * 30000000"


def fill(engine: sa.Engine, store: Store, size: int, now: datetime) -> None:
    """Let *store*, which is empty, have so many headlines; a quarter have a copy, a tenth are in stories."""
    store.accept(CONFIG, now)
    blob = "bytea" if engine.dialect.name == "postgresql" else "BLOB"
    newest = (now - EPOCH) // timedelta(microseconds=1)
    with engine.begin() as connection:

        def insert(table: sa.Table, values: dict[str, str], where: str = "true") -> None:
            made = ", ".join(values.values()).replace("BLOB", blob)
            into = f"INSERT INTO {table.name} ({', '.join(values)})"
            sql = sa.text(f"{into} SELECT {made} FROM {_N} AS made WHERE {where}")
            connection.execute(sql, {"size": size, "newest": newest})

        times = dict.fromkeys(("published", "updated", "changed"), _TIME)
        story = "CASE WHEN n % 10 = 0 THEN n - 1 ELSE n END"
        under = "CASE WHEN n % 10 = 0 THEN n - 1 END"
        held = "CASE WHEN n % 1000 = 1 THEN 'many' END"
        told = {"id": "n", "guid": "'g' || n", "lead": "n", "story": story, "under": under, "held": held}
        insert(headlines, told | times)
        insert(entries, _entry("n", _FEED, "'founded'"))
        insert(entries, _entry(":size + n", f"((n + 1) % {SOURCES})", "'near'"), "n % 4 = 0")
        connection.execute(sa.text(_TOLD[connection.dialect.name]))
        former = {"headline": "n", "entry": "n", "title": "'Earlier ' || n", "until": _TIME}
        insert(headline_titles, former, "n % 20 = 0")
        narrowings = {
            "source": f"{_FEED}",
            "category": f"{_FEED} % {CATEGORIES}",
            "language": f"{_FEED} % {len(LANGUAGES)}",
        }
        prefixes = {"source": "'source:s'", "category": "'category:c'", "language": "'language:l'"}
        for name, value in narrowings.items():
            term = {"term": f"{prefixes[name]} || ({value})", "published": _TIME, "headline": "n"}
            insert(terms, term, "n % 1000 <> 1")
        for number, language in enumerate(LANGUAGES):
            named = {"new": f"language:{language}", "old": f"language:l{number}"}
            connection.execute(sa.text("UPDATE terms SET term = :new WHERE term = :old"), named)
        day = newest // 86_400_000_000
        month = {
            "feed": f"1 + n % {SOURCES}",
            "day": f"{day} - n / {SOURCES}",
            "entries": "20",
            "copies": "4",
        }
        insert(tallies, month | {"waits": "'6:9'"}, f"n <= {SOURCES} * 30")
        connection.execute(sa.text("UPDATE feeds SET entries = :each"), {"each": size // SOURCES})
        connection.execute(
            sa.text("UPDATE desk SET headlines = :size, next_headline = :next, next_entry = :next"),
            {"size": size, "next": 2 * size},
        )


# The words that they are found by.
_TOLD = {
    "sqlite": "INSERT INTO told (rowid, words) SELECT id, 'headline number ' || headline FROM entries",
    "postgresql": "INSERT INTO told (entry, words)"
    " SELECT id, array_to_tsvector(ARRAY['headline', 'number', CAST(headline AS text)]) FROM entries",
}


def _entry(row: str, feed: str, rule: str) -> dict[str, str]:
    texts = ("summary", "content", "title_key")
    return {
        "id": row,
        "feed": f"{feed} + 1",
        "uid": f"CAST('u' || ({row}) AS BLOB)",
        "headline": "n",
        "entry_id": f"'e' || ({row})",
        "title": "'Headline number ' || n",
        **dict.fromkeys(texts, "'headline number ' || n"),
        "link": f"'https://s.example/' || ({row})",
        "details": "'[[], [], []]'",
        "dated": "true",
        "alone": "false",
        **dict.fromkeys(("published", "first_seen"), _TIME),
        "link_key": f"'s.example/' || ({row})",
        **dict.fromkeys(("fingerprint", "digest"), "CAST('x' AS BLOB)"),
        "rule": rule,
        "score": "1",
        "revision": "1",
    }
