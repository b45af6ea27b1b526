"""The log of our own requests, and what politeness has to remember of each feed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "requests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("feed", sa.BigInteger(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("conditional", sa.Boolean(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("saved", sa.BigInteger(), nullable=False),
        sa.Column("waited", sa.Boolean(), nullable=False),
        sa.Column("broken", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
    )
    op.create_index(op.f("ix_requests_at"), "requests", ["at"], unique=False)
    for column in (
        sa.Column("answered_by", sa.Text(), nullable=False, server_default=""),
        sa.Column("fresh_for", sa.BigInteger(), nullable=True),
        sa.Column("skip_hours", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("skip_days", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("weight", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("marked", sa.Text(), nullable=False, server_default=""),
    ):
        op.add_column("feeds", column)
