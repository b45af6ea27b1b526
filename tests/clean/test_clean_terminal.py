"""What the commands print of hostile feeds is text: no escapes, no markup of rich's, no forged line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from clean import allowed
from clean.conftest import NAMES, publish, subscribe
from clean.vectors import TEXT
from program import run
from publisher import Publisher

from aggregator.text import shorten, tidy


@pytest.fixture
def folder(tmp_path: Path, publisher: Publisher) -> Path:
    publish(publisher)
    subscribe(tmp_path, publisher, "named", "trouble")
    return tmp_path


def test_what_check_and_poll_print_is_text(folder: Path) -> None:
    for command in (["check", "--fetch"], ["poll"], ["poll", "--all"]):
        done = run(*command, cwd=folder)
        assert (done.returncode, done.stderr) == (0, "")
        for line in done.stdout.split("\n"):
            assert not allowed.HARMFUL.search(line) and not allowed.TURNING.search(line)
            assert not line.startswith(("00:00:00", "23:59:59"))


def test_check_shows_names_letter_by_letter(folder: Path) -> None:
    shown = re.sub(r"\s", "", run("check", "--fetch", cwd=folder).stdout)
    for place, vector in enumerate(NAMES):
        if vector in TEXT and place % 3 == 2 and tidy(vector):  # JSON Feed, whose titles are text
            assert "«" + re.sub(r"\s", "", shorten(tidy(vector), 1000)) + "»" in shown
