"""What feed parsers written by others read in our feeds is what the store holds, in its order."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from html import unescape
from typing import Any

import pytest
import worst_of
from parsers import PARSERS, Told

from aggregator.model import Choice, Headline


def held(headline: Headline) -> Told:
    """Return what must be told of a headline."""
    entry = headline.entry
    return Told(
        headline.guid,
        entry.title,
        entry.link or f"https://draad.example/read/{headline.id}",
        headline.published.replace(microsecond=0),
        tuple(person.name for person in entry.authors) or (headline.lead.name,),
        tuple(file.link for file in entry.enclosures),
    )


def headlines(published: Any, choice: Choice) -> Sequence[Headline]:
    archive = published.store.archive(choice.day) if choice.day else None
    found: Sequence[Headline] = archive.headlines if archive else published.store.articles(choice, 100)
    return found


@pytest.mark.parametrize(("parser", "format"), PARSERS)
def test_each_parser_reads_in_each_document_what_the_store_holds(
    published: Any, parser: str, format: str
) -> None:
    if parser == "sfeed" and shutil.which("sfeed") is None and "CI" not in os.environ:
        pytest.skip("sfeed is not installed")
    for choice in worst_of.choices(published.config):
        told = PARSERS[parser, format](published.get(choice.feed_path(format)).data, format)
        wanted = [held(headline) for headline in headlines(published, choice)]
        assert [each.id for each in told] == [each.id for each in wanted], choice
        for said, meant in zip(told, wanted, strict=True):
            # Where a title could be taken for markup it is escaped for those who show HTML.
            assert meant.title in {said.title, unescape(said.title)}, choice
            assert (said.link, said.date) == (meant.link, meant.date), choice
            assert said.authors in (None, meant.authors, () if format == "rss" else None), choice
            files = meant.files[:1] if format == "rss" and meant.files else meant.files
            assert said.files in (None, files), choice


def test_the_worst_is_what_it_says(published: Any) -> None:
    """The store has many sources for one headline, files, authors, and titles that look like markup."""
    found = headlines(published, Choice())
    assert len(found) > 40
    assert max(len(headline.sources) for headline in found) >= 3
    assert max(len(headline.entry.enclosures) for headline in found) == 3
    assert max(len(headline.entry.authors) for headline in found) >= 2
    assert any("</" in headline.entry.title for headline in found)
    assert any(headline.entry.link is None for headline in found)
    assert any(headline.formerly for headline in found)
