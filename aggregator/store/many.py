"""Many: one statement for many rows, without what SQLAlchemy does for each of them.

`Connection.execute` makes the parameters of every row anew, at a microsecond a value: more than SQLite takes
to store it. Here a statement is compiled once, and so is the way from a row to its parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa


class _Parameter(NamedTuple):
    name: str
    process: Callable[[Any], Any] | None  # from a value to what the driver takes
    otherwise: Any  # what it is where a row says nothing


def execute_many(
    connection: sa.Connection, statement: sa.Insert | sa.Update, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Execute *statement*, which lasts as long as the program, for each of *rows*; all have the same names.

    As `connection.execute` does it, but for defaults of columns that Python would have to make.
    """
    if rows:
        text, parameters, is_positional = _compiled(statement, connection.dialect, tuple(rows[0]))
        made: Sequence[Any] = [_made(parameters, row) for row in rows]
        if not is_positional:
            names = [parameter.name for parameter in parameters]
            made = [dict(zip(names, values, strict=True)) for values in made]
        connection.exec_driver_sql(text, made)


def _made(parameters: Sequence[_Parameter], row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(
        [
            process(row.get(name, otherwise)) if process else row.get(name, otherwise)
            for name, process, otherwise in parameters
        ]
    )


@lru_cache(maxsize=64)
def _compiled(
    statement: sa.Insert | sa.Update, dialect: sa.Dialect, names: tuple[str, ...]
) -> tuple[str, tuple[_Parameter, ...], bool]:
    """Return the text of *statement*, its parameters in their order, and whether they go by that."""
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(names))
    parameters = []
    for name in compiled.positiontup if compiled.positional else compiled.binds:
        bound = compiled.binds[name]
        process = bound.type.dialect_impl(dialect).bind_processor(dialect)
        parameters.append(_Parameter(name, process, bound.effective_value))
    return compiled.string, tuple(parameters), compiled.positional
