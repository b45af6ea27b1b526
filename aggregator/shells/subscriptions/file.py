"""File: what stands in a file, and what is to stand there instead: all of it at one stroke, or nothing."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from aggregator import config
from aggregator.errors import UserError


def written_at(path: Path) -> bytes:
    """Return what stands at *path*, nothing where there is no such file yet."""
    return config.written_at(path) if os.path.lexists(path) else b""


def replace(path: Path, content: bytes) -> None:
    """Put *content* in the place of what stands at *path*; UserError if that cannot be, with all as it was.

    A link stays one, what it leads to is replaced; mode and owner stay, as far as they may be given.
    """
    try:
        target = path.resolve()
        if os.path.lexists(target) and not target.is_file():
            raise UserError(f"{path}: this is no file that could be replaced; name another")
        _replace(target, content)
    except OSError as error:
        raise UserError(f"{path}: cannot be written, and is as it was: {error.strerror or error}") from None


def _replace(target: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            _look_like(target, file.fileno())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def _look_like(target: Path, handle: int) -> None:
    """Give the file of *handle* owner and mode of *target*, or those of a new file where there is none."""
    try:
        found = target.stat()
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        os.fchmod(handle, 0o666 & ~mask)
        return
    with suppress(OSError):  # only root may give files away
        os.fchown(handle, found.st_uid, found.st_gid)
    os.fchmod(handle, stat.S_IMODE(found.st_mode))
