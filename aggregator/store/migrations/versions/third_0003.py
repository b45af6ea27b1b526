"""Headlines that a flood brought are held."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("headlines", sa.Column("held", sa.Text(), nullable=True))
    held = sa.text("held IS NOT NULL")
    op.create_index(
        op.f("ix_headlines_held"), "headlines", ["held"], sqlite_where=held, postgresql_where=held
    )
