"""People: who wrote it. What is told of one author can become part of the next one, as in feedparser."""

from __future__ import annotations

from typing import Any

from feedparser.mixin import _FeedParserMixin

from aggregator.parse.plain.told import (
    NOTHING,
    SCOPE,
    Attributes,
    Begin,
    End,
    Place,
    Told,
    UnsureError,
    mended,
    skipping,
)


def author(told: Told, attributes: Attributes) -> End:
    told.open_text(attributes, SCOPE)
    told.place, told.outer = _PERSON, ""
    told.context.setdefault("authors", []).append({})
    return _end_author


def _end_author(told: Told) -> None:
    told.keep("author", mended((told.outer + "".join(told.texts)).strip()))
    _settle_author(told)


def _settle_author(told: Told) -> None:
    """Make the person out of the text where nothing else is known of it, or else the text of the person."""
    person, author = told.context["authors"][-1], told.context.get("author")
    if person or (author and "@" in author):  # only feedparser knows where in a text it sees an address
        _FeedParserMixin._sync_author_detail(_Context(told.context))
    elif author:
        told.context.setdefault("author_detail", person)
        person["name"] = author


class _Context:
    """As much of feedparser as its reading of an author needs."""

    def __init__(self, context: dict[str, Any]) -> None:
        self._context = context

    def _get_context(self) -> dict[str, Any]:
        return self._context


def _personal(name: str) -> Begin:
    """Return the beginning of what is told of an author."""

    def begin(told: Told, attributes: Attributes) -> End:
        told.outer += "".join(told.texts)
        told.open_text(attributes, SCOPE)
        return end

    def end(told: Told) -> None:
        text = told.said()
        told.texts.clear()
        if name == "href":
            text = mended(told.joined(text) if text else text)
        told.context.setdefault("author_detail", {})[name] = text
        _settle_author(told)
        told.context["authors"][-1][name] = text

    return begin


def _picture_of_author(told: Told, attributes: Attributes) -> End:
    if not attributes:
        raise UnsureError
    told.place = NOTHING
    return None


PEOPLE = skipping("name email uri url itunes_name itunes_email")  # those whom we do not name
_PERSON: Place = {
    "name": _personal("name"),
    "email": _personal("email"),
    "uri": _personal("href"),
    "url": _personal("href"),
    "gd_image": _picture_of_author,
}
PERSON = _PERSON.keys()
