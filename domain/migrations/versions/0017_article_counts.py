"""How often each article is asked for, and which questions no article answers."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "article_counts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_counts")),
        sa.UniqueConstraint("key", "day", name=op.f("uq_article_counts_key_day")),
    )
    op.create_index(op.f("ix_article_counts_day"), "article_counts", ["day"])
    op.add_column("heard", sa.Column("unanswered", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("heard", "unanswered")
    op.drop_table("article_counts")
