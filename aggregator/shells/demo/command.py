"""The command `demo`: opens the newsroom, and starts the real program on it as a process of its own."""

from __future__ import annotations

import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType

import click

from aggregator.shells import bootstrap
from aggregator.shells.demo.server import Newsroom


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: any free one."
)
@click.option(
    "--pace", default=4.0, show_default=True, type=click.FloatRange(0.2), help="Seconds between news."
)
def demo(host: str, port: int, pace: float) -> None:
    """Try it without a network: six invented publishers on this machine, and the real program polling them.

    Their news keeps arriving while you watch. The store is temporary and leaves yours alone.
    """
    bootstrap.free_port(host, port)  # told before the newsroom opens
    with (
        tempfile.TemporaryDirectory(prefix="draad-demo-") as folder,
        Newsroom(bootstrap.now, pace=pace) as newsroom,
    ):
        config = Path(folder) / "feeds.yaml"
        config.write_text(newsroom.configuration("sqlite:///ticker.db"), encoding="utf-8")
        click.echo(
            f"Six invented publishers are at {newsroom.address}; their news is polled every two seconds."
        )
        status = _run(config, host, port)
    sys.exit(status)


def _run(config: Path, host: str, port: int) -> int:
    """Run `serve` until it ends; what asks this process to stop asks that one."""
    process = bootstrap.start(
        "aggregator", "--config", str(config), "serve", "--host", host, "--port", str(port), "--guarded"
    )

    def stop(_signal: int, _frame: FrameType | None) -> None:
        process.terminate()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    return process.wait()
