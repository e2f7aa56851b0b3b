"""Groups of companies, and batches by spreadsheet."""

import sqlalchemy as sa
from alembic import op

import domain.base

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = domain.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "company_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", domain.base.Sealed(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_groups")),
    )
    op.create_table(
        "group_members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("company_mark", sa.String(), nullable=False),
        sa.Column("code", domain.base.Sealed(), nullable=False),
        sa.Column("company_name", domain.base.Sealed(), nullable=False),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.Column("representative_id", sa.Integer(), nullable=True),
        sa.Column("live", sa.Boolean(), nullable=True),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["company_groups.id"], name=op.f("fk_group_members_group_id")),
        sa.ForeignKeyConstraint(
            ["representative_id"], ["applications.id"], name=op.f("fk_group_members_representative_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_members")),
        sa.UniqueConstraint("company_mark", "live", name=op.f("uq_group_members_company_mark_live")),
    )
    op.create_index(op.f("ix_group_members_group_id"), "group_members", ["group_id"], unique=False)
    op.create_table(
        "batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("name", domain.base.Sealed(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("checked_at", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_batches_contact_id")),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_batches_question_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_batches_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    op.create_index(op.f("ix_batches_contact_id"), "batches", ["contact_id"], unique=False)
    op.create_index(op.f("ix_batches_state"), "batches", ["state"], unique=False)
    op.create_table(
        "batch_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("cells", domain.base.SealedJson(), nullable=False),
        sa.Column("findings", domain.base.SealedJson(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_batch_rows_application_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_batch_rows_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_rows")),
        sa.UniqueConstraint("batch_id", "number", name=op.f("uq_batch_rows_batch_id_number")),
    )
    op.create_index(op.f("ix_batch_rows_application_id"), "batch_rows", ["application_id"], unique=False)
    op.create_index("ix_batch_rows_open", "batch_rows", ["batch_id", "state"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_batch_rows_open", "batch_rows")
    op.drop_index(op.f("ix_batch_rows_application_id"), "batch_rows")
    op.drop_table("batch_rows")
    op.drop_index(op.f("ix_batches_state"), "batches")
    op.drop_index(op.f("ix_batches_contact_id"), "batches")
    op.drop_table("batches")
    op.drop_index(op.f("ix_group_members_group_id"), "group_members")
    op.drop_table("group_members")
    op.drop_table("company_groups")
