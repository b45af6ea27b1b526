"""`python -m aggregator.store.migrating`, a store's URL on stdin: bring it up to this version, by Alembic."""

from __future__ import annotations

import sys

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from aggregator.errors import StoreError
from aggregator.store import PATIENCE
from aggregator.store.creating import MIGRATIONS
from aggregator.store.engine import connect, told, writing


def upgrade(engine: sa.Engine, to: str = "head") -> None:
    """Run the migrations that the store has not seen, all or none."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with told(), writing(engine).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)


if __name__ == "__main__":
    try:
        upgrade(connect(sys.stdin.read().strip(), PATIENCE))
    except StoreError as error:
        sys.exit(str(error))
