"""De-duplication keeps the words of entries, its reasons, stories, and what the admin overrides."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "entries", sa.Column("words", sa.LargeBinary(), nullable=False, server_default=sa.text("''"))
    )
    op.add_column("entries", sa.Column("reasons", sa.Text(), nullable=False, server_default=""))
    op.add_column("headlines", sa.Column("under", sa.BigInteger(), nullable=True))
    op.add_column("headlines", sa.Column("merged_into", sa.BigInteger(), nullable=True))
    op.execute("UPDATE headlines SET story = id")
    op.create_index(op.f("ix_headlines_story"), "headlines", ["story"])
    op.create_table(
        "frequencies",
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("language", name=op.f("pk_frequencies")),
    )
    op.create_table(
        "overrides",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("one", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overrides")),
    )
