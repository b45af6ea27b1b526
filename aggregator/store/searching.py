"""Searching: the words by which entries are found, kept beside them, each database in its own way.

SQLite has a table of FTS5, PostgreSQL a tsvector under a GIN index. Both get words that are folded already
(`findable`), and look for nothing but equal ones, and beginnings of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from aggregator.findable import Term, Wanted, findable
from aggregator.store.rows import chunks
from aggregator.store.tables import entries
from aggregator.text import plain

MOST_FOUND = 20_000  # entries that contain what is looked for: the newest to arrive
_MOST_PLACES = 16_383  # that a tsvector can tell apart
_MOST_OF_A_WORD = 255

_SQLITE = (
    # Every sign beyond ASCII belongs to a word: where words end is said by the blanks between them.
    "CREATE VIRTUAL TABLE told USING fts5(words, tokenize='ascii')",
)
_POSTGRESQL = (
    "CREATE TABLE told (entry BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)",
    # Without a list of what is still to be sorted in: it would be read whole by each search.
    "CREATE INDEX ix_told_words ON told USING gin (words) WITH (fastupdate = off)",
)


def create(connection: sa.Connection) -> None:
    """Make what the words are kept in."""
    for statement in _POSTGRESQL if _is_postgresql(connection) else _SQLITE:
        connection.execute(sa.text(statement))


def learn(connection: sa.Connection, told: Iterable[tuple[int, str]]) -> None:
    """Note by which words new entries are found: of each its row, and what `findable` made of it."""
    rows = [{"entry": row, "words": words} for row, words in told]
    if not rows:
        return
    if _is_postgresql(connection):
        for each in rows:
            each["words"] = _vector(str(each["words"]))
        statement = "INSERT INTO told (entry, words) VALUES (:entry, CAST(:words AS tsvector))"
    else:
        statement = "INSERT INTO told (rowid, words) VALUES (:entry, :words)"
    connection.execute(sa.text(statement), rows)


def forget(connection: sa.Connection, rows: Collection[int]) -> None:
    """Forget by which words entries were found."""
    name = "entry" if _is_postgresql(connection) else "rowid"
    gone = [{"entry": row} for row in rows]
    if gone:
        connection.execute(sa.text(f"DELETE FROM told WHERE {name} = :entry"), gone)  # noqa: S608 no input


def forget_headlines(connection: sa.Connection, ids: Collection[int]) -> None:
    """Forget the words of all entries of these headlines."""
    for some in chunks(ids):
        mine = sa.select(entries.c.id).where(entries.c.headline.in_(some))
        forget(connection, connection.execute(mine).scalars().all())


def learn_all(connection: sa.Connection) -> None:
    """Note the words of all entries, of a store that had none."""
    columns = (entries.c.id, entries.c.title, entries.c.summary, entries.c.content)
    last = 0
    while True:
        wanted = sa.select(*columns).where(entries.c.id > last).order_by(entries.c.id).limit(500)
        rows = connection.execute(wanted).all()
        if not rows:
            return
        learn(connection, [(row.id, findable(row.title, row.summary, plain(row.content))) for row in rows])
        last = rows[-1].id


def found(connection: sa.Connection, wanted: Wanted) -> sa.Select[tuple[int]]:
    """Return the query for the headlines that have an entry with all that is *wanted*.

    Of words that stand everywhere, only the newest entries are looked at.
    """
    if not wanted:
        return sa.select(entries.c.headline).where(sa.false())
    if _is_postgresql(connection):
        told = sa.table("told", sa.column("entry"), sa.column("words"))
        number = told.c.entry
        matches = told.c.words.op("@@")(sa.cast(_tsquery(wanted), postgresql.TSQUERY))
    else:
        told = sa.table("told", sa.column("rowid"))
        number = told.c.rowid
        matches = sa.literal_column("told").op("MATCH")(_fts5(wanted))
    newest = sa.select(number.label("entry")).where(matches).order_by(number.desc()).limit(MOST_FOUND)
    rows = newest.subquery()
    return sa.select(entries.c.headline).where(entries.c.id.in_(sa.select(rows.c.entry)))


def _is_postgresql(connection: sa.Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _fts5(wanted: Wanted) -> str:
    """Return *wanted* in FTS5's language; its words contain nothing that means something there."""
    plus = " AND ".join(_phrases(term) for term in wanted.terms if not term.unwanted)
    minus = " OR ".join(_phrases(term) for term in wanted.terms if term.unwanted)
    return f"({plus}) NOT ({minus})" if minus else plus


def _phrases(term: Term) -> str:
    going_on = " *" if term.begins else ""
    first, *others = [f'"{" ".join(forms)}"{going_on}' for forms in _spelt(term)]
    return f"({' OR '.join((first, *others))})" if others else first


def _spelt(term: Term) -> Iterable[tuple[str, ...]]:
    """Yield the phrase as it was given, and a single word in its other forms."""
    yield tuple(forms[0] for forms in term.words)
    if len(term.words) == 1:
        yield from ((form,) for form in term.words[0][1:])


def _tsquery(wanted: Wanted) -> str:
    return " & ".join(f"{'!' if term.unwanted else ''}({_alternatives(term)})" for term in wanted.terms)


def _alternatives(term: Term) -> str:
    return " | ".join(_following(forms, term.begins) for forms in _spelt(term))


def _following(words: tuple[str, ...], begins: bool) -> str:
    quoted = [f"'{word}'" for word in words]
    return " <-> ".join((*quoted[:-1], quoted[-1] + (":*" if begins else "")))


def _vector(words: str) -> str:
    """Return words with their places, as PostgreSQL reads a tsvector."""
    places: dict[str, list[str]] = {}
    for place, word in enumerate(words.split(" "), 1):
        if word and len(found := places.setdefault(word, [])) < _MOST_OF_A_WORD:
            found.append(str(min(place, _MOST_PLACES)))
    return " ".join(f"'{word}':{','.join(found)}" for word, found in places.items())
