"""Where and with what something was measured, in a line for its report."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pycurl


def described(command: str) -> str:
    """Return the day, the command, the machine and the versions."""
    parts = (
        f"{datetime.now(UTC):%Y-%m-%d}, `{command}` at {_commit()}",
        f"{os.cpu_count()} × {_processor()}, {platform.system()} {platform.release()}",
        f"Python {platform.python_version()}, {pycurl.version.split()[1]}, SQLite {sqlite3.sqlite_version}",
        f"SQLAlchemy {version('sqlalchemy')}, load before it {os.getloadavg()[0]:.1f}",
    )
    return "; ".join(parts) + "."


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parent)
    except (OSError, subprocess.CalledProcessError):
        return "a checkout without history"
    return done.stdout.strip()


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "CPU")
