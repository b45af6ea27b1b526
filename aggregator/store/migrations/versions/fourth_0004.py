"""A feed may be asked though its host wants to be left alone; a lease is on one host at a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "feeds", sa.Column("wait_with_host", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column("feeds", sa.Column("lease_at", sa.Text(), nullable=False, server_default=""))
