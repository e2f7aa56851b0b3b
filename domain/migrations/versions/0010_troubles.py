"""Problems as they were shown, and whether they were mended; marks to find companies by a part of their name; what the
queue is filtered by."""

import sqlalchemy as sa
from alembic import op

import domain.base
from domain.queue.name_marks import NAMES, marks_of

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

AT_ONCE = 500
VALUES = sa.table(
    "field_values",
    sa.column("application_id", sa.Integer()),
    sa.column("name", sa.String()),
    sa.column("value", domain.base.Sealed()),
)
MARKS = sa.table("name_marks", sa.column("mark", sa.BigInteger()), sa.column("application_id", sa.Integer()))


def upgrade() -> None:
    op.create_table(
        "trouble_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("suggestion", sa.String(), nullable=False),
        sa.Column("since", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trouble_texts")),
        sa.UniqueConstraint("rule", "version", name=op.f("uq_trouble_texts_rule_version")),
    )
    op.create_table(
        "troubles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("needs_person", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("bureau_id", sa.Integer(), nullable=True),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("first_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("settled_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_troubles_application_id")),
        sa.ForeignKeyConstraint(["bureau_id"], ["organisations.id"], name=op.f("fk_troubles_bureau_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_troubles")),
    )
    op.create_index(op.f("ix_troubles_application_id"), "troubles", ["application_id"])
    op.create_index("ix_troubles_open", "troubles", ["outcome", "last_at"])
    op.create_index("ix_troubles_queue", "troubles", ["outcome", "needs_person", "severity", "application_id"])
    op.create_index("ix_troubles_rule", "troubles", ["rule", "outcome", "application_id"])
    report = ["week", "bureau_id", "rule", "version", "severity", "channel", "outcome", "minutes", "times"]
    op.create_index("ix_troubles_report", "troubles", [*report, "application_id"])
    op.create_table(
        "name_marks",
        sa.Column("mark", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_name_marks_application_id")),
        sa.PrimaryKeyConstraint("mark", "application_id", name=op.f("pk_name_marks")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_name_marks_application_id"), "name_marks", ["application_id"])
    _mark_names()
    counted = ["stage", "bureau_id", "kind", "channel", "stage_since", "submitted_at"]
    op.create_index("ix_applications_desk", "applications", counted)
    op.create_index(op.f("ix_applications_submitted_at"), "applications", ["submitted_at"])
    op.create_index("ix_stage_steps_mode", "stage_steps", ["mode", "left_at", "application_id"])
    left = sa.text("for_person IS NOT NULL AND left_at IS NULL")
    op.create_index(
        "ix_stage_steps_for_person", "stage_steps", ["application_id"], sqlite_where=left, postgresql_where=left
    )


def _mark_names() -> None:
    """The names that are there already, some hundred applications at a time."""
    connection, after = op.get_bind(), 0
    while True:
        owners = sa.select(VALUES.c.application_id).where(VALUES.c.application_id > after).distinct()
        ids = connection.scalars(owners.order_by(VALUES.c.application_id).limit(AT_ONCE)).all()
        if not ids:
            return
        named = sa.select(VALUES.c.application_id, VALUES.c.value).where(VALUES.c.name.in_(NAMES))
        rows = connection.execute(named.where(VALUES.c.application_id.in_(ids))).all()
        marks = {(mark, owner) for owner, name in rows for mark in marks_of([name])}
        if marks:
            connection.execute(sa.insert(MARKS), [{"mark": mark, "application_id": owner} for mark, owner in marks])
        after = ids[-1]


def downgrade() -> None:
    for name in ("ix_stage_steps_for_person", "ix_stage_steps_mode"):
        op.drop_index(name, "stage_steps")
    for name in ("ix_applications_submitted_at", "ix_applications_desk"):
        op.drop_index(name, "applications")
    for table in ("name_marks", "troubles", "trouble_texts"):
        op.drop_table(table)
