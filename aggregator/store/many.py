"""Many: one statement for many rows, without what SQLAlchemy does for each of them.

`Connection.execute` makes the parameters of every row anew, at a microsecond a value: more than SQLite takes
to store it. Here a statement is compiled once, and so is the way from a row to its parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

import sqlalchemy as sa


class _Compiled(NamedTuple):
    text: str
    names: tuple[str, ...]  # of its parameters, in their order; some come again
    given: Mapping[str, Any]  # those that the statement says itself
    processed: tuple[tuple[int, Callable[[Any], Any]], ...]  # from a value to what the driver takes, by place
    is_positional: bool


def execute_many(
    connection: sa.Connection, statement: sa.Insert | sa.Update, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Execute *statement*, which lasts as long as the program, for each of *rows*; all have the same names.

    As `connection.execute` does it, but for defaults of columns that Python would have to make.
    """
    if not rows:
        return
    compiled = _compiled(statement, connection.dialect, tuple(rows[0]))
    in_order = itemgetter(*compiled.names)
    made: Sequence[Any] = [_made(in_order({**row, **compiled.given}), compiled.processed) for row in rows]
    if not compiled.is_positional:
        made = [dict(zip(compiled.names, values, strict=True)) for values in made]
    connection.exec_driver_sql(compiled.text, made)


def _made(values: tuple[Any, ...], processed: Sequence[tuple[int, Callable[[Any], Any]]]) -> tuple[Any, ...]:
    made = list(values)
    for place, process in processed:
        if (value := made[place]) is not None:
            made[place] = process(value)
    return tuple(made)


@lru_cache(maxsize=64)
def _compiled(statement: sa.Insert | sa.Update, dialect: sa.Dialect, names: tuple[str, ...]) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(names))
    order = tuple(compiled.positiontup if compiled.positional else compiled.binds)
    types = (compiled.binds[name].type.dialect_impl(dialect) for name in order)
    processors = enumerate(each.bind_processor(dialect) for each in types)
    return _Compiled(
        compiled.string,
        order,
        {name: compiled.binds[name].effective_value for name in {*order} - {*names}},
        tuple((place, process) for place, process in processors if process),
        compiled.positional,
    )
