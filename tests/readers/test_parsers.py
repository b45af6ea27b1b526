"""What feed parsers written by others read in our feeds is what the store holds, in its order."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from typing import Any

import pytest
import worst_of
from parsers import PARSERS, differences

from aggregator.model import Choice, Headline


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
        site = published.config.site
        assert differences(told, headlines(published, choice), site, format) == [], choice


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
