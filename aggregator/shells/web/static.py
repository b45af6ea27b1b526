"""The static files: read once, addressed by what is in them, so that a browser may keep them for ever."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xxhash import xxh3_64_hexdigest

TYPES = {
    ".avif": "image/avif",
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webp": "image/webp",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file, its type, and the version that its address bears."""

    body: bytes
    type: str
    version: str


def static_files(folder: Path) -> Mapping[str, StaticFile]:
    """Return the files of *folder* by their names."""
    return {path.name: static_file(path) for path in sorted(folder.iterdir()) if path.suffix in TYPES}


def static_file(path: Path) -> StaticFile:
    """Return the file at *path*, whose suffix is one of TYPES."""
    body = path.read_bytes()
    return StaticFile(body, TYPES[path.suffix], xxh3_64_hexdigest(body))
