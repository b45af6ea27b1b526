"""Two programs that ingest the same news at once: no headline is founded twice, and none is lost."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
import sqlalchemy as sa
from newsroom import NOON, configuration, entry, ingest
from several import processes

from aggregator.model import Entry
from aggregator.pipeline.deciding import Decider
from aggregator.store import Store

CONFIG = configuration("one", "two")
NEWS, IN_BATCH = 1050, 50
SYLLABLES = [consonant + vowel for consonant in "bdfghjklmnprstvwzxcq" for vowel in "aeiou"]


def _name(number: int, place: int) -> str:
    """Return an invented name: one of its own for each number and place."""
    digits = f"{(number * 3 + place) * 7919 % 1_000_000:06}"
    return "".join(SYLLABLES[int(digits[at : at + 2])] for at in (4, 2, 0)).capitalize()


def _told(number: int, key: str) -> Entry:
    """Return news as *key* words it: every third is worded alike, the others with a word more or less."""
    mayor, town, river = (_name(number, place) for place in range(3))
    title = f"Burgemeester {mayor} van {town} opent sluis in de {river}"
    if key == "two" and number % 3 == 1:
        title = f"Burgemeester {mayor} van {town} opent nieuwe sluis in de {river}"
    if key == "two" and number % 3 == 2:
        title = f"Sluis in de {river} geopend door burgemeester {mayor} van {town}"
    summary = f"{mayor} sprak in {town} aan de {river}."
    link = f"https://{key}.example/nieuws/{number}"
    published = NOON + timedelta(seconds=number)
    return entry(title, id=link, link=link, summary=summary, published=published)


def _tell_all(url: str, key: str) -> None:
    """Bring all news, batch by batch, in an order of its own."""
    numbers = list(range(NEWS))
    random.Random(key).shuffle(numbers)
    store, decider = Store(url), Decider(CONFIG)
    for start in range(0, NEWS, IN_BATCH):
        some = [_told(number, key) for number in numbers[start : start + IN_BATCH]]
        ingest(store, decider, {key: some}, NOON + timedelta(hours=1))
    store.close()


@pytest.mark.postgres
def test_two_programs_at_once_found_no_headline_twice_and_lose_none(postgres: str) -> None:
    store = Store(postgres)
    store.create()
    store.accept(CONFIG, NOON)
    context = processes()
    programs = [context.Process(target=_tell_all, args=(postgres, key)) for key in ("one", "two")]
    for program in programs:
        program.start()
    for program in programs:
        program.join(60)
    assert [program.exitcode for program in programs] == [0, 0]
    assert store.counts() == (NEWS, 2 * NEWS)
    engine = sa.create_engine(postgres)
    with engine.connect() as connection:
        found = connection.execute(
            sa.text(
                "SELECT headline, string_agg(entry_id, ' ' ORDER BY entry_id) FROM entries GROUP BY headline"
            )
        ).all()
        rules = connection.execute(sa.text("SELECT rule, count(*) FROM entries GROUP BY rule")).all()
        founded_by = connection.execute(
            sa.text("SELECT feed, count(*) FROM entries WHERE rule = 'founded' GROUP BY feed")
        ).all()
    engine.dispose()
    store.close()
    pairs = {f"https://one.example/nieuws/{n} https://two.example/nieuws/{n}" for n in range(NEWS)}
    assert {row[1] for row in found} == pairs
    assert dict(rules)["near"] >= NEWS // 3  # type: ignore[call-overload]
    assert len(founded_by) == 2  # they did run at once
