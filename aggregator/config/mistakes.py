"""Mistakes: what pydantic found, in the words of feeds.yaml and with the line it stands on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from aggregator.config.addresses import shown
from aggregator.config.form import schema
from aggregator.config.kinds import UnfitError, describe, did_you_mean, quoted
from aggregator.config.page import Page, Where
from aggregator.errors import Mistake


def mistakes_of(error: ValidationError, path: Path, page: Page) -> Iterator[Mistake]:
    """Yield every mistake that *error* holds, save where the page has told of one already."""
    for detail in error.errors(include_url=False):
        place = page.place(detail["loc"])
        if place not in page.mistakes:
            yield _mistake(detail, path, page, place)


def _mistake(detail: ErrorDetails, path: Path, page: Page, place: Where) -> Mistake:
    key = next(part for part in reversed(detail["loc"]) if isinstance(part, str))
    sentence = _of_variable(detail, page.written[place]) if place in page.written else _sentence(detail)
    return Mistake(path, page.lines[place], f"{key}: {sentence}")


def _of_variable(detail: ErrorDetails, written: str) -> str:
    """Return the sentence without a word of what was filled in, which may be a secret."""
    unfit = detail.get("ctx", {}).get("error")
    wrong = unfit.wrong if isinstance(unfit, UnfitError) else "is not what is wanted here"
    return f"{quoted(written)}, filled in, {wrong}; look at what the variable holds"


def _sentence(detail: ErrorDetails) -> str:
    where, found = detail["loc"], detail["input"]
    match detail["type"]:
        case "value_error":
            return str(detail["ctx"]["error"])
        case "missing":
            return f"missing; {_part(where)['description']}"
        case "extra_forbidden":
            known = tuple(_part(where[:-1])["properties"])
            return f"unknown key; {did_you_mean(str(where[-1]), known) or _known(known)}"
        case "tuple_type":
            remedy = (
                f"write [{shown(found)[1:-1]}]" if isinstance(found, str) else "begin each item with '- '"
            )
            return f"{_found(found)} where a list is wanted; {remedy}"
        case "model_type" if found is None:
            return "an item with nothing in it; remove it, or fill it in"
        case "model_type":
            known = tuple(_part(where)["properties"])
            return f"{_found(found)} where keys and values are wanted; {_known(known)}"
        case _:
            return detail["msg"]


def _found(value: object) -> str:
    return shown(value) if isinstance(value, str) else describe(value)


def _known(keys: tuple[str, ...]) -> str:
    return f"known here: {', '.join(keys)}"


def _part(where: Where) -> dict[str, Any]:
    """Return the part of the schema that is about *where*, with the description of its key."""
    part = _schema()
    for step in where:
        description = part.get("description", "")
        part = part["items"] if isinstance(step, int) else part["properties"][step]
        part = _in_full({"description": description, **part})
    return part


def _in_full(part: dict[str, Any]) -> dict[str, Any]:
    """Return *part* with its reference followed; of an address or a longer form, the longer form."""
    for longer in part.get("anyOf", ()):
        if "$ref" in longer or longer.get("type") == "array":
            return _in_full({**longer, "description": part["description"]})
    if "$ref" in part:
        return {**_schema()["$defs"][part["$ref"].rpartition("/")[2]], "description": part["description"]}
    return part


@cache
def _schema() -> dict[str, Any]:
    return schema()
