"""What became of each change of capacity."""

import sqlalchemy as sa
from alembic import op

import domain.base

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "capacity_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("old_kva", domain.base.Sealed(), nullable=False),
        sa.Column("new_kva", domain.base.Sealed(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("market", sa.String(), nullable=False),
        sa.Column("deadline", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=False),
        sa.Column("settled_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("told_by", sa.String(), nullable=False),
        sa.Column("told_how", domain.base.Sealed(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_capacity_changes_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacity_changes")),
    )
    op.create_index(op.f("ix_capacity_changes_application_id"), "capacity_changes", ["application_id"])
    op.create_index("ix_capacity_changes_state", "capacity_changes", ["state", "deadline"])


def downgrade() -> None:
    op.drop_table("capacity_changes")
