"""The commands that show how headlines are matched: group judges a file, explain tells why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import click

from aggregator.errors import UserError
from aggregator.pipeline.explaining import explain as explain_headline
from aggregator.pipeline.explaining import explain_titles
from aggregator.pipeline.grouping import BadRowError
from aggregator.pipeline.grouping import group as grouped
from aggregator.pipeline.grouping import pairs as paired
from aggregator.shells import bootstrap

_NUMBER = re.compile("[0-9]{1,18}")  # of a headline: what a store can be asked for


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


@click.command()
@click.argument("what", nargs=-1, required=True)
@click.pass_obj
def explain(path: Path, what: tuple[str, ...]) -> None:
    """Tell why a headline is what it is, or whether two titles are one headline, and why.

    WHAT is a headline's id, as in the address /read/ID, or two titles.
    """
    if len(what) == 2:
        sentences: list[str] | None = explain_titles(*what)
    elif len(what) == 1 and _NUMBER.fullmatch(what[0]):
        config = bootstrap.load(path)
        store = bootstrap.open_store(config)
        sentences = explain_headline(store, int(what[0]))
        store.close()
    else:
        raise UserError("give a headline's id, as in /read/ID, or two titles, each in quotes")
    if sentences is None:
        raise UserError(f"there is no headline {what[0]}; its id is the number in its address, /read/ID")
    click.echo("\n".join(sentences))


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
