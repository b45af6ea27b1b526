"""Bootstrap: the parts of the program, put together. The only shell that the others may import."""

from __future__ import annotations

import fcntl
import logging
import multiprocessing
import os
import random
import resource
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO, Any, TypeVar

import sqlalchemy as sa
from pebble import ProcessPool

from aggregator import __version__, config
from aggregator.errors import FeedError, StoreError, UserError
from aggregator.fetch import Client
from aggregator.model import Claim, Config, FeedHealth, Request, Response, Subscription
from aggregator.pipeline.finding import Found
from aggregator.pipeline.finding import find as find_feeds
from aggregator.pipeline.inspecting import Finding
from aggregator.pipeline.inspecting import inspect as inspect_each
from aggregator.pipeline.reading import is_heavy, place_of
from aggregator.pipeline.refreshing import Refresher
from aggregator.pipeline.row import Row
from aggregator.pipeline.workers import Lanes, Workers, start_worker
from aggregator.shells.pool import LastingPool, PatientContext
from aggregator.shells.processes import Child as Child
from aggregator.shells.processes import branch_off as branch_off
from aggregator.shells.processes import environment
from aggregator.shells.processes import keep_small as keep_small
from aggregator.shells.processes import start as start
from aggregator.shells.processes import when_parent_ends as when_parent_ends
from aggregator.store import PATIENCE, Store

ADDRESS = "http://127.0.0.1:8000/"  # of a site that was never served
LEASE = timedelta(minutes=3)  # how soon others may take over from a program that died
SLOW_PATIENCE = 60.0  # seconds that a document may wait for the slow lane
SLOW_MOST = 6_000_000  # bytes that may wait there
MOST_FILES = 4096  # open at once
CAPACITY = 512  # claims on their way at once

log = logging.getLogger(__name__)

T = TypeVar("T")


def now() -> datetime:
    """Return the time: every clock in the program is this one."""
    return datetime.now(UTC)


def unguessable() -> str:
    """Return what nobody can guess, fit for an address."""
    return secrets.token_urlsafe(24)


def clock_offset() -> timedelta:
    """Return how far the clock is ahead of one that nobody sets; only its changes mean anything.

    On Linux that clock counts a machine's sleep, elsewhere not; a sleep then looks like a clock put on.
    """
    steady = time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
    return now() - datetime.fromtimestamp(0, UTC) - timedelta(seconds=steady)


def load(path: Path, address: str | None = None) -> Config:
    """Read feeds.yaml; *address* is the site's where the file gives none."""
    read = config.load(path, os.environ)
    return read if read.site.link else replace(read, site=replace(read.site, link=address))


def own_templates(path: Path) -> Path:
    """Return where the admin has templates of his own, if he has any: beside his feeds.yaml."""
    return path.absolute().parent / "templates"


def accept(store: Store, read: Config) -> None:
    """Make *read* the configuration in force; a site without address keeps its last one."""
    if read.site.link is None:
        with suppress(UserError):  # the store is new
            read = replace(read, site=replace(read.site, link=store.config().site.link))
    store.accept(read if read.site.link else replace(read, site=replace(read.site, link=ADDRESS)), now())


def open_store(read: Config, patience: float = PATIENCE) -> Store:
    """Open the store that the configuration names, made or brought up to date if need be.

    A writer waits *patience* seconds for another program's turn to end.
    """
    store = Store(read.store, patience)
    store.create()
    return store


@contextmanager
def polling_place(read: Config) -> Iterator[Callable[[], bool]]:
    """Yield what takes the right to poll a SQLite store, and says False while another program has it.

    The kernel takes it back from a process that dies. In PostgreSQL programs share the work by their leases.
    """
    database = sa.make_url(read.store).database
    if not read.store.startswith("sqlite") or not database:
        yield lambda: True
        return
    try:
        file = Path(f"{database}.lock").open("a")  # noqa: SIM115
    except OSError as error:
        raise UserError(f"store: {database}.lock cannot be written: {error.strerror}") from None
    with file:
        yield partial(_lock, file)


def _lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Leases:
    """The leases of this process, renewed for as long as it works on what they are for, be that an hour."""

    def __init__(self, store: Store) -> None:
        self.owner = owner()
        self._store, self._renewed = store, now()

    def renew(self) -> None:
        """Let them last, if a third of their time is over; StoreError where they cannot be written."""
        if not timedelta() <= now() - self._renewed < LEASE / 3:  # or the clock was put back
            self._renewed = now()
            self._store.renew(self.owner, self._renewed + LEASE)


LOOK = 0.2  # seconds between two looks of a round for claims, where nothing was stored meanwhile


class Round:
    """One poll by hand: each feed that was due when it began is claimed once."""

    def __init__(self, store: Store, everything: bool, per_host: int) -> None:
        self._store, self._everything, self._per_host = store, everything, per_host
        self._began, self._leases = now(), Leases(store)
        self._looked = -LOOK  # monotonic

    def claim_into(self, refresher: Refresher, stored: bool) -> bool:
        """Put on its way what there is room for; say whether there was any.

        What was settled after the round began is not due at its beginning any more, so it ends. While
        nothing was *stored* there is next to nothing new to claim, so the store is asked now and then only.
        """
        self._leases.renew()
        room = CAPACITY - refresher.pending
        if room <= 0:
            return True
        if refresher.pending and not stored and time.monotonic() - self._looked < LOOK:
            return False
        self._looked = time.monotonic()
        owner = self._leases.owner
        claims = self._store.claim(self._began, room, owner, LEASE, self._everything, self._per_host)
        refresher.submit(claims)
        return bool(claims)


@contextmanager
def refresher(read: Config, store: Store) -> Iterator[Refresher]:
    """Start a client and a pool of workers; stop both on leaving, whatever is under way."""
    with workers() as pool:
        client = _client(read)
        try:
            refresher = Refresher(read, store, client, pool, now, random.random)
            yield refresher
            refresher.finish()
        finally:
            client.close()


def _client(read: Config) -> Client:
    # A request takes up to three files, of 256 at once, and some connections are kept open.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= soft < MOST_FILES:
        most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return Client(read.polling, user_agent(read))


def inspect(read: Config) -> Iterator[Finding]:
    """Ask each feed once and yield what it answered; a feed that we know is asked conditionally."""
    known = {claim.subscription.key: claim for claim in _remembered(read)}
    claims = [_as_wanted(wanted, known.get(wanted.key)) for wanted in read.subscriptions]
    with workers() as pool:
        client = _client(read)
        try:
            yield from inspect_each(read, claims, client, pool, now())
        finally:
            client.close()


def find(read: Config, url: str) -> tuple[Found, ...]:
    """Ask for *url* and for what it names; return the feeds that are there, FeedError if there are none."""
    known = _remembered(read)
    with workers() as pool:
        client = _client(read)
        try:
            return find_feeds(url, read, known, client, pool, now())
        finally:
            client.close()


def fetch(read: Config, url: str, most: int, slowest: timedelta) -> Response | FeedError:
    """Ask for *url*, for at most so many bytes and so long, and where the configuration lets us."""
    bounded = replace(read.polling, max_body=most, timeout=min(slowest, read.polling.timeout))
    client = Client(bounded, user_agent(read), concurrency=1)
    try:
        client.add(Request(url, url))
        while True:
            for _, answer in client.wait(1.0, now()):
                return answer
    finally:
        client.close()


def _as_wanted(wanted: Subscription, known: Claim | None) -> Claim:
    """Return what is *known* of a feed under what feeds.yaml says now; of another address it says nothing."""
    if known is None or known.subscription.url != wanted.url:
        return Claim(0, wanted, wanted.url)
    return replace(known, subscription=wanted)


def health(read: Config) -> tuple[FeedHealth, ...]:
    """Return the state of each source, as far as there is a store that knows it."""
    return _asked_of_store(read, lambda store: store.health(now()))


def _remembered(read: Config) -> tuple[Claim, ...]:
    """Return what the store knows of the feeds."""
    return _asked_of_store(read, Store.peek)


def _asked_of_store(read: Config, ask: Callable[[Store], tuple[T, ...]]) -> tuple[T, ...]:
    """Return what the store says, without making one; nothing where it cannot be read."""
    database = sa.make_url(read.store).database
    if read.store.startswith("sqlite") and not Path(database or "").exists():
        return ()
    try:
        return ask(Store(read.store))
    except (UserError, StoreError):
        return ()


@contextmanager
def workers() -> Iterator[Workers]:
    """Start the processes that read documents; stop them on leaving, whatever they do."""
    count = max(2, min(4, os.cpu_count() or 1))
    quick = LastingPool(lambda: _pool(count, 500), count + 1, Row())  # one more, lest they wait for us
    # A process of the slow lane reads one document, and gives back what that took.
    slow = LastingPool(lambda: _pool(1, 1), 1, Row(SLOW_PATIENCE, SLOW_MOST), place_of)
    try:
        yield Lanes(quick, slow, is_heavy)
    finally:
        quick.stop()
        slow.stop()


def _pool(count: int, jobs: int) -> ProcessPool:
    """Return a pool of *count* processes, each of which is replaced after so many *jobs*."""
    # Workers are made by a small server process: a fork of this one would copy its threads' locks.
    return ProcessPool(count, jobs, start_worker, context=process_context())


def schema() -> dict[str, Any]:
    """Return the JSON Schema of feeds.yaml."""
    return config.schema()


def user_agent(read: Config) -> str:
    """Return how we introduce ourselves: name, version, and where to reach whoever runs this."""
    contact = read.polling.contact or read.site.link
    return f"Draad/{__version__} (feed aggregator{f'; +{contact}' if contact else ''})"


def owner() -> str:
    """Return a name for this process's leases."""
    return f"{socket.gethostname()}/{os.getpid()}/{random.getrandbits(32):08x}"


def start_logging(level: int = logging.INFO) -> None:
    """Tell what happens on stderr, a line each."""
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)-7s %(message)s", datefmt="%H:%M:%S", force=True
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # It warns each second of a tick that was left out because the one before still waits for the store.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def free_port(host: str, port: int) -> int:
    """Return *port*, or a free one where that is 0; raise UserError where it cannot be listened on."""
    with hold_port(host, port) as held:
        return int(held.getsockname()[1])


def hold_port(host: str, port: int) -> socket.socket:
    """Return a socket that has *port*, or a free one where that is 0; raise UserError where none can be had.

    While it is open nobody gets the port by chance, but who asks for it by number: the pages, a moment later.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        held = socket.socket(family, kind)
        try:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            held.bind(address)
        except OSError:
            held.close()
            raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(f"cannot listen on {host}:{port}: {reason}; try another --port") from None
    return held


def process_context() -> multiprocessing.context.BaseContext:
    """Return how worker processes are started: by a small server of their own, where the system has that."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    # The server imports what it is told to only where it finds it, and says nothing where it does not.
    os.environ.update(environment())
    context = PatientContext()
    # All that a worker imports: what it imports by itself it has for itself.
    context.set_forkserver_preload(
        ["aggregator.pipeline.prepared", "aggregator.pipeline.workers", "pebble.pool.process"]
    )
    return context
