"""The words by which entries are found, in an index of the database's own; what LIKE looked through goes."""

from __future__ import annotations

from alembic import op

from aggregator.store import searching

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("entries", "folded")
    searching.create(op.get_bind())
    searching.learn_all(op.get_bind())
