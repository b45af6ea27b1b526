"""What is counted as it comes is what counting all of it would give."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from newsroom import HOUR, NOON, bring, configuration, entry, ingest, replace

from aggregator.model import Lately, Matching
from aggregator.pipeline.deciding import Decider
from aggregator.store import Store
from aggregator.store.migrating import upgrade

CONFIG = configuration("one", "two")
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
DIKE, MARKET = entry("Dijk bij Lith na tien dagen dicht"), entry("Kerstmarkt in Deventer geopend")

COPY = replace(DIKE, id="copy", link="https://two.example/dijk")


def counted(url: str) -> tuple[object, object]:
    """Return the numbers that were kept, and those of the rows themselves."""
    engine = sa.create_engine(url)
    of_feed = "(SELECT count(*) FROM entries WHERE feed = feeds.id)"
    with engine.connect() as connection:
        kept = connection.execute(sa.text("SELECT id, entries, (SELECT headlines FROM desk) FROM feeds"))
        true = connection.execute(
            sa.text(f"SELECT id, {of_feed}, (SELECT count(*) FROM headlines) FROM feeds")
        )
        found = sorted(map(tuple, kept)), sorted(map(tuple, true))
    engine.dispose()
    return found


def days(**at: int) -> tuple[int, ...]:
    """Return thirty days, with so many entries on those `d…` days ago."""
    return tuple(at.get(f"d{ago}", 0) for ago in range(29, -1, -1))


def test_numbers_of_rows_are_right_whatever_becomes_of_them(store: Store, url: str) -> None:
    store.accept(CONFIG, NOON)
    bring(store, {"one": [DIKE, MARKET], "two": [COPY]}, NOON)
    assert counted(url)[0] == [(1, 2, 2), (2, 1, 2)]
    store.accept(replace(CONFIG, matching=Matching(different=((DIKE.id, COPY.id),))), NOON + HOUR)
    assert store.counts() == (3, 3)
    bring(store, {"two": [entry("Later", published=NOON + DAY)]}, NOON + DAY)
    assert (kept := counted(url))[0] == kept[1]
    store.prune(NOON + 2 * HOUR)
    assert store.counts() == (1, 1)
    assert (kept := counted(url))[0] == kept[1]


def test_days_copies_and_delays_are_those_of_the_last_month(store: Store) -> None:
    store.accept(CONFIG, NOON)
    old = [entry(f"Old {n}", published=NOON - n * DAY) for n in (1, 1.2, 29, 40)]
    bring(store, {"one": [*old, DIKE], "two": [MARKET]}, NOON + 3 * HOUR)
    first = Lately(days(d0=1, d1=2, d29=1), 0, None)
    assert store.lately(NOON + 3 * HOUR) == {"one": first, "two": Lately(days(d0=1), 0, None)}
    late = NOON + 4 * HOUR
    bring(store, {"two": [replace(COPY, published=late - 25 * MINUTE)]}, late)
    undated = replace(entry("No date", published=late), dated=False)
    midnight = entry("Only a day", published=NOON - 12 * HOUR)
    bring(store, {"two": [undated, midnight]}, late)
    assert store.lately(late)["two"] == Lately(days(d0=4), 1, 25 * MINUTE)
    assert store.lately(late + 30 * DAY)["two"] == Lately(days(), 0, None)


@pytest.mark.parametrize(("waits", "median"), [((1, 4, 200), 4), ((12, 12, 12, 12), 12.5), ((5000,), 2880)])
def test_the_delay_is_the_middle_one_within_its_bounds(
    store: Store, waits: tuple[int, ...], median: float
) -> None:
    store.accept(CONFIG, NOON)
    bring(store, {"one": [MARKET]}, NOON)
    for n, wait in enumerate(waits):
        now = NOON + n * HOUR
        bring(store, {"one": [entry(f"News {n}", published=now - wait * MINUTE)]}, now)
    assert store.lately(NOON + 4 * HOUR)["one"].delay == median * MINUTE


def test_an_older_store_is_counted_when_it_is_brought_up(blank: str) -> None:
    engine = sa.create_engine(blank)
    upgrade(engine, "0007")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE desk SET next_entry = 4, next_headline = 2"))
        for table, rows in OLD.items():
            for row in rows:
                names = ", ".join(row)
                values = ", ".join(f":{name}" for name in row)
                connection.execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({values})"), row)
    engine.dispose()
    store = Store(blank)
    store.create()
    assert (found := counted(blank))[0] == found[1] == [(1, 2, 1), (2, 1, 1)]
    assert store.lately(NOON) == {
        "one": Lately(days(d0=1, d3=1), 1, None),
        "two": Lately(days(d0=1), 0, None),
    }
    # What comes later is counted with it.
    store.accept(CONFIG, NOON)
    ingest(store, Decider(CONFIG), {"one": [MARKET]}, NOON + MINUTE)
    assert store.lately(NOON)["one"] == Lately(days(d0=2, d3=1), 1, MINUTE / 2)
    store.close()


def _microseconds(moment: object) -> int:
    return int(moment.timestamp() * 1_000_000)  # type: ignore[attr-defined]


def _feed(number: int, key: str) -> dict[str, object]:
    return {
        "id": number,
        "key": key,
        "url": f"https://{key}.example/feed",
        "host": f"{key}.example",
        "active": True,
        "name": key,
        "priority": 0,
        "subscription": f'{{"key": "{key}", "url": "https://{key}.example/feed", "every": "PT15M"}}',
        "body_hash": b"",
        "item_hashes": b"",
        "next_due": 0,
        "not_before": 0,
        "failures": 0,
        "waiting": False,
        "gone": False,
    }


def _entry(number: int, feed: int, rule: str, days_ago: int) -> dict[str, object]:
    return {
        "id": number,
        "feed": feed,
        "uid": f"{number}".encode(),
        "headline": 1,
        "entry_id": f"{number}",
        "title": "Dike",
        "summary": "",
        "content": "",
        "details": "{}",
        "published": _microseconds(NOON - days_ago * DAY),
        "dated": True,
        "first_seen": _microseconds(NOON),
        "alone": False,
        "fingerprint": b"",
        "digest": b"",
        "link_key": "",
        "title_key": "",
        "folded": "dike",
        "rule": rule,
        "score": 1.0,
        "revision": 1,
    }


OLD = {
    "feeds": [_feed(1, "one"), _feed(2, "two")],
    "headlines": [
        {"id": 1, "guid": "1", "lead": 1, "story": 1, "published": _microseconds(NOON)}
        | {name: _microseconds(NOON) for name in ("updated", "changed")}
    ],
    "entries": [_entry(1, 1, "founded", 0), _entry(2, 1, "near", 3), _entry(3, 2, "founded", 0)],
}
