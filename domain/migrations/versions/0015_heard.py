"""How messages were read, and what people said that they meant."""

import sqlalchemy as sa
from alembic import op

import domain.base

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "heard",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inbound_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("asking", sa.String(), nullable=False),
        sa.Column("intent", sa.String(), nullable=False),
        sa.Column("guesses", sa.JSON(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("next", sa.String(), nullable=False),
        sa.Column("text", domain.base.Sealed(), nullable=False),
        sa.Column("masked", domain.base.Sealed(), nullable=False),
        sa.Column("same", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("label_by", sa.String(), nullable=False),
        sa.Column("labelled_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound_messages.id"], name=op.f("fk_heard_inbound_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heard")),
        sa.UniqueConstraint("inbound_id", name=op.f("uq_heard_inbound_id")),
    )
    op.create_index(op.f("ix_heard_at"), "heard", ["at"])
    op.create_index(op.f("ix_heard_week"), "heard", ["week"])
    op.create_index("ix_heard_listed", "heard", ["listed", "same"])


def downgrade() -> None:
    op.drop_table("heard")
