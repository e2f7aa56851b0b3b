"""The other parties of a registration and what they were told; whether a person said what they are to the meter."""

import sqlalchemy as sa
from alembic import op

import domain.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE applications ADD COLUMN kind_said BOOLEAN DEFAULT FALSE NOT NULL")
    op.execute("ALTER TABLE applications ADD COLUMN later JSON DEFAULT '[]' NOT NULL")
    op.create_table(
        "parties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("phone_mark", sa.String(), nullable=True),
        sa.Column("due_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("told_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("told_phone", domain.base.Sealed(), nullable=True),
        sa.Column("told_of", sa.String(), nullable=False),
        sa.Column("not_told", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("objected_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_parties_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parties")),
        sa.UniqueConstraint("application_id", "role", name=op.f("uq_parties_application_id_role")),
    )
    with op.batch_alter_table("parties", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parties_application_id"), ["application_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_parties_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_parties_phone_mark"), ["phone_mark"], unique=False)


def downgrade() -> None:
    op.drop_table("parties")
    op.drop_column("applications", "later")
    op.drop_column("applications", "kind_said")
