"""Numbers that are counted as entries come: of entries and headlines, and of each feed's days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feeds", sa.Column("entries", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("desk", sa.Column("headlines", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "tallies",
        sa.Column("feed", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("waits", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("feed", "day", name=op.f("pk_tallies")),
    )
    op.execute("UPDATE feeds SET entries = (SELECT count(*) FROM entries WHERE entries.feed = feeds.id)")
    op.execute("UPDATE desk SET headlines = (SELECT count(*) FROM headlines)")
    # How late we asked is not known of them: which came with a feed's first document was not written down.
    op.execute(
        "INSERT INTO tallies (feed, day, entries, copies, waits) "
        "SELECT feed, published / 86400000000, count(*), "
        "sum(CASE WHEN rule = 'founded' THEN 0 ELSE 1 END), '' "
        "FROM entries WHERE rule <> 'flood' "
        "AND published > (SELECT max(first_seen) FROM entries) - 31 * 86400000000 "
        "GROUP BY feed, published / 86400000000"
    )
