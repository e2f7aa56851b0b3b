"""What a source said, with its age, and what it says otherwise later; what is to be handed in later."""

import sqlalchemy as sa
from alembic import op

import domain.base

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = domain.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "source_records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key_mark", sa.String(), nullable=False),
        sa.Column("found", sa.Boolean(), nullable=False),
        sa.Column("answer", domain.base.SealedJson(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_records")),
    )
    op.create_index("ix_source_records_newest", "source_records", ["key_mark", "asked_at"])
    op.create_index(op.f("ix_source_records_asked_at"), "source_records", ["asked_at"])
    op.create_table(
        "source_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("old", domain.base.Sealed(), nullable=False),
        sa.Column("new", domain.base.Sealed(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_source_changes_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_changes")),
    )
    op.create_index(op.f("ix_source_changes_application_id"), "source_changes", ["application_id"])
    op.create_table(
        "rechecks",
        sa.Column("application_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("checked_at", MOMENT, nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("down", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_rechecks_application_id")),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_rechecks")),
    )
    op.create_index(op.f("ix_rechecks_next_at"), "rechecks", ["next_at"])
    _supplements()


def _supplements() -> None:
    op.create_table(
        "supplements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("problem", domain.base.Sealed(), nullable=False),
        sa.Column("suggestion", domain.base.Sealed(), nullable=False),
        sa.Column("consequence", sa.String(), nullable=False),
        sa.Column("due_from", sa.Date(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("reminded", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("handed_in_at", MOMENT, nullable=True),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("lapsed_at", MOMENT, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("settled_by", sa.String(), nullable=False),
        sa.Column("remark", domain.base.Sealed(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_supplements_application_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name=op.f("fk_supplements_photo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplements")),
    )
    op.create_index("ix_supplements_due", "supplements", ["state", "due"])
    op.create_index(op.f("ix_supplements_application_id"), "supplements", ["application_id"])


def downgrade() -> None:
    for table in ("supplements", "rechecks", "source_changes", "source_records"):
        op.drop_table(table)
