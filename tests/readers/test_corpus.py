"""The shared corpus as one site: its merged feed keeps the rules, and parsers read what the store holds."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import rules
from newsdesk import Newsdesk, newsdesks
from newsroom import configuration, replace, subscription
from parsers import PARSERS, differences
from pebble import ProcessPool
from publisher import Answer, Publisher

from aggregator.model import FORMATS, Choice, Format, Publishing, Subscription
from aggregator.pipeline.publishing import feed_document

CORPUS = Path(__file__).parent.parent.parent.parent / "shared" / "corpus"
if not CORPUS.is_dir():
    pytest.skip("no ../shared/corpus beside this checkout", allow_module_level=True)
CHECKS = {"rss": rules.rss, "atom": rules.atom, "json": rules.json_feed}


@pytest.fixture(scope="module")
def desk(workers: ProcessPool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsdesk]:
    """A program that has read the whole corpus."""
    url = f"sqlite:///{tmp_path_factory.mktemp('corpus')}/ticker.db"
    with Publisher() as publisher, newsdesks(workers) as open_one:
        desk = open_one(url)
        config = configuration(*subscriptions(publisher), polling=desk.polling)
        # All of it in one document: no rule may have an exception on the second page.
        desk.store.accept(replace(config, publishing=Publishing(items=100_000)), desk.now)
        while desk.poll():
            pass
        yield desk


def subscriptions(publisher: Publisher) -> Iterator[Subscription]:
    """Let *publisher* have the corpus, a feed for each document, on a few hosts."""
    for number, path in enumerate(sorted((*CORPUS.rglob("*.xml"), *CORPUS.rglob("*.json")))):
        body = path.read_bytes()
        comment = body[: max(body.find(b"-->"), 0)].decode("latin-1")
        told = re.search(r"^Header:\s*Content-Type:(.*)$", comment, re.M | re.I)
        headers = {"Content-Type": told[1].strip()} if told else {}
        publisher.answers[f"/{number}"] = Answer(body, headers=headers)
        yield subscription(f"c{number}", url=publisher.url(f"/{number}", f"127.0.{number % 9}.2"))


@pytest.mark.parametrize("format", FORMATS)
def test_the_merged_feed_of_the_corpus_keeps_every_rule(desk: Newsdesk, format: Format) -> None:
    body = feed_document(desk.store, Choice(), format, "De Draad").body
    assert CHECKS[format](body, f"https://draad.example/feed.{format}", desk.now) == []


@pytest.mark.parametrize(("parser", "format"), PARSERS)
def test_each_parser_reads_the_corpus_as_the_store_holds_it(
    desk: Newsdesk, parser: str, format: Format
) -> None:
    if parser == "sfeed" and shutil.which("sfeed") is None and "CI" not in os.environ:
        pytest.skip("sfeed is not installed")
    told = PARSERS[parser, format](feed_document(desk.store, Choice(), format, "De Draad").body, format)
    headlines = desk.store.articles(Choice(), 100_000)
    assert len(headlines) > 1000
    assert differences(told, headlines, desk.store.config().site, format) == []
