"""Bootstrap: the parts of the program, put together. The only shell that the others may import."""

from __future__ import annotations

import fcntl
import logging
import multiprocessing
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pebble import ProcessPool

from aggregator import __version__, config, pipeline
from aggregator.errors import StoreError, UserError
from aggregator.fetch import Client
from aggregator.model import Claim, Config
from aggregator.pipeline import Finding, Refresher
from aggregator.store import Store

LEASE = timedelta(minutes=3)  # longer than any request and its document may take
CAPACITY = 512  # claims on their way at once
WORKER_MEMORY = 1 << 30  # bytes that one worker may take before its document is given up

log = logging.getLogger(__name__)


def now() -> datetime:
    """Return the time: every clock in the program is this one."""
    return datetime.now(UTC)


def load(path: Path, address: str) -> Config:
    """Read feeds.yaml; *address* is the site's where the file gives none."""
    read = config.load(path, os.environ)
    return read if read.site.link else replace(read, site=replace(read.site, link=address))


def open_store(read: Config) -> Store:
    """Open the store that the configuration names, made or brought up to date if need be."""
    store = Store(read.store)
    store.create()
    return store


@contextmanager
def polling_place(read: Config) -> Iterator[bool]:
    """Hold the right to poll a SQLite store; yield False where another program has it.

    The kernel takes it back from a process that dies. In PostgreSQL programs share the work by their leases.
    """
    database = sa.make_url(read.store).database
    if not read.store.startswith("sqlite") or not database:
        yield True
        return
    with Path(f"{database}.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


class Round:
    """One poll by hand: each feed that was due when it began is claimed once."""

    def __init__(self, store: Store, everything: bool) -> None:
        self._store, self._everything = store, everything
        self._began, self._owner = now(), owner()

    def claim_into(self, refresher: Refresher) -> bool:
        """Put on its way what there is room for; say whether there was any.

        What was settled after the round began is not due at its beginning any more, so it ends.
        """
        room = CAPACITY - refresher.pending
        if room <= 0:
            return True
        claims = self._store.claim(self._began, room, self._owner, LEASE, by_hand=self._everything)
        refresher.submit(claims)
        return bool(claims)


@contextmanager
def refresher(read: Config, store: Store) -> Iterator[Refresher]:
    """Start a client and a pool of workers; stop both on leaving, whatever is under way."""
    with _workers() as pool:
        client = Client(read.polling, user_agent(read))
        try:
            yield Refresher(read, store, client, pool, now, random.random)
        finally:
            client.close()


def inspect(read: Config) -> Iterator[Finding]:
    """Ask each feed once and yield what it answered; a feed that we know is asked conditionally."""
    known = {claim.subscription.key: claim for claim in _remembered(read)}
    claims = [known.get(wanted.key) or Claim(0, wanted, wanted.url) for wanted in read.subscriptions]
    with _workers() as pool:
        client = Client(read.polling, user_agent(read))
        try:
            yield from pipeline.inspect(read, claims, client, pool, now())
        finally:
            client.close()


def _remembered(read: Config) -> tuple[Claim, ...]:
    """Return what the store knows of the feeds, without making one."""
    database = sa.make_url(read.store).database
    if read.store.startswith("sqlite") and not Path(database or "").exists():
        return ()
    try:
        return Store(read.store).peek()
    except (UserError, StoreError):
        return ()


@contextmanager
def _workers() -> Iterator[ProcessPool]:
    # Workers are made by a small server process: a fork of this one would copy its threads' locks.
    pool = ProcessPool(
        max_workers=max(2, min(4, os.cpu_count() or 1)),
        max_tasks=500,
        initializer=_start_worker,
        context=_processes(),
    )
    try:
        yield pool
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join(timeout=3)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of feeds.yaml."""
    return config.schema()


def user_agent(read: Config) -> str:
    """Return how we introduce ourselves: name, version, and where to reach whoever runs this."""
    contact = read.polling.contact or read.site.link
    return f"Draad/{__version__} (feed aggregator; +{contact})"


def owner() -> str:
    """Return a name for this process's leases."""
    return f"{socket.gethostname()}/{os.getpid()}/{random.getrandbits(32):08x}"


def start_logging(level: int = logging.INFO) -> None:
    """Tell what happens on stderr, a line each."""
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)-7s %(message)s", datefmt="%H:%M:%S", force=True
    )
    for chatty in ("apscheduler", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def start(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start another process of this program; it may watch its stdin, which closes when this one is gone."""
    here = str(Path(pipeline.__file__).parents[2])
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH")))),
    }
    command = [sys.executable, "-m", module, *arguments]
    # In a session of its own: a Ctrl-C at the terminal is for us, who then stop it in order.
    return subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, start_new_session=True)  # noqa: S603


def when_parent_ends(act: Callable[[], None]) -> None:
    """Call *act* when the process that started this one is gone, however it ended."""

    def watch() -> None:
        # Not sys.stdin: its lock would be held in this thread for ever, and a fork would inherit it so.
        while os.read(0, 4096):
            pass
        act()

    threading.Thread(target=watch, daemon=True, name="parent").start()


def free_port(host: str, port: int) -> int:
    """Return *port*, or a free one where that is 0; raise UserError where it cannot be listened on."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            return int(probe.getsockname()[1])
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(f"cannot listen on {host}:{port}: {reason}; try another --port") from None


def _processes() -> multiprocessing.context.BaseContext:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["aggregator.pipeline"])
    return context


def _start_worker() -> None:
    """Leave Ctrl-C to the program, and bound what a hostile document can make a parser take."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(ValueError, OSError):  # macOS knows no such bound
        resource.setrlimit(resource.RLIMIT_AS, (WORKER_MEMORY, WORKER_MEMORY))
