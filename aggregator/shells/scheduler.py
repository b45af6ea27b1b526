"""Scheduler: the command `serve`. Polls on a schedule, keeps the pages' processes up, and stops cleanly."""

from __future__ import annotations

import http.client
import logging
import signal
import subprocess
import threading
from pathlib import Path
from types import FrameType

import click
from apscheduler.schedulers.background import BackgroundScheduler

from aggregator.errors import StoreError, UserError
from aggregator.model import Config, Outcome
from aggregator.pipeline import Refresher
from aggregator.shells import bootstrap
from aggregator.store import Store

log = logging.getLogger(__name__)

TICK = 1.0  # seconds between two looks at who is due: one read of an index
WATCH = 2.0  # seconds between two looks at feeds.yaml
PATIENCE = 4.0  # seconds that all has to stop in, before it is killed
START = 30.0  # seconds that the pages have to answer in


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
    stop = _stop_signal()
    if guarded:
        bootstrap.when_parent_ends(stop.set)
    port = bootstrap.free_port(host, port)
    address = f"http://{_in_address(host)}:{port}/"
    config = bootstrap.load(path, address)
    bootstrap.start_logging()
    store = bootstrap.open_store(config)
    with bootstrap.polling_place(config) as alone:
        if alone:
            store.accept(config, bootstrap.now())
        web = Pages(config.store, host, port, pages)
        try:
            web.wait_until_they_answer(stop)
            click.echo(f"The ticker is at {address} (Ctrl-C stops it)")
            if alone:
                _poll(path, address, config, store, web, stop)
            else:
                log.warning("another program polls this store already: this one serves its pages only")
                _stand_by(web, stop)
        finally:
            web.stop()
    store.close()


def _poll(
    path: Path,
    address: str,
    config: Config,
    store: Store,
    web: Pages,
    stop: threading.Event,
) -> None:
    """Poll on a schedule until *stop*."""
    with bootstrap.refresher(config, store) as refresher:
        desk = Desk(path, address, config, store, refresher)
        desk.clear_leases()
        scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None}
        )
        scheduler.add_job(desk.tick, "interval", seconds=TICK, id="tick")
        scheduler.add_job(desk.watch, "interval", seconds=WATCH, id="watch")
        scheduler.add_job(desk.retain, "interval", hours=1, next_run_time=bootstrap.now(), id="retention")
        scheduler.start()
        try:
            desk.turn(web, stop)
        finally:
            scheduler.shutdown(wait=False)
            desk.give_back()


class Desk:
    """What the schedule's jobs share: the configuration in force, the store, and the way through."""

    def __init__(self, path: Path, address: str, config: Config, store: Store, refresher: Refresher) -> None:
        self._path, self._address = path, address
        self._store, self._refresher = store, refresher
        self._config, self._accepted = config, config
        self._owner = bootstrap.owner()
        self._stamp = _stamp(path)
        self._store_fails = False

    def tick(self) -> None:
        """Claim what is due and put it on its way."""
        room = bootstrap.CAPACITY - self._refresher.pending
        if room <= 0:
            return
        try:
            claims = self._store.claim(bootstrap.now(), room, self._owner, bootstrap.LEASE)
        except StoreError as error:
            if not self._store_fails:
                log.error("store: %s; trying again", error)
            self._store_fails = True
            return
        self._store_fails = False
        if claims:
            self._refresher.submit(claims)

    def turn(self, web: Pages, stop: threading.Event) -> None:
        """Turn the way through until *stop*; the configuration changes between two turns only."""
        while not stop.is_set():
            if self._accepted is not self._config:
                self._config = self._accepted
                self._refresher.reconfigure(self._config)
            for outcome in self._refresher.turn(0.5):
                _tell(outcome)
            if not stop.is_set():
                web.keep_up()

    def watch(self) -> None:
        """Take in an edited feeds.yaml; a broken one is told once, and the last good one stays."""
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return
        try:
            config = bootstrap.load(self._path, self._address)
            if config.store != self._config.store:
                raise UserError(f"{self._path}: store: cannot change while running; start again")
            self._store.accept(config, bootstrap.now())
            self._accepted = config
            log.info("%s: taken in, %d feeds", self._path, len(config.subscriptions))
        except StoreError:
            return  # tell later, with the same stamp
        except UserError as error:
            log.error("%s\nThe configuration before this one stays in force.", error)
            self._refuse(error)
        self._stamp = stamp

    def retain(self) -> None:
        """Drop what is older than the admin keeps."""
        try:
            count = self._store.prune(bootstrap.now() - self._config.keep)
        except StoreError as error:
            log.error("store: retention: %s", error)
            return
        if count:
            log.info("retention: %d headlines dropped", count)

    def clear_leases(self) -> None:
        """Take back the leases of a program that died: this one is known to be alone on its store."""
        if self._config.store.startswith("sqlite"):
            self._store.release_all()

    def give_back(self) -> None:
        """Let others poll what this program had claimed."""
        try:
            self._store.release(self._owner)
        except StoreError as error:
            log.error("store: %s; the leases end by themselves", error)

    def _refuse(self, error: UserError) -> None:
        try:
            self._store.refuse(str(error))
        except StoreError as problem:
            log.error("store: %s", problem)


class Pages:
    """The processes that serve pages, in a group that is started again should it end."""

    def __init__(self, store: str, host: str, port: int, count: int) -> None:
        self._store, self._host, self._port, self._count = store, host, port, count
        self._process = self._start()

    def wait_until_they_answer(self, stop: threading.Event) -> None:
        """Return when the first page is served, or *stop* is set; raise UserError when it never will be."""
        for _ in range(int(START / 0.1)):
            if stop.wait(0.1) or self._answer():
                return
            if self._process.poll() is not None:
                break
        raise UserError(f"no page could be served on {self._host}:{self._port}; the lines above tell why")

    def keep_up(self) -> None:
        """Start the processes again if they ended."""
        if self._process.poll() is not None:
            log.error("the pages' processes ended (status %s); starting them again", self._process.returncode)
            self._process = self._start()

    def stop(self) -> None:
        """End the processes, kindly first."""
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        process = bootstrap.start("aggregator.shells.web", self._host, str(self._port), str(self._count))
        if process.stdin is not None:  # it stays open: when it closes, the pages know that we are gone
            process.stdin.write(f"{self._store}\n".encode())  # not an argument: it may hold a password
            process.stdin.flush()
        return process

    def _answer(self) -> bool:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


def _stand_by(web: Pages, stop: threading.Event) -> None:
    while not stop.wait(0.5):
        web.keep_up()


def _tell(outcome: Outcome) -> None:
    """Log what happened to one feed; failures were told where they happened."""
    if outcome.kind == "news":
        log.info("%s: %d new, %d changed", outcome.key, outcome.new, outcome.changed)
    if outcome.moved_to:
        log.warning("%s: moved for good to %s; please correct feeds.yaml", outcome.key, outcome.moved_to)


def _stop_signal() -> threading.Event:
    """Return an event that Ctrl-C and SIGTERM set."""
    stop = threading.Event()

    def handle(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, handle)
    signal.signal(signal.SIGTERM, handle)
    return stop


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """Return what changes when a file is edited or replaced; None where it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host
