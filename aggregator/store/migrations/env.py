"""Alembic's door: runs the migrations on the connection that migrating.py hands over."""

from __future__ import annotations

from alembic import context

from aggregator.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True
)
context.run_migrations()
