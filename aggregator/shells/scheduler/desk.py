"""The desk: what the schedule's jobs share, and what each of them does."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from apscheduler.schedulers.background import BackgroundScheduler

from aggregator.errors import StoreError, UserError
from aggregator.model import Config, Outcome
from aggregator.pipeline.refreshing import Refresher
from aggregator.pipeline.workers import give_back_memory
from aggregator.shells import bootstrap
from aggregator.shells.scheduler.pages import Pages
from aggregator.store import Store

log = logging.getLogger(__name__)

Stamp = tuple[int, ...]

SLEEP = timedelta(minutes=1)  # a tick that comes so late comes after a sleep
TRIM = timedelta(seconds=1)  # between two looks for memory to give back; one takes a millisecond
LEAP = timedelta(seconds=5)  # by less the clock is not put on or back, only right


class Leaps:
    """Notices that somebody put the clock on or back: not its seconds now and then, which all clocks have."""

    def __init__(self) -> None:
        self._offset = bootstrap.clock_offset()

    def __call__(self) -> timedelta:
        """Return by how much the clock was put on since the last call; less than zero: back."""
        offset = bootstrap.clock_offset()
        leap, self._offset = offset - self._offset, offset
        return leap if abs(leap) > LEAP else timedelta()


class Desk:
    """What the schedule's jobs share: the configuration in force, the store, and the way through."""

    def __init__(
        self,
        path: Path,
        address: str,
        config: Config,
        store: Store,
        refresher: Refresher,
        stamp: Stamp | None,
    ) -> None:
        """*stamp* is the one that feeds.yaml had before *config* was read; None lets it be read again."""
        self._path, self._address = path, address
        self._store, self._refresher = store, refresher
        self._config, self._accepted = config, config
        self._leases = bootstrap.Leases(store)
        self._stamp = stamp
        self._store_fails = False
        self._awake: datetime | None = None
        self._leaps, self._leap = Leaps(), timedelta()
        self._clock_is_right = False  # it may have been wrong when the store was last written

    def tick(self) -> None:
        """Keep what was claimed, claim what is due, and put it on its way."""
        if self._refresher.is_held_up:
            return
        room = max(bootstrap.CAPACITY - self._refresher.pending, 0)
        try:
            self._put_clock_right()
            now = bootstrap.now()
            self._wake_up(now)
            self._leases.renew()
            owner, per_host = self._leases.owner, self._config.polling.per_host
            claims = self._store.claim(now, room, owner, bootstrap.LEASE, per_host=per_host) if room else ()
        except StoreError as error:
            if not self._store_fails:
                log.error("store: %s; nothing is asked until it can be written", error)
            self._store_fails = True
            return
        if self._store_fails:
            log.warning("store: written again; polling goes on")
        self._store_fails = False
        if claims:
            self._refresher.submit(claims)

    def correspond(self) -> None:
        """Write to the hubs that wait for it, and let in what they delivered."""
        if self._refresher.is_held_up:
            return
        with suppress(StoreError):  # the tick tells, and all is there a second later
            self._refresher.correspond(bootstrap.now(), bootstrap.unguessable)

    def turn(self, web: Pages, scheduler: BackgroundScheduler, stop: threading.Event) -> None:
        """Turn the way through until *stop*; the configuration changes between two turns only."""
        leaps, trimmed = Leaps(), bootstrap.now()
        while not stop.is_set():
            if leap := leaps():
                _tell_leap(leap)
                _run_all_now(scheduler)
            if self._accepted is not self._config:
                self._config = self._accepted
                self._refresher.reconfigure(self._config)
            for outcome in self._refresher.turn(0.5):
                _tell(outcome)
            if not stop.is_set():
                web.keep_up()
            if bootstrap.now() - trimmed > TRIM or leap:
                give_back_memory()
                trimmed = bootstrap.now()

    def watch(self) -> None:
        """Take in an edited feeds.yaml; a broken one is told once, and the last good one stays."""
        found = stamp_of(self._path)
        if found == self._stamp:
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
        self._stamp = found

    def archive(self, stop: threading.Event) -> None:
        """Keep the days that are over as they were."""
        try:
            count = self._store.keep_days(bootstrap.now(), stop.is_set)
        except StoreError as error:
            log.error("store: archives: %s", error)
            return
        if count:
            log.info("archives: %d days kept", count)

    def retain(self, stop: threading.Event) -> None:
        """Drop what is older than the admin keeps."""
        try:
            count = self._store.prune(bootstrap.now() - self._config.keep, stop.is_set)
            self._store.post.forget(bootstrap.now())
            self._store.forum.forget(bootstrap.now())
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
            self._store.release(self._leases.owner)
        except StoreError as error:
            log.error("store: %s; the leases end by themselves", error)

    def _wake_up(self, now: datetime) -> None:
        """Let what fell due while the program slept, or did not run, come one after another."""
        slept = self._awake is None or now - self._awake > SLEEP
        if slept and (count := self._store.spread(now)):
            log.info("%d feeds are long overdue; they are asked one after another", count)
        self._awake = now

    def _put_clock_right(self) -> None:
        """Let the store know when the clock was moved; at the start it may have been moved before."""
        leap = self._leaps()
        self._leap += leap
        if leap or not self._clock_is_right:
            self._clock_is_right = False
            self._store.put_clock_right(bootstrap.now(), self._leap)
            self._clock_is_right, self._leap = True, timedelta()

    def _refuse(self, error: UserError) -> None:
        try:
            self._store.refuse(str(error))
        except StoreError as problem:
            log.error("store: %s", problem)


def stamp_of(path: Path) -> Stamp:
    """Return what changes when a file is edited, replaced, or made readable; () where it is not there."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def _run_all_now(scheduler: BackgroundScheduler) -> None:
    """Let all jobs run now, and as often as before: the schedule's times are those of the old clock."""
    for job in scheduler.get_jobs():
        job.modify(next_run_time=bootstrap.now())


def _tell_leap(leap: timedelta) -> None:
    by = timedelta(seconds=round(abs(leap).total_seconds()))
    log.warning(
        "the clock was put %s by %s; waits last as long as before", "on" if leap > timedelta() else "back", by
    )


def _tell(outcome: Outcome) -> None:
    """Log what happened to one feed; failures were told where they happened."""
    if outcome.kind == "news":
        log.info("%s: %d new, %d changed", outcome.key, outcome.new, outcome.changed)
    if outcome.moved_to:
        log.warning("%s: moved for good to %s; please correct feeds.yaml", outcome.key, outcome.moved_to)
