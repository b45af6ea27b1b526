"""The store: the one room with a memory. SQLAlchemy Core over SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from aggregator.errors import UserError
from aggregator.model import (
    Archive,
    Choice,
    Claim,
    Config,
    Decisions,
    FeedHealth,
    Headline,
    KeptArchive,
    Lately,
    Manners,
    Place,
    Receipt,
    Settlement,
    Visit,
)
from aggregator.store import (
    archives,
    claims,
    clock,
    copying,
    courtesy,
    decisions,
    parcels,
    places,
    pushes,
    reading,
    requests,
    retention,
    tallies,
    telling,
)
from aggregator.store.archives import MOST
from aggregator.store.creating import create
from aggregator.store.engine import connect, told, writing
from aggregator.store.forum import Forum
from aggregator.store.ingest import Ledger
from aggregator.store.post import Post
from aggregator.store.tables import desk

__all__ = ["PATIENCE", "Ledger", "Store"]

PATIENCE = 30.0  # seconds: longer than any transaction of ours takes on a slow disk


class Store:
    """A ticker store. Its methods are transactions: each happens whole or not at all.

    May be used from several threads and, with other programs, from several processes.
    """

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        """Open the store at *url* without looking inside; call `create` before anything else writes.

        *patience* is how many seconds a writer waits for another one's turn to end, on SQLite.
        """
        self._engine = connect(url, patience)
        self.post, self.forum = Post(self._read, self._write), Forum(self._read, self._write)

    def create(self) -> None:
        """Create what is missing and bring an older store up to date; raise UserError where that fails."""
        create(self._engine)

    def copy_to(self, other: Store) -> None:
        """Copy all that there is into *other*, which is empty; raise UserError where it is not."""
        with told():
            copying.copy(self._engine, other._engine)

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    # what is asked, and when

    def accept(self, config: Config, now: datetime) -> None:
        """Make *config* the one in force."""
        with self._write() as connection:
            claims.accept(connection, config, now)
            telling.begin(connection, config.publishing.hub, now)

    def refuse(self, error: str | None) -> None:
        """Remember what is wrong with the configuration file as it stands now; None: nothing any more."""
        with self._write() as connection:
            connection.execute(sa.update(desk).values(config_error=error))

    def claim(
        self,
        now: datetime,
        limit: int,
        owner: str,
        lease: timedelta,
        by_hand: bool = False,
        per_host: int | None = None,
    ) -> tuple[Claim, ...]:
        """Take the lease of at most *limit* feeds that are due at *now*, the longest due first.

        *by_hand* takes those too whose own interval is not over, but none whose publisher asked us to wait.
        *per_host* bounds the leases on one host where several programs may poll; on SQLite it is one only.
        """
        # Look before writing: most ticks find nothing, and should not take the writer's place.
        with self._read() as connection:
            if not claims.anything_due(connection, now, by_hand):
                return ()
        shared = per_host if self._is_shared else None
        with self._write() as connection:
            return claims.claim(connection, now, limit, owner, lease, by_hand, shared)

    def enter(self, feed: int, host: str, now: datetime, per_host: int) -> bool:
        """Say whether the claimed *feed* may ask *host*, where a redirect led it, without one too many.

        Where one program polls alone it may: that one counts its requests itself.
        """
        if not self._is_shared:
            return True
        with self._write() as connection:
            return places.enter(connection, feed, host, now, per_host)

    def spread(self, now: datetime) -> int:
        """Let the feeds that are overdue since long, as after a week's sleep, come one after another.

        Return how many there were. For programs that go on polling, when they start or wake up.
        """
        with self._write() as connection:
            return courtesy.spread(connection, now)

    def peek(self) -> tuple[Claim, ...]:
        """Return all feeds as claims would have them, without taking a lease: to look, not to poll."""
        with self._read() as connection:
            return claims.peek(connection)

    def renew(self, owner: str, until: datetime) -> None:
        """Let the leases of *owner* last until then: what they are for is under way still."""
        with self._write() as connection:
            claims.renew(connection, owner, until)

    def release(self, owner: str) -> None:
        """Give back every lease of *owner*."""
        with self._write() as connection:
            claims.release(connection, owner)

    def release_all(self) -> None:
        """Give back every lease: their owners are known to be dead."""
        with self._write() as connection:
            claims.release_all(connection)
            parcels.release_all(connection)

    def put_clock_right(self, now: datetime, leap: timedelta) -> None:
        """Let a clock that was put on by *leap*, or back, or was wrong before this *now*, harm no one."""
        with self._write() as connection:
            if leap > timedelta():
                clock.put_on(connection, leap)
            clock.put_back(connection, now)
            pushes.put_back(connection, now)
            telling.put_back(connection, now)

    @contextmanager
    def ledger(
        self,
        now: datetime,
        settlements: Collection[Settlement],
        visits: Collection[Visit] = (),
        put_off: Collection[int] = (),
        receipts: Collection[Receipt] = (),
    ) -> Iterator[Ledger]:
        """Open the store for one batch; on leaving, the claims are settled and all is committed at once.

        *visits* go into the log of requests; *put_off* are claimed feeds that were not asked after all;
        *receipts* are for what hubs delivered.
        """
        with self._write() as connection:
            ledger = Ledger(connection, now)
            yield ledger
            claims.settle(connection, settlements)
            pushes.keep_offers(connection, settlements)
            pushes.doubt(connection, settlements, ledger.polled_news)
            parcels.settle(connection, receipts, now)
            parcels.ask_soon(connection, ledger.doubted, now)
            claims.give_back(connection, put_off)
            requests.note(connection, visits, now)

    # what is read

    def revision(self) -> int:
        """Return the number that moves with every change that a reader could see."""
        with self._read() as connection:
            return reading.revision(connection)

    def config(self) -> Config:
        """Return the configuration in force; raise UserError in a store that never had one."""
        with self._read() as connection:
            found = reading.config(connection)
        if found is None:
            raise UserError("the store is empty; start run.py to fill it")
        return found

    def config_error(self) -> str | None:
        """Return what is wrong with the configuration file, if it is not the one in force."""
        with self._read() as connection:
            return reading.config_error(connection)

    def ticker(self, choice: Choice, before: Place | None, limit: int) -> tuple[Headline, ...]:
        """Return at most *limit* lines, newest first, older than *before*; their contents are left out."""
        with self._read() as connection:
            return reading.ticker(connection, choice, self._zone(connection, choice), before, limit)

    def newer(self, place: Place) -> Headline | None:
        """Return the line of the ticker of everything that is next above *place*."""
        with self._read() as connection:
            return reading.newer(connection, place)

    def oldest(self) -> datetime | None:
        """Return the date of the oldest headline that is shown."""
        with self._read() as connection:
            return reading.oldest(connection)

    def articles(self, choice: Choice, limit: int) -> tuple[Headline, ...]:
        """Return the headlines that arrived or changed last, with their contents, newest first."""
        return self.page(choice, None, limit)[0]

    def page(
        self, choice: Choice, before: Place | None, limit: int
    ) -> tuple[tuple[Headline, ...], Place | None]:
        """Return a page of a feed, and the place after which the next one begins, if there is one.

        The page after a place is what the ticker shows there; the first one is `articles`.
        """
        with self._read() as connection:
            return reading.page(connection, choice, self._zone(connection, choice), before, limit)

    def renewed(self) -> datetime | None:
        """Return when all that is published last changed at once, if it ever did."""
        with self._read() as connection:
            return reading.renewed(connection)

    def archive(self, name: str) -> Archive | None:
        """Return a day, or a part of it, as it was when it ended; None if it is not kept."""
        with self._read() as connection:
            return archives.archive(connection, name)

    def archives(self) -> tuple[KeptArchive, ...]:
        """Return the archives that are kept, the newest first."""
        with self._read() as connection:
            return archives.kept(connection)

    def headline(self, number: int) -> Headline | None:
        """Return one headline with its content."""
        with self._read() as connection:
            return reading.headline(connection, number)

    def moved(self, number: int) -> int | None:
        """Return the headline that has the entries of *number* now, if the admin had them moved."""
        with self._read() as connection:
            return reading.moved(connection, number)

    def decisions(self, number: int) -> Decisions | None:
        """Return why each entry of a headline is where it is; None if there is no such headline."""
        with self._read() as connection:
            return decisions.decisions(connection, number)

    def health(self, now: datetime) -> tuple[FeedHealth, ...]:
        """Return the state of each source that is polled."""
        with self._read() as connection:
            hubs = pushes.shown(connection, now)
            found = reading.health(connection, now)
        return tuple(replace(feed, push=hubs.get(feed.key)) for feed in found)

    def lately(self, now: datetime) -> dict[str, Lately]:
        """Return what each source that is polled brought in the last 30 days, by its key."""
        with self._read() as connection:
            return tallies.lately(connection, now)

    def manners(self, since: datetime) -> tuple[Manners, ...]:
        """Return how we behaved towards each host since *since*; the log goes back a week."""
        with self._read() as connection:
            return requests.manners(connection, since)

    def counts(self) -> tuple[int, int]:
        """Return how many headlines and entries there are."""
        with self._read() as connection:
            return reading.counts(connection)

    # what is kept and dropped

    def keep_days(self, now: datetime, stop: Callable[[], bool] = lambda: False, most: int = MOST) -> int:
        """Keep each day that is over, in archives of at most *most* headlines; return how many archives.

        Between two of them *stop* may end it.
        """
        count = 0
        while not stop():
            with self._read() as connection:
                if not archives.is_due(connection, now):
                    return count
            with self._write() as connection:
                if not archives.keep_next(connection, now, most):
                    return count
            count += 1
        return count

    def prune(self, before: datetime, stop: Callable[[], bool] = lambda: False) -> int:
        """Drop the headlines that nothing happened to since *before*; return how many.

        That happens in batches; between two of them *stop* may end it.
        """
        total = 0
        while not stop():
            with self._write() as connection:
                count = retention.prune(connection, before)
                if not count:
                    retention.tidy(connection, before)
                    tallies.tidy(connection)
                    archives.drop(connection, before)
                    return total
            total += count
        return total

    @property
    def _is_shared(self) -> bool:
        """Say whether other programs may poll with us."""
        return self._engine.dialect.name == "postgresql"

    @staticmethod
    def _zone(connection: sa.Connection, choice: Choice) -> ZoneInfo:
        """Return the zone whose midnights bound a day; no other choice needs it."""
        found = reading.config(connection) if choice.day else None
        return ZoneInfo(found.site.timezone if found else "UTC")

    @contextmanager
    def _read(self) -> Iterator[sa.Connection]:
        with told(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _write(self) -> Iterator[sa.Connection]:
        with told(), writing(self._engine).begin() as connection:
            yield connection
