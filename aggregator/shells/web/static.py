"""The static files: read once, addressed by what is in them, so that a browser may keep them for ever."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xxhash import xxh3_64_hexdigest

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file, its type, and the version that its address bears."""

    body: bytes
    type: str
    version: str


def static_files(folder: Path) -> Mapping[str, StaticFile]:
    """Return the files of *folder* by their names."""
    return {
        path.name: StaticFile(path.read_bytes(), TYPES[path.suffix], xxh3_64_hexdigest(path.read_bytes()))
        for path in sorted(folder.iterdir())
        if path.suffix in TYPES
    }
