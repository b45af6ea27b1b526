"""Each file in tests/cases gives the Document in the `.expected.json` beside it, empty fields left out."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.model import Document, Response
from aggregator.parse import parse

CASES = Path(__file__).parent.parent / "cases"
FEEDS = sorted(path for path in CASES.iterdir() if not path.name.endswith(".expected.json"))


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.name)
def test_a_feed_gives_its_document(path: Path) -> None:
    expected = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))
    response = Response("https://host.example/feeds/" + path.name, 200, path.read_bytes())
    assert written(parse(response, max_body=10_000, max_entries=10)) == expected


def written(document: Document) -> Any:
    """Return *document* as JSON has it: dates as text, without hashes and whatever is empty."""
    return _filled({name: value for name, value in asdict(document).items() if name != "item_hashes"})


def _filled(value: Any) -> Any:
    match value:
        case dict():
            return {
                name: _filled(one) for name, one in value.items() if one not in (None, (), "", frozenset())
            }
        case tuple():
            return [_filled(one) for one in value]
        case frozenset():
            return sorted(value)
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
    return value
