"""The command `serve`: polls on a schedule, keeps the pages' processes up, and stops cleanly."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import FrameType

import click
from apscheduler.schedulers.background import BackgroundScheduler

from aggregator.errors import StoreError
from aggregator.model import Config
from aggregator.pipeline.refreshing import Refresher
from aggregator.shells import bootstrap
from aggregator.shells.scheduler.desk import Desk, Stamp, stamp_of
from aggregator.shells.scheduler.pages import Pages
from aggregator.store import Store

log = logging.getLogger(__name__)

TICK = 1.0  # seconds between two looks at who is due: one read of an index
WATCH = 1.0  # seconds between two looks at feeds.yaml
ARCHIVE = 10.0  # seconds between two looks at whether a day is over
QUICK = 1.0  # seconds that a writer waits for another program's turn: who waits longer cannot be stopped
PATIENCE = 30.0  # seconds that others may keep the store locked before a start is given up


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: any free one."
)
@click.option(
    "--pages", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes for pages."
)
@click.option("--guarded", is_flag=True, hidden=True, help="Stop when stdin closes.")
@click.pass_obj
def serve(path: Path, host: str, port: int, pages: int, guarded: bool) -> None:
    """Poll the feeds and serve the ticker, until Ctrl-C or SIGTERM."""
    bootstrap.keep_small()
    stop, stamp = _stop_signal(), stamp_of(path)
    if guarded:
        bootstrap.when_parent_ends(stop.set)
    held = bootstrap.hold_port(host, port)  # to the end: the pages may have to be started again
    port = held.getsockname()[1]
    address = f"http://{_in_address(host)}:{port}/"
    config = bootstrap.load(path, address)
    bootstrap.start_logging()
    templates = bootstrap.own_templates(path)
    web = Pages(host, port, pages, templates)  # before a store is open: SQLite outlives no fork
    try:
        store = bootstrap.open_store(config, QUICK)
        _serve(config, store, web, partial(Desk, path, address, config, store), stamp, address, stop)
        store.close()
    finally:
        web.stop()
        held.close()


def _serve(
    config: Config,
    store: Store,
    web: Pages,
    desk_of: Callable[..., Desk],
    stamp: Stamp,
    address: str,
    stop: threading.Event,
) -> None:
    """Serve the pages of *store*, and poll, as soon as no other program does, until *stop*."""
    with bootstrap.polling_place(config) as take:
        alone = take()
        if alone:
            _in_time(lambda: store.accept(config, bootstrap.now()), stop)
        web.show(config.store)
        web.wait_until_they_answer(stop)
        if not stop.is_set():
            click.echo(f"The ticker is at {address} (Ctrl-C stops it)")
        if alone or _stand_by(web, take, stop):
            _poll(config, store, partial(desk_of, stamp=stamp if alone else None), web, stop)


def _poll(
    config: Config, store: Store, desk_of: Callable[[Refresher], Desk], web: Pages, stop: threading.Event
) -> None:
    """Poll on a schedule until *stop*."""
    with bootstrap.refresher(config, store) as refresher:
        desk = desk_of(refresher)
        _in_time(desk.clear_leases, stop)
        scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None}
        )
        scheduler.add_job(desk.tick, "interval", seconds=TICK, id="tick")
        scheduler.add_job(desk.correspond, "interval", seconds=TICK, id="hubs")
        scheduler.add_job(desk.watch, "interval", seconds=WATCH, id="watch")
        archive = partial(desk.archive, stop)
        scheduler.add_job(archive, "interval", seconds=ARCHIVE, next_run_time=bootstrap.now(), id="archives")
        retain = partial(desk.retain, stop)
        scheduler.add_job(retain, "interval", hours=1, next_run_time=bootstrap.now(), id="retention")
        scheduler.start()
        try:
            desk.turn(web, scheduler, stop)
        finally:
            scheduler.shutdown(wait=False)
            desk.give_back()


def _in_time(write: Callable[[], None], stop: threading.Event) -> None:
    """Do *write*, again and again while another program is writing, for as long as others would wait."""
    for _ in range(int(PATIENCE / QUICK)):
        with suppress(StoreError):
            return write()
        if stop.wait(0.01):
            return None
    return write()


def _stand_by(web: Pages, take: Callable[[], bool], stop: threading.Event) -> bool:
    """Serve pages only, until *stop* or until the program that polls has ended; say which."""
    log.warning("another program polls this store already: this one serves its pages until that one ends")
    while not stop.wait(0.5):
        web.keep_up()
        if take():
            log.warning("the other program has ended: this one polls from now on")
            return True
    return False


def _stop_signal() -> threading.Event:
    """Return an event that Ctrl-C and SIGTERM set."""
    stop = threading.Event()

    def handle(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, handle)
    signal.signal(signal.SIGTERM, handle)
    return stop


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host
