"""Where our own reader answers, it says what feedparser says; and it does answer for what is plain."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parse.documents import documents, elements_changed, mutated
from parse.reading import answered

from bench import corpus

CASES = Path(__file__).parent.parent / "cases"
FILES = sorted(path for path in CASES.iterdir() if path.suffix != ".json")
PLAIN = {"akhbar.rss", "captions.rss", "harbour.rdf", "nieuws.rss", "podcast.rss", "tube.atom"}
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MADE = [body for number in (0, 14, 18, 19, 22, 33) for _, body in corpus.feed(number, (0,), NOON)]
BODIES = [*(path.read_bytes() for path in FILES), *(body[:6000] + body[-3000:] for body in MADE[:1])]


def test_the_plain_ones_of_our_cases_are_read_by_us() -> None:
    assert {path.name for path in FILES if answered(path.read_bytes())} >= PLAIN


@pytest.mark.parametrize("body", MADE, ids=lambda body: body[40:75].decode("ascii", "replace"))
def test_what_the_generator_writes_is_read_by_us(body: bytes) -> None:
    assert answered(body)


@pytest.mark.parametrize("odd", [True, False], ids=["odd", "familiar"])
@given(st.data())
@settings(max_examples=300, deadline=None)
def test_a_document_made_by_chance_is_read_alike_or_not_at_all(odd: bool, data: st.DataObject) -> None:
    answered(data.draw(documents(odd)))


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_document_with_other_elements_is_read_alike_or_not_at_all(data: st.DataObject) -> None:
    answered(data.draw(elements_changed(data.draw(st.sampled_from(BODIES)))))


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_damaged_document_is_read_alike_or_not_at_all(data: st.DataObject) -> None:
    answered(data.draw(mutated(data.draw(st.sampled_from(BODIES)))))
