"""Ways of deciding, standard replies, batches of approvals, who looks at what, and calendars."""

import sqlalchemy as sa
from alembic import op

import domain.base

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# What a market starts with: the words, and what the user is asked for then.
REPLIES = (
    ("营业执照照片不清晰，请重新拍摄", "licence"),
    ("营业执照不是最新的，请用变更后的执照", "licence"),
    ("户号与企业名称不符，请核对户号", "account_number"),
    ("联系人信息有误，请更正后重新提交", "contact_name"),
    ("法定代表人与工商登记不一致，请核对", "legal_person"),
)


def upgrade() -> None:
    moment = domain.base.UtcDateTime(timezone=True)
    op.execute("ALTER TABLE stage_steps ADD COLUMN for_person TEXT")
    op.create_table(
        "review_modes",
        sa.Column("organisation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_review_modes_organisation_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_review_modes_staff_id")),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_review_modes")),
    )
    replies = op.create_table(
        "standard_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("last_used_at", moment, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_replies")),
    )
    op.bulk_insert(
        replies, [{"text": text, "step": "", "field": field, "uses": 0, "active": True} for text, field in REPLIES]
    )
    op.create_table(
        "presences",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_presences_application_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_presences_staff_id")),
        sa.PrimaryKeyConstraint("application_id", "staff_id", name=op.f("pk_presences")),
    )
    op.create_index(op.f("ix_presences_seen_at"), "presences", ["seen_at"])
    op.create_table(
        "review_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("done_at", moment, nullable=True),
        sa.Column("undone_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_review_batches_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_batches")),
    )
    op.create_table(
        "review_batch_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["review_batches.id"], name=op.f("fk_review_batch_items_batch_id")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_review_batch_items_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_batch_items")),
        sa.UniqueConstraint("batch_id", "application_id", name=op.f("uq_review_batch_items_batch_id_application_id")),
    )
    op.create_index(op.f("ix_review_batch_items_application_id"), "review_batch_items", ["application_id"])
    op.create_table(
        "calendar_years",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_calendar_years_staff_id")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_years")),
    )
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_workday", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_days")),
    )


def downgrade() -> None:
    for table in (
        "calendar_days",
        "calendar_years",
        "review_batch_items",
        "review_batches",
        "presences",
        "standard_replies",
        "review_modes",
    ):
        op.drop_table(table)
    op.drop_column("stage_steps", "for_person")
