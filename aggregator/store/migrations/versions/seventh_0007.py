"""Hubs: which ones feeds name, what they were asked for, what they delivered, and what ours were told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("feeds", sa.Column("hub", sa.Text(), nullable=False, server_default=""))
    op.add_column("feeds", sa.Column("topic", sa.Text(), nullable=False, server_default=""))
    op.add_column("feeds", sa.Column("pushed_until", sa.BigInteger(), nullable=True))
    for column, condition in (
        ("hub", sa.text("hub <> ''")),
        ("pushed_until", sa.text("pushed_until IS NOT NULL")),
    ):
        op.create_index(
            op.f(f"ix_feeds_{column}"), "feeds", [column], sqlite_where=condition, postgresql_where=condition
        )
    op.create_table(
        "hub_subscriptions",
        sa.Column("id", _ROW, nullable=False),
        sa.Column("feed", sa.BigInteger(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("next_try", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("last_delivery", sa.BigInteger(), nullable=True),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_subscriptions")),
        sa.UniqueConstraint("token", name=op.f("uq_hub_subscriptions_token")),
    )
    op.create_index(op.f("ix_hub_subscriptions_feed"), "hub_subscriptions", ["feed"])
    op.create_table(
        "deliveries",
        sa.Column("id", _ROW, nullable=False),
        sa.Column("subscription", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("taken_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("subscription", "digest", name=op.f("uq_deliveries_subscription_digest")),
    )
    op.create_index(op.f("ix_deliveries_done_subscription"), "deliveries", ["done", "subscription"])
    op.create_table(
        "hub_told",
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("last_told", sa.BigInteger(), nullable=True),
        sa.Column("next_try", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("hub", name=op.f("pk_hub_told")),
    )
