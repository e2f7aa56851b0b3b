"""Who has taken an application for review."""

import sqlalchemy as sa
from alembic import op

import domain.base

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "claims",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("until", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_claims_application_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_claims_staff_id")),
        sa.ForeignKeyConstraint(["step_id"], ["stage_steps.id"], name=op.f("fk_claims_step_id")),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_claims")),
    )
    op.create_index(op.f("ix_claims_staff_id"), "claims", ["staff_id"])
    op.create_index(op.f("ix_claims_until"), "claims", ["until"])


def downgrade() -> None:
    op.drop_table("claims")
