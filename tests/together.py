"""Which tests run in one process: those that share a running program, a browser, or what else takes seconds.

pytest-xdist's own `loadgroup` does not work with pytest 9.2 and its new node ids.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parent.parent
FOLDERS = ("tests/clean/", "tests/faults/")  # with a program that is started once for all


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out tests one by one, but those together that share something; these first."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        for folder in FOLDERS:
            if file.startswith(folder):
                return folder
        return file if _has_fixture_of_its_own(file) else nodeid


@cache
def _has_fixture_of_its_own(file: str) -> bool:
    return 'scope="module"' in (ROOT / file).read_text(encoding="utf-8")
