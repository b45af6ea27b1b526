"""The pages' own processes: granian around the front. They end when the program that started them does."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from wsgiref.types import WSGIApplication

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from aggregator.shells import bootstrap
from aggregator.shells.web.app import create_app
from aggregator.shells.web.front import front
from aggregator.shells.web.templates import Templates
from aggregator.store import Store

STORE = "DRAAD_STORE"  # the environment variable that tells the workers where the store is
TEMPLATES = "DRAAD_TEMPLATES"  # and the one that tells them where the admin's templates are
PARENT = "DRAAD_PARENT"  # and the one that tells them whom to end with; he may be gone before they look
THREADS = 10  # in each worker: who waits for a picture or for reactions does not hold up the others
PATIENCE = 5.0  # seconds that a hub's delivery waits to be written; then the hub comes again
WATCH = 1.0  # seconds between two looks at whether the parent is there

log = logging.getLogger(__name__)


def serve_pages(store: str, host: str, port: int, workers: int, templates: str) -> None:
    """Serve the pages of *store* until SIGTERM, or until stdin closes; *templates* is the admin's folder."""
    os.environ[STORE], os.environ[PARENT], os.environ[TEMPLATES] = store, str(os.getpid()), templates
    _start_logging()
    for fault in Templates(Path(templates)).faults:  # here, lest each worker tells it
        log.error("%s", fault)
    server = Server(
        "aggregator.shells.web.server:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        http=HTTPModes.http1,  # TLS, and HTTP/2 with it, are the reverse proxy's
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=2,
        factory=True,
    )
    bootstrap.when_parent_ends(lambda: os.kill(os.getpid(), signal.SIGTERM))
    gc.freeze()  # the workers are forks: a collection in one would make its own copy of all that was imported
    server.serve()


def application() -> WSGIApplication:
    """Return what a worker serves."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is told to us by the server, in its order
    _start_logging()
    threading.Thread(target=_end_with, args=(int(os.environ[PARENT]),), daemon=True, name="parent").start()
    store = Store(os.environ[STORE], PATIENCE)
    templates = Templates(Path(os.environ[TEMPLATES]))
    app = create_app(store, bootstrap.now, templates=templates, fetch=bootstrap.fetch)
    return front(app, store, bootstrap.now)


def _start_logging() -> None:
    logging.basicConfig(level=logging.WARNING, format="pages: %(message)s", stream=sys.stderr)


def _end_with(parent: int) -> None:
    """End this process when *parent* was killed without a word."""
    pause = threading.Event()
    while os.getppid() == parent:
        pause.wait(WATCH)
    os._exit(1)
