"""The commands that show how headlines are matched: group judges a file. Decide nothing themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any

import click

from aggregator.errors import UserError
from aggregator.pipeline.grouping import BadRowError
from aggregator.pipeline.grouping import group as grouped
from aggregator.pipeline.grouping import pairs as paired


@click.command()
@click.option(
    "--pairs", is_flag=True, help='Lines are pairs, {"a": …, "b": …}: titles, or objects like those.'
)
@click.argument("file", type=click.File("rb"), default="-")
def group(pairs: bool, file: IO[bytes]) -> None:
    """Say which headlines of FILE are one line, and which one story, with an empty store.

    FILE, or stdin, has one JSON object a line, in time order: {"id", "title", "summary"?, "link"?, "source"?,
    "language"?, "time"?}, the time in Unix seconds. Out goes {"id", "headline", "story", "rule", "score"} for
    each, or of pairs {"same", "rule", "score"}.
    """
    lines = _Lines(file)
    try:
        if pairs:
            for same, rule, score in paired(lines):
                _print(same=same, rule=rule, score=score)
        else:
            for each in grouped(lines):
                _print(id=each.id, headline=each.headline, story=each.story, rule=each.rule, score=each.score)
    except BadRowError as error:
        raise UserError(f"{lines.place}: {error}") from None


class _Lines:
    """The objects of a file, one by one; knows at which line it is."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._number = file, 0

    @property
    def place(self) -> str:
        return f"{'stdin' if self._file.name in {'<stdin>', 0} else self._file.name}:{self._number}"

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for line in self._file:
            self._number += 1
            if line.strip():
                yield _object(line)


def _object(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise BadRowError("this line is no JSON") from None
    if not isinstance(found, dict):
        raise BadRowError("a line must be a JSON object: {…}")
    return found


def _print(**members: Any) -> None:
    click.echo(json.dumps(members, ensure_ascii=False))
