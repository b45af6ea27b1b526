"""Whole documents: `cases/NAME.FORMAT` is what the edition NAME of tests/editions.py looks like in FORMAT.

`python tests/publish/test_cases.py` writes them anew; read the difference before you keep it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from editions import EDITIONS

from aggregator.model import FORMATS, Format
from aggregator.publish import feed

CASES = Path(__file__).parent / "cases"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", EDITIONS)
def test_an_edition_gives_the_document_that_we_expect(name: str, format: Format) -> None:
    assert feed(EDITIONS[name], format) == (CASES / f"{name}.{format}").read_bytes()


@pytest.mark.parametrize("format", FORMATS)
def test_asking_twice_gives_the_same_bytes(format: Format) -> None:
    assert feed(EDITIONS["day"], format) == feed(EDITIONS["day"], format)


@pytest.mark.parametrize("format", FORMATS)
def test_the_bytes_depend_on_no_locale_zone_or_process(format: Format) -> None:
    elsewhere = {"LC_ALL": "fr_FR.UTF-8", "TZ": "Pacific/Auckland", "PYTHONHASHSEED": "42", "PYTHONUTF8": "0"}
    print_it = (
        "import locale, sys; from editions import DAY; from aggregator.publish import feed\n"
        "for name in ('fr_FR.UTF-8', 'ar_MA.UTF-8', 'C.UTF-8'):\n"
        "    try: locale.setlocale(locale.LC_ALL, name); break\n"
        "    except locale.Error: pass\n"
        f"sys.stdout.buffer.write(feed(DAY, {format!r}))"
    )
    paths = os.pathsep.join([str(CASES.parent.parent), str(CASES.parent.parent.parent)])
    there = subprocess.run(
        [sys.executable, "-c", print_it],
        env={**os.environ, **elsewhere, "PYTHONPATH": paths},
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert there.stdout == feed(EDITIONS["day"], format)


if __name__ == "__main__":
    for case, edition in EDITIONS.items():
        for each in FORMATS:
            (CASES / f"{case}.{each}").write_bytes(feed(edition, each))
