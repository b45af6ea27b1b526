"""The post: the part of the store that hubs are written to from, and deliver to (WebSub)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import sqlalchemy as sa

from aggregator.model import Callback, Delivery, Letter, OurHub, Parcel, Telling
from aggregator.store import parcels, pushes, telling

Transaction = Callable[[], AbstractContextManager[sa.Connection]]


class Post:
    """Letters to hubs, and parcels from them; each method is a transaction, as those of the store are."""

    def __init__(self, read: Transaction, write: Transaction) -> None:
        self._read, self._write = read, write

    def letters(
        self,
        now: datetime,
        limit: int,
        site: str,
        wait: Callable[[int], timedelta],
        unguessable: Callable[[], str],
    ) -> tuple[Letter, ...]:
        """Take at most *limit* letters to the hubs that feeds name, once subscriptions are as they should be.

        *site* is our public address, '' where we have none. *wait* tells how long to wait for a hub after so
        many letters in vain, *unguessable* makes tokens and secrets.
        """
        with self._read() as connection:
            if not pushes.is_anything_to_do(connection, now, site):
                return ()
        with self._write() as connection:
            pushes.arrange(connection, now, site, unguessable)
            return pushes.letters(connection, now, limit, wait)

    def refused(self, letter: Letter, error: str, not_before: datetime | None) -> None:
        """Note that a hub did not take a letter, and how long it wants to be left alone."""
        with self._write() as connection:
            pushes.refused(connection, letter, error, not_before)

    def callback(self, token: str) -> Callback | None:
        """Return what is known of a callback; None where nobody was ever told of it."""
        with self._read() as connection:
            return pushes.callback(connection, token)

    def verify(self, token: str, mode: str, topic: str, until: datetime, renew_at: datetime) -> bool:
        """Confirm to a hub what it was asked for; False where it was not."""
        with self._write() as connection:
            return pushes.verify(connection, token, mode, topic, until, renew_at)

    def deny(self, token: str, topic: str, reason: str, now: datetime) -> bool:
        """Note that a hub says no; False where it was never asked."""
        with self._write() as connection:
            return pushes.deny(connection, token, topic, reason, now)

    def take_in(self, callback: Callback, parcel: Parcel, digest: bytes, now: datetime) -> bool:
        """Keep a delivery until it is read; False where there is no room for it."""
        with self._write() as connection:
            return parcels.take_in(connection, callback, parcel, digest, now)

    def distrust(self, callback: Callback) -> None:
        """Count a delivery that was not signed by its hub."""
        with self._write() as connection:
            parcels.distrust(connection, callback)

    def deliveries(self, now: datetime, limit: int, lease: timedelta) -> tuple[Delivery, ...]:
        """Take at most *limit* deliveries to be read: of each feed the oldest, and one at a time."""
        with self._read() as connection:
            if not parcels.is_anything_waiting(connection):
                return ()
        with self._write() as connection:
            return parcels.take_out(connection, now, limit, lease)

    def forget(self, now: datetime) -> None:
        """Forget what was delivered and read long ago."""
        with self._write() as connection:
            parcels.forget(connection, now)

    def telling(self, hub: str, now: datetime) -> Telling | None:
        """Take what our own *hub* is to be told now; None where there is nothing, or it was told just now."""
        with self._read() as connection:
            if not telling.is_due(connection, hub, now):
                return None
        with self._write() as connection:
            return telling.telling(connection, hub, now)

    def told(self, told: Telling, now: datetime) -> None:
        """Note that our hub was told."""
        with self._write() as connection:
            telling.told(connection, told, now)

    def not_told(self, told: Telling, error: str, next_try: datetime) -> None:
        """Note that our hub did not hear of it."""
        with self._write() as connection:
            telling.not_told(connection, told, error, next_try)

    def our_hub(self, hub: str | None) -> OurHub | None:
        """Return how telling our own *hub* goes."""
        with self._read() as connection:
            return telling.shown(connection, hub)
