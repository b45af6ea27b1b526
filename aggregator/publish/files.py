"""Documents to files, for any static host: only what changed, never half a file, never another's file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from aggregator.errors import UserError

MANIFEST = ".published"
"""The paths that are ours, one a line. A path is entered before its file is made: a kill leaves no orphan."""


@dataclass(frozen=True, slots=True)
class Written:
    """How many files there are of each kind after a publication."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0


def write(root: Path, files: Iterable[tuple[str, bytes]]) -> Written:
    """Make *root* hold *files*, given as relative paths and contents, and what else stands there.

    What an earlier publication wrote and this one no longer has is removed, once all of *files* are there.
    """
    with _told():
        root.mkdir(parents=True, exist_ok=True)
        ours = _read_manifest(root)
        _replace(root / MANIFEST, _listed(ours))  # without the half line that a power cut may have left
        manifest = (root / MANIFEST).open("ab")
    current: set[str] = set()
    written = 0
    with manifest:
        for name, content in files:
            with _told():
                written += _publish(_below(root, name), name, content, ours, manifest)
            current.add(name)
    with _told():
        removed = sum(_remove(root, name) for name in sorted(ours - current))
        _replace(root / MANIFEST, _listed(current))
    return Written(written, len(current) - written, removed)


def _publish(path: Path, name: str, content: bytes, ours: set[str], manifest: BinaryIO) -> bool:
    """Return whether the file had to be written."""
    if name not in ours:
        if os.path.lexists(path):
            raise UserError(
                f"{path} is there already and was not published by us: move it, or name another folder"
            )
        manifest.write(_listed({name}))
        _settle(manifest)
        ours.add(name)
    elif path.is_file() and path.read_bytes() == content:
        _fresh(path).unlink(missing_ok=True)  # a kill may have left it
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, content)
    return True


def _replace(path: Path, content: bytes) -> None:
    """Put *content* in the place of *path* at one stroke: who reads it meanwhile has the old or the new."""
    fresh = _fresh(path)
    try:
        with fresh.open("wb") as file:
            file.write(content)
            _settle(file)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def _remove(root: Path, name: str) -> bool:
    """Remove a file of ours, and the folders that it leaves empty; return whether it was there."""
    path = _below(root, name)
    there = os.path.lexists(path)
    path.unlink(missing_ok=True)
    _fresh(path).unlink(missing_ok=True)
    for folder in path.parents:
        if folder == root or not folder.is_dir() or any(folder.iterdir()):
            break
        folder.rmdir()
    return there


def _below(root: Path, name: str) -> Path:
    """Return the path of *name*, which stays below *root* by its words and by the links on its way."""
    if not _is_below(name):
        raise ValueError(f"{name!r} is no path below a folder")
    path = root / name
    if not path.parent.resolve().is_relative_to(root.resolve()):
        raise UserError(f"{path} leads out of {root}: remove the symbolic link, or name another folder")
    return path


def _is_below(name: str) -> bool:
    parts = PurePosixPath(name).parts
    plain = bool(parts) and name == "/".join(parts) and name.isprintable() and "\\" not in name
    return plain and parts[0] not in ("/", MANIFEST) and ".." not in parts


def _fresh(path: Path) -> Path:
    return path.with_name(f".{path.name}.unpublished")


def _settle(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _read_manifest(root: Path) -> set[str]:
    """Return the paths that are ours; half a line is nobody's."""
    path = root / MANIFEST
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n") if path.is_file() else [""]
    return set(filter(_is_below, lines[:-1]))


def _listed(names: Iterable[str]) -> bytes:
    return "".join(f"{name}\n" for name in sorted(names)).encode()


@contextmanager
def _told() -> Iterator[None]:
    """Tell a full disk or a forbidden folder as the user's problem."""
    try:
        yield
    except OSError as error:
        raise UserError(f"{error.filename or 'the folder'} can not be written: {error.strerror}") from error
